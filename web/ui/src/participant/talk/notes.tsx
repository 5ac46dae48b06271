/** What the person should know while they talk: that the connection is gone, that we rest, and small things. */

import { useEffect } from 'preact/hooks';
import { Button } from '../../shared/button.tsx';
import { Icon } from '../../shared/icon.tsx';
import { t } from '../../shared/messages.ts';
import { lastOf, type Call } from '../call.ts';
import type { Controller } from '../controller.ts';

/** Attempts after which we say that it takes long. */
const LONG_ATTEMPTS = 5;
/** Good news goes by itself, once it is read. */
const BACK_MS = 8_000;
/** By so many of their last words a person knows their answer again. */
const LAST_WORDS = 14;

/** The end of what we have of the person. */
function lastWords(call: Call): string | null {
  const words = lastOf(call, 'you')?.text.trim().split(/\s+/) ?? [];
  if (words.length === 0) return null;
  return words.length > LAST_WORDS ? `… ${words.slice(-LAST_WORDS).join(' ')}` : words.join(' ');
}

interface Props {
  call: Call;
  controller: Controller;
}

/** The network is gone. */
export function Lost({ call, controller }: Props) {
  const long = call.attempts >= LONG_ATTEMPTS;
  return (
    <section class="panel" role="alert">
      <span class="badge small">
        <Icon name="cloud" />
      </span>
      <h2>{t(call.draining ? 'drain.title' : 'lost.title')}</h2>
      <p>{t(long ? 'lost.text_long' : call.draining ? 'drain.text' : 'lost.text')}</p>
      <div class="actions row">
        <Button kind="primary" onClick={() => void controller.retry()}>
          {t('lost.now')}
        </Button>
        {long && (
          <Button kind="plain" onClick={() => controller.leave()}>
            {t('lost.leave')}
          </Button>
        )}
      </div>
    </section>
  );
}

/** The conversation rests. */
export function Paused({ call, controller }: Props) {
  const why = call.paused === 'silence' || call.paused === 'drain' ? call.paused : 'asked';
  const cause = why !== 'drain' && call.mode === 'voice' && call.muted ? 'muted' : why;
  return (
    <section class="panel" role="status">
      <h2>{t('paused.title')}</h2>
      <p>{t(`paused.${cause}`)}</p>
      {cause !== 'drain' && (
        <>
          <div class="actions row">
            {cause === 'muted' ? (
              <Button kind="primary" icon="mic" onClick={() => controller.mute(false)}>
                {t('talk.unmute')}
              </Button>
            ) : (
              <Button kind="primary" icon="play" onClick={() => controller.control('resume')}>
                {t('talk.resume')}
              </Button>
            )}
          </div>
          <p class="soft">{t('paused.later')}</p>
        </>
      )}
    </section>
  );
}

/** Something small. Its place is always there, so that a screen reader notices when it is filled. */
export function NoteLine({ call, controller }: Props) {
  const { note } = call;
  // What was said as the connection went may be missing: they see from where to say it again. In writing it stands right below.
  const words = note === 'back' && call.mode === 'voice' ? lastWords(call) : null;
  const dismiss = () => controller.tell({ type: 'note', note: null });
  useEffect(() => {
    if (note !== 'back') return;
    const timer = setTimeout(dismiss, BACK_MS);
    return () => clearTimeout(timer);
  }, [note]);
  return (
    <div class="note-place" role="status">
      {call.draining && call.connection === 'live' && (
        <div class="note">
          <p>{t('drain.soon')}</p>
        </div>
      )}
      {note && (
        <div class={`note ${note}`}>
          <p>{t(`note.${note}`)}</p>
          {/* Read out, it would be heard as an answer. */}
          {words !== null && (
            <p class="heard-last" aria-live="off">
              {t('note.back_heard', { words })}
            </p>
          )}
          {note === 'mic_lost' && <Button onClick={() => void controller.useMic(null)}>{t('note.mic_lost_action')}</Button>}
          {note === 'sound_blocked' && <Button onClick={() => controller.unlock()}>{t('note.sound_blocked_action')}</Button>}
          {note !== 'mic_lost' && note !== 'sound_blocked' && note !== 'back' && (
            <button type="button" class="dismiss" aria-label={t('note.dismiss')} onClick={dismiss}>
              <Icon name="end" />
            </button>
          )}
        </div>
      )}
    </div>
  );
}

/** That the sound is kept is said for as long as it is. */
export function Kept() {
  return (
    <details class="kept">
      <summary>
        <span class="dot" aria-hidden="true" />
        {t('kept.title')}
      </summary>
      <p>{t('kept.text')}</p>
    </details>
  );
}

/** How the page is connected, for those who want to know. */
export function Details({ call }: { call: Call }) {
  const fell = call.fellBack === 'timeout' || call.fellBack === 'missing' ? call.fellBack : 'other';
  return (
    <details class="details">
      <summary>{t('details.title')}</summary>
      <p>
        {t(`details.${call.transport ?? 'none'}`)} {call.fellBack !== null && t(`details.fell_${fell}`)}
      </p>
    </details>
  );
}
