import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lately, merged, steps, toned } from '../src/console/insights/charts/tones.ts';
import { clashing, type Doc, docOf, hide, merge, part, patched, rename, sentOf, undone } from '../src/console/insights/edits.ts';
import { filtered, filterOf, offered } from '../src/console/insights/filter.ts';
import type { Count } from '../src/wire/api_types.ts';
import { cut } from '../src/console/insights/span.ts';
import { split } from '../src/console/router.ts';

const exact = (n: number, of: number): Count => ({ words: `${n} of ${of}`, n, of, least: n, most: n });
const fewer = (of: number): Count => ({ words: 'fewer than 5', n: null, of, least: 0, most: 4 });

test('a filter is in the address, and comes out of it again', () => {
  const path = '/sessions/s/insights';
  const filter = { department: 'R&D, north', role: null };
  const [to, query] = split(filtered(path, filter));
  assert.equal(to, path);
  assert.deepEqual(filterOf(query), filter);
  assert.equal(filtered(path, { department: null, role: null }), path);
  assert.deepEqual(filterOf('department=&role=Nurse'), { department: null, role: 'Nurse' });
});

test('only what shows nobody by themselves is offered, beside what is chosen already', () => {
  const ward = (name: string, people: number) => ({ name, people });
  const offer = { departments: [ward('Ward 1', 9), ward('Ward 2', 8)], roles: [ward('Nurse', 12)], both: [{ department: 'Ward 1', role: 'Nurse', people: 6 }] };
  assert.deepEqual(offered(offer, { department: null, role: null }), { departments: offer.departments, roles: offer.roles });
  assert.deepEqual(offered(offer, { department: 'Ward 2', role: null }).roles, []);
  assert.deepEqual(offered(offer, { department: null, role: 'Nurse' }).departments, [ward('Ward 1', 6)]);
  assert.deepEqual(offered(offer, { department: 'Ward 3', role: null }).departments.map((one) => one.name), ['Ward 1', 'Ward 2', 'Ward 3']);
});

test('a quote is found in its line by its characters', () => {
  assert.deepEqual(cut('So 👍 the rota is late.', 5, 13), ['So 👍 ', 'the rota', ' is late.']);
  assert.deepEqual(cut('all of it', 0, 9), ['', 'all of it', '']);
  for (const [from, to] of [[2, 9], [3, 3], [-1, 2], [Number.NaN, 2]] as const) assert.equal(cut('short', from, to), null);
});

test('who is not told exactly is drawn as such, and nobody is drawn twice', () => {
  const known = { positive: exact(3, 9), mixed: exact(1, 9), neutral: exact(0, 9), negative: exact(5, 9) };
  assert.deepEqual(toned(known).map((one) => one.size), [3, 1, 0, 5, 0]);
  const few = { ...known, mixed: fewer(9), neutral: fewer(9), positive: fewer(9) };
  assert.deepEqual(toned(few).map((one) => one.size), [0, 0, 0, 5, 4]);
});

test('what further interviews brought is told by how many there were', () => {
  const all = steps([
    { people: 5, themes: 6 },
    { people: 10, themes: 8 },
    { people: 15, themes: 8 },
  ]);
  assert.deepEqual(all.map((step) => step.fresh), [6, 2, 0]);
  assert.deepEqual(lately(all), { interviews: 5, fresh: 0 });
  const slow = steps([1, 2, 3, 4, 5, 6, 7].map((people) => ({ people, themes: Math.min(people, 4) })));
  assert.deepEqual(lately(slow), { interviews: 5, fresh: 2 });
  assert.deepEqual(lately(slow.slice(0, 2)), { interviews: 2, fresh: 2 });
  assert.deepEqual(merged(all, 2), [
    { from: 1, to: 10, fresh: 8 },
    { from: 11, to: 15, fresh: 0 },
  ]);
  const many = merged(steps(Array.from({ length: 200 }, (_, i) => ({ people: i + 1, themes: i }))), 24);
  assert.ok(many.length <= 24);
  assert.equal(many.reduce((sum, step) => sum + step.fresh, 0), 199);
  assert.deepEqual(merged([], 24), []);
});

const EDITED: Doc = {
  summary: null,
  themes: new Map([
    ['a', { label: 'Pay', hidden: false, into: null }],
    ['b', { label: null, hidden: false, into: 'a' }],
  ]),
};

test('a change touches what it is about, and undoing it leaves what others did', () => {
  const change = rename(EDITED, 'c', 'Rota');
  const after = patched(EDITED, change);
  assert.deepEqual(after.themes.get('c'), { label: 'Rota', hidden: false, into: null });
  const theirs = patched(after, hide(after, 'a', true));
  const back = patched(theirs, undone(EDITED, change));
  assert.equal(back.themes.has('c'), false, 'what stands as it was made has no entry');
  assert.equal(back.themes.get('a')?.hidden, true);
  assert.deepEqual(patched(after, { summary: 'Ours.' }).summary, 'Ours.');
  assert.deepEqual(undone(EDITED, { summary: 'Ours.' }), { summary: null });
});

test('what is merged takes its parts along', () => {
  const after = patched(EDITED, merge(EDITED, 'a', 'c'));
  assert.deepEqual([after.themes.get('a')?.into, after.themes.get('b')?.into], ['c', 'c']);
  assert.equal(after.themes.get('a')?.label, 'Pay');
  assert.equal(patched(after, part(after, 'b')).themes.has('b'), false);
});

test('only what two have changed alike is a conflict', () => {
  const theirs = patched(EDITED, hide(EDITED, 'a', true));
  assert.deepEqual(clashing(EDITED, theirs, rename(EDITED, 'a', 'Money')), { summary: false, themes: ['a'] });
  assert.deepEqual(clashing(EDITED, theirs, rename(EDITED, 'c', 'Rota')), { summary: false, themes: [] });
  const worded = { ...EDITED, summary: 'Theirs.' };
  assert.equal(clashing(EDITED, worded, { summary: 'Mine.' }).summary, true);
  assert.equal(clashing(EDITED, worded, hide(EDITED, 'a', true)).summary, false);
});

test('edits are sent as they are read', () => {
  const read = { summary: { words: 'Ours.', by: 'Ada', at: 1 }, themes: [{ key: 'a', label: null, hidden: true, into: null, by: 'Ada', at: 1 }] };
  assert.deepEqual(sentOf(docOf(read)), { summary: 'Ours.', themes: [{ key: 'a', label: null, hidden: true, into: null }] });
});
