import { useState } from 'preact/hooks';
import { Button } from '../../shared/button.tsx';
import type { Deeds } from '../../wire/api_types.ts';
import { type Answer, call, type Problem } from '../client.ts';
import { useLoad } from '../load.ts';
import { Failure } from '../parts/notice.tsx';
import { Page, Pending } from '../parts/page.tsx';
import { known, moment, t } from '../words.ts';

/** A page of the log, with the names of who works here. */
interface Read {
  log: Deeds;
  names: ReadonlyMap<string, string>;
}

/** What was done, in words; a deed that is newer than this page is told by its code alone. */
function deed(code: string): string {
  const word = `deed.${code}`;
  return known(word) ? t(word) : '';
}

async function read(): Promise<Answer<Read>> {
  const [log, users] = await Promise.all([call('GET /audit'), call('GET /users')]);
  if (!log.ok) return log;
  const names = new Map(users.ok ? users.value.items.map((user) => [user.id, user.name]) : []);
  return { ok: true, value: { log: log.value, names }, etag: null };
}

/** Who did what. */
export function Audit() {
  const [loaded, again, set] = useLoad(read, []);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const more = async () => {
    if (loaded.at !== 'ready' || !loaded.value.log.next || busy) return;
    setBusy(true);
    const answer = await call('GET /audit', { query: { cursor: loaded.value.log.next } });
    setBusy(false);
    setProblem(answer.ok ? null : answer.problem);
    if (answer.ok) {
      const older = answer.value;
      set((before) => ({ ...before, log: { ...older, items: [...before.log.items, ...older.items] } }));
    }
  };
  const value = loaded.at === 'ready' ? loaded.value : null;
  return (
    <Page title={t('audit.title')} lead={t('audit.lead')}>
      {!value ? (
        <Pending loaded={loaded} again={() => void again()} />
      ) : (
        <>
          <div class="card sheet log" role="region" aria-label={t('audit.title')} tabIndex={0}>
            <table>
              <thead>
                <tr>
                  <th scope="col">{t('audit.when')}</th>
                  <th scope="col">{t('audit.who')}</th>
                  <th scope="col">{t('audit.what')}</th>
                </tr>
              </thead>
              <tbody>
                {value.log.items.map((entry) => (
                  <tr key={entry.id}>
                    <td>{moment(entry.at)}</td>
                    <td>
                      {entry.user ? (value.names.get(entry.user) ?? t('audit.somebody')) : t('audit.server')}
                      {entry.token && <small> {t('audit.token')}</small>}
                    </td>
                    <td>
                      {deed(entry.deed)} <code>{entry.subject ? `${entry.deed} ${entry.subject.slice(-8)}` : entry.deed}</code>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          {problem && <Failure problem={problem} />}
          {value.log.next && (
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
