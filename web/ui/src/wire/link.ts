/** A live connection, whichever way it goes. */

import type { WireEvent } from './parse.ts';
import type { ClientEvent, IceServer } from './types.ts';

/** How it goes. */
export type Transport = 'webrtc' | 'websocket';

/** What a connection tells. `closed` comes once, and last. */
export interface Listener {
  event(event: WireEvent): void;
  closed(code: number | null): void;
}

/** A live connection. */
export interface Link {
  readonly transport: Transport;
  send(event: ClientEvent): void;
  /** Bytes that wait to be sent: they grow where the network is gone. */
  waiting(): number;
  /** Ends it; nothing is told after this. */
  close(): void;
}

/** Why no connection came about. `why` is the server's code, or `timeout`, `missing`, `offline`, `unsupported`, `failed`. */
export class Refused extends Error {
  readonly why: string;

  constructor(why: string) {
    super(why);
    this.why = why;
  }
}

/** Opens a connection. Rejects with `Refused`. */
export type Dial = (secret: string, iceServers: IceServer[], listener: Listener, abort: AbortSignal) => Promise<Link>;

/** Codes after which the other way would be refused too. */
const REFUSED_BOTH_WAYS = [
  'capacity',
  'draining',
  'finished',
  'conversation_ended',
  'consent_required',
  'link_expired',
  'link_revoked',
  'session_closed',
  'invalid_client_secret',
  'elsewhere',
  'idle',
  'aborted',
];

/**
 * Connects the direct way if that comes about within `withinMs`, else the other way. Says why the direct way was left.
 *
 * `secrets` is asked for each try: a key that was spent on the first way is not used on the second.
 */
export async function dialBest(
  ways: { direct: Dial | null; other: Dial; withinMs: number },
  secret: () => Promise<{ value: string; iceServers: IceServer[] }>,
  listener: Listener,
  abort: AbortSignal,
): Promise<{ link: Link; fellBack: string | null }> {
  let fellBack: string | null = null;
  if (ways.direct) {
    const { value, iceServers } = await secret();
    const attempt = new AbortController();
    const stop = () => attempt.abort();
    abort.addEventListener('abort', stop);
    let late: ReturnType<typeof setTimeout> | undefined;
    const tooLate = new Promise<never>((_, reject) => {
      late = setTimeout(() => reject(new Refused('timeout')), ways.withinMs);
    });
    try {
      const link = await Promise.race([ways.direct(value, iceServers, listener, attempt.signal), tooLate]);
      return { link, fellBack: null };
    } catch (error) {
      attempt.abort();
      if (abort.aborted) throw new Refused('aborted');
      const why = error instanceof Refused ? error.why : 'failed';
      if (REFUSED_BOTH_WAYS.includes(why)) throw error;
      fellBack = why;
    } finally {
      clearTimeout(late);
      abort.removeEventListener('abort', stop);
    }
  }
  const { value, iceServers } = await secret();
  return { link: await ways.other(value, iceServers, listener, abort), fellBack };
}
