/** What has just been done, said once: shown for a while, and read out. */

import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { Icon, type IconName } from '../../shared/icon.tsx';

const said = signal<{ text: string; shown: boolean; at: number; icon?: IconName } | null>(null);

/** Says it on the screen and to screen readers. */
export function say(text: string): void {
  said.value = { text, shown: true, at: Date.now() };
}

/** Says what did not work, where nothing on the page is lost by it. */
export function warn(text: string): void {
  said.value = { text, shown: true, at: Date.now(), icon: 'warn' };
}

/** Says it to screen readers alone: on the screen it is seen anyway. */
export function tell(text: string): void {
  said.value = { text, shown: false, at: Date.now() };
}

/** How long it stays: read twice by a slow reader. */
const SHOWN_MS = 6_000;

/** Where it is said. */
export function Said() {
  const now = said.value;
  useEffect(() => {
    if (!now) return undefined;
    const timer = setTimeout(() => (said.value = null), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [now]);
  return (
    <div class="sayings" role="status">
      {now && (
        <p key={now.at} class={now.shown ? 'saying' : 'hidden'}>
          {now.shown && <Icon name={now.icon ?? 'check'} />}
          {now.text}
        </p>
      )}
    </div>
  );
}
