import { useState } from 'preact/hooks';
import { Button } from '../../shared/button.tsx';
import type { InvitationShown } from '../../wire/api_types.ts';
import { call, type Problem } from '../client.ts';
import { Address } from '../parts/address.tsx';
import { Ask } from '../parts/ask.tsx';
import { Failure } from '../parts/notice.tsx';
import { StandingPill } from '../parts/pill.tsx';
import { say } from '../parts/said.tsx';
import { may } from '../who.ts';
import { day, t } from '../words.ts';
import { LinkButton } from './link.tsx';
import { PersonButton } from './person.tsx';

type Standing = InvitationShown['status'];

/** They have agreed to take part: their link is theirs alone from then on. */
const BEGUN = new Set<Standing>(['in_progress', 'completed', 'ended_early', 'withdrawn', 'erased']);
const OVER = new Set<Standing>(['completed', 'ended_early', 'declined', 'withdrawn', 'erased', 'revoked']);

interface Props {
  session: string;
  invitation: InvitationShown;
  onChange: (one: InvitationShown) => void;
  onErased: () => void;
}

/** One person who is invited, and what can be done for them. */
export function Guest({ session, invitation, onChange, onErased }: Props) {
  const { id, person, status } = invitation;
  const [revoking, setRevoking] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const path = { id };

  const run = async (what: () => ReturnType<typeof read>, done: (one: InvitationShown) => string) => {
    setBusy(true);
    const answer = await what();
    setBusy(false);
    setProblem(answer.ok ? null : answer.problem);
    if (!answer.ok) return;
    onChange(answer.value);
    say(done(answer.value));
  };
  const read = () => call('GET /invitations/{id}', { path });
  const { name } = person;
  const extend = () =>
    run(
      () => call('POST /invitations/{id}/extend', { path, body: {} }),
      (one) => t('guest.extended', { name, day: day(one.expires_at) }),
    );
  const send = () =>
    run(
      () => call('POST /invitations/{id}/send', { path }),
      () => t('guest.sent', { name }),
    );
  const again = () =>
    run(
      () =>
        call('POST /sessions/{id}/invitations', {
          path: { id: session },
          body: { name, email: person.email, role: person.role ?? null, department: person.department ?? null },
        }),
      () => t('invite.done', { name }),
    );
  const revoke = async () => {
    const answer = await call('POST /invitations/{id}/revoke', { path });
    if (answer.ok) {
      onChange(answer.value);
      say(t('guest.revoked', { name }));
    }
    return answer;
  };

  const where = [person.role, person.department].filter(Boolean).join(', ');
  const over = OVER.has(status);
  return (
    <li class="guest">
      <div class="row">
        <span class="what">
          <strong>{name}</strong>
          <small>
            <Address text={person.email} />
          </small>
          {where && <small>{where}</small>}
        </span>
        <span class="state">
          <StandingPill status={status} days={invitation.kept_days} />
        </span>
        <span class="when">{!over && t(status === 'expired' ? 'guest.expired' : 'guest.until', { day: day(invitation.expires_at) })}</span>
        {may('invite') && (
          <span class="acts">
            {!BEGUN.has(status) && status !== 'revoked' && <LinkButton invitation={id} name={name} />}
            {!over && status !== 'expired' && (
              <Button busy={busy} label={t('guest.send_of', { name })} onClick={() => void send()}>
                {t('guest.send')}
              </Button>
            )}
            {!over && (
              <Button busy={busy} label={t('guest.extend_of', { name })} onClick={() => void extend()}>
                {t('guest.extend')}
              </Button>
            )}
            {!over && (
              <Button kind="plain" label={t('guest.revoke_of', { name })} onClick={() => setRevoking(true)}>
                {t('guest.revoke')}
              </Button>
            )}
            {status === 'revoked' && (
              <Button busy={busy} label={t('guest.again_of', { name })} onClick={() => void again()}>
                {t('guest.again')}
              </Button>
            )}
            {may('keep_people') && <PersonButton person={person} onErased={onErased} />}
          </span>
        )}
      </div>
      {problem && <Failure problem={problem} />}
      {revoking && (
        <Ask title={t('guest.revoke_title', { name })} action={t('guest.revoke')} danger onClose={() => setRevoking(false)} run={revoke}>
          <p>{t('guest.revoke_more')}</p>
        </Ask>
      )}
    </li>
  );
}
