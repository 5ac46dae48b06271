/** The admin's API. Nothing throws: what failed comes back as a problem (RFC 9457), in words for people. */

import type { Problem as Sent, Routes } from '../wire/api_types.ts';
import { t } from './words.ts';

/** Why something was not done. `code` is the server's, or `offline` where it could not be reached. */
export interface Problem {
  status: number;
  code: string;
  detail: string;
  /** Which field of what was sent is wrong, if one is, such as `topics[2].label`. */
  field: string | null;
}

/** What a request brought; `etag` is the version of what was read. */
export type Answer<T> = { ok: true; value: T; etag: string | null } | { ok: false; problem: Problem };

type Route = keyof Routes;
type Given<T> = T extends undefined ? unknown : T;

/** What a route is sent with. Fields that it does not have may be left out. */
export interface Wanted<R extends Route> {
  path?: Given<Routes[R]['path']>;
  query?: Given<Routes[R]['query']>;
  headers?: Record<string, string>;
  body?: Given<Routes[R]['body']>;
  /** Gives the request up. */
  signal?: AbortSignal;
}

/** How long an answer is waited for. */
const WITHIN_MS = 20_000;
/** Where a model writes, and where many are read or invited at once, it takes longer. */
const LONG_MS = 60_000;
const LONG = new Set<Route>(['POST /sessions/describe', 'POST /sessions/{id}/invitations/preview', 'POST /sessions/{id}/invitations/many']);

/** Called when the server no longer knows who is signed in. */
export const signedOut: { notice: () => void } = { notice: () => undefined };

/** The address of a route: `/sessions/{id}` with its id, and what is asked of a list. */
export function address(route: string, path: Record<string, unknown> = {}, query: Record<string, unknown> = {}): string {
  const filled = route.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(path[name])));
  const asked = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== '');
  const rest = new URLSearchParams(asked.map(([name, value]) => [name, String(value)])).toString();
  return `/api/v1${filled}${rest && `?${rest}`}`;
}

/** Reads an answer that is no success. A proxy's own pages are none of ours, and are told by their status. */
export function problemOf(status: number, body: unknown): Problem {
  const sent = (body ?? {}) as Partial<Sent>;
  if (typeof sent.code === 'string' && typeof sent.detail === 'string') {
    return { status, code: sent.code, detail: sent.detail, field: sent.field ?? null };
  }
  const detail = status >= 500 ? t('problem.server') : t('problem.unknown', { status });
  return { status, code: 'unknown', detail, field: null };
}

/** A proxy that packs an answer makes its version a weak one, by which nothing can be saved. */
const strong = (etag: string | null): string | null => etag?.replace(/^W\//, '') ?? null;

/** Asks the server. */
export async function call<R extends Route>(route: R, wanted: Wanted<R> = {}): Promise<Answer<Routes[R]['answer']>> {
  const [method = 'GET', path = ''] = route.split(' ');
  const headers: Record<string, string> = { ...wanted.headers };
  let body: BodyInit | null = null;
  if (wanted.body instanceof Blob) {
    body = wanted.body;
    headers['content-type'] ??= wanted.body.type || 'application/octet-stream';
  } else if (wanted.body !== undefined) {
    body = JSON.stringify(wanted.body);
    headers['content-type'] = 'application/json';
  }
  const limit = AbortSignal.timeout(LONG.has(route) ? LONG_MS : WITHIN_MS);
  const request: RequestInit = {
    method,
    headers,
    body,
    cache: 'no-store',
    credentials: 'same-origin',
    referrerPolicy: 'no-referrer',
    signal: wanted.signal ? AbortSignal.any([wanted.signal, limit]) : limit,
  };
  try {
    const to = address(path, wanted.path as Record<string, unknown>, wanted.query as Record<string, unknown>);
    const response = await fetch(to, request);
    const told: unknown = response.status === 204 ? undefined : await response.json().catch(() => null);
    if (response.ok) return { ok: true, value: told as Routes[R]['answer'], etag: strong(response.headers.get('etag')) };
    const problem = problemOf(response.status, told);
    if (problem.code === 'unauthenticated') signedOut.notice();
    return { ok: false, problem };
  } catch (error) {
    const slow = error instanceof DOMException && error.name === 'TimeoutError';
    const [code, detail] = slow ? ['slow', t('problem.slow')] : ['offline', t('problem.offline')];
    return { ok: false, problem: { status: 0, code, detail, field: null } };
  }
}
