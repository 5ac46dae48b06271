import type { ComponentChildren } from 'preact';
import { count, t } from '../../words.ts';
import type { Count, Pattern, Report, Sentiment, TopicFound } from '../../../wire/api_types.ts';
import { Bar } from './bar.tsx';
import { Columns } from './columns.tsx';
import { Figure } from './figure.tsx';
import { lately, merged, peopled, steps, type Step, toned, TONES, tonesSaid } from './tones.ts';

/** A bar of people by how they speak of something. */
export function ToneBar({ sentiment, of }: { sentiment: Sentiment; of: string }) {
  return <Bar label={`${of}. ${tonesSaid(sentiment)}`} parts={toned(sentiment)} />;
}

/** What the colours of such bars mean. */
export function ToneKey({ exact }: { exact: boolean }) {
  return (
    <ul class="key" aria-hidden="true">
      {TONES.map((kind) => (
        <li key={kind} class={kind}>
          {t(`tone.${kind}`)}
        </li>
      ))}
      {!exact && <li class="maybe">{t('chart.inexact')}</li>}
    </ul>
  );
}

/** Whether all of them are told exactly. */
export const exactly = (sentiments: readonly Sentiment[]): boolean =>
  sentiments.every((sentiment) => TONES.every((kind) => sentiment[kind].n != null));

/** A bar of so many people. What is not told exactly is hatched. */
export function PeopleBar({ count: people, label }: { count: Count; label: string }) {
  return <Bar label={`${label}: ${people.words}`} parts={peopled(people)} of={people.of} />;
}

/** Bars below one another, each under its name. */
function Bars({ rows }: { rows: readonly { key: string; name: string; said: string; bar: ComponentChildren }[] }) {
  return (
    <ul class="barlist">
      {rows.map(({ key, name, said, bar }) => (
        <li key={key}>
          <p aria-hidden="true">
            <span>{name}</span> <small>{said}</small>
          </p>
          {bar}
        </li>
      ))}
    </ul>
  );
}

/** How people speak of each topic. */
function ToneByTopic({ topics }: { topics: readonly TopicFound[] }) {
  const spoken = topics.filter((topic) => topic.coverage.most > 0);
  if (spoken.length === 0) return null;
  return (
    <Figure
      title={t('chart.tone')}
      more={t('chart.tone_more')}
      columns={[t('chart.topic'), ...TONES.map((kind) => t(`tone.${kind}`))]}
      rows={spoken.map(({ label, sentiment }) => [label, ...TONES.map((kind) => sentiment[kind].words)])}
    >
      <ToneKey exact={exactly(spoken.map((topic) => topic.sentiment))} />
      <Bars
        rows={spoken.map(({ id, label, coverage, sentiment }) => ({
          key: id,
          name: label,
          said: coverage.words,
          bar: <ToneBar sentiment={sentiment} of={label} />,
        }))}
      />
    </Figure>
  );
}

/** How many people spoke of each topic. */
function CoverageByTopic({ topics }: { topics: readonly TopicFound[] }) {
  if (topics.length === 0) return null;
  return (
    <Figure
      title={t('chart.coverage')}
      more={t('chart.coverage_more')}
      columns={[t('chart.topic'), t('chart.people')]}
      rows={topics.map(({ label, coverage }) => [label, coverage.words])}
    >
      <Bars
        rows={topics.map(({ id, label, coverage }) => ({
          key: id,
          name: label,
          said: coverage.words,
          bar: <PeopleBar count={coverage} label={label} />,
        }))}
      />
    </Figure>
  );
}

/** More bars than this are no picture any more; the table has all. */
const MOST_BARS = 15;

/** Themes by how many people speak of them. */
function ThemesByPeople({ patterns }: { patterns: readonly Pattern[] }) {
  if (patterns.length === 0) return null;
  return (
    <Figure
      title={t('chart.themes')}
      more={t(patterns.length > MOST_BARS ? 'chart.themes_most' : 'chart.themes_more', { most: MOST_BARS })}
      columns={[t('chart.theme'), t('chart.people')]}
      rows={patterns.map((pattern) => [pattern.label, pattern.count.words])}
    >
      <Bars
        rows={patterns.slice(0, MOST_BARS).map(({ key, label, count: people }) => ({
          key,
          name: label,
          said: people.words,
          bar: <PeopleBar count={people} label={label} />,
        }))}
      />
    </Figure>
  );
}

/** More columns than this are too thin on a phone. */
const MOST_COLUMNS = 24;

const named = ({ from, to }: Step): string => (from === to ? String(to) : `${from}–${to}`);

/** New themes of each further interview: whether more of them would bring anything new. */
function Saturation({ saturation }: { saturation: Report['saturation'] }) {
  const all = steps(saturation);
  const last = all.at(-1);
  if (!last || all.length < 2) return null;
  const columns = merged(all, MOST_COLUMNS);
  const { interviews, fresh } = lately(all);
  return (
    <Figure
      title={t('chart.saturation')}
      more={`${t('chart.lately', { interviews })} ${fresh === 0 ? t('chart.saturated') : count(fresh, 'chart.unsaturated_one', 'chart.unsaturated')}`}
      columns={[t('chart.interview'), t('chart.fresh')]}
      rows={columns.map((step) => [named(step), step.fresh])}
    >
      <Columns
        label={t('chart.saturation_said', { said: columns.map((step) => `${named(step)}: ${step.fresh}`).join(', ') })}
        columns={columns.map((step) => step.fresh)}
        ends={[t('chart.first'), t('chart.last', { count: last.to })]}
        unit={t('chart.fresh')}
      />
    </Figure>
  );
}

/** What the report shows as pictures. Each has its table. */
export function Charts({ report: { topics, patterns, saturation } }: { report: Report }) {
  return (
    <section class="report" aria-labelledby="charts">
      <h2 id="charts">{t('chart.title')}</h2>
      <div class="charts">
        <ThemesByPeople patterns={patterns.filter((pattern) => !pattern.hidden)} />
        <ToneByTopic topics={topics} />
        <CoverageByTopic topics={topics} />
        <Saturation saturation={saturation} />
      </div>
    </section>
  );
}
