import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inOrder, retold, told } from '../src/console/live/fold.ts';
import type { Live } from '../src/wire/api_types.ts';

const turn = (n: number, text: string) => ({ turn: n, speaker: 'person' as const, text, at_ms: n });
const live = (more: Partial<Live>): Live => ({ id: 'a', from: 0, invitation: 'i', state: 'in_progress', mode: 'text', created: 0, updated: 0, turns: [], ...more });
const texts = (known: ReadonlyMap<string, Live>) => known.get('a')?.turns?.map((one) => one.text);

test('what a person goes on saying takes the place of what was known of it', () => {
  const first = told(new Map(), live({ turns: [turn(1, 'What keeps you here?'), turn(2, 'The')] }));
  const grown = told(first, live({ from: 1, turns: [turn(2, 'The people.'), turn(3, 'I see.')] }));
  assert.deepEqual(texts(grown), ['What keeps you here?', 'The people.', 'I see.']);
  assert.deepEqual(texts(told(grown, live({ state: 'paused', from: 3, turns: [] }))), ['What keeps you here?', 'The people.', 'I see.']);
});

test('what was said is gone where the server says that none of it stays', () => {
  const first = told(new Map(), live({ turns: [turn(1, 'What keeps you here?'), turn(2, 'The people.')] }));
  assert.deepEqual(texts(told(first, live({ from: 1, turns: [turn(4, 'I see.')] }))), ['What keeps you here?', 'I see.']);
  assert.deepEqual(texts(told(first, live({ from: 2, turns: [] }))), ['What keeps you here?', 'The people.']);
  assert.deepEqual(texts(told(first, live({ state: 'withdrawn', turns: [] }))), []);
});

test('what is confidential has no words', () => {
  assert.equal(told(new Map(), live({ turns: null })).get('a')?.turns, null);
});

test('what ended while nobody listened is not shown as going on', () => {
  const known = [live({ id: 'ended' }), live({ id: 'on' }), live({ id: 'done', state: 'completed' })].reduce(told, new Map<string, Live>());
  assert.deepEqual([...retold(known, new Set(['on'])).keys()], ['on', 'done']);
});

test('who still talks comes first, then the newest', () => {
  const all = [live({ id: 'old', updated: 1 }), live({ id: 'done', state: 'completed', updated: 9 }), live({ id: 'new', updated: 2 })];
  assert.deepEqual(
    inOrder(all.reduce(told, new Map<string, Live>())).map((one) => one.id),
    ['new', 'old', 'done'],
  );
});
