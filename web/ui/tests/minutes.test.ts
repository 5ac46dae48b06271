import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { FRAME_MS, halves, shares, SLOT_MS } from '../src/console/editor/minutes.ts';

/** The planner's own source, beside the compiled tests' cache. */
const BUDGET = new URL('../../../../../../engine/core/src/planner/budget.rs', import.meta.url);

const topic = (priority: 'high' | 'medium' | 'low', enabled = true) => ({ priority, enabled });

test('time is shared by priority, as the planner does it', () => {
  // The planner's own test has the same numbers.
  assert.deepEqual(shares(15, [topic('high'), topic('medium'), topic('low')]), [405_000, 270_000, 135_000]);
  const source = readFileSync(BUDGET, 'utf8');
  assert.match(source, /shares\(&guide\(15, &\[High, Medium, Low\]\)\), \[405_000, 270_000, 135_000\]/);
  assert.match(source, new RegExp(`FRAME_MS: u64 = ${FRAME_MS / 1000}_000;`));
  assert.match(source, new RegExp(`SLOT_MS: u64 = ${SLOT_MS / 1000}_000;`));
});

test('what is switched off has no time, and the others share it', () => {
  assert.deepEqual(shares(10, [topic('high', false), topic('low')]), [0, 510_000]);
  assert.deepEqual(shares(10, [topic('high', false)]), [0]);
  assert.deepEqual(shares(1, [topic('high')]), [0], 'shorter than opening and closing');
});

test('minutes are said to a half', () => {
  assert.deepEqual([0, 10_000, 20_000, 60_000, 80_000, 405_000].map(halves), ['0', '<½', '½', '1', '1½', '7']);
});
