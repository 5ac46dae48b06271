import { useEffect, useState } from 'preact/hooks';
import { Heading } from '../../shared/heading.tsx';
import { call } from '../client.ts';
import { Field } from '../parts/field.tsx';
import { Form } from '../parts/form.tsx';
import { enter, welcome } from '../who.ts';
import { t } from '../words.ts';

const EMPTY = { code: '', workspace: '', name: '', email: '', password: '' };

/** The first run: whoever has the server's code makes the workspace and owns it. */
export function FirstRun() {
  const [given, setGiven] = useState(EMPTY);
  const set = (field: keyof typeof EMPTY) => (value: string) => setGiven((before) => ({ ...before, [field]: value }));
  const send = async () => {
    const answer = await call('POST /setup', { body: { ...given, code: given.code.trim() } });
    if (!answer.ok && answer.problem.code === 'already_set_up') void enter();
    // It is the code that the server does not know: it is said there.
    if (!answer.ok && answer.problem.code === 'wrong_setup_code') Object.assign(answer.problem, { field: 'code', detail: t('first_run.wrong') });
    return answer;
  };
  useEffect(() => {
    document.title = `${t('first_run.title')} · Colloquy`;
  }, []);
  return (
    <main class="porch">
      <span class="mark large" aria-hidden="true" />
      <Heading>{t('first_run.title')}</Heading>
      <p class="lead">{t('first_run.lead')}</p>
      <div class="card">
        <Form action={t('first_run.action')} send={send} onDone={welcome}>
          {(wrong) => (
            <>
              <Field
                label={t('first_run.code')}
                hint={
                  <>
                    {t('first_run.code_more')} <code>colloquy admin setup-code</code>
                  </>
                }
                value={given.code}
                onInput={set('code')}
                error={wrong('code')}
                autocomplete="one-time-code"
                spellcheck={false}
                placeholder="setup_…"
                required
              />
              <Field
                label={t('first_run.workspace')}
                hint={t('first_run.workspace_more')}
                value={given.workspace}
                onInput={set('workspace')}
                error={wrong('workspace')}
                autocomplete="organization"
                required
              />
              <Field label={t('first_run.name')} value={given.name} onInput={set('name')} error={wrong('name')} autocomplete="name" required />
              <Field label={t('field.email')} type="email" value={given.email} onInput={set('email')} error={wrong('email')} autocomplete="username" required />
              <Field
                label={t('field.password')}
                hint={t('field.password_more')}
                type="password"
                value={given.password}
                onInput={set('password')}
                error={wrong('password')}
                autocomplete="new-password"
                required
              />
            </>
          )}
        </Form>
      </div>
    </main>
  );
}
