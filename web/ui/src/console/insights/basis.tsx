import { Link } from '../parts/link.tsx';
import { Notice } from '../parts/notice.tsx';
import { count, moment, t } from '../words.ts';
import type { Insights } from '../../wire/api_types.ts';

/** What the report stands on: whose conversations, in which version, since when. */
export function Basis({ read, session }: { read: Insights; session: string }) {
  const { confidential, version, batch, made_at: made, behind, coder, department, role, people, conversations, report } = read;
  if (!report) return null;
  return (
    <div class="basis">
      <p class="facts">
        <span>{count(people, 'basis.one', 'basis.people')}</span>
        {department && <span>{t('basis.department', { name: department })}</span>}
        {role && <span>{t('basis.role', { name: role })}</span>}
        {version != null && made != null && <span>{t('basis.version', { version, moment: moment(made) })}</span>}
        {batch != null && <span>{count(batch, 'basis.batch', 'basis.batches')}</span>}
        {coder && <span>{t('basis.coder', { coder })}</span>}
      </p>
      {behind && (
        <Notice icon="clock" live>
          <p>{t('basis.behind')}</p>
        </Notice>
      )}
      <details>
        <summary>{t('basis.title')}</summary>
        <div class="prose">
          <p>{t(confidential ? 'basis.confidential' : 'basis.identified')}</p>
          {conversations.length > 0 && (
            <ol class="basislist">
              {conversations.map((conversation, i) => (
                <li key={conversation}>
                  <Link to={`/sessions/${session}/conversations/${conversation}`}>{t('basis.conversation', { number: i + 1 })}</Link>
                </li>
              ))}
            </ol>
          )}
        </div>
      </details>
    </div>
  );
}
