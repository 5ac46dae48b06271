/** Where in the console one is: the address under /console. Leaving what is not saved is asked about first. */

import { batch, signal } from '@preact/signals';

export const BASE = '/console';

/** The address under `BASE`, such as `/sessions`, without a slash at its end. */
export const here = signal('/');

/** What of a page is asked for, such as `department=Ward+3`: it is in the address, so that it can be handed on. */
export const asked = signal('');

/** Asked before one leaves: it may hold one back, and is handed how to go on after all. */
type Guard = (to: string, go: () => void) => boolean;

let guard: Guard | null = null;
/** How many steps into the console's history this is, by which a step back is told from a step forward. */
let step = 0;
let ignored = 0;

/** An address without `BASE`. */
export function inside(path: string): string {
  return path.slice(BASE.length).replace(/\/+$/, '') || '/';
}

/** The parts of `path` that `pattern` names, as in `/sessions/:id`; null where it is another one. */
export function matched(pattern: string, path: string): Record<string, string> | null {
  const [wanted, given] = [pattern.split('/'), path.split('/')];
  if (wanted.length !== given.length) return null;
  const found: Record<string, string> = {};
  for (const [i, part] of wanted.entries()) {
    const value = given[i] ?? '';
    if (part.startsWith(':') && value) found[part.slice(1)] = decodeURIComponent(value);
    else if (part !== value) return null;
  }
  return found;
}

/** An address without what it asks for, and what it asks for. */
export function split(to: string): [string, string] {
  const [path = '', ...rest] = to.split('?');
  return [path, rest.join('?')];
}

/** Goes there. `replace`: as if one had not been where one is. */
export function go(to: string, { replace = false, free = false } = {}): void {
  const [path, query] = split(to);
  if (path === here.value && query === asked.value) return;
  if (!free && guard && !guard(path, () => go(to, { replace, free: true }))) return;
  if (!replace) step++;
  window.history[replace ? 'replaceState' : 'pushState']({ step }, '', BASE + (to === '/' ? '' : to));
  batch(() => {
    here.value = path;
    asked.value = query;
  });
}

/** Holds one back from leaving while `asked` says so. Returns how to let go. */
export function holdBack(asked: Guard): () => void {
  guard = asked;
  const warn = (event: BeforeUnloadEvent) => event.preventDefault();
  window.addEventListener('beforeunload', warn);
  return () => {
    if (guard === asked) guard = null;
    window.removeEventListener('beforeunload', warn);
  };
}

/** Does what ends the page's life, such as signing out, once what is not saved may be lost. */
export function leaveFor(then: () => void): void {
  if (!guard || guard('/', then)) then();
}

function stepped(event: PopStateEvent): void {
  const now = (event.state as { step?: number } | null)?.step ?? 0;
  const [to, query, by] = [inside(window.location.pathname), window.location.search.slice(1), now - step];
  if (ignored > 0) {
    ignored--;
    return;
  }
  const onward = () => {
    step = now;
    batch(() => {
      here.value = to;
      asked.value = query;
    });
  };
  if (!guard || (to === here.value && query === asked.value)) return onward();
  const held = !guard(to, () => {
    guard = null;
    window.history.go(by);
  });
  if (!held) return onward();
  // The browser has stepped already: back to where one still is.
  ignored++;
  window.history.go(-by);
}

/** Begins to follow the browser's address and its history. */
export function startRouter(): void {
  step = (window.history.state as { step?: number } | null)?.step ?? 0;
  window.history.replaceState({ step }, '');
  here.value = inside(window.location.pathname);
  asked.value = window.location.search.slice(1);
  window.addEventListener('popstate', stepped);
}
