import { useState } from 'preact/hooks';
import { Button } from '../../shared/button.tsx';
import type { Deeds } from '../../wire/api_types.ts';
import { call, type Problem } from '../client.ts';
import { useLoad } from '../load.ts';
import { Failure } from '../parts/notice.tsx';
import { Page, Pending } from '../parts/page.tsx';
import { known, moment, t } from '../words.ts';

/** What was done, in words; a deed that is newer than this page is told by its code alone. */
function deed(code: string): string {
  const word = `deed.${code}`;
  return known(word) ? t(word) : '';
}

/** What it was done to, by its name of today; who was erased has none. */
function about(entry: Deeds['items'][number]): string {
  return [entry.person, entry.session, entry.api_token].filter(Boolean).join(' · ');
}

/** Who did what. */
export function Audit() {
  const [loaded, again, set] = useLoad<Deeds>(() => call('GET /audit'), []);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const more = async () => {
    if (loaded.at !== 'ready' || !loaded.value.next || busy) return;
    setBusy(true);
    const answer = await call('GET /audit', { query: { cursor: loaded.value.next } });
    setBusy(false);
    setProblem(answer.ok ? null : answer.problem);
    if (answer.ok) {
      const older = answer.value;
      set((before) => ({ ...older, items: [...before.items, ...older.items] }));
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
                {value.items.map((entry) => (
                  <tr key={entry.id}>
                    <td>{moment(entry.at)}</td>
                    <td>
                      {entry.user ? (entry.who ?? t('audit.somebody')) : t('audit.server')}
                      {entry.token && <small> {t('audit.token')}</small>}
                    </td>
                    <td>
                      {deed(entry.deed) || <code>{entry.deed}</code>}
                      {about(entry) && <small> {about(entry)}</small>}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          {problem && <Failure problem={problem} />}
          {value.next && (
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
