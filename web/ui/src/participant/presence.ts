/** Whether the person looks at the page, and that their screen does not go dark while they talk. */

/** Somebody who looks away for a moment need not be told. */
const AWAY_MS = 8_000;

/** Keeps the screen on where the browser can. Returns how to let it sleep again. */
export function stayAwake(): () => void {
  let lock: WakeLockSentinel | null = null;
  let over = false;
  const take = async () => {
    if (document.visibilityState !== 'visible' || over) return;
    lock = (await navigator.wakeLock?.request('screen').catch(() => null)) ?? null;
    if (over) void lock?.release();
  };
  const again = () => void take();
  // The browser takes the lock away whenever the page is hidden.
  document.addEventListener('visibilitychange', again);
  void take();
  return () => {
    over = true;
    document.removeEventListener('visibilitychange', again);
    void lock?.release().catch(() => undefined);
  };
}

/** Tells when the page goes to the background, and when it comes back after a while. */
export function onAway(away: () => void, back: (long: boolean) => void): () => void {
  let since = 0;
  const look = () => {
    if (document.visibilityState === 'hidden') {
      since = performance.now();
      away();
    } else {
      back(since > 0 && performance.now() - since > AWAY_MS);
    }
  };
  document.addEventListener('visibilitychange', look);
  return () => document.removeEventListener('visibilitychange', look);
}
