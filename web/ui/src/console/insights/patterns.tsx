import { may } from '../who.ts';
import { called, count as counted, t } from '../words.ts';
import { PeopleBar } from './charts/charts.tsx';
import { EditedBy } from './edited.tsx';
import type { Editor } from './editor.tsx';
import type { Pattern } from '../../wire/api_types.ts';
import { PatternActs } from './pattern_acts.tsx';
import { Quotes } from './quote.tsx';

/** Brings a pattern into sight, and the focus to it. */
export function showPattern(key: string): void {
  const card = document.querySelector<HTMLElement>(`[data-pattern="${CSS.escape(key)}"]`);
  const folded = card?.closest('details');
  if (folded) folded.open = true;
  card?.scrollIntoView({ block: 'start' });
  card?.querySelector<HTMLElement>('h3')?.focus({ preventScroll: true });
}

/** What it warns of, or that it does good; where it is neither, how people speak of it. */
function side({ stance, polarity }: Pattern): { kind: string; word: string } {
  return stance
    ? { kind: stance === 'strain' ? 'negative' : 'positive', word: called(`stance.${stance}`) }
    : { kind: polarity, word: called(`tone.${polarity}`) };
}

interface CardProps {
  pattern: Pattern;
  patterns: readonly Pattern[];
  session: string;
  editor: Editor;
}

function Card({ pattern, patterns, session, editor }: CardProps) {
  const { key, label, made_label: made, count, voice, departments, against, quotes, counter_quotes: counter, edited, hidden, merged } = pattern;
  const { kind, word } = side(pattern);
  return (
    <li class={hidden ? 'card pattern hidden-one' : 'card pattern'} data-pattern={key}>
      <div class="line">
        <h3 tabIndex={-1}>{label}</h3>
        <span class="pills">
          <span class={`pill tone ${kind}`}>{word}</span>
          {voice === 'single_voice' && <span class="pill">{t('patterns.single_voice')}</span>}
          {hidden && <span class="pill locked">{t('patterns.hidden')}</span>}
        </span>
      </div>
      <div class="measure">
        <p>
          <strong>{count.words}</strong>
        </p>
        <PeopleBar count={count} label={label} />
      </div>
      {departments.length > 0 && (
        <p class="soft">{t('patterns.departments', { spread: departments.map((one) => `${one.name}: ${one.count.words}`).join('; ') })}</p>
      )}
      <Quotes quotes={quotes} session={session} />
      {against && against.most > 0 && (
        <details>
          <summary>{t('patterns.against', { people: against.words })}</summary>
          {counter.length > 0 ? <Quotes quotes={counter} session={session} /> : <p class="soft">{t('patterns.against_unquoted')}</p>}
        </details>
      )}
      {merged.length > 0 && <p class="soft">{t('patterns.merged', { themes: merged.map((one) => `“${one.label}”`).join(', ') })}</p>}
      <EditedBy edited={edited} was={made === label ? undefined : made} />
      {may('edit_insights') && <PatternActs pattern={pattern} patterns={patterns} editor={editor} />}
    </li>
  );
}

/** So many are shown at once. */
const SHOWN = 12;

/** What several people say, most people first; what only one or two say stands apart. */
export function Patterns({ patterns, session, editor }: { patterns: readonly Pattern[]; session: string; editor: Editor }) {
  const several = patterns.filter((pattern) => pattern.voice == null);
  const single = patterns.filter((pattern) => pattern.voice != null);
  const card = (pattern: Pattern) => <Card key={pattern.key} pattern={pattern} patterns={patterns} session={session} editor={editor} />;
  return (
    <section class="report" aria-labelledby="patterns">
      <h2 id="patterns">{t('patterns.title')}</h2>
      {patterns.length === 0 && <p class="soft">{t('patterns.none')}</p>}
      {patterns.length > 0 && several.length === 0 && <p class="soft">{t('patterns.none_shared')}</p>}
      <ul class="report">{several.slice(0, SHOWN).map(card)}</ul>
      {several.length > SHOWN && (
        <details class="rest">
          <summary>{counted(several.length - SHOWN, 'patterns.more_one', 'patterns.more')}</summary>
          <ul class="report">{several.slice(SHOWN).map(card)}</ul>
        </details>
      )}
      {single.length > 0 && (
        <details class="rest">
          <summary>{counted(single.length, 'patterns.few_one', 'patterns.few')}</summary>
          <ul class="report">{single.map(card)}</ul>
        </details>
      )}
    </section>
  );
}
