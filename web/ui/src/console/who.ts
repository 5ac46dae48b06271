/** Who is signed in, and what they may do. */

import { signal } from '@preact/signals';
import type { Me } from '../wire/api_types.ts';
import { call, type Problem, signedOut } from './client.ts';

export type Action = Me['may'][number];

/** Before anything is known; the first run is to come; nobody is signed in; somebody is. */
export type Door = { at: 'loading' } | { at: 'setup' } | { at: 'out' } | { at: 'in'; me: Me } | { at: 'failed'; problem: Problem };

/** How mails leave the server. */
export const mails = signal<Me['mails']>('smtp');

export const door = signal<Door>({ at: 'loading' });

/** The login has ended while somebody was at work: they sign in again above the page, which keeps what they did. */
export const interrupted = signal(false);

/** Finds out who is there. */
export async function enter(): Promise<void> {
  const me = await call('GET /me');
  if (me.ok) return welcome(me.value);
  if (me.problem.status !== 401) {
    door.value = { at: 'failed', problem: me.problem };
    return;
  }
  const setup = await call('GET /setup');
  if (setup.ok) mails.value = setup.value.mails;
  door.value = setup.ok ? { at: setup.value.needed ? 'setup' : 'out' } : { at: 'failed', problem: setup.problem };
}

/** Somebody has signed in. Somebody else than before begins anew. */
export function welcome(me: Me): void {
  const before = door.value;
  if (interrupted.value && before.at === 'in' && before.me.user.id !== me.user.id) {
    window.location.assign('/console');
    return;
  }
  interrupted.value = false;
  mails.value = me.mails;
  door.value = { at: 'in', me };
}

/** The workspace has another name, which stands beside every page. */
export function renamed(name: string): void {
  const now = door.value;
  if (now.at === 'in') door.value = { at: 'in', me: { ...now.me, workspace: { ...now.me.workspace, name } } };
}

/** Whether who is signed in may do this. */
export function may(action: Action): boolean {
  return door.value.at === 'in' && door.value.me.may.includes(action);
}

/** Somebody has signed out. What was on the page is gone. */
export function leave(): void {
  interrupted.value = false;
  door.value = { at: 'out' };
}

signedOut.notice = () => {
  if (door.value.at === 'in') interrupted.value = true;
};
