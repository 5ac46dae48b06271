"""A small streaming chat server on a real language model, to test the interviewer's LLM path.

usage: smollm_server.py MODEL.gguf [PORT]      (needs the package cyllama 0.2; port 0 takes a free one)

Prints "ready PORT" once the model is warm. Speaks POST /v1/chat/completions (server-sent events with "stream": true,
else one JSON answer) and GET /v1/models. One answer is made at a time; one that the client hangs up on is broken off.
"""

import json
import pathlib
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cyllama import LLM, GenerationConfig

path = pathlib.Path(sys.argv[1])
llm = LLM(str(path), n_ctx=2048, temperature=0.2, max_tokens=80, n_gpu_layers=0)
turn = threading.Lock()


def answer(ask):
    config = GenerationConfig(
        n_ctx=2048,
        n_gpu_layers=0,
        temperature=ask.get("temperature") or 0.2,
        max_tokens=ask.get("max_completion_tokens") or ask.get("max_tokens") or 80,
    )
    return llm.chat([{"role": m["role"], "content": text(m["content"])} for m in ask["messages"]], config, stream=True)


def text(content):
    return content if isinstance(content, str) else "".join(part.get("text", "") for part in content or [])


class Handler(BaseHTTPRequestHandler):
    def log_message(self, *_):  # what was said must reach no log
        pass

    def reply(self, status, body):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        self.reply(200, {"object": "list", "data": [{"id": path.stem, "object": "model", "owned_by": "tests"}]})

    def do_POST(self):
        try:
            ask = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            streaming = ask.get("stream", False)
            ask["messages"][0]["content"]
        except (ValueError, TypeError, KeyError, IndexError, AttributeError):
            return self.reply(400, {"error": {"message": "a JSON body with messages is needed", "type": "invalid_request_error"}})
        if not self.path.endswith("/chat/completions"):
            return self.reply(404, {"error": {"message": "no such path", "type": "invalid_request_error"}})
        base = {"id": f"chatcmpl-{time.time_ns()}", "created": int(time.time()), "model": path.stem}
        with turn:
            pieces = answer(ask)
            if not streaming:
                message = {"role": "assistant", "content": "".join(pieces)}
                choice = {"index": 0, "message": message, "finish_reason": "stop"}
                return self.reply(200, base | {"object": "chat.completion", "choices": [choice]})
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()  # no length: the end of the connection is the end of the answer
            try:
                self.event(base, {"role": "assistant", "content": ""}, None)
                for piece in pieces:
                    self.event(base, {"content": piece}, None)
                self.event(base, {}, "stop")
                self.wfile.write(b"data: [DONE]\n\n")
            except (BrokenPipeError, ConnectionResetError):
                pieces.close()  # the client turned away: a barge-in

    def event(self, base, delta, finish):
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        chunk = base | {"object": "chat.completion.chunk", "choices": [choice]}
        self.wfile.write(b"data: " + json.dumps(chunk).encode() + b"\n\n")


for _ in answer({"messages": [{"role": "user", "content": "Hello"}], "max_tokens": 4}):
    pass
server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[2]) if len(sys.argv) > 2 else 0), Handler)
print(f"ready {server.server_address[1]}", flush=True)
server.serve_forever()
