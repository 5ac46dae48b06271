import { Button } from '../../shared/button.tsx';
import type { CardShown, Means, Quality } from '../../wire/api_types.ts';
import { address, call } from '../client.ts';
import { useLoad } from '../load.ts';
import { Notice } from '../parts/notice.tsx';
import { Pending } from '../parts/page.tsx';
import { day, known, t } from '../words.ts';

/** What is measured, and what is aimed at where something is. */
function measured(means: Means): [string, string, string][] {
  const percent = (value: number) => t('quality.percent', { value });
  const of = (value: number | null | undefined) => (value == null ? null : t('quality.of', { value, all: means.conversations }));
  const rows: [string, string | null, string][] = [
    [t('quality.single'), percent(means.single_percent), t('quality.at_least', { value: percent(95) })],
    [t('quality.open'), percent(means.open_percent), t('quality.at_least', { value: percent(85) })],
    [t('quality.short'), percent(means.short_percent), t('quality.at_least', { value: percent(99) })],
    [t('quality.words'), String(means.words_per_question), ''],
    [t('quality.our_words'), percent(means.our_words_percent), t('quality.at_most', { value: percent(25) })],
    [t('quality.in_their_words'), percent(means.in_their_words_percent), ''],
    [t('quality.repeated'), String(means.repeated), t('quality.none')],
    [t('quality.leading'), String(means.leading), t('quality.none')],
    [t('quality.interruptions'), String(means.interruptions), ''],
    [t('quality.time'), String(means.time_deviation), t('quality.at_most', { value: 0.3 })],
    [t('quality.length'), percent(means.length_percent), t('quality.at_most', { value: percent(110) })],
    [t('quality.latency'), means.latency_p95_ms == null ? null : t('quality.ms', { value: means.latency_p95_ms }), ''],
    [t('quality.all_high'), of(means.all_high), ''],
    [t('quality.ran_over'), of(means.ran_over), t('quality.none')],
    [
      t('quality.care'),
      means.concerns == null ? null : t('quality.of', { value: means.concerns_handled ?? 0, all: means.concerns }),
      t('quality.all'),
    ],
  ];
  return rows.filter((row): row is [string, string, string] => row[1] !== null);
}

function Together({ means }: { means: Means }) {
  return (
    <div class="card sheet log" role="region" aria-label={t('quality.together')} tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('quality.what')}</th>
            <th scope="col">{t('quality.measured')}</th>
            <th scope="col">{t('quality.aim')}</th>
          </tr>
        </thead>
        <tbody>
          {measured(means).map(([what, value, aim]) => (
            <tr key={what}>
              <th scope="row">{what}</th>
              <td>{value}</td>
              <td>{aim}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const minutes = (ms: number): number => Math.round(ms / 6_000) / 10;

/** What stands out, in words; what is newer than this page is told by its code. */
const note = (code: string): string => {
  const word = `quality.note.${code}`;
  return known(word) ? t(word) : code;
};

function Each({ cards }: { cards: readonly CardShown[] }) {
  return (
    <div class="card sheet log" role="region" aria-label={t('quality.each')} tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('quality.ended')}</th>
            <th scope="col">{t('quality.minutes')}</th>
            <th scope="col">{t('quality.questions')}</th>
            <th scope="col">{t('quality.our_words')}</th>
            <th scope="col">{t('quality.stands_out')}</th>
          </tr>
        </thead>
        <tbody>
          {cards.map((card) => (
            <tr key={card.conversation}>
              <td>{card.ended == null ? '' : day(card.ended)}</td>
              <td>{t('quality.minutes_of', { value: minutes(card.length_ms), all: minutes(card.planned_ms) })}</td>
              <td>{card.questions}</td>
              <td>{t('quality.percent', { value: Math.round((100 * card.our_words) / Math.max(1, card.our_words + card.their_words)) })}</td>
              <td>{card.notes.length === 0 ? t('quality.nothing') : card.notes.map(note).join(', ')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** What stands out comes first: the more of it, the earlier. */
const outliersFirst = (cards: readonly CardShown[]): CardShown[] => [...cards].sort((a, b) => b.notes.length - a.notes.length);

function Told({ session, quality }: { session: string; quality: Quality }) {
  if (!quality.means) return <Notice><p>{quality.explanation}</p></Notice>;
  return (
    <>
      {quality.confidential && <Notice><p>{t('quality.confidential')}</p></Notice>}
      <h2>{t('quality.together_of', { count: quality.means.conversations })}</h2>
      <Together means={quality.means} />
      {quality.cards.length > 0 && (
        <>
          <h2>{t('quality.each')}</h2>
          <Each cards={outliersFirst(quality.cards)} />
        </>
      )}
      <div class="acts">
        <a class="button" href={address('/sessions/{id}/quality/export', { id: session })} download>
          {t('quality.export')}
        </a>
      </div>
    </>
  );
}

/** How well the interviews of a session were held. */
export function InterviewQuality({ session }: { session: string }) {
  const [loaded, again] = useLoad(() => call('GET /sessions/{id}/quality', { path: { id: session } }), [session]);
  if (loaded.at !== 'ready') return <Pending loaded={loaded} again={() => void again()} />;
  return (
    <>
      <p class="soft">{t('quality.lead')}</p>
      <Told session={session} quality={loaded.value} />
      <Button onClick={() => void again()}>{t('quality.again')}</Button>
    </>
  );
}
