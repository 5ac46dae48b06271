import { useState } from 'preact/hooks';
import { Button } from '../../shared/button.tsx';
import { may } from '../who.ts';
import { called, t } from '../words.ts';
import { exactly, ToneBar, ToneKey } from './charts/charts.tsx';
import { Bar } from './charts/bar.tsx';
import { TONES } from './charts/tones.ts';
import type { Editor } from './editor.tsx';
import { EditedBy } from './edited.tsx';
import type { Report } from '../../wire/api_types.ts';
import { showPattern } from './patterns.tsx';
import { Quotes } from './quote.tsx';
import { Words } from './words_form.tsx';

/** Health of the best that can be. */
const BEST = 100;

interface Props {
  report: Report;
  session: string;
  editor: Editor;
  /** The words are those of everybody's report: those of a part of the people are the engine's. */
  whole: boolean;
}

/** What was heard, in short: health, how people speak, their words, and what to do. */
export function Summary({ report: { summary, patterns }, session, editor, whole }: Props) {
  const [editing, setEditing] = useState(false);
  const { health, sentiment, actions } = summary;
  const label = (key: string) => patterns.find((pattern) => pattern.key === key)?.label;
  return (
    <section class="report" aria-labelledby="summary">
      <h2 id="summary">{t('summary.title')}</h2>
      <div class="card words">
        {editing ? (
          <Words summary={summary} editor={editor} onClose={() => setEditing(false)} />
        ) : (
          <>
            {summary.words.split(/\n+/).map((line, i) => (
              <p key={i}>{line}</p>
            ))}
            <div class="line">
              <EditedBy edited={summary.edited} />
              {may('edit_insights') && whole && (
                <Button kind="plain" icon="write" onClick={() => setEditing(true)}>
                  {t('summary.edit')}
                </Button>
              )}
            </div>
          </>
        )}
      </div>
      <div class="pairs">
        {health && (
          <div class="card health">
            <h3>{t('summary.health')}</h3>
            <p class="score">
              <strong>{health.score}</strong> <span>{t('summary.of_best', { best: BEST })}</span> <em>{called(`health.${health.label}`)}</em>
            </p>
            <Bar
              label={t('summary.health_said', { score: health.score, best: BEST, label: called(`health.${health.label}`) })}
              parts={[{ kind: 'sure', size: health.score }]}
              of={BEST}
            />
            <p class="soft">{health.how}</p>
          </div>
        )}
        <div class="card">
          <h3>{t('summary.sentiment')}</h3>
          <ToneKey exact={exactly([sentiment])} />
          <ToneBar sentiment={sentiment} of={t('summary.sentiment')} />
          <dl class="tones">
            {TONES.map((kind) => (
              <div key={kind}>
                <dt>{t(`tone.${kind}`)}</dt>
                <dd>{sentiment[kind].words}</dd>
              </div>
            ))}
          </dl>
          <p class="soft">{summary.sentiment_how}</p>
        </div>
      </div>
      {actions.length > 0 && (
        <div class="card">
          <h3>{t('summary.actions')}</h3>
          <ol class="numbered deeds">
            {actions.map(({ text, because, theme }) => (
              <li key={theme + text}>
                <div>
                  <p>
                    <strong>{text}</strong>
                  </p>
                  <p class="soft">
                    {because}{' '}
                    {label(theme) && (
                      <button type="button" class="inline" onClick={() => showPattern(theme)}>
                        {t('summary.see', { label: label(theme) ?? '' })}
                      </button>
                    )}
                  </p>
                </div>
              </li>
            ))}
          </ol>
        </div>
      )}
      <div class="card">
        <h3>{t('summary.quotes')}</h3>
        {summary.quotes_withheld && <p class="soft">{summary.quotes_withheld}</p>}
        {!summary.quotes_withheld && summary.quotes.length === 0 && <p class="soft">{t('summary.no_quotes')}</p>}
        <Quotes quotes={summary.quotes} session={session} />
      </div>
    </section>
  );
}
