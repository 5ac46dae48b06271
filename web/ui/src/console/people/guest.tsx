import { useState } from 'preact/hooks';
import { Button } from '../../shared/button.tsx';
import { Dialog } from '../../shared/dialog.tsx';
import type { InvitationShown, LinkDrawn } from '../../wire/api_types.ts';
import { call, type Problem } from '../client.ts';
import { Ask } from '../parts/ask.tsx';
import { Copy } from '../parts/copy.tsx';
import { Failure } from '../parts/notice.tsx';
import { StandingPill } from '../parts/pill.tsx';
import { say } from '../parts/said.tsx';
import { may } from '../who.ts';
import { day, moment, t } from '../words.ts';

type Standing = InvitationShown['status'];

/** They have agreed to take part: their link is theirs alone from then on. */
const BEGUN = new Set<Standing>(['in_progress', 'completed', 'ended_early', 'withdrawn']);
const OVER = new Set<Standing>(['completed', 'ended_early', 'declined', 'withdrawn', 'revoked']);

/** One person who is invited, and what can be done for them. */
export function Guest({ invitation, onChange }: { invitation: InvitationShown; onChange: (one: InvitationShown) => void }) {
  const { id, person, status } = invitation;
  const [link, setLink] = useState<LinkDrawn | null>(null);
  const [revoking, setRevoking] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const path = { id };

  const draw = async () => {
    setBusy(true);
    const answer = await call('POST /invitations/{id}/link', { path });
    setBusy(false);
    setProblem(answer.ok ? null : answer.problem);
    if (answer.ok) setLink(answer.value);
  };
  const extend = async () => {
    setBusy(true);
    const answer = await call('POST /invitations/{id}/extend', { path, body: {} });
    setBusy(false);
    setProblem(answer.ok ? null : answer.problem);
    if (!answer.ok) return;
    onChange(answer.value);
    say(t('guest.extended', { name: person.name, day: day(answer.value.expires_at) }));
  };
  const revoke = async () => {
    const answer = await call('POST /invitations/{id}/revoke', { path });
    if (answer.ok) {
      onChange(answer.value);
      say(t('guest.revoked', { name: person.name }));
    }
    return answer;
  };

  const where = [person.role, person.department].filter(Boolean).join(', ');
  return (
    <li class="guest">
      <div class="row">
        <span class="what">
          <strong>{person.name}</strong>
          <small>{person.email}</small>
          {where && <small>{where}</small>}
        </span>
        <span class="state">
          <StandingPill status={status} />
        </span>
        <span class="when">{!OVER.has(status) && t(status === 'expired' ? 'guest.expired' : 'guest.until', { day: day(invitation.expires_at) })}</span>
        {may('invite') && status !== 'revoked' && (
          <span class="acts">
            {!BEGUN.has(status) && (
              <Button icon="link" busy={busy} label={t('guest.link_of', { name: person.name })} onClick={() => void draw()}>
                {t('guest.link')}
              </Button>
            )}
            {!OVER.has(status) && (
              <Button busy={busy} label={t('guest.extend_of', { name: person.name })} onClick={() => void extend()}>
                {t('guest.extend')}
              </Button>
            )}
            {!OVER.has(status) && (
              <Button kind="plain" label={t('guest.revoke_of', { name: person.name })} onClick={() => setRevoking(true)}>
                {t('guest.revoke')}
              </Button>
            )}
          </span>
        )}
      </div>
      {problem && <Failure problem={problem} />}
      {link && (
        <Dialog title={t('guest.link_title', { name: person.name })} onClose={() => setLink(null)}>
          <p class="soft">{t('guest.link_more', { moment: moment(link.expires_at) })}</p>
          <Copy label={t('guest.link_title', { name: person.name })} text={link.link} />
          <div class="acts end">
            <Button onClick={() => setLink(null)}>{t('page.done')}</Button>
          </div>
        </Dialog>
      )}
      {revoking && (
        <Ask
          title={t('guest.revoke_title', { name: person.name })}
          action={t('guest.revoke')}
          danger
          onClose={() => setRevoking(false)}
          run={revoke}
        >
          <p>{t('guest.revoke_more')}</p>
        </Ask>
      )}
    </li>
  );
}
