import assert from 'node:assert/strict';
import { test } from 'node:test';
import { begin, changed, clashes, type Change, differences, type Draft, draftOf, edit, moved, sent } from '../src/console/editor/draft.ts';

const topic = (id: string, more = {}) => ({
  id,
  label: id.toUpperCase(),
  description: '',
  guidance: '',
  context: '',
  priority: 'medium' as const,
  enabled: true,
  ...more,
});

const SESSION = {
  id: 's',
  title: 'Stay',
  template: 'stay',
  state: 'draft' as const,
  locked_at: null,
  mode: 'participant' as const,
  confidentiality: 'identified' as const,
  recording: false,
  length_min: 15,
  language: 'en',
  parent: null,
  created: 0,
  welcome: '',
  help: null,
  topics: [topic('a'), topic('b'), topic('c')],
};

const read = (): Draft => draftOf(SESSION);
const run = (...changes: Change[]) => changes.reduce(edit, begin(read()));
const order = (draft: Draft) => draft.topics.map((one) => one.key).join('');

test('what was read is sent back as it was, and a new topic has no id', () => {
  const draft = run({ type: 'add', key: 'new-1' }, { type: 'topic', key: 'new-1', field: 'label', value: 'Pay' }).now;
  const body = sent(draft);
  assert.deepEqual(
    body.topics.map((one) => one.id),
    ['a', 'b', 'c', undefined],
  );
  assert.equal(body.topics[3]?.label, 'Pay');
  assert.ok(!JSON.stringify(body).includes('key'));
  assert.equal(body.help, null, 'an empty contact is none');
});

test('typing on in the same field is one step, another field another', () => {
  const typed = run(
    { type: 'set', field: 'title', value: 'S' },
    { type: 'set', field: 'title', value: 'St' },
    { type: 'topic', key: 'a', field: 'label', value: 'x' },
  );
  const once = edit(typed, { type: 'undo' });
  assert.equal(once.now.topics[0]?.label, 'A');
  assert.equal(once.now.title, 'St');
  const twice = edit(once, { type: 'undo' });
  assert.equal(twice.now.title, 'Stay');
  assert.ok(!changed(twice));
  assert.equal(edit(twice, { type: 'undo' }), twice, 'there is nothing before what was read');
  assert.deepEqual(edit(edit(twice, { type: 'redo' }), { type: 'redo' }).now, typed.now);
});

test('typing after an undo begins a step of its own and forgets what was undone', () => {
  const typed = run({ type: 'set', field: 'title', value: 'S' }, { type: 'undo' }, { type: 'set', field: 'title', value: 'T' });
  assert.equal(typed.future.length, 0);
  assert.equal(edit(typed, { type: 'undo' }).now.title, 'Stay');
});

test('topics are moved, within their list alone', () => {
  assert.deepEqual(moved(['a', 'b', 'c', 'd'], 0, 2), ['b', 'c', 'a', 'd']);
  assert.equal(order(run({ type: 'move', key: 'c', to: 0 }).now), 'cab');
  assert.equal(order(run({ type: 'move', key: 'a', to: 9 }).now), 'bca');
  assert.equal(run({ type: 'move', key: 'a', to: 0 }).past.length, 0, 'to its own place is no step');
});

test('what was removed comes back where it was', () => {
  const removed = run({ type: 'remove', key: 'b' });
  assert.equal(order(removed.now), 'ac');
  assert.equal(order(edit(removed, { type: 'undo' }).now), 'abc');
});

test('a session takes 20 topics and no more', () => {
  const many = Array.from({ length: 30 }, (_, i): Change => ({ type: 'add', key: `new-${i}` }));
  assert.equal(run(...many).now.topics.length, 20);
});

test('discarding can be undone as well', () => {
  const discarded = run({ type: 'set', field: 'title', value: 'T' }, { type: 'discard' });
  assert.ok(!changed(discarded));
  assert.equal(edit(discarded, { type: 'undo' }).now.title, 'T');
});

test('what was saved is what is compared with from then on', () => {
  const typed = run({ type: 'set', field: 'title', value: 'T' });
  assert.ok(changed(typed));
  assert.ok(!changed(edit(typed, { type: 'saved', sent: typed.now, draft: typed.now })));
});

test('what is typed while it is saved stays, and is not saved yet', () => {
  const asked = run({ type: 'add', key: 'new-1' }, { type: 'topic', key: 'new-1', field: 'label', value: 'Pay' });
  const on = [
    { type: 'topic', key: 'new-1', field: 'label', value: 'Pay and rest' },
    { type: 'set', field: 'welcome', value: 'Hello' },
  ] as const;
  const answer = draftOf({ ...SESSION, title: 'Trimmed', topics: [...SESSION.topics, topic('d', { label: 'Pay' })] });
  const saved = edit(on.reduce<typeof asked>(edit, asked), { type: 'saved', sent: asked.now, draft: answer });
  assert.ok(changed(saved));
  assert.deepEqual([saved.now.title, saved.now.welcome], ['Trimmed', 'Hello']);
  assert.deepEqual([saved.now.topics[3]?.id, saved.now.topics[3]?.key, saved.now.topics[3]?.label], ['d', 'new-1', 'Pay and rest']);
  assert.ok(!changed(edit(saved, { type: 'discard' })));
});

test('who keeps their own edit over another one loses nothing: a topic that is gone is a new one', () => {
  const theirs = draftOf({ ...SESSION, title: 'Theirs', topics: [topic('a'), topic('c')] });
  const kept = edit(run({ type: 'topic', key: 'b', field: 'label', value: 'Mine' }), { type: 'keep', theirs });
  assert.deepEqual(
    sent(kept.now).topics.map((one) => [one.id, one.label]),
    [['a', 'A'], [undefined, 'Mine'], ['c', 'C']],
  );
  assert.equal(sent(kept.now).title, 'Theirs', 'what they alone have changed is taken over');
  assert.ok(changed(kept));
});

test('of what both have changed mine stays, and the rest is both together', () => {
  const theirs = draftOf({
    ...SESSION,
    title: 'Theirs',
    length_min: 30,
    topics: [topic('c', { priority: 'high' }), topic('x'), topic('a', { guidance: 'theirs' })],
  });
  const mine = run(
    { type: 'set', field: 'title', value: 'Mine' },
    { type: 'topic', key: 'a', field: 'label', value: 'Mine' },
    { type: 'topic', key: 'c', field: 'priority', value: 'low' },
    { type: 'add', key: 'new-1' },
  );
  const kept = edit(mine, { type: 'keep', theirs });
  assert.deepEqual([kept.now.title, kept.now.length_min], ['Mine', 30]);
  assert.deepEqual(
    kept.now.topics.map((one) => [one.id, one.label, one.guidance, one.priority]),
    [
      ['c', 'C', '', 'low'],
      ['x', 'X', '', 'medium'],
      ['a', 'Mine', 'theirs', 'medium'],
      [null, '', '', 'medium'],
    ],
  );
  assert.deepEqual(
    clashes(read(), mine.now, theirs).map(({ field, topic: label }) => `${field} ${label ?? ''}`.trim()),
    ['title', 'priority C'],
  );
});

test('who takes the edit of somebody else over has their own one step back, and can save it', () => {
  const theirs = draftOf({ ...SESSION, title: 'Theirs', topics: [topic('a'), topic('c')] });
  const taken = edit(run({ type: 'topic', key: 'b', field: 'label', value: 'Mine' }), { type: 'take', theirs });
  assert.ok(!changed(taken));
  assert.equal(taken.now.title, 'Theirs');
  assert.deepEqual(
    sent(edit(taken, { type: 'undo' }).now).topics.map((one) => [one.id, one.label]),
    [['a', 'A'], [undefined, 'Mine'], ['c', 'C']],
  );
});

test('what somebody else has made different is named', () => {
  const theirs = draftOf({
    ...SESSION,
    length_min: 20,
    topics: [topic('c'), topic('a', { priority: 'high', guidance: 'x' }), topic('d')],
  });
  assert.deepEqual(
    differences(read(), theirs).map(({ field, topic: label }) => `${field} ${label ?? ''}`.trim()),
    ['length_min', 'guidance A', 'priority A', 'added D', 'removed B', 'order'],
  );
  assert.deepEqual(differences(read(), read()), []);
});
