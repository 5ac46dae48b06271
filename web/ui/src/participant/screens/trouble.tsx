import { useEffect, useState } from 'preact/hooks';
import { Button } from '../../shared/button.tsx';
import { Heading } from '../../shared/heading.tsx';
import { Icon, type IconName } from '../../shared/icon.tsx';
import { t } from '../../shared/messages.ts';
import { addressOf } from '../../shared/reach.tsx';
import type { ScreenProps } from '../page.tsx';
import { mayWrite, type Trouble } from '../state.ts';

/** Between two attempts while all places are taken, or the other connection still holds the conversation. */
const RETRY_S: Partial<Record<Trouble, number>> = { capacity: 20, elsewhere: 30 };

const ICONS: Record<Trouble, IconName> = {
  mic_refused: 'mic_off',
  mic_missing: 'plug',
  mic_busy: 'mic_off',
  mic_insecure: 'mic_off',
  offline: 'cloud',
  expired: 'clock',
  revoked: 'link',
  session_closed: 'pause',
  unknown_link: 'link',
  capacity: 'clock',
  taken_over: 'devices',
  elsewhere: 'devices',
  idle: 'pause',
  outdated: 'repeat',
  unsupported: 'help',
  internal: 'cloud',
};

/** Where the switch for the microphone is, by the browser. */
function steps(): string[] {
  const agent = navigator.userAgent;
  if (/Firefox\//.test(agent)) return t('trouble.mic_refused.steps_firefox').split('|');
  if (/Safari\//.test(agent) && !/Chrom(e|ium)\//.test(agent)) return t('trouble.mic_refused.steps_safari').split('|');
  return t('trouble.mic_refused.steps_chromium').split('|');
}

/** Counts down and tries by itself. */
function Countdown({ seconds, then }: { seconds: number; then: () => void }) {
  const [left, setLeft] = useState(seconds);
  useEffect(() => {
    if (left === 0) return then();
    const timer = setTimeout(() => setLeft(left - 1), 1_000);
    return () => clearTimeout(timer);
  }, [left]);
  return <p class="soft">{t('trouble.capacity.count', { seconds: left })}</p>;
}

/** What stands in the way, and the way on. */
export function TroubleScreen({ state, controller, trouble }: ScreenProps & { trouble: Trouble }) {
  const help = state.shown?.session.help ?? null;
  const address = help && addressOf(help.reach);
  const mic = trouble.startsWith('mic_');
  const gone = trouble === 'expired' || trouble === 'revoked' || trouble === 'session_closed' || trouble === 'unknown_link';
  const seconds = RETRY_S[trouble];
  const reload = () => window.location.reload();
  return (
    <div class="column centre">
      <span class="badge">
        <Icon name={ICONS[trouble]} />
      </span>
      <Heading>{t(`trouble.${trouble}.title`)}</Heading>
      <p class="lead">{t(`trouble.${trouble}.text`)}</p>
      {trouble === 'mic_refused' && (
        <ol class="steps">
          {steps().map((step) => (
            <li key={step}>{step}</li>
          ))}
        </ol>
      )}
      {seconds !== undefined && <Countdown seconds={seconds} then={() => void controller.retry()} />}
      <div class="actions">
        {mic && trouble !== 'mic_insecure' && (
          <Button kind="primary" busy={state.mic === 'asking'} onClick={() => void controller.useMic(null)}>
            {t('trouble.retry')}
          </Button>
        )}
        {mic && mayWrite(state) && (
          <Button
            kind={trouble === 'mic_insecure' ? 'primary' : 'quiet'}
            icon="write"
            busy={state.busy}
            onClick={() => controller.write()}
          >
            {t('trouble.write')}
          </Button>
        )}
        {trouble === 'taken_over' && (
          <Button kind="primary" onClick={() => void controller.retry()}>
            {t('trouble.here')}
          </Button>
        )}
        {trouble === 'idle' && (
          <Button kind="primary" onClick={() => void controller.retry()}>
            {t('trouble.continue')}
          </Button>
        )}
        {(trouble === 'offline' || trouble === 'internal' || seconds !== undefined) && (
          <Button kind="primary" onClick={() => void controller.retry()}>
            {t('trouble.retry')}
          </Button>
        )}
        {trouble === 'outdated' && (
          <Button kind="primary" onClick={reload}>
            {t('trouble.reload')}
          </Button>
        )}
        {gone && help && address && (
          <a class="button primary" href={address} rel="noreferrer">
            <span>{t('trouble.ask', { name: help.name })}</span>
          </a>
        )}
        {gone && (
          <Button kind={address ? 'plain' : 'quiet'} onClick={reload}>
            {t('trouble.reload')}
          </Button>
        )}
      </div>
      <p class="wrong" role="alert">
        {state.failed !== null && t('consent.failed')}
      </p>
    </div>
  );
}
