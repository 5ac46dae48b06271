/** What a page reads before it can be shown. */

import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { Answer, Problem } from './client.ts';

export type Loaded<T> = { at: 'loading' } | { at: 'failed'; problem: Problem } | { at: 'ready'; value: T };

/** Reads, and again when one of `on` changes or `again` is called. What was read stays while it is read anew. */
export function useLoad<T>(read: () => Promise<Answer<T>>, on: readonly unknown[]): [Loaded<T>, () => Promise<void>, (value: T) => void] {
  const [loaded, setLoaded] = useState<Loaded<T>>({ at: 'loading' });
  const turn = useRef(0);
  const again = useCallback(async () => {
    const mine = ++turn.current;
    const answer = await read();
    // Another page may be wanted by now.
    if (mine !== turn.current) return;
    setLoaded(answer.ok ? { at: 'ready', value: answer.value } : { at: 'failed', problem: answer.problem });
  }, on);
  useEffect(() => {
    setLoaded({ at: 'loading' });
    void again();
    return () => void turn.current++;
  }, [again]);
  return [loaded, again, (value) => setLoaded({ at: 'ready', value })];
}
