// What comes about sooner or later is waited for, however slow the machine is.
import { setTimeout as sleep } from 'node:timers/promises';

/** What does not come about in this time does not at all. */
const WITHIN_MS = 20_000;

/** Waits until `condition` holds, and returns what it returned. `what` says what was waited for. */
export async function until(what, condition) {
  const end = performance.now() + WITHIN_MS;
  for (;;) {
    const found = await condition();
    if (found) return found;
    if (performance.now() > end) throw new Error(`in vain: ${what}`);
    await sleep(20);
  }
}
