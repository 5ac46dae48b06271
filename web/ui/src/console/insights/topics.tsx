import { t } from '../words.ts';
import { PeopleBar, ToneBar } from './charts/charts.tsx';
import type { Report, TopicFound } from '../../wire/api_types.ts';
import { showPattern } from './patterns.tsx';
import { Quotes } from './quote.tsx';

function Topic({ topic, report, session }: { topic: TopicFound; report: Report; session: string }) {
  const { label, coverage, sentiment, agreement, disagreement, themes, quotes, dissent } = topic;
  const found = report.patterns.filter((pattern) => themes.includes(pattern.key) && !pattern.hidden);
  return (
    <li class="card found">
      <h3>{label}</h3>
      <div class="measures">
        <div>
          <p class="soft">{t('topics.coverage', { people: coverage.words })}</p>
          <PeopleBar count={coverage} label={t('chart.coverage')} />
        </div>
        {coverage.most > 0 && (
          <div>
            <p class="soft">{t('topics.tone')}</p>
            <ToneBar sentiment={sentiment} of={label} />
          </div>
        )}
      </div>
      {agreement && (
        <p>
          <strong>{t('topics.agreement')}</strong> {agreement}
        </p>
      )}
      {disagreement && (
        <p>
          <strong>{t('topics.disagreement')}</strong> {disagreement}
        </p>
      )}
      {found.length > 0 && (
        <ul class="asks" aria-label={t('topics.themes')}>
          {found.map(({ key, label: name }) => (
            <li key={key}>
              <button type="button" class="inline" onClick={() => showPattern(key)}>
                {name}
              </button>
            </li>
          ))}
        </ul>
      )}
      {quotes.length > 0 && (
        <div class="said-of">
          <h4>{t('topics.quotes')}</h4>
          <Quotes quotes={quotes} session={session} />
        </div>
      )}
      {dissent.length > 0 && (
        <div class="said-of">
          <h4>{t('topics.dissent')}</h4>
          <Quotes quotes={dissent} session={session} />
        </div>
      )}
    </li>
  );
}

/** What was said of each topic of the guide. */
export function Topics({ report, session }: { report: Report; session: string }) {
  return (
    <section class="report" aria-labelledby="by_topic">
      <h2 id="by_topic">{t('topics.title')}</h2>
      <ol class="report">
        {report.topics.map((topic) => (
          <Topic key={topic.id} topic={topic} report={report} session={session} />
        ))}
      </ol>
    </section>
  );
}
