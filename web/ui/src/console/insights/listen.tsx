import { Button } from '../../shared/button.tsx';
import type { Listener } from '../../shared/listener.ts';
import { t } from '../words.ts';

/** Plays an answer, or ends it. `start` are its first words. */
export function Listen({ turn, start, listener }: { turn: number; start: string; listener: Listener }) {
  const state = listener.now?.turn === turn ? listener.now.state : null;
  const on = state === 'loading' || state === 'playing';
  return (
    <>
      <Button kind="plain" icon={on ? 'pause' : 'play'} label={t(on ? 'sound.stop_of' : 'sound.play_of', { start })} onClick={() => listener.toggle(turn)}>
        {t(on ? 'sound.stop' : 'sound.play')}
      </Button>
      <span class="wrong" role="status">
        {state === 'failed' && t('sound.failed')}
      </span>
    </>
  );
}
