import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { address, call, problemOf, signedOut } from '../src/console/client.ts';
import { placeOf } from '../src/console/editor/drag.ts';
import { inside, matched } from '../src/console/router.ts';
import { count } from '../src/console/words.ts';

test('addresses are taken apart as they are put together', () => {
  assert.equal(inside('/console/'), '/');
  assert.equal(inside('/console/sessions/x/'), '/sessions/x');
  assert.deepEqual(matched('/sessions/:id/people', '/sessions/a%20b/people'), { id: 'a b' });
  assert.equal(matched('/sessions/:id', '/sessions'), null);
  assert.equal(matched('/sessions/:id', '/sessions/'), null, 'nothing is no id');
  assert.equal(address('/people/{id}', { id: 'a/b' }, { q: 'é &', cursor: undefined }), '/api/v1/people/a%2Fb?q=%C3%A9+%26');
});

test('a problem is told in the server’s words, and a proxy’s page in ours', () => {
  assert.deepEqual(problemOf(422, { code: 'invalid_field', detail: 'It is empty.', field: 'title' }), {
    status: 422,
    code: 'invalid_field',
    detail: 'It is empty.',
    field: 'title',
  });
  assert.equal(problemOf(502, null).code, 'unknown');
  assert.match(problemOf(418, '<html>').detail, /418/);
});

function answer(context: TestContext, response: () => Response | Promise<Response>) {
  const asked: { path: string; request: RequestInit }[] = [];
  context.mock.method(globalThis, 'fetch', (path: string, request: RequestInit) => {
    asked.push({ path, request });
    return Promise.resolve().then(response);
  });
  return asked;
}

test('an edit is sent with what was read, and comes back with its new version', async (context) => {
  const asked = answer(context, () => new Response('{"id":"s"}', { headers: { etag: '"3"' } }));
  const body = { title: 'T', mode: 'text', confidentiality: 'identified', recording: false, length_min: 5, topics: [] } as const;
  const done = await call('PUT /sessions/{id}', { path: { id: 's' }, headers: { 'if-match': '"2"' }, body: { ...body, topics: [] } });
  assert.deepEqual(done, { ok: true, value: { id: 's' }, etag: '"3"' });
  assert.equal(asked[0]?.path, '/api/v1/sessions/s');
  assert.deepEqual(asked[0]?.request.headers, { 'if-match': '"2"', 'content-type': 'application/json' });
});

test('who is not signed in any more is noticed; a wrong password is no such thing', async (context) => {
  let noticed = 0;
  context.mock.method(signedOut, 'notice', () => void noticed++);
  const problem = (code: string) => () => new Response(JSON.stringify({ code, detail: 'x' }), { status: 401 });
  answer(context, problem('unauthenticated'));
  await call('GET /sessions');
  assert.equal(noticed, 1);
  context.mock.restoreAll();
  context.mock.method(signedOut, 'notice', () => void noticed++);
  answer(context, problem('wrong_credentials'));
  await call('POST /login', { body: { email: 'a@b.c', password: 'x' } });
  assert.equal(noticed, 1);
});

test('a server that cannot be reached throws nothing', async (context) => {
  answer(context, () => Promise.reject(new TypeError('no network')));
  const failed = await call('GET /me');
  assert.ok(!failed.ok);
  assert.equal(failed.problem.code, 'offline');
});

test('what is dragged takes the place of those whose middle it has passed', () => {
  const middles = [10, 30, 50, 70];
  assert.equal(placeOf(middles, 1, 30), 1);
  assert.equal(placeOf(middles, 1, 49), 1);
  assert.equal(placeOf(middles, 1, 51), 2);
  assert.equal(placeOf(middles, 1, 500), 3);
  assert.equal(placeOf(middles, 3, 29), 1);
  assert.equal(placeOf(middles, 3, -5), 0);
});

test('one thing is counted as one', () => {
  assert.equal(count(1, 'sessions.found_one', 'sessions.found'), 'One session found');
  assert.equal(count(0, 'sessions.found_one', 'sessions.found'), '0 sessions found');
});
