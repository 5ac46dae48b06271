import { useState } from 'preact/hooks';
import { Button } from '../../shared/button.tsx';
import type { SessionShown } from '../../wire/api_types.ts';
import { call } from '../client.ts';
import { Ask } from '../parts/ask.tsx';
import { say } from '../parts/said.tsx';
import { t } from '../words.ts';

interface Props {
  session: SessionShown;
  /** There is something that is not saved, which participants would not be asked. */
  dirty: boolean;
  onTurned: (session: SessionShown, etag: string | null) => void;
}

/** Opens a draft, closes an open session, or opens it again. */
export function StateButton({ session, dirty, onTurned }: Props) {
  const [asking, setAsking] = useState(false);
  const open = session.state === 'open';
  const turn = async () => {
    const path = { id: session.id };
    const answer = open ? await call('POST /sessions/{id}/close', { path }) : await call('POST /sessions/{id}/open', { path });
    if (answer.ok) {
      onTurned(answer.value, answer.etag);
      say(t(open ? 'session.closed' : 'session.opened'));
    }
    return answer;
  };
  const what = open ? 'close' : session.state === 'closed' ? 'reopen' : 'open';
  return (
    <>
      <Button kind={open ? 'quiet' : 'primary'} onClick={() => setAsking(true)}>
        {t(`session.${what}`)}
      </Button>
      {asking && (
        <Ask title={t(`session.${what}_title`)} action={t(`session.${what}`)} onClose={() => setAsking(false)} run={turn}>
          <p>{t(`session.${what}_more`)}</p>
          {dirty && !open && (
            <p>
              <strong>{t('session.open_unsaved')}</strong>
            </p>
          )}
        </Ask>
      )}
    </>
  );
}
