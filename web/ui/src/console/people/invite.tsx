import { useRef, useState } from 'preact/hooks';
import type { InvitationShown } from '../../wire/api_types.ts';
import { call } from '../client.ts';
import { Field, Switch } from '../parts/field.tsx';
import { Form } from '../parts/form.tsx';
import { say } from '../parts/said.tsx';
import { mails } from '../who.ts';
import { t } from '../words.ts';
import { PersonField } from './combobox.tsx';
import { uuid } from './uuid.ts';

const EMPTY = { name: '', email: '', role: '', department: '' };

/** Invites one person; who was invited before is found by name, address, role or department. */
export function Invite({ session, onInvited }: { session: string; onInvited: (one: InvitationShown) => void }) {
  const [guest, setGuest] = useState(EMPTY);
  const [mail, setMail] = useState(true);
  const form = useRef<HTMLElement>(null);
  // A request that is sent again after its answer was lost invites nobody twice; another guest is another request.
  const key = useRef({ told: '', key: '' });
  const set = (field: keyof typeof EMPTY) => (value: string) => setGuest((before) => ({ ...before, [field]: value }));

  const send = () => {
    const told = JSON.stringify([guest, mail]);
    if (key.current.told !== told) key.current = { told, key: uuid() };
    const { name, email } = guest;
    const [role, department] = [guest.role.trim() || null, guest.department.trim() || null];
    const headers = { 'idempotency-key': key.current.key };
    return call('POST /sessions/{id}/invitations', { path: { id: session }, headers, body: { name, email, role, department, mail } });
  };
  return (
    <section class="card invite" ref={form} aria-labelledby="invite">
      <h2 id="invite">{t('invite.title')}</h2>
      <Form
        action={t('invite.action')}
        icon="plus"
        send={send}
        onDone={(one) => {
          onInvited(one);
          say(t('invite.done', { name: one.person.name }));
          setGuest(EMPTY);
          key.current = { told: '', key: '' };
          form.current?.querySelector('input')?.focus();
        }}
      >
        {(wrong) => (
          <>
            <div class="pairs">
              <PersonField
                label={t('invite.name')}
                value={guest.name}
                onInput={set('name')}
                error={wrong('name')}
                onChoose={(person) =>
                  setGuest({ name: person.name, email: person.email, role: person.role ?? '', department: person.department ?? '' })
                }
              />
              <Field label={t('field.email')} type="email" autocomplete="off" value={guest.email} onInput={set('email')} error={wrong('email')} required />
              <Field label={t('invite.role')} value={guest.role} autocomplete="off" onInput={set('role')} error={wrong('role')} optional />
              <Field
                label={t('invite.department')}
                value={guest.department}
                autocomplete="off"
                onInput={set('department')}
                error={wrong('department')}
                optional
              />
            </div>
            <Switch label={t('invite.mail')} more={t(mails.value === 'files' ? 'invite.mail_files' : 'invite.mail_more')} on={mail} onChange={setMail} />
          </>
        )}
      </Form>
    </section>
  );
}
