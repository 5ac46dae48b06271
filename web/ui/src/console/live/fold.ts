/** Conversations as they go on: what the server tells, one after another, made into what is shown. */

import type { Live } from '../../wire/api_types.ts';

/** Those that go on, or may go on. */
const GOING = new Set<Live['state']>(['consented', 'in_progress', 'paused']);

export const going = (one: Live): boolean => GOING.has(one.state);

/** One more was told: so many of the turns that were told before stay (`from`), and the new ones take the place of all others. */
export function told(known: ReadonlyMap<string, Live>, next: Live): Map<string, Live> {
  const stay = (known.get(next.id)?.turns ?? []).slice(0, next.from);
  return new Map(known).set(next.id, { ...next, turns: next.turns ? [...stay, ...next.turns] : null });
}

/** The server tells all that go on when it is asked anew: those that it has not told by then ended while nobody listened. */
export function retold(known: ReadonlyMap<string, Live>, since: ReadonlySet<string>): Map<string, Live> {
  return new Map([...known].filter(([id, one]) => !going(one) || since.has(id)));
}

/** Those that go on come first, then the newest. */
export function inOrder(known: ReadonlyMap<string, Live>): Live[] {
  return [...known.values()].sort((a, b) => Number(going(b)) - Number(going(a)) || b.updated - a.updated);
}
