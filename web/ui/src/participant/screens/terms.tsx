/** The words that a person agrees to: before the conversation, and when who writes wants to talk. */

import { useState } from 'preact/hooks';
import { Button } from '../../shared/button.tsx';
import { Dialog } from '../../shared/dialog.tsx';
import { t } from '../../shared/messages.ts';
import type { Mode, Shown } from '../../wire/types.ts';
import type { ScreenProps } from '../page.tsx';

export function Terms({ shown, mode }: { shown: Shown; mode: Mode }) {
  const { session, language_model: party } = shown;
  const { organisation } = session;
  return (
    <ul class="ticks">
      <li>{t('consent.point_ai', { organisation })}</li>
      <li>{t(mode === 'voice' ? 'consent.point_kept_voice' : 'consent.point_kept_text')}</li>
      <li>{t(`who.${session.confidentiality}`, { organisation })}</li>
      {party !== null && <li>{t('who.model', { party })}</li>}
      {mode === 'voice' && <li>{t('consent.point_voice')}</li>}
      <li>{t('consent.point_free')}</li>
    </ul>
  );
}

export function KeepSound({ kept, choose }: { kept: boolean; choose: (kept: boolean) => void }) {
  return (
    <label class="choice">
      <input type="checkbox" checked={kept} onChange={(event) => choose(event.currentTarget.checked)} />
      <span>
        <strong>{t('consent.recording')}</strong>
        <span>{t('consent.recording_more')}</span>
      </span>
    </label>
  );
}

/** Who agreed to writing has not agreed to be heard. */
export function VoiceDialog({ state, controller }: ScreenProps) {
  const [recording, setRecording] = useState(false);
  const { shown } = state;
  if (!shown) return null;
  const close = () => controller.askVoice(false);
  return (
    <Dialog title={t('voice.title')} onClose={close}>
      <p>{t('voice.lead')}</p>
      <Terms shown={shown} mode="voice" />
      {shown.session.recording && <KeepSound kept={recording} choose={setRecording} />}
      <div class="actions">
        <Button kind="primary" icon="mic" onClick={() => controller.agreeToVoice(recording)}>
          {t('voice.agree')}
        </Button>
        <Button kind="plain" onClick={close}>
          {t('voice.cancel')}
        </Button>
      </div>
    </Dialog>
  );
}
