import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codeOf } from '../src/wire/api.ts';
import { dialBest, Refused, type Dial, type Link, type Listener } from '../src/wire/link.ts';

const listener: Listener = { event: () => undefined, closed: () => undefined };
const link = (transport: Link['transport']): Link => ({ transport, send: () => undefined, waiting: () => 0, close: () => undefined });
const works = (transport: Link['transport']): Dial => () => Promise.resolve(link(transport));
const refuses = (why: string): Dial => () => Promise.reject(new Refused(why));

function secrets() {
  let minted = 0;
  return { count: () => minted, mint: () => Promise.resolve({ value: `ek_${++minted}`, iceServers: [] }) };
}

async function dial(direct: Dial | null, other: Dial = works('websocket'), abort = new AbortController()) {
  const keys = secrets();
  const found = await dialBest({ direct, other, withinMs: 50 }, keys.mint, listener, abort.signal);
  return { transport: found.link.transport, fellBack: found.fellBack, keys: keys.count() };
}

test('the direct way is taken where it works', async () => {
  assert.deepEqual(await dial(works('webrtc')), { transport: 'webrtc', fellBack: null, keys: 1 });
});

test('a server without the direct way is reached by the other one, with a key of its own', async () => {
  assert.deepEqual(await dial(refuses('missing')), { transport: 'websocket', fellBack: 'missing', keys: 2 });
});

test('a direct way that does not open in time is given up, and told so', async () => {
  let gaveUp = false;
  const never: Dial = (_secret, _servers, _listener, abort) =>
    new Promise(() => abort.addEventListener('abort', () => (gaveUp = true)));
  assert.deepEqual(await dial(never), { transport: 'websocket', fellBack: 'timeout', keys: 2 });
  assert.ok(gaveUp);
});

test('a refusal that holds for both ways is not tried twice', async () => {
  for (const why of ['capacity', 'finished', 'link_expired', 'consent_required']) {
    await assert.rejects(dial(refuses(why)), (error) => error instanceof Refused && error.why === why);
  }
});

test('without a microphone only the other way is tried', async () => {
  assert.deepEqual(await dial(null), { transport: 'websocket', fellBack: null, keys: 1 });
});

test('who gives up while dialling is not connected behind their back', async () => {
  const abort = new AbortController();
  const never: Dial = () => new Promise(() => undefined);
  const dialling = dial(never, works('websocket'), abort);
  abort.abort();
  await assert.rejects(dialling, (error) => error instanceof Refused && error.why === 'aborted');
});

test('a refusal is known by the server\'s code, else by its status', () => {
  assert.equal(codeOf(410, { error: { code: 'link_expired' } }), 'link_expired');
  assert.equal(codeOf(404, null), 'missing');
  assert.equal(codeOf(405, 'nothing'), 'missing');
  assert.equal(codeOf(502, null), 'internal');
  assert.equal(codeOf(422, {}), 'refused');
});
