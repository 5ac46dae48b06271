import { useState } from 'preact/hooks';
import { Button } from '../../shared/button.tsx';
import { Dialog } from '../../shared/dialog.tsx';
import { Heading } from '../../shared/heading.tsx';
import { Icon } from '../../shared/icon.tsx';
import { t } from '../../shared/messages.ts';
import type { Mode } from '../../wire/types.ts';
import type { ScreenProps } from '../page.tsx';
import { mayKeepSound } from '../state.ts';
import { KeepSound, Terms } from './terms.tsx';

function Way({ mode, chosen, choose }: { mode: Mode; chosen: boolean; choose: () => void }) {
  return (
    <label class="way">
      <input type="radio" name="way" value={mode} checked={chosen} onChange={choose} />
      <Icon name={mode === 'voice' ? 'mic' : 'write'} />
      <strong>{t(`consent.${mode}`)}</strong>
      <span>{t(`consent.${mode}_more`)}</span>
    </label>
  );
}

/** What the person agrees to, and how they take part. Nothing is heard before it. */
export function ConsentScreen({ state, controller }: ScreenProps) {
  const [declining, setDeclining] = useState(false);
  const { shown } = state;
  if (!shown) return null;
  const free = shown.session.mode === 'participant';
  const choose = (mode: Mode) => controller.dispatch({ type: 'chose', mode });
  return (
    <div class="column">
      <Heading>{t(free ? 'consent.title' : 'consent.title_voice')}</Heading>
      {free && (
        <fieldset class="ways">
          <legend class="hidden">{t('consent.title')}</legend>
          <Way mode="voice" chosen={state.mode === 'voice'} choose={() => choose('voice')} />
          <Way mode="text" chosen={state.mode === 'text'} choose={() => choose('text')} />
        </fieldset>
      )}
      {mayKeepSound(state) && (
        <KeepSound kept={state.recording} choose={(recording) => controller.dispatch({ type: 'chose_recording', recording })} />
      )}
      <section class="agree">
        <h2>{t('consent.agree')}</h2>
        <Terms shown={shown} mode={state.mode} />
      </section>
      <p class="wrong" role="alert">
        {state.failed !== null && t('consent.failed')}
      </p>
      <div class="actions">
        <Button kind="primary" busy={state.busy} onClick={() => void controller.agree()}>
          {t('consent.continue')}
        </Button>
        <Button kind="plain" onClick={() => setDeclining(true)}>
          {t('consent.decline')}
        </Button>
      </div>
      {declining && (
        <Dialog title={t('decline.title')} onClose={() => setDeclining(false)}>
          <p>{t('decline.text')}</p>
          <div class="actions">
            {free && state.mode === 'voice' && (
              <Button
                kind="primary"
                icon="write"
                onClick={() => {
                  setDeclining(false);
                  choose('text');
                }}
              >
                {t('decline.write')}
              </Button>
            )}
            <Button busy={state.busy} onClick={() => void controller.decline()}>
              {t('decline.confirm')}
            </Button>
            <Button kind="plain" onClick={() => setDeclining(false)}>
              {t('decline.cancel')}
            </Button>
          </div>
        </Dialog>
      )}
    </div>
  );
}
