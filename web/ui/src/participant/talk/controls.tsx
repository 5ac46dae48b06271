import { Icon, type IconName } from '../../shared/icon.tsx';
import { t } from '../../shared/messages.ts';
import type { Controller } from '../controller.ts';
import { maySpeak, mayWrite, type State } from '../state.ts';

interface Props {
  state: State;
  controller: Controller;
  /** Asks whether the conversation shall end. */
  end: () => void;
}

function Control(props: { icon: IconName; label: string; kind?: string; pressed?: boolean; off?: boolean; onClick: () => void }) {
  const { icon, label, kind = '', pressed, off = false, onClick } = props;
  return (
    <button
      type="button"
      class={`control ${kind}`}
      aria-disabled={off}
      {...(pressed === undefined ? {} : { 'aria-pressed': pressed })}
      onClick={() => !off && onClick()}
    >
      <span class="disc">
        <Icon name={icon} />
      </span>
      <span>{label}</span>
    </button>
  );
}

/** What the person can press while they talk or write. */
export function Controls({ state, controller, end }: Props) {
  const { call } = state;
  const spoken = call.mode === 'voice';
  const over = call.ending || call.ended !== null;
  const off = call.connection !== 'live' || over;
  const paused = call.paused !== null;
  return (
    <div class="controls" role="group" aria-label={t('talk.controls')}>
      <Control icon="repeat" label={t('talk.repeat')} off={off || paused} onClick={() => controller.control('repeat')} />
      <Control icon="skip" label={t('talk.skip')} off={off || paused} onClick={() => controller.control('skip')} />
      {spoken ? (
        <Control
          icon={call.muted || over ? 'mic_off' : 'mic'}
          label={t(call.muted ? 'talk.unmute' : 'talk.mute')}
          kind={over ? 'main over' : call.muted ? 'main muted' : 'main'}
          off={(paused && !call.muted) || over}
          onClick={() => controller.mute(!call.muted)}
        />
      ) : null}
      <Control
        icon={paused ? 'play' : 'pause'}
        label={t(paused ? 'talk.resume' : 'talk.pause')}
        off={off}
        onClick={() => controller.control(paused ? 'resume' : 'pause')}
      />
      {spoken && mayWrite(state) && (
        <Control icon="write" label={t('talk.write')} off={state.busy || over} onClick={() => void controller.switchTo('text')} />
      )}
      {!spoken && maySpeak(state) && (
        <Control icon="mic" label={t('talk.speak')} off={state.busy || over} onClick={() => controller.speak()} />
      )}
      <Control icon="end" label={t('talk.end')} kind="leave" off={off} onClick={end} />
    </div>
  );
}
