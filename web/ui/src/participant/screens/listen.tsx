import { Button } from '../../shared/button.tsx';
import type { Listener } from '../../shared/listener.ts';
import { t } from '../../shared/messages.ts';

/** The button of one answer. */
export function Listen({ turn, start, listener }: { turn: number; start: string; listener: Listener }) {
  const state = listener.now?.turn === turn ? listener.now.state : null;
  const on = state === 'loading' || state === 'playing';
  return (
    <>
      <Button
        kind="plain"
        icon={on ? 'pause' : 'play'}
        label={t(on ? 'copy.stop_about' : 'copy.listen_about', { start })}
        onClick={() => listener.toggle(turn)}
      >
        {t(on ? 'copy.stop' : 'copy.listen')}
      </Button>
      <span class="wrong" role="status">
        {state === 'failed' && t('copy.listen_failed')}
      </span>
    </>
  );
}
