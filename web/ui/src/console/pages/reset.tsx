import { useEffect, useState } from 'preact/hooks';
import { Heading } from '../../shared/heading.tsx';
import { call } from '../client.ts';
import { Field } from '../parts/field.tsx';
import { Form } from '../parts/form.tsx';
import { Link } from '../parts/link.tsx';
import { go } from '../router.ts';
import { enter, mails } from '../who.ts';
import { t } from '../words.ts';

/** What stands behind the `#` of a link that was mailed, which no server is told before it is used. */
const secret = () => window.location.hash.slice(1);

/** Asks for a link. What is answered does not tell whether somebody signs in by the address. */
function Asking() {
  const [email, setEmail] = useState('');
  const [asked, setAsked] = useState('');
  if (mails.value === 'files') {
    return (
      <p>
        {t('reset.by_hand')} <code>colloquy admin reset-password --email …</code>
      </p>
    );
  }
  if (asked) return <p role="status">{t('reset.asked', { email: asked })}</p>;
  return (
    <Form action={t('reset.ask')} send={() => call('POST /password-reset', { body: { email } })} onDone={() => setAsked(email.trim())}>
      {(wrong) => (
        <>
          <p class="soft">{t('reset.ask_more')}</p>
          <Field label={t('field.email')} type="email" autocomplete="username" value={email} onInput={setEmail} error={wrong('email')} required />
        </>
      )}
    </Form>
  );
}

/** Sets another password by the link. */
function Setting({ token, onDone }: { token: string; onDone: () => void }) {
  const [password, setPassword] = useState('');
  return (
    <Form action={t('reset.set')} send={() => call('PUT /password-reset', { body: { token, password } })} onDone={onDone}>
      {(wrong) => (
        <Field
          label={t('account.new')}
          hint={t('account.new_more')}
          type="password"
          autocomplete="new-password"
          value={password}
          onInput={setPassword}
          error={wrong('password')}
          required
        />
      )}
    </Form>
  );
}

/** Who has forgotten their password. */
export function Reset() {
  const [token, setToken] = useState(secret);
  const [done, setDone] = useState(false);
  useEffect(() => {
    document.title = `${t('reset.title')} · Colloquy`;
    // Another link that is followed on the same page loads nothing.
    const changed = () => setToken(secret());
    window.addEventListener('hashchange', changed);
    return () => window.removeEventListener('hashchange', changed);
  }, []);
  const set = () => {
    // The secret is used: it need not stand in the address any more, nor in the history.
    window.history.replaceState(window.history.state, '', window.location.pathname);
    setDone(true);
    // Whoever was signed in here is not any more.
    void enter();
  };
  return (
    <main class="porch">
      <span class="mark large" aria-hidden="true" />
      <Heading>{t('reset.title')}</Heading>
      <div class="card">
        {done ? <p role="status">{t('reset.done')}</p> : token ? <Setting token={token} onDone={set} /> : <Asking />}
      </div>
      <p class="soft">
        {token && !done ? (
          <button type="button" class="inline" onClick={() => setToken('')}>
            {t('reset.another')}
          </button>
        ) : (
          <Link to="/" onFollow={() => go('/', { replace: true })}>
            {t('sign_in.title')}
          </Link>
        )}
      </p>
    </main>
  );
}
