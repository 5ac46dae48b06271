import { useEffect, useState } from 'preact/hooks';
import { Heading } from '../../shared/heading.tsx';
import { call } from '../client.ts';
import { Field } from '../parts/field.tsx';
import { Form } from '../parts/form.tsx';
import { Link } from '../parts/link.tsx';
import { welcome } from '../who.ts';
import { t } from '../words.ts';

/** Address and password. */
export function SignInForm() {
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  return (
    <Form action={t('sign_in.action')} send={() => call('POST /login', { body: { email, password } })} onDone={welcome}>
      {(wrong) => (
        <>
          <Field label={t('field.email')} type="email" autocomplete="username" value={email} onInput={setEmail} error={wrong('email')} required />
          <Field
            label={t('field.password')}
            type="password"
            autocomplete="current-password"
            value={password}
            onInput={setPassword}
            error={wrong('password')}
            required
          />
        </>
      )}
    </Form>
  );
}

/** Before anybody is signed in. */
export function SignIn() {
  useEffect(() => {
    document.title = `${t('sign_in.title')} · Colloquy`;
  }, []);
  return (
    <main class="porch">
      <span class="mark large" aria-hidden="true" />
      <Heading>{t('sign_in.title')}</Heading>
      <div class="card">
        <SignInForm />
      </div>
      <p class="soft">
        <Link to="/reset">{t('sign_in.forgotten')}</Link>
      </p>
    </main>
  );
}
