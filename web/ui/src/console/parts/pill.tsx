import type { InvitationShown, Summary } from '../../wire/api_types.ts';
import { Icon } from '../../shared/icon.tsx';
import { t } from '../words.ts';

type State = Summary['state'];
type Standing = InvitationShown['status'];

/** Where a session stands. */
export function StatePill({ state, locked }: { state: State; locked: boolean }) {
  return (
    <>
      <span class={`pill ${state}`}>{t(`state.${state}`)}</span>
      {locked && (
        <span class="pill locked">
          <Icon name="lock" />
          {t('state.locked')}
        </span>
      )}
    </>
  );
}

const TONE: Record<Standing, string> = {
  queued: 'draft',
  sent: 'draft',
  bounced: 'bad',
  opened: 'open',
  in_progress: 'open',
  completed: 'done',
  ended_early: 'done',
  declined: 'closed',
  withdrawn: 'closed',
  erased: 'closed',
  expired: 'closed',
  revoked: 'closed',
};

/** How far an invitation has come; `days`: for how many what was said was kept, where it is kept no longer. */
export function StandingPill({ status, days }: { status: Standing; days: number | null | undefined }) {
  const said = status === 'erased' && days ? t('standing.erased_after', { days }) : t(`standing.${status}`);
  return <span class={`pill ${TONE[status]}`}>{said}</span>;
}
