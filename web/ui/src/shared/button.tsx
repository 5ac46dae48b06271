import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from './icon.tsx';

interface Props {
  kind?: 'primary' | 'quiet' | 'plain' | 'danger';
  icon?: IconName;
  busy?: boolean;
  disabled?: boolean;
  /** Its whole name, where the words on it need those around them. It begins with them. */
  label?: string;
  onClick: () => void;
  children: ComponentChildren;
}

/** A button. One that is busy keeps its place and its focus, and does nothing. */
export function Button({ kind = 'quiet', icon, busy = false, disabled = false, label, onClick, children }: Props) {
  return (
    <button
      type="button"
      class={`button ${kind}`}
      aria-disabled={busy || disabled}
      aria-label={label}
      onClick={() => !busy && !disabled && onClick()}
    >
      {icon && <Icon name={icon} />}
      <span>{children}</span>
    </button>
  );
}
