import { useState } from 'preact/hooks';
import { Button } from '../../shared/button.tsx';
import { Dialog } from '../../shared/dialog.tsx';
import type { LinkDrawn } from '../../wire/api_types.ts';
import { call, type Problem } from '../client.ts';
import { Copy } from '../parts/copy.tsx';
import { Failure } from '../parts/notice.tsx';
import { moment, t } from '../words.ts';

/** Draws a link to hand on, beside those that were sent. */
export function LinkButton({ invitation, name }: { invitation: string; name: string }) {
  const [busy, setBusy] = useState(false);
  const [link, setLink] = useState<LinkDrawn | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const draw = async () => {
    setBusy(true);
    const answer = await call('POST /invitations/{id}/link', { path: { id: invitation } });
    setBusy(false);
    setProblem(answer.ok ? null : answer.problem);
    if (answer.ok) setLink(answer.value);
  };
  const title = t('guest.link_title', { name });
  return (
    <>
      <Button icon="link" busy={busy} label={t('guest.link_of', { name })} onClick={() => void draw()}>
        {t('guest.link')}
      </Button>
      {link && (
        <Dialog title={title} onClose={() => setLink(null)}>
          <p class="soft">{t('guest.link_more', { moment: moment(link.expires_at) })}</p>
          <Copy label={title} text={link.link} />
          <div class="acts end">
            <Button onClick={() => setLink(null)}>{t('page.done')}</Button>
          </div>
        </Dialog>
      )}
      {problem && (
        <Dialog title={title} onClose={() => setProblem(null)}>
          <Failure problem={problem} />
          <div class="acts end">
            <Button onClick={() => setProblem(null)}>{t('page.done')}</Button>
          </div>
        </Dialog>
      )}
    </>
  );
}
