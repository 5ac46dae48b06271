/** Conversations as they go on: what the server tells, one after another, made into what is shown. */

import type { Live } from '../../wire/api_types.ts';

/** Those that go on, or may go on. */
const GOING = new Set<Live['state']>(['consented', 'in_progress', 'paused']);

export const going = (one: Live): boolean => GOING.has(one.state);

/** One more was told: turns that were told again take the place of what was known from the first of them on. */
export function told(known: ReadonlyMap<string, Live>, next: Live): Map<string, Live> {
  const before = known.get(next.id)?.turns ?? [];
  const first = next.turns?.[0]?.turn;
  const turns = next.turns && [...before.filter((turn) => first === undefined || turn.turn < first), ...next.turns];
  return new Map(known).set(next.id, { ...next, turns: turns ?? null });
}

/** The server tells all that go on when it is asked anew: those that it has not told by then ended while nobody listened. */
export function retold(known: ReadonlyMap<string, Live>, since: ReadonlySet<string>): Map<string, Live> {
  return new Map([...known].filter(([id, one]) => !going(one) || since.has(id)));
}

/** Those that go on come first, then the newest. */
export function inOrder(known: ReadonlyMap<string, Live>): Live[] {
  return [...known.values()].sort((a, b) => Number(going(b)) - Number(going(a)) || b.updated - a.updated);
}
