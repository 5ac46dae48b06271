/** The WebSocket: events, and sound as PCM16 within them. */

import { parse } from './parse.ts';
import { Refused, type Dial, type Link } from './link.ts';

/** The server answers at once; a proxy that swallows WebSockets never does. */
const OPEN_WITHIN_MS = 8_000;

/** Connects over WebSocket. */
export const dialWs: Dial = (secret, _iceServers, listener, abort) =>
  new Promise((resolve, reject) => {
    const address = new URL('/v1/realtime', window.location.href);
    address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
    let socket: WebSocket;
    try {
      socket = new WebSocket(address, ['realtime', `openai-insecure-api-key.${secret}`]);
    } catch {
      reject(new Refused('failed'));
      return;
    }
    let phase: 'opening' | 'open' | 'over' = 'opening';
    /** The server refuses by an event, because a browser cannot read the status of a refused WebSocket. */
    let refused: string | null = null;
    const fail = (why: string) => {
      if (phase !== 'opening') return;
      phase = 'over';
      clearTimeout(timer);
      socket.close();
      reject(new Refused(why));
    };
    const timer = setTimeout(() => fail('timeout'), OPEN_WITHIN_MS);
    const link: Link = {
      transport: 'websocket',
      send: (event) => {
        if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(event));
      },
      waiting: () => socket.bufferedAmount,
      close: () => {
        phase = 'over';
        socket.close(1000);
      },
    };
    abort.addEventListener('abort', () => fail('aborted'));
    socket.onmessage = (message) => {
      const event = typeof message.data === 'string' ? parse(message.data) : null;
      if (!event || phase === 'over') return;
      if (phase === 'opening') {
        if (event.kind === 'error') refused = event.code;
        if (event.kind !== 'created') return;
        // An admitted connection is greeted, and so is a refused one; the refusal follows at once.
        phase = 'open';
        clearTimeout(timer);
        resolve(link);
      }
      listener.event(event);
    };
    socket.onclose = (closed) => {
      if (phase === 'opening') {
        fail(refused ?? 'failed');
      } else if (phase === 'open') {
        phase = 'over';
        listener.closed(closed.code);
      }
    };
  });
