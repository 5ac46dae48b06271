/** On the audio thread: plays the interviewer's voice in order, and drops what is left of it when it is interrupted. */

import { WIRE_HZ } from './pcm.ts';
import { Playout } from './playout.ts';
import { Resampler } from './resample.ts';

/** What the page tells. */
export type ToSpeaker = { item: string; samples: Float32Array } | 'finish' | 'flush' | 'hold' | 'go_on';

class Speaker extends AudioWorkletProcessor {
  #resampler = new Resampler(WIRE_HZ, sampleRate);
  readonly #playout = new Playout(sampleRate);

  constructor() {
    super();
    this.port.onmessage = ({ data }: MessageEvent<ToSpeaker>) => {
      if (data === 'finish') {
        this.#playout.finish();
      } else if (data === 'hold' || data === 'go_on') {
        this.#playout.hold(data === 'hold');
      } else if (data === 'flush') {
        this.#resampler = new Resampler(WIRE_HZ, sampleRate);
        const cut = this.#playout.flush();
        if (cut) this.port.postMessage(cut);
      } else {
        this.#playout.push(data.item, this.#resampler.push(data.samples));
      }
    };
  }

  process(_inputs: Float32Array[][], outputs: Float32Array[][]): boolean {
    const channel = outputs[0]?.[0];
    if (!channel) return true;
    this.#playout.pull(channel);
    for (const other of outputs[0]?.slice(1) ?? []) other.set(channel);
    return true;
  }
}

registerProcessor('speaker', Speaker);
