import { useState } from 'preact/hooks';
import { Button } from '../../shared/button.tsx';
import { Dialog } from '../../shared/dialog.tsx';
import type { Added, Colleague } from '../../wire/api_types.ts';
import { call } from '../client.ts';
import { useLoad } from '../load.ts';
import { Address } from '../parts/address.tsx';
import { Ask } from '../parts/ask.tsx';
import { Copy } from '../parts/copy.tsx';
import { Field, Select } from '../parts/field.tsx';
import { Form } from '../parts/form.tsx';
import { Page, Pending } from '../parts/page.tsx';
import { say } from '../parts/said.tsx';
import { door, enter, may } from '../who.ts';
import { day, t } from '../words.ts';

type Role = Colleague['role'];

const ROLES: readonly Role[] = ['owner', 'admin', 'analyst', 'viewer'];

/** The roles that somebody of this role may give: up to their own. */
const given = (own: Role) => ROLES.slice(ROLES.indexOf(own));

function Row({ user, own, onChange }: { user: Colleague; own: Colleague; onChange: () => void }) {
  const [wanted, setWanted] = useState<Role | null>(null);
  const [removing, setRemoving] = useState(false);
  const set = async (role: Role) => {
    const answer = await call('PUT /users/{id}/role', { path: { id: user.id }, body: { role } });
    if (answer.ok) say(t('colleagues.changed', { name: user.name, role: t(`role.${role}`).toLowerCase() }));
    // What one may do oneself may be another thing now.
    if (answer.ok && user.id === own.id) void enter();
    onChange();
    return answer;
  };
  const remove = async () => {
    const answer = await call('DELETE /users/{id}', { path: { id: user.id } });
    if (answer.ok) say(t('colleagues.removed', { name: user.name }));
    // What went wrong stands in the question; the list is as it was.
    if (answer.ok) onChange();
    return answer;
  };
  const may_change = may('keep_colleagues') && given(own.role).includes(user.role);
  return (
    <li>
      <div class="row">
        <span class="what">
          <strong>
            {user.name}
            {user.id === own.id && <small> {t('colleagues.you')}</small>}
          </strong>
          <small>
            <Address text={user.email} />
          </small>
        </span>
        <span class="when">{t('colleagues.since', { day: day(user.created) })}</span>
        {may_change ? (
          <Select
            bare
            label={t('colleagues.role_of', { name: user.name })}
            value={wanted ?? user.role}
            options={given(own.role).map((value) => ({ value, label: t(`role.${value}`) }))}
            onChange={(role) => role !== user.role && setWanted(role)}
          />
        ) : (
          <span class="pill draft">{t(`role.${user.role}`)}</span>
        )}
        {may_change && user.id !== own.id && (
          <Button kind="plain" label={t('colleagues.remove_of', { name: user.name })} onClick={() => setRemoving(true)}>
            {t('colleagues.remove')}
          </Button>
        )}
      </div>
      {removing && (
        <Ask
          title={t('colleagues.remove_title', { name: user.name })}
          action={t('colleagues.remove')}
          danger
          onClose={() => setRemoving(false)}
          run={remove}
        >
          <p>{t('colleagues.remove_more')}</p>
        </Ask>
      )}
      {wanted && (
        <Ask
          title={t('colleagues.role_title', { name: user.name, role: t(`role.${wanted}`).toLowerCase() })}
          action={t('colleagues.role_action')}
          onClose={() => setWanted(null)}
          run={() => set(wanted)}
        >
          <p>{t(`role.${wanted}.more`)}</p>
        </Ask>
      )}
    </li>
  );
}

function Add({ own, onClose, onAdded }: { own: Colleague; onClose: () => void; onAdded: () => void }) {
  const [name, setName] = useState('');
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<Role>('viewer');
  const [added, setAdded] = useState<Added | null>(null);
  const told = () => {
    onAdded();
    onClose();
  };
  if (added) {
    return (
      <Dialog title={t('colleagues.added', { name: added.user.name })} onClose={told} firm>
        <p class="soft">{t('colleagues.password_more')}</p>
        <Copy label={t('field.password')} text={added.password} />
        <div class="acts end">
          <Button onClick={told}>{t('page.done')}</Button>
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog title={t('colleagues.add')} onClose={onClose}>
      <Form
        action={t('colleagues.add_action')}
        send={() => call('POST /users', { body: { name, email, role } })}
        onDone={setAdded}
        beside={<Button onClick={onClose}>{t('page.cancel')}</Button>}
      >
        {(wrong) => (
          <>
            <Field label={t('invite.name')} value={name} onInput={setName} error={wrong('name')} autocomplete="off" required />
            <Field label={t('field.email')} type="email" value={email} onInput={setEmail} error={wrong('email')} autocomplete="off" required />
            <Select
              label={t('colleagues.role')}
              hint={t(`role.${role}.more`)}
              value={role}
              options={given(own.role).map((value) => ({ value, label: t(`role.${value}`) }))}
              onChange={setRole}
            />
          </>
        )}
      </Form>
    </Dialog>
  );
}

/** Who works here, and what they may do. */
export function Colleagues() {
  const [loaded, again] = useLoad(() => call('GET /users'), []);
  const [adding, setAdding] = useState(false);
  const now = door.value;
  if (now.at !== 'in') return null;
  const own = now.me.user;
  return (
    <Page
      title={t('colleagues.title')}
      lead={t('colleagues.lead')}
      beside={
        may('keep_colleagues') && (
          <Button kind="primary" icon="plus" onClick={() => setAdding(true)}>
            {t('colleagues.add')}
          </Button>
        )
      }
    >
      {loaded.at !== 'ready' ? (
        <Pending loaded={loaded} again={() => void again()} />
      ) : (
        <ul class="rows" aria-label={t('colleagues.title')}>
          {loaded.value.items.map((user) => (
            <Row key={user.id} user={user} own={own} onChange={() => void again()} />
          ))}
        </ul>
      )}
      {adding && <Add own={own} onClose={() => setAdding(false)} onAdded={() => void again()} />}
    </Page>
  );
}
