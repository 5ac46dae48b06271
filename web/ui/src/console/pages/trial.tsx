import { useState } from 'preact/hooks';
import { Button } from '../../shared/button.tsx';
import { Dialog } from '../../shared/dialog.tsx';
import type { Trial } from '../../wire/api_types.ts';
import { call, type Problem } from '../client.ts';
import { Failure } from '../parts/notice.tsx';
import { moment, t } from '../words.ts';

/** Draws a link by which the admin takes part in their own session. */
export function TrialButton({ session, dirty }: { session: string; dirty: boolean }) {
  const [busy, setBusy] = useState(false);
  const [trial, setTrial] = useState<Trial | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const draw = async () => {
    setBusy(true);
    const answer = await call('POST /sessions/{id}/trial', { path: { id: session } });
    setBusy(false);
    setProblem(answer.ok ? null : answer.problem);
    if (answer.ok) setTrial(answer.value);
  };
  const close = () => {
    setTrial(null);
    setProblem(null);
  };
  return (
    <>
      <Button icon="mic" busy={busy} onClick={() => void draw()}>
        {t('trial.try')}
      </Button>
      {(trial || problem) && (
        <Dialog title={t('trial.title')} onClose={close}>
          {problem && <Failure problem={problem} />}
          {trial && <p>{t('trial.more', { moment: moment(trial.expires_at) })}</p>}
          {trial && dirty && (
            <p>
              <strong>{t('trial.unsaved')}</strong>
            </p>
          )}
          <div class="acts end">
            <Button onClick={close}>{t('page.done')}</Button>
            {trial && (
              <a class="button primary" href={trial.link} target="_blank" rel="noopener noreferrer" onClick={close}>
                {t('trial.begin')}
              </a>
            )}
          </div>
        </Dialog>
      )}
    </>
  );
}
