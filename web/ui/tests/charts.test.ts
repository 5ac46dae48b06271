import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stacked, ticks } from '../src/console/insights/charts/scale.ts';

test('the parts of a bar fill it, and nothing has no parts', () => {
  assert.deepEqual(stacked([1, 1, 2]), [
    { from: 0, size: 25 },
    { from: 25, size: 25 },
    { from: 50, size: 50 },
  ]);
  assert.deepEqual(stacked([0, 0]).map((piece) => piece.size), [0, 0]);
});

test('an axis has few lines, at numbers that are counted easily', () => {
  assert.deepEqual(ticks(0), [0, 1]);
  assert.deepEqual(ticks(4), [0, 1, 2, 3, 4]);
  assert.deepEqual(ticks(7), [0, 2, 4, 6, 8]);
  assert.deepEqual(ticks(23), [0, 10, 20, 30]);
  for (let most = 1; most < 2_000; most++) {
    const lines = ticks(most);
    assert.ok(lines.length <= 5 && (lines.at(-1) ?? 0) >= most, `the axis up to ${most}`);
  }
});
