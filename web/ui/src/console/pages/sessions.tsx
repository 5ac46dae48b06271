import { useEffect, useState } from 'preact/hooks';
import { Button } from '../../shared/button.tsx';
import { Icon } from '../../shared/icon.tsx';
import type { Summary } from '../../wire/api_types.ts';
import { type Answer, call, type Problem } from '../client.ts';
import { useLoad } from '../load.ts';
import { Link } from '../parts/link.tsx';
import { Failure } from '../parts/notice.tsx';
import { Page, Pending } from '../parts/page.tsx';
import { StatePill } from '../parts/pill.tsx';
import { may } from '../who.ts';
import { count, day, t } from '../words.ts';

interface Read {
  items: Summary[];
  next: string | null;
}

async function read(q: string, cursor?: string): Promise<Answer<Read>> {
  const answer = await call('GET /sessions', { query: { q, ...(cursor && { cursor }) } });
  return answer.ok ? { ...answer, value: { items: answer.value.items, next: answer.value.next ?? null } } : answer;
}

/** What is typed is looked for when the typing rests so long. */
const REST_MS = 200;

const OVER = new Set(['completed', 'ended_early']);

/** How many are invited, and how far they are. */
function people(session: Summary): string | null {
  const found = session.people ?? [];
  const sum = (of: (status: string) => boolean) => found.filter((one) => of(one.status)).reduce((n, one) => n + one.count, 0);
  const invited = sum((status) => status !== 'revoked');
  if (invited === 0) return null;
  const parts = [count(invited, 'sessions.invited_one', 'sessions.invited')];
  const [finished, talking, bounced] = [sum((status) => OVER.has(status)), sum((status) => status === 'in_progress'), sum((status) => status === 'bounced')];
  if (finished) parts.push(t('sessions.finished', { count: finished }));
  if (talking) parts.push(t('sessions.talking', { count: talking }));
  if (bounced) parts.push(t('sessions.bounced', { count: bounced }));
  return parts.join(' · ');
}

function Row({ session }: { session: Summary }) {
  return (
    <li>
      <Link to={`/sessions/${session.id}`} class="row">
        <span class="what">
          <strong>{session.title}</strong>
          <small>
            {t('sessions.line', {
              minutes: session.length_min,
              mode: t(`mode.${session.mode}.short`),
              confidentiality: t(`confidentiality.${session.confidentiality}.name`),
            })}
          </small>
          {people(session) && <small>{people(session)}</small>}
        </span>
        <span class="state">
          <StatePill state={session.state} locked={session.locked_at != null} />
        </span>
        <span class="when">
          <span class="hidden">{t('sessions.made')} </span>
          {day(session.created)}
        </span>
      </Link>
    </li>
  );
}

function Empty() {
  return (
    <div class="empty">
      <span class="mark large" aria-hidden="true" />
      <h2>{t('sessions.none')}</h2>
      <p class="soft">{t('sessions.none_more')}</p>
      {may('edit_sessions') && (
        <Link to="/new" class="button primary">
          <Icon name="plus" />
          {t('sessions.first')}
        </Link>
      )}
    </div>
  );
}

/** All sessions of the workspace. */
export function Sessions() {
  const [sought, setSought] = useState('');
  const [asked, setAsked] = useState('');
  const [loaded, again, set] = useLoad(() => read(asked), [asked]);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const list = loaded.at === 'ready' ? loaded.value : { items: [], next: null };

  useEffect(() => {
    const rest = setTimeout(() => setAsked(sought.trim()), REST_MS);
    return () => clearTimeout(rest);
  }, [sought]);

  const more = async () => {
    const { next } = list;
    if (busy || !next) return;
    setBusy(true);
    setProblem(null);
    const answer = await read(asked, next);
    setBusy(false);
    if (!answer.ok) return setProblem(answer.problem);
    // Something else may be sought by now.
    set((before) => (before.next === next ? { ...answer.value, items: [...before.items, ...answer.value.items] } : before));
  };
  const create = may('edit_sessions') && (
    <Link to="/new" class="button primary">
      <Icon name="plus" />
      {t('sessions.new')}
    </Link>
  );
  return (
    <Page title={t('sessions.title')} beside={(list.items.length > 0 || asked !== '') && create}>
      {loaded.at !== 'ready' ? (
        <Pending loaded={loaded} again={() => void again()} />
      ) : list.items.length === 0 && !asked && !sought ? (
        <Empty />
      ) : (
        <>
          <div class="search">
            <Icon name="search" />
            <input
              type="search"
              value={sought}
              aria-label={t('sessions.search')}
              placeholder={t('sessions.search')}
              maxLength={120}
              onInput={(event) => setSought(event.currentTarget.value)}
            />
          </div>
          <p class="hidden" role="status">
            {asked && !list.next && count(list.items.length, 'sessions.found_one', 'sessions.found')}
          </p>
          {list.items.length === 0 && <p class="soft">{t('sessions.found_none')}</p>}
          <ul class="rows" aria-label={t('sessions.title')}>
            {list.items.map((session) => (
              <Row key={session.id} session={session} />
            ))}
          </ul>
          {problem && <Failure problem={problem} again={() => void more()} />}
          {list.next && (
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
