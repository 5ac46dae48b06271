/**
 * Where things stand in a chart, in percent of its width or height: a chart is as wide as there is room for it, and its words are the
 * page's own, which can be zoomed, wrapped and read out.
 */

/** A part of a bar. */
export interface Piece {
  from: number;
  size: number;
}

/** Parts of a whole, one after another. Nothing at all has no parts. */
export function stacked(parts: readonly number[]): Piece[] {
  const all = parts.reduce((sum, part) => sum + part, 0);
  let from = 0;
  return parts.map((part) => {
    const size = all === 0 ? 0 : (part / all) * 100;
    const piece = { from, size };
    from += size;
    return piece;
  });
}

/** More lines than this are not told apart on a phone. */
const MOST_TICKS = 5;

/** Whole numbers from 0 on, in steps that are counted easily; the last one is `most` or above it. */
export function ticks(most: number): number[] {
  const whole = Math.max(1, Math.ceil(most));
  let step = 1;
  for (let by = 0; Math.ceil(whole / step) + 1 > MOST_TICKS; by++) step = [1, 2, 5][by % 3]! * 10 ** Math.floor(by / 3);
  return Array.from({ length: Math.ceil(whole / step) + 1 }, (_, i) => i * step);
}
