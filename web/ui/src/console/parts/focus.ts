/** What has the focus may be gone with what was done: then it is at the page's heading, and not nowhere. */
export function keepFocus(): void {
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      const now = document.activeElement;
      if (now && now !== document.body) return;
      (document.querySelector<HTMLElement>('main h1[tabindex]') ?? document.getElementById('main'))?.focus({ preventScroll: true });
    }),
  );
}
