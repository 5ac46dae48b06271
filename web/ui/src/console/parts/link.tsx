import type { ComponentChildren } from 'preact';
import { BASE, go } from '../router.ts';

interface Props {
  to: string;
  class?: string;
  current?: boolean;
  children: ComponentChildren;
  onFollow?: () => void;
}

/** A link within the console: a page is shown without loading anew, and a new tab is still a new tab. */
export function Link({ to, current = false, children, onFollow, ...more }: Props) {
  return (
    <a
      href={BASE + to}
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
