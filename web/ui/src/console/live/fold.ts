/** Conversations as they go on: what the server tells, one after another, made into what is shown. */

import type { Live } from '../../wire/api_types.ts';

/** Those that go on, or may go on. */
const GOING = new Set<Live['state']>(['consented', 'in_progress', 'paused']);

export const going = (one: Live): boolean => GOING.has(one.state);

/** As it is told: so many of the turns that were told before stay, and the new ones take the place of all others. */
export type Told = Live & { from?: number };

/** One more was told. A server that does not say how many stay means those before the first that it tells. */
export function told(known: ReadonlyMap<string, Live>, next: Told): Map<string, Live> {
  const before = known.get(next.id)?.turns ?? [];
  const first = next.turns?.[0]?.turn;
  const stay = next.from === undefined ? before.filter((turn) => first === undefined || turn.turn < first) : before.slice(0, next.from);
  const turns = next.turns && [...stay, ...next.turns];
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
