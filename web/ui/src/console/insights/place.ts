/** Who reads on in a conversation comes back to the quote that led there. */

let left: { href: string; nth: number } | null = null;

const same = (href: string): HTMLAnchorElement[] =>
  [...document.querySelectorAll<HTMLAnchorElement>('.insights a.source')].filter((link) => link.href === href);

/** Remembers a quote's link that is followed. The same quote may stand in more than one place. */
export function leaveBy(target: EventTarget | null): void {
  const link = target instanceof Element ? target.closest<HTMLAnchorElement>('a.source') : null;
  if (link) left = { href: link.href, nth: same(link.href).indexOf(link) };
}

/** Brings that quote into sight again, and the focus to it. */
export function comeBack(): void {
  const link = left && same(left.href)[left.nth];
  left = null;
  if (!link) return;
  const folded = link.closest('details');
  if (folded) folded.open = true;
  link.scrollIntoView({ block: 'center' });
  link.focus({ preventScroll: true });
}
