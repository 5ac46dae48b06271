"""One spoken turn with the official `openai` package, as anybody would write it: nothing in it knows of Colloquy.

usage: OPENAI_API_KEY=ek_… openai_client.py http://HOST:PORT ANSWER.pcm      (mono PCM16 at 24 kHz)

Listens to the greeting, answers with the file in real time, listens to the response, and prints what came as one JSON
object.
"""

import asyncio
import base64
import json
import sys

from openai import AsyncOpenAI

RATE_HZ = 24_000
FRAME_BYTES = RATE_HZ // 50 * 2
WITHIN_S = 120


class Listener:
    """Collects what comes, response by response."""

    def __init__(self):
        self.kinds, self.responses, self.answer, self.open = [], [], None, None

    def take(self, event):
        if event.type not in self.kinds:
            self.kinds.append(event.type)
        if event.type == "error":
            sys.exit(f"the server says: {event.error}")
        elif event.type == "response.created":
            self.open = {"id": event.response.id, "transcript": "", "audio_seconds": 0.0}
        elif event.type == "response.output_audio.delta":
            self.open["audio_seconds"] += len(base64.b64decode(event.delta)) / 2 / RATE_HZ
        elif event.type == "response.output_audio_transcript.done":
            self.open["transcript"] = event.transcript
        elif event.type == "conversation.item.input_audio_transcription.completed":
            self.answer = event.transcript
        elif event.type == "response.done" and event.response.status == "completed":
            self.open["item_transcript"] = event.response.output[0].content[0].transcript
            self.responses.append(self.open)


async def speak(connection, frames, floor):
    """A microphone: 20 ms every 20 ms, silence until the floor is ours and after the answer."""
    clock = asyncio.get_running_loop()
    due = clock.time()
    frames = iter(frames)
    while True:
        frame = next(frames, b"") if floor.is_set() else b""
        sound = base64.b64encode(frame.ljust(FRAME_BYTES, b"\0")).decode()
        await connection.input_audio_buffer.append(audio=sound)
        due += 0.02
        await asyncio.sleep(max(0.0, due - clock.time()))


async def main():
    url, path = sys.argv[1:]
    with open(path, "rb") as file:
        pcm = file.read()
    frames = [pcm[at : at + FRAME_BYTES] for at in range(0, len(pcm), FRAME_BYTES)]
    client = AsyncOpenAI(base_url=f"{url}/v1", websocket_base_url=f"{url.replace('http', 'ws', 1)}/v1")
    listener, floor = Listener(), asyncio.Event()
    async with asyncio.timeout(WITHIN_S), client.realtime.connect(model="colloquy") as connection:
        microphone = asyncio.create_task(speak(connection, frames, floor))
        async for event in connection:
            listener.take(event)
            if listener.responses:
                floor.set()
            if listener.answer and len(listener.responses) > 1:
                break
        microphone.cancel()
    told = {"greeting": listener.responses[0], "response": listener.responses[-1], "answer": listener.answer}
    print(json.dumps(told | {"kinds": listener.kinds}))


asyncio.run(main())
