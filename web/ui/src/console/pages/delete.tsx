import { useState } from 'preact/hooks';
import { Button } from '../../shared/button.tsx';
import type { SessionShown } from '../../wire/api_types.ts';
import { call } from '../client.ts';
import { Ask } from '../parts/ask.tsx';
import { say } from '../parts/said.tsx';
import { go } from '../router.ts';
import { t } from '../words.ts';

/** Deletes a session that is not open, with all that was said in it. */
export function DeleteButton({ session, onDeleted }: { session: SessionShown; onDeleted: () => void }) {
  const [asking, setAsking] = useState(false);
  const remove = async () => {
    const answer = await call('DELETE /sessions/{id}', { path: { id: session.id } });
    if (answer.ok) {
      onDeleted();
      go('/sessions', { replace: true, free: true });
      say(t('delete.done', { title: session.title }));
    }
    return answer;
  };
  return (
    <>
      <Button kind="plain" icon="trash" onClick={() => setAsking(true)}>
        {t('delete.delete')}
      </Button>
      {asking && (
        <Ask title={t('delete.title', { title: session.title })} action={t('delete.delete')} danger onClose={() => setAsking(false)} run={remove}>
          <p>{t('delete.more')}</p>
        </Ask>
      )}
    </>
  );
}
