import { call } from '../client.ts';
import { useLoad } from '../load.ts';
import { Link } from '../parts/link.tsx';
import { count, t } from '../words.ts';
import { exactly, PeopleBar, ToneBar, ToneKey } from './charts/charts.tsx';
import { TONES } from './charts/tones.ts';
import { Figure } from './charts/figure.tsx';
import type { TopicPoint, Trend as Read } from '../../wire/api_types.ts';

function Beside({ when, label, side }: { when: 'before' | 'now'; label: string; side: TopicPoint }) {
  const name = t(`trend.${when}`);
  return (
    <div class="side-by">
      <p class="soft">
        <strong>{name}</strong> {side.coverage.words}
      </p>
      <PeopleBar count={side.coverage} label={`${name}, ${label}`} />
      {side.coverage.most > 0 && <ToneBar sentiment={side.sentiment} of={`${name}, ${label}`} />}
    </div>
  );
}

function Topics({ topics }: { topics: Read['topics'] }) {
  const row = (label: string, when: 'before' | 'now', { coverage, sentiment }: TopicPoint) => [
    label,
    t(`trend.${when}`),
    coverage.words,
    ...TONES.map((kind) => sentiment[kind].words),
  ];
  return (
    <Figure
      title={t('trend.chart')}
      more={t('trend.chart_more')}
      columns={[t('chart.topic'), t('trend.when'), t('trend.spoke'), ...TONES.map((kind) => t(`tone.${kind}`))]}
      rows={topics.flatMap((topic) => [row(topic.before_label, 'before', topic.before), row(topic.label, 'now', topic.now)])}
    >
      <ToneKey exact={exactly(topics.flatMap((topic) => [topic.now.sentiment, topic.before.sentiment]))} />
      <ul class="trends">
        {topics.map(({ id, label, before_label: was, changed_wording: changed, now, before }) => (
          <li key={id}>
            <p>
              <strong>{label}</strong> {changed && <span class="pill">{t('trend.changed')}</span>}
            </p>
            {changed && was !== label && <p class="soft">{t('trend.was', { was })}</p>}
            <div class="pairs">
              <Beside when="before" label={label} side={before} />
              <Beside when="now" label={label} side={now} />
            </div>
          </li>
        ))}
      </ul>
    </Figure>
  );
}

/** A clone beside the session that it was cloned from. */
export function Trend({ session }: { session: string }) {
  const [loaded] = useLoad(() => call('GET /sessions/{id}/insights/trend', { path: { id: session } }), [session]);
  if (loaded.at !== 'ready' || !loaded.value.parent) return null;
  const { parent, explanation, topics } = loaded.value;
  const sides = topics[0] && [count(topics[0].before.people, 'trend.people_one', 'trend.people'), count(topics[0].now.people, 'trend.people_one', 'trend.people')];
  return (
    <section class="report" aria-labelledby="trend">
      <h2 id="trend">{t('trend.title')}</h2>
      <p class="soft">
        {t('trend.beside')} <Link to={`/sessions/${parent.id}/insights`}>{parent.title}</Link>
        {sides && `. ${t('trend.sides', { before: sides[0] ?? '', now: sides[1] ?? '' })}`}
      </p>
      {explanation && <p>{explanation}</p>}
      {topics.length > 0 && <Topics topics={topics} />}
    </section>
  );
}
