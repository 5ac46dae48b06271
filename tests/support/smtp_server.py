"""A mail server that keeps what it takes: `aiosmtpd`, which knows nothing of Colloquy.

usage: smtp_server.py MAILS.jsonl

Prints "ready PORT", then writes a line for each mail: to whom, its Message-ID, and its plain text.
"""

import email
import email.policy
import json
import socket
import sys
import time

from aiosmtpd.controller import Controller


class Keep:
    def __init__(self, path):
        self.file = open(path, "a", buffering=1)

    async def handle_DATA(self, server, session, envelope):
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        text = mail.get_body(preferencelist=("plain",)).get_content()
        kept = {"to": envelope.rcpt_tos, "id": mail["Message-ID"], "text": text}
        self.file.write(json.dumps(kept) + "\n")
        return "250 taken"


with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
Controller(Keep(sys.argv[1]), hostname="127.0.0.1", port=port).start()
print(f"ready {port}", flush=True)
while True:
    time.sleep(3600)
