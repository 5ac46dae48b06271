import type { ComponentChildren } from 'preact';
import { BASE, go } from '../router.ts';

interface Props {
  to: string;
  class?: string;
  current?: boolean;
  /** Its whole name, where the words on it need those around them. It begins with them. */
  label?: string;
  children: ComponentChildren;
  onFollow?: () => void;
}

/** A link within the console: a page is shown without loading anew, and a new tab is still a new tab. */
export function Link({ to, current = false, label, children, onFollow, ...more }: Props) {
  return (
    <a
      href={BASE + to}
      aria-label={label}
      aria-current={current ? 'page' : undefined}
      {...more}
      onClick={(event) => {
        if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        onFollow?.();
        go(to);
      }}
    >
      {children}
    </a>
  );
}
