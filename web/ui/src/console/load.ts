/** What a page reads before it can be shown. */

import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { Answer, Problem } from './client.ts';
import { warn } from './parts/said.tsx';

export type Loaded<T> = { at: 'loading' } | { at: 'failed'; problem: Problem } | { at: 'ready'; value: T };

/**
 * Reads, and again when one of `on` changes or `again` is called. What was read stays while it is read anew, and where that fails.
 * The third changes what was read: what is on its way then is older, and is dropped.
 */
export function useLoad<T>(
  read: () => Promise<Answer<T>>,
  on: readonly unknown[],
): [Loaded<T>, () => Promise<void>, (change: (value: T) => T) => void] {
  const [loaded, setLoaded] = useState<Loaded<T>>({ at: 'loading' });
  const turn = useRef(0);
  const shown = useRef<Loaded<T>['at']>('loading');
  const again = useCallback(async () => {
    const mine = ++turn.current;
    const answer = await read();
    // Another page may be wanted by now.
    if (mine !== turn.current) return;
    if (answer.ok) return setLoaded({ at: 'ready', value: answer.value });
    const { problem } = answer;
    setLoaded((before) => (before.at === 'ready' ? before : { at: 'failed', problem }));
    if (shown.current === 'ready' && problem.code !== 'unauthenticated') warn(problem.detail);
  }, on);
  useEffect(() => {
    setLoaded({ at: 'loading' });
    void again();
    return () => void turn.current++;
  }, [again]);
  shown.current = loaded.at;
  const change = useCallback((how: (value: T) => T) => {
    turn.current++;
    setLoaded((before) => (before.at === 'ready' ? { at: 'ready', value: how(before.value) } : before));
  }, []);
  return [loaded, again, change];
}
