import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { Participant } from '../src/wire/api.ts';

/** A server that has sent the beginning of an answer, and sends more when it is told to. */
function slowServer(context: TestContext) {
  let body!: ReadableStreamDefaultController<Uint8Array>;
  context.mock.timers.enable({ apis: ['setTimeout'] });
  context.mock.method(globalThis, 'fetch', (_path: string, { signal }: RequestInit) => {
    const stream = new ReadableStream<Uint8Array>({ start: (controller) => void (body = controller) });
    signal?.addEventListener('abort', () => body.error(signal.reason));
    return Promise.resolve(new Response(stream, { headers: { 'content-type': 'audio/wav' } }));
  });
  return {
    /** Sends a piece after so long. */
    after: async (ms: number) => {
      await settled();
      context.mock.timers.tick(ms);
      body.enqueue(new Uint8Array(100));
      await settled();
    },
    rests: async (ms: number) => {
      await settled();
      context.mock.timers.tick(ms);
    },
    end: () => body.close(),
  };
}

/** What was sent is read. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

test('a long sound is waited for while more of it comes', async (context) => {
  const server = slowServer(context);
  const answer = new Participant('token').sound(2);
  for (let i = 0; i < 4; i++) await server.after(10_000);
  server.end();
  const sound = await answer;
  assert.ok(sound.ok);
  assert.deepEqual([sound.value.size, sound.value.type], [400, 'audio/wav']);
});

test('a sound of which nothing more comes is given up', async (context) => {
  const server = slowServer(context);
  const answer = new Participant('token').sound(2);
  await server.after(10_000);
  await server.rests(15_000);
  assert.deepEqual(await answer, { ok: false, code: 'offline' });
});
