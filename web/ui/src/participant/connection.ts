/** The life of a conversation's connection: it is made, lost and made again until the conversation is over or must rest. */

import { dialBest, Refused, type Link, type Listener } from '../wire/link.ts';
import { capture, type Mic } from '../wire/mic.ts';
import { encode } from '../wire/pcm.ts';
import type { WireEvent } from '../wire/parse.ts';
import { dialRtc } from '../wire/rtc.ts';
import type { Speaker, Voice } from '../wire/speaker.ts';
import type { Participant } from '../wire/api.ts';
import type { ClientEvent, IceServer, Mode } from '../wire/types.ts';
import { dialWs } from '../wire/ws.ts';
import type { CallEvent } from './call.ts';
import { troubleOf } from './state.ts';

/** The direct way has so long; then the WebSocket is taken. */
const DIRECT_WITHIN_MS = 5_000;
/** Waits before the next attempt; the last one again and again. A new network reports itself and is tried at once. */
const RETRY_MS = [300, 1_000, 2_000, 4_000, 5_000];
/** Three seconds of sound as it goes over the WebSocket: more than that waits only where the network is gone. */
const WAITING_MAX = 200_000;
/** A typed answer is taken at once; where it is not, the network is gone. */
const TAKEN_WITHIN_MS = 8_000;
/** A connection that stands so long is no longer an attempt: one that is greeted and then refused is. */
const STEADY_AFTER_MS = 5_000;
/** What the loudspeaker still has of the goodbye. */
const GOODBYE_MS = 1_200;

/** What a connection needs of the page. */
export interface Host {
  participant: Participant;
  tell(event: CallEvent): void;
  /** The conversation is over. */
  ended(): void;
  /** The connection is refused for good, with the server's code. */
  refused(code: string): void;
}

export class Connection {
  readonly #host: Host;
  readonly #mode: Mode;
  readonly #speaker: Speaker | null;
  readonly #mic: Mic | null;
  #link: Link | null = null;
  #voice: Voice | null = null;
  #stopCapture: (() => void) | null = null;
  #abort = new AbortController();
  #attempts = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #watch: ReturnType<typeof setInterval> | undefined;
  #error: string | null = null;
  /** Typed answers that the server has not taken yet, and when they were sent. */
  readonly #untaken = new Map<string, number>();
  #linkedAt = 0;
  /** Where the direct way did not work once, it is not waited for again. */
  #directFailed: string | null = null;
  #ended = false;
  #stopped = false;

  constructor(host: Host, mode: Mode, speaker: Speaker | null, mic: Mic | null) {
    this.#host = host;
    this.#mode = mode;
    this.#speaker = speaker;
    this.#mic = mic;
    window.addEventListener('online', this.#online);
    window.addEventListener('offline', this.#offline);
    void this.#connect();
  }

  send(event: ClientEvent): void {
    if (event.type === 'conversation.item.create' && event.item.id) this.#untaken.set(event.item.id, performance.now());
    this.#link?.send(event);
  }

  /** Tries again at once. */
  now(): void {
    if (this.#link || this.#stopped) return;
    clearTimeout(this.#retry);
    this.#abort.abort();
    void this.#connect();
  }

  /** Ends it; nothing is told after this. */
  stop(): void {
    this.#stopped = true;
    window.removeEventListener('online', this.#online);
    window.removeEventListener('offline', this.#offline);
    clearTimeout(this.#retry);
    this.#abort.abort();
    this.#hangUp();
  }

  readonly #online = (): void => this.now();

  readonly #offline = (): void => {
    if (this.#link) this.#lost();
  };

  async #connect(): Promise<void> {
    const abort = new AbortController();
    this.#abort = abort;
    this.#attempts += 1;
    this.#host.tell({ type: 'dialing' });
    try {
      const [speaker, mic] = [this.#speaker, this.#mic];
      const spoken = this.#mode === 'voice' && speaker !== null && mic !== null;
      if (spoken && !this.#voice) {
        const voice = await speaker.voice((cut) =>
          this.send({ type: 'conversation.item.truncate', item_id: cut.item, content_index: 0, audio_end_ms: cut.heardMs }),
        );
        if (abort.signal.aborted) return voice.close();
        this.#voice = voice;
      }
      const direct = spoken && this.#directFailed === null ? dialRtc(mic.stream, (stream) => speaker.hear(stream)) : null;
      const { link, fellBack } = await dialBest(
        { direct, other: dialWs, withinMs: DIRECT_WITHIN_MS },
        () => this.#secret(),
        this.#listener(abort.signal),
        abort.signal,
      );
      if (abort.signal.aborted) return link.close();
      this.#directFailed ??= fellBack;
      await this.#linked(link);
    } catch (error) {
      if (abort.signal.aborted) return;
      // What was opened before it failed is not left behind.
      abort.abort();
      this.#hangUp();
      this.#failed(error instanceof Refused ? error.why : 'failed');
    }
  }

  async #secret(): Promise<{ value: string; iceServers: IceServer[] }> {
    const answer = await this.#host.participant.secret();
    if (!answer.ok) throw new Refused(answer.code);
    return { value: answer.value.value, iceServers: answer.value.ice_servers ?? [] };
  }

  #listener(signal: AbortSignal): Listener {
    return {
      event: (event) => !signal.aborted && this.#event(event),
      closed: () => !signal.aborted && this.#lost(),
    };
  }

  async #linked(link: Link): Promise<void> {
    this.#link = link;
    this.#linkedAt = performance.now();
    this.#host.tell({ type: 'linked', transport: link.transport, fellBack: this.#directFailed });
    this.#watch = setInterval(() => this.#look(link), 1_000);
    if (link.transport === 'websocket' && this.#mode === 'voice' && this.#speaker && this.#mic) {
      const stop = await capture(this.#speaker.context, this.#mic.stream, (pcm) =>
        link.send({ type: 'input_audio_buffer.append', audio: encode(pcm) }),
      );
      link.send({ type: 'colloquy.playback', holds: true });
      if (this.#link === link) this.#stopCapture = stop;
      else stop();
    }
  }

  #event(event: WireEvent): void {
    switch (event.kind) {
      case 'sound':
        if (this.#mode === 'voice') this.#voice?.sound(event.item, event.base64);
        return;
      case 'voice_started':
        // Sent while we play only once we are really interrupted.
        this.#voice?.flush();
        break;
      case 'hold':
        this.#voice?.hold(event.held);
        return;
      case 'said_all':
        this.#voice?.finish();
        break;
      case 'reply_done':
        if (event.cut) this.#voice?.flush();
        else this.#voice?.finish();
        break;
      case 'item':
        this.#untaken.delete(event.item);
        break;
      case 'error':
        this.#error = event.code;
        break;
      case 'ended':
        this.#ended = true;
        setTimeout(() => !this.#stopped && this.#host.ended(), GOODBYE_MS);
        break;
    }
    this.#host.tell({ type: 'wire', event });
  }

  /** A browser tells late or never that the network is gone. */
  #look(link: Link): void {
    const now = performance.now();
    if (this.#attempts > 0 && now - this.#linkedAt > STEADY_AFTER_MS) {
      this.#attempts = 0;
      this.#host.tell({ type: 'steady' });
    }
    const late = [...this.#untaken.values()].some((sent) => now - sent > TAKEN_WITHIN_MS);
    if (late || link.waiting() > WAITING_MAX) this.#lost();
  }

  #lost(): void {
    // The server closes once it has said goodbye, of which the loudspeaker still has the end; `stop` comes after that.
    if (this.#ended || this.#stopped) return;
    this.#hangUp();
    this.#abort.abort();
    this.#failed(this.#error ?? 'lost');
  }

  #failed(code: string): void {
    this.#error = null;
    if (this.#stopped) return;
    if (troubleOf(code) !== null) {
      this.stop();
      this.#host.refused(code);
      return;
    }
    this.#host.tell({ type: 'lost', draining: code === 'draining' });
    const wait = RETRY_MS[Math.min(this.#attempts, RETRY_MS.length - 1)] ?? 0;
    this.#retry = setTimeout(() => void this.#connect(), wait);
  }

  #hangUp(): void {
    clearInterval(this.#watch);
    this.#stopCapture?.();
    this.#stopCapture = null;
    this.#voice?.close();
    this.#voice = null;
    this.#link?.close();
    this.#link = null;
    this.#untaken.clear();
    this.#speaker?.hush();
  }
}
