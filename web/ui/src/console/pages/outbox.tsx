import { useState } from 'preact/hooks';
import { Button } from '../../shared/button.tsx';
import type { MailPage, MailShown } from '../../wire/api_types.ts';
import { call, type Problem } from '../client.ts';
import { useLoad } from '../load.ts';
import { Link } from '../parts/link.tsx';
import { Failure, Notice } from '../parts/notice.tsx';
import { Page, Pending } from '../parts/page.tsx';
import { LinkButton } from '../people/link.tsx';
import { may } from '../who.ts';
import { moment, t } from '../words.ts';

const TONE: Record<MailShown['state'], string> = { queued: 'draft', sent: 'open', written: 'open', failed: 'bad', dropped: 'closed' };

function when(mail: MailShown): string {
  if (mail.settled_at != null) return moment(mail.settled_at);
  return mail.attempts > 0 ? t('outbox.again_at', { moment: moment(mail.due) }) : t('outbox.stored', { moment: moment(mail.created) });
}

function Mail({ mail }: { mail: MailShown }) {
  return (
    <li class="guest">
      <div class="row">
        <span class="what">
          <strong>{mail.name}</strong>
          <small>{mail.email}</small>
          <small>
            <Link to={`/sessions/${mail.session}/people`}>{mail.subject}</Link>
            {mail.kind === 'reminder' && ` · ${t('outbox.reminder')}`}
          </small>
        </span>
        <span class="state">
          <span class={`pill ${TONE[mail.state]}`}>{t(`mail.${mail.state}`)}</span>
        </span>
        <span class="when">
          {when(mail)}
          {mail.error && <small>{t('outbox.error', { error: mail.error })}</small>}
        </span>
        {may('invite') && (
          <span class="acts">
            <LinkButton invitation={mail.invitation} name={mail.name} />
          </span>
        )}
      </div>
    </li>
  );
}

/** The mails that were sent, and those that wait. */
export function Outbox() {
  const [loaded, again, set] = useLoad<MailPage>(() => call('GET /outbox'), []);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const page = loaded.at === 'ready' ? loaded.value : null;
  const more = async () => {
    if (!page?.next || busy) return;
    setBusy(true);
    const answer = await call('GET /outbox', { query: { cursor: page.next } });
    setBusy(false);
    setProblem(answer.ok ? null : answer.problem);
    if (!answer.ok) return;
    const older = answer.value;
    set((before) => ({ ...older, items: [...before.items, ...older.items] }));
  };
  return (
    <Page
      title={t('outbox.title')}
      lead={t('outbox.lead')}
      beside={
        <Button icon="repeat" onClick={() => void again()}>
          {t('people.again')}
        </Button>
      }
    >
      {!page ? (
        <Pending loaded={loaded} again={() => void again()} />
      ) : (
        <>
          {page.by === 'files' && (
            <Notice kind="care" icon="mail">
              <p>{t('outbox.files')}</p>
            </Notice>
          )}
          {page.items.length === 0 && <p class="soft">{t('outbox.none')}</p>}
          <ul class="rows" aria-label={t('outbox.title')}>
            {page.items.map((mail) => (
              <Mail key={mail.id} mail={mail} />
            ))}
          </ul>
          {problem && <Failure problem={problem} />}
          {page.next && (
            <div class="acts">
              <Button busy={busy} onClick={() => void more()}>
                {t('page.more')}
              </Button>
            </div>
          )}
        </>
      )}
    </Page>
  );
}
