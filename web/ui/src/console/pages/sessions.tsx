import { useState } from 'preact/hooks';
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

async function read(cursor?: string): Promise<Answer<Read>> {
  const answer = await call('GET /sessions', { query: cursor ? { cursor } : {} });
  return answer.ok ? { ...answer, value: { items: answer.value.items, next: answer.value.next ?? null } } : answer;
}

/** Whether every word of `sought` is in the title. */
function has(session: Summary, sought: string): boolean {
  const title = session.title.toLowerCase();
  return sought
    .toLowerCase()
    .split(/\s+/)
    .every((word) => title.includes(word));
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
  const [loaded, again, set] = useLoad(() => read(), []);
  const [sought, setSought] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const list = loaded.at === 'ready' ? loaded.value : { items: [], next: null };

  /** Reads on: one page, or all that there are. */
  const more = async (all: boolean) => {
    if (busy) return;
    setBusy(true);
    setProblem(null);
    let { items, next }: Read = list;
    while (next) {
      const answer = await read(next);
      if (!answer.ok) {
        setProblem(answer.problem);
        break;
      }
      items = [...items, ...answer.value.items];
      next = answer.value.next;
      if (!all) break;
    }
    set(() => ({ items, next }));
    setBusy(false);
  };
  const search = (text: string) => {
    setSought(text);
    // What is not read yet cannot be found.
    if (text.trim() && list.next) void more(true);
  };

  const found = sought.trim() ? list.items.filter((session) => has(session, sought.trim())) : list.items;
  const create = may('edit_sessions') && (
    <Link to="/new" class="button primary">
      <Icon name="plus" />
      {t('sessions.new')}
    </Link>
  );
  return (
    <Page title={t('sessions.title')} beside={list.items.length > 0 && create}>
      {loaded.at !== 'ready' ? (
        <Pending loaded={loaded} again={() => void again()} />
      ) : list.items.length === 0 ? (
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
              onInput={(event) => search(event.currentTarget.value)}
            />
          </div>
          <p class="hidden" role="status">
            {sought.trim() && count(found.length, 'sessions.found_one', 'sessions.found')}
          </p>
          {found.length === 0 && !busy && <p class="soft">{t('sessions.found_none')}</p>}
          <ul class="rows" aria-label={t('sessions.title')}>
            {found.map((session) => (
              <Row key={session.id} session={session} />
            ))}
          </ul>
          {problem && <Failure problem={problem} again={() => void more(false)} />}
          {list.next && !sought.trim() && (
            <div class="acts">
              <Button busy={busy} onClick={() => void more(false)}>
                {t('page.more')}
              </Button>
            </div>
          )}
        </>
      )}
    </Page>
  );
}
