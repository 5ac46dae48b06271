import { Icon } from '../../shared/icon.tsx';
import { Link } from '../parts/link.tsx';
import { Page } from '../parts/page.tsx';
import { type Action, door } from '../who.ts';
import { t } from '../words.ts';

const home = () => (
  <div class="acts">
    <Link to="/" class="button">
      {t('nowhere.home')}
    </Link>
  </div>
);

/** There is nothing at this address. */
export function Missing() {
  return (
    <Page title={t('nowhere.missing')} narrow lead={t('nowhere.missing_more')}>
      {home()}
    </Page>
  );
}

/** What is here needs another role, or another plan. */
export function Refused({ needs }: { needs: Action }) {
  const now = door.value;
  if (now.at !== 'in') return null;
  const { user, workspace } = now.me;
  const sessions = ['read_sessions', 'edit_sessions', 'see_invitations', 'invite', 'watch', 'read_insights', 'read_quality'].includes(needs);
  const plan = sessions && workspace.plan !== 'sessions';
  return (
    <Page title={t('nowhere.refused')} narrow>
      <div class="card aside">
        <span class="badge small">
          <Icon name="lock" />
        </span>
        <p>{plan ? t('nowhere.plan') : t('nowhere.role', { role: t(`role.${user.role}`).toLowerCase() })}</p>
        <p class="soft">{t('nowhere.whom')}</p>
      </div>
      {home()}
    </Page>
  );
}
