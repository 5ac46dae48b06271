/** What the participant hears. One audio context for the page, opened by a tap: browsers stay silent without one. */

import { decode } from './pcm.ts';
import { meter } from './mic.ts';
import type { Cut } from './playout.ts';
import { loadWorklet } from './worklets.ts';
import speakerWorklet from './speaker.worklet.ts?worker&url';

/** Some browsers can choose the loudspeaker of a context, most that of an element. */
type WithSink = { setSinkId?: (id: string) => Promise<void> };

/** Plays what comes over the WebSocket. */
export interface Voice {
  sound(item: string, base64: string): void;
  /** Nothing more comes of this one. */
  finish(): void;
  /** Somebody speaks, who may only be listening: silence, or on from there. */
  hold(held: boolean): void;
  /** The person speaks: silence, at once. */
  flush(): void;
  close(): void;
}

export class Speaker {
  readonly context: AudioContext;
  readonly #element: HTMLAudioElement;
  #level: () => number = () => 0;
  #remote: MediaStreamAudioSourceNode | null = null;

  /** To be made, and `unlock`ed, in a tap's own handler. */
  constructor() {
    this.context = new AudioContext({ latencyHint: 'interactive' });
    this.#element = new Audio();
    this.#element.setAttribute('playsinline', '');
    this.#element.autoplay = true;
  }

  /** Whether the loudspeaker can be chosen here. */
  static get choosable(): boolean {
    return typeof (HTMLMediaElement.prototype as WithSink).setSinkId === 'function';
  }

  /** Lets sound out, within a tap. Again after a telephone call has taken it away. */
  async unlock(): Promise<void> {
    // An element that was once told to play in a tap may play later without one.
    void this.#element.play().catch(() => undefined);
    if (this.context.state !== 'running') await this.context.resume().catch(() => undefined);
  }

  /** Whether sound comes out. */
  get running(): boolean {
    return this.context.state === 'running';
  }

  /** How loud the interviewer is now, in [0, 1]. */
  level(): number {
    return this.#level();
  }

  /** Chooses the loudspeaker. */
  async choose(id: string): Promise<void> {
    await Promise.all([
      (this.#element as WithSink).setSinkId?.(id).catch(() => undefined),
      (this.context as unknown as WithSink).setSinkId?.(id).catch(() => undefined),
    ]);
  }

  /** Three soft notes. Resolves when they are over. */
  async test(): Promise<void> {
    await this.unlock();
    const now = this.context.currentTime + 0.05;
    const notes = [392, 494, 587];
    notes.forEach((hertz, i) => {
      const [tone, gain] = [this.context.createOscillator(), this.context.createGain()];
      const from = now + i * 0.22;
      tone.frequency.value = hertz;
      gain.gain.setValueAtTime(0, from);
      gain.gain.linearRampToValueAtTime(0.18, from + 0.03);
      gain.gain.exponentialRampToValueAtTime(0.001, from + 0.9);
      tone.connect(gain).connect(this.context.destination);
      tone.start(from);
      tone.stop(from + 1);
    });
    await new Promise((resolve) => setTimeout(resolve, 1_500));
  }

  /** Plays what comes over WebRTC. */
  hear(stream: MediaStream): void {
    this.#element.srcObject = stream;
    void this.#element.play().catch(() => undefined);
    this.#remote?.disconnect();
    this.#remote = this.context.createMediaStreamSource(stream);
    this.#level = meter(this.context, this.#remote);
  }

  /** Plays what comes over the WebSocket. `cut` is told what was not heard when it was flushed. */
  async voice(cut: (cut: Cut) => void): Promise<Voice> {
    await loadWorklet(this.context, speakerWorklet);
    const node = new AudioWorkletNode(this.context, 'speaker', { numberOfInputs: 0, outputChannelCount: [1] });
    node.connect(this.context.destination);
    const level = meter(this.context, node);
    node.port.onmessage = ({ data }: MessageEvent<Cut>) => cut(data);
    return {
      sound: (item, base64) => {
        // Not before it is this way that is heard: the direct one may still come about.
        this.#level = level;
        const samples = decode(base64);
        node.port.postMessage({ item, samples }, [samples.buffer]);
      },
      finish: () => node.port.postMessage('finish'),
      hold: (held) => node.port.postMessage(held ? 'hold' : 'go_on'),
      flush: () => node.port.postMessage('flush'),
      close: () => {
        node.port.onmessage = null;
        node.disconnect();
      },
    };
  }

  /** Falls silent, and keeps the context for the next time. */
  hush(): void {
    this.#element.srcObject = null;
    this.#remote?.disconnect();
    this.#remote = null;
    this.#level = () => 0;
  }
}
