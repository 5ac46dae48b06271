import { useEffect, useState } from 'preact/hooks';
import { call } from '../client.ts';
import { Field } from '../parts/field.tsx';
import { Form } from '../parts/form.tsx';
import { count, t } from '../words.ts';
import type { Filter } from './filter.ts';
import type { Answer } from '../../wire/api_types.ts';
import { showPattern } from './patterns.tsx';
import { Quotes } from './quote.tsx';

/** A question may be so long. */
const QUESTION_MAX = 400;

function Answered({ question, found, session }: { question: string; found: Answer; session: string }) {
  return (
    <div class="answered">
      <p role="status" class="soft">
        {found.explanation || count(found.found.length, 'ask.found_one', 'ask.found')}
      </p>
      <ol class="report" aria-label={question}>
        {found.found.map(({ theme, label, count: people, quotes }, i) => (
          <li key={i} class="card found">
            <h3>{label}</h3>
            <p>
              <strong>{people.words}</strong>{' '}
              {theme && (
                <button type="button" class="inline" onClick={() => showPattern(theme)}>
                  {t('ask.see')}
                </button>
              )}
            </p>
            <Quotes quotes={quotes} session={session} />
          </li>
        ))}
      </ol>
    </div>
  );
}

/** A question about all that was said. It is answered by what people said, and by how many. */
export function AskBox({ session, filter: { department, role } }: { session: string; filter: Filter }) {
  const [question, setQuestion] = useState('');
  const [answer, setAnswer] = useState<{ question: string; found: Answer } | null>(null);
  // What was found among others is no answer for these.
  useEffect(() => setAnswer(null), [session, department, role]);
  const send = () =>
    call('POST /sessions/{id}/insights/ask', {
      path: { id: session },
      body: { question: question.trim(), ...(department && { department }), ...(role && { role }) },
    });
  return (
    <section class="report ask" aria-labelledby="ask">
      <h2 id="ask">{t('ask.title')}</h2>
      <div class="card">
        <Form send={send} action={t('ask.action')} icon="search" onDone={(found) => setAnswer({ question, found })}>
          {(wrong) => (
            <Field label={t('ask.question')} hint={t('ask.more')} value={question} onInput={setQuestion} max={QUESTION_MAX} error={wrong('question')} />
          )}
        </Form>
      </div>
      {answer && <Answered {...answer} session={session} />}
    </section>
  );
}
