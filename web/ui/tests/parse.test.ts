import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readFileSync } from 'node:fs';
import { parse } from '../src/wire/parse.ts';

const read = (event: object) => parse(JSON.stringify(event));

/** Every event that the server can send, as its own test has written them down. */
function vocabulary(): { type: string }[] {
  // Tests run compiled, from node_modules/.cache/tests/tests.
  const path = '../../../../../../media/transport/src/proto/snapshots/colloquy_transport__proto__wire_check__the_vocabulary_is_as_it_was.snap';
  const snapshot = readFileSync(new URL(path, import.meta.url), 'utf8');
  return JSON.parse(snapshot.slice(snapshot.indexOf('\n[') + 1)) as { type: string }[];
}

test('every event of the server is understood or knowingly read over', () => {
  const readOver = [
    'session.updated',
    'input_audio_buffer.committed',
    'input_audio_buffer.cleared',
    'conversation.item.added',
    'conversation.item.truncated',
    'response.created',
    'response.content_part.added',
    'response.content_part.done',
    'response.output_audio.done',
    'colloquy.consent',
    'colloquy.latency',
  ];
  for (const event of vocabulary()) {
    assert.equal(parse(JSON.stringify(event)) === null, readOver.includes(event.type), event.type);
  }
});

test('an item tells who said what, whichever way it was said', () => {
  const item = (role: string, status: string, part: object) =>
    read({ type: 'conversation.item.done', item: { id: 'item_1', role, status, content: [part] } });
  assert.deepEqual(item('user', 'completed', { type: 'input_text', text: 'Hello' }), {
    kind: 'item', item: 'item_1', who: 'you', text: 'Hello', cut: false,
  });
  assert.deepEqual(item('assistant', 'incomplete', { type: 'output_audio', transcript: 'What' }), {
    kind: 'item', item: 'item_1', who: 'interviewer', text: 'What', cut: true,
  });
});

test('the session says whether it is held by voice or in writing', () => {
  assert.deepEqual(read({ type: 'session.created', session: { output_modalities: ['text'] } }), { kind: 'created', mode: 'text' });
  assert.deepEqual(read({ type: 'session.created', session: { output_modalities: ['audio'] } }), { kind: 'created', mode: 'voice' });
});

test('nonsense, other types and events of tomorrow say nothing', () => {
  for (const message of ['', '{', '[]', 'null', '7', '{"type":5}', '{"type":"colloquy.new"}', '{"type":"colloquy.stage","stage":"new"}']) {
    assert.equal(parse(message), null, message);
  }
});

test('fields that are missing become empty, not undefined', () => {
  assert.deepEqual(read({ type: 'conversation.item.input_audio_transcription.delta' }), { kind: 'heard', item: '', delta: '' });
  assert.deepEqual(read({ type: 'error', error: null }), { kind: 'error', code: '' });
  assert.deepEqual(read({ type: 'colloquy.topic', number: 'x' }), { kind: 'topic', label: '', number: 0, of: 0 });
});
