import { useState } from 'preact/hooks';
import { Button } from '../../shared/button.tsx';
import { Dialog } from '../../shared/dialog.tsx';
import type { Drawn, Key } from '../../wire/api_types.ts';
import { call } from '../client.ts';
import { useLoad } from '../load.ts';
import { Ask } from '../parts/ask.tsx';
import { Copy } from '../parts/copy.tsx';
import { Field, Select } from '../parts/field.tsx';
import { Form } from '../parts/form.tsx';
import { Page, Pending } from '../parts/page.tsx';
import { say } from '../parts/said.tsx';
import { go } from '../router.ts';
import { door, leave } from '../who.ts';
import { day, t } from '../words.ts';

function Password() {
  const [current, setCurrent] = useState('');
  const [password, setPassword] = useState('');
  const done = () => {
    setCurrent('');
    setPassword('');
    say(t('account.password_done'));
  };
  return (
    <section class="card">
      <h2>{t('account.password')}</h2>
      <Form action={t('account.password_action')} send={() => call('PUT /me/password', { body: { current, password } })} onDone={done}>
        {(wrong) => (
          <>
            <Field
              label={t('account.current')}
              type="password"
              autocomplete="current-password"
              value={current}
              onInput={setCurrent}
              error={wrong('current')}
              required
            />
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
          </>
        )}
      </Form>
    </section>
  );
}

function Tokens() {
  const [loaded, again] = useLoad(() => call('GET /tokens'), []);
  const [name, setName] = useState('');
  const [scope, setScope] = useState<Key['scope']>('read');
  const [drawn, setDrawn] = useState<Drawn | null>(null);
  const [revoking, setRevoking] = useState<Key | null>(null);
  return (
    <section class="card">
      <h2>{t('tokens.title')}</h2>
      <p class="soft">
        {t('tokens.more')} <a href="/api/v1">{t('tokens.api')}</a>
      </p>
      {loaded.at !== 'ready' ? (
        <Pending loaded={loaded} again={() => void again()} />
      ) : (
        loaded.value.items.length > 0 && (
          <ul class="rows plain">
            {loaded.value.items.map((token) => (
              <li key={token.id} class={token.revoked_at == null ? 'row' : 'row gone'}>
                <span class="what">
                  <strong>{token.name}</strong>
                  <small>{t('tokens.made', { day: day(token.created) })}</small>
                </span>
                <span class={token.revoked_at == null ? 'pill open' : 'pill closed'}>
                  {token.revoked_at == null ? t(`tokens.${token.scope}`) : t('tokens.revoked')}
                </span>
                {token.revoked_at == null && (
                  <Button kind="plain" label={t('tokens.revoke_of', { name: token.name })} onClick={() => setRevoking(token)}>
                    {t('tokens.revoke')}
                  </Button>
                )}
              </li>
            ))}
          </ul>
        )
      )}
      <Form
        action={t('tokens.action')}
        send={() => call('POST /tokens', { body: { name, scope } })}
        onDone={(made) => {
          setName('');
          setDrawn(made);
          void again();
        }}
      >
        {(wrong) => (
          <div class="pairs">
            <Field label={t('tokens.name')} hint={t('tokens.name_more')} value={name} onInput={setName} error={wrong('name')} required />
            <Select
              label={t('tokens.scope')}
              value={scope}
              options={(['read', 'write'] as const).map((value) => ({ value, label: t(`tokens.${value}`) }))}
              onChange={setScope}
            />
          </div>
        )}
      </Form>
      {drawn && (
        <Dialog title={t('tokens.drawn', { name: drawn.token.name })} onClose={() => setDrawn(null)} firm>
          <p class="soft">{t('tokens.once')}</p>
          <Copy label={t('tokens.drawn', { name: drawn.token.name })} text={drawn.secret} />
          <div class="acts end">
            <Button onClick={() => setDrawn(null)}>{t('page.done')}</Button>
          </div>
        </Dialog>
      )}
      {revoking && (
        <Ask
          title={t('tokens.revoke_title', { name: revoking.name })}
          action={t('tokens.revoke')}
          danger
          onClose={() => setRevoking(null)}
          run={async () => {
            const answer = await call('DELETE /tokens/{id}', { path: { id: revoking.id } });
            if (answer.ok) void again();
            return answer;
          }}
        >
          <p>{t('tokens.revoke_more')}</p>
        </Ask>
      )}
    </section>
  );
}

/** Oneself: who one is, the password, and keys for programs. */
export function Account() {
  const [leaving, setLeaving] = useState(false);
  const now = door.value;
  if (now.at !== 'in') return null;
  const { user } = now.me;
  return (
    <Page title={t('account.title')} narrow lead={`${user.name} · ${user.email} · ${t(`role.${user.role}`)}`}>
      <Password />
      <Tokens />
      <section class="card">
        <h2>{t('account.everywhere')}</h2>
        <p class="soft">{t('account.everywhere_more')}</p>
        <div class="acts">
          <Button icon="out" onClick={() => setLeaving(true)}>
            {t('account.everywhere_action')}
          </Button>
        </div>
      </section>
      {leaving && (
        <Ask
          title={t('account.everywhere')}
          action={t('account.everywhere_action')}
          onClose={() => setLeaving(false)}
          run={async () => {
            const answer = await call('POST /logout/everywhere');
            if (answer.ok) {
              leave();
              go('/', { replace: true, free: true });
            }
            return answer;
          }}
        >
          <p>{t('account.everywhere_more')}</p>
        </Ask>
      )}
    </Page>
  );
}
