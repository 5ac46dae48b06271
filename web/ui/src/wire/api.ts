/** The participant's part of the HTTP API. Nothing throws: what failed comes back as a code. */

import type { ClientSecret, ConsentBody, OwnCopy, Shown } from './types.ts';

/** What a request brought. `code` is the server's, `offline` where it could not be reached, `missing` for a way that it does not have. */
export type Answer<T> = { ok: true; value: T } | { ok: false; code: string };

/** How long an answer is waited for; one that comes in pieces, for each piece. */
const WITHIN_MS = 15_000;

/** Reads the code of an answer that is no success. */
export function codeOf(status: number, body: unknown): string {
  const error = (body as { error?: { code?: unknown } } | null)?.error;
  if (typeof error?.code === 'string') return error.code;
  // A route that this server does not have is answered without a body of ours.
  if (status === 404 || status === 405 || status === 501) return 'missing';
  return status >= 500 ? 'internal' : 'refused';
}

async function ask<T>(method: string, path: string, body?: unknown): Promise<Answer<T>> {
  const request: RequestInit = { method };
  if (body !== undefined) {
    request.body = JSON.stringify(body);
    request.headers = { 'content-type': 'application/json' };
  }
  return fetched(path, request, (response) => (response.status === 204 ? null : response.json().catch(() => null)));
}

/** Sound is long: it is waited for while more of it comes. */
async function soundOf(response: Response, more: () => void): Promise<Blob> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  const reader = response.body?.getReader();
  for (let piece = await reader?.read(); piece && !piece.done; piece = await reader?.read()) {
    pieces.push(piece.value);
    more();
  }
  return new Blob(pieces, { type: response.headers.get('content-type') ?? '' });
}

/** `read` may wait longer than once by calling `more`. */
async function fetched<T>(
  path: string,
  request: RequestInit,
  read: (response: Response, more: () => void) => Promise<unknown> | null,
): Promise<Answer<T>> {
  const abort = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(() => abort.abort(), WITHIN_MS);
  };
  wait();
  const whole: RequestInit = { cache: 'no-store', credentials: 'same-origin', referrerPolicy: 'no-referrer', ...request };
  try {
    const response = await fetch(path, { ...whole, signal: abort.signal });
    if (!response.ok) return { ok: false, code: codeOf(response.status, await response.json().catch(() => null)) };
    return { ok: true, value: (await read(response, wait)) as T };
  } catch {
    return { ok: false, code: 'offline' };
  } finally {
    clearTimeout(timer);
  }
}

/** What a personal link opens. */
export class Participant {
  readonly #base: string;

  constructor(token: string) {
    this.#base = `/api/participant/${encodeURIComponent(token)}`;
  }

  show(): Promise<Answer<Shown>> {
    return ask('GET', this.#base);
  }

  consent(body: ConsentBody): Promise<Answer<unknown>> {
    return ask('POST', `${this.#base}/consent`, body);
  }

  decline(): Promise<Answer<null>> {
    return ask('POST', `${this.#base}/decline`);
  }

  secret(): Promise<Answer<ClientSecret>> {
    return ask('POST', `${this.#base}/client_secret`);
  }

  copy(): Promise<Answer<OwnCopy>> {
    return ask('GET', `${this.#base}/copy`);
  }

  quotable(turn: number, quotable: boolean): Promise<Answer<null>> {
    return ask('PUT', `${this.#base}/turns/${turn}/quotable`, { quotable });
  }

  /** What was said in a turn, as a WAV file. */
  sound(turn: number): Promise<Answer<Blob>> {
    return fetched(`${this.#base}/turns/${turn}/audio`, { method: 'GET' }, soundOf);
  }

  withdraw(): Promise<Answer<null>> {
    return ask('POST', `${this.#base}/withdraw`);
  }
}
