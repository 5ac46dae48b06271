import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from '../../shared/icon.tsx';
import type { Problem } from '../client.ts';
import { Button } from '../../shared/button.tsx';
import { t } from '../words.ts';

interface Props {
  kind?: 'info' | 'care' | 'bad' | 'good';
  icon?: IconName;
  children: ComponentChildren;
  /** What can be done about it. */
  actions?: ComponentChildren;
  /** Read out when it appears. */
  live?: boolean;
}

/** Something to know, beside what one is at. */
export function Notice({ kind = 'info', icon, children, actions, live = false }: Props) {
  return (
    <div class={`notice ${kind}`} role={live ? (kind === 'bad' ? 'alert' : 'status') : undefined}>
      {icon && <Icon name={icon} />}
      <div class="said">{children}</div>
      {actions && <div class="acts">{actions}</div>}
    </div>
  );
}

/** What failed, in the server's words for people. */
export function Failure({ problem, again }: { problem: Problem; again?: () => void }) {
  const retry = again && (
    <Button icon="repeat" onClick={again}>
      {t('page.again')}
    </Button>
  );
  return (
    <Notice kind="bad" icon="help" live actions={retry}>
      <p>{problem.detail}</p>
    </Notice>
  );
}
