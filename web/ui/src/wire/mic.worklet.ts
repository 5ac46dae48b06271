/** On the audio thread: the microphone's sound as PCM16 of 24 kHz, 20 ms a message. */

import { FRAME_SAMPLES, WIRE_HZ, toPcm16 } from './pcm.ts';
import { Resampler } from './resample.ts';

class Mic extends AudioWorkletProcessor {
  readonly #resampler = new Resampler(sampleRate, WIRE_HZ);
  readonly #frame = new Float32Array(FRAME_SAMPLES);
  #filled = 0;

  process(inputs: Float32Array[][]): boolean {
    const channel = inputs[0]?.[0];
    if (!channel) return true;
    let samples = this.#resampler.push(channel);
    while (samples.length > 0) {
      const length = Math.min(samples.length, FRAME_SAMPLES - this.#filled);
      this.#frame.set(samples.subarray(0, length), this.#filled);
      this.#filled += length;
      samples = samples.subarray(length);
      if (this.#filled < FRAME_SAMPLES) break;
      const pcm = toPcm16(this.#frame);
      this.port.postMessage(pcm, [pcm.buffer]);
      this.#filled = 0;
    }
    return true;
  }
}

registerProcessor('mic', Mic);
