/**
 * Between the rate of the device and the 24 kHz of the wire. A stream in pieces: what one piece lacks is kept for the next.
 *
 * A sinc under a Hann window (J. O. Smith, "Digital Audio Resampling"), read from a table; the delay is half the window,
 * 0.3 to 0.7 ms.
 */

/** Zero crossings on each side of the window: enough for speech (stop band below -60 dB). */
const CROSSINGS = 16;
/** Table entries for each zero crossing. */
const STEPS = 64;
/** The pass band's share of the lower rate's half, so that the window's slope fits above it. */
const PASS = 0.94;

export class Resampler {
  readonly #ratio: number;
  readonly #scale: number;
  readonly #half: number;
  readonly #table: Float32Array;
  #kept: Float32Array;
  /** Where the next sample lies, in samples of `#kept`. */
  #at: number;

  /** From `from` to `to` samples a second. */
  constructor(from: number, to: number) {
    this.#ratio = from / to;
    this.#scale = Math.min(1, to / from) * PASS;
    this.#half = Math.ceil(CROSSINGS / this.#scale);
    const entries = CROSSINGS * STEPS + 2;
    this.#table = Float32Array.from({ length: entries }, (_, i) => {
      const x = i / STEPS;
      if (x >= CROSSINGS) return 0;
      const sinc = x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
      return sinc * (0.5 + 0.5 * Math.cos((Math.PI * x) / CROSSINGS));
    });
    this.#kept = new Float32Array(this.#half);
    this.#at = this.#half;
  }

  /** Takes mono samples and gives all that can be computed of them. */
  push(samples: Float32Array): Float32Array {
    if (this.#ratio === 1) return samples;
    const kept = new Float32Array(this.#kept.length + samples.length);
    kept.set(this.#kept);
    kept.set(samples, this.#kept.length);
    const last = kept.length - this.#half;
    const length = Math.max(0, Math.ceil((last - this.#at) / this.#ratio));
    const out = new Float32Array(length);
    for (let i = 0; i < length; i++) {
      out[i] = this.#sample(kept, this.#at + i * this.#ratio);
    }
    this.#at += length * this.#ratio;
    // What the next sample's window no longer reaches is dropped.
    const drop = Math.max(0, Math.floor(this.#at) - this.#half);
    this.#kept = kept.slice(drop);
    this.#at -= drop;
    return out;
  }

  #sample(from: Float32Array, at: number): number {
    const first = Math.max(0, Math.ceil(at - this.#half));
    const last = Math.min(from.length - 1, Math.floor(at + this.#half));
    let sum = 0;
    for (let i = first; i <= last; i++) {
      const place = Math.abs(at - i) * this.#scale * STEPS;
      const entry = Math.floor(place);
      if (entry >= CROSSINGS * STEPS) continue;
      const low = this.#table[entry] ?? 0;
      sum += (from[i] ?? 0) * (low + (place - entry) * ((this.#table[entry + 1] ?? 0) - low));
    }
    return sum * this.#scale;
  }
}
