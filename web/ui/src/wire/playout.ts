/** What is waiting to be heard, in order. Pure: the worklet around it only hands it the device's buffers. */

/** Sound is played once so much of it is there, so that a late message is not heard as a gap. */
export const CUSHION_MS = 60;

/** What was not heard to its end. */
export interface Cut {
  item: string;
  heardMs: number;
}

export class Playout {
  readonly #rate: number;
  readonly #cushion: number;
  #queue: { item: string; samples: Float32Array; from: number }[] = [];
  #waiting = 0;
  #flowing = false;
  #held = false;
  #item = '';
  /** Samples of `#item` that were heard. */
  #heard = 0;

  /** At the device's `rate`. */
  constructor(rate: number) {
    this.#rate = rate;
    this.#cushion = (rate * CUSHION_MS) / 1000;
  }

  push(item: string, samples: Float32Array): void {
    if (samples.length === 0) return;
    this.#queue.push({ item, samples, from: 0 });
    this.#waiting += samples.length;
  }

  /** Nothing more comes of what is there: it is played, however little it is. */
  finish(): void {
    this.#flowing = this.#waiting > 0;
  }

  /** Stops where it is, or goes on there. */
  hold(held: boolean): void {
    this.#held = held;
  }

  /** Fills `out`, with silence where nothing is there. Returns whether anything was played. */
  pull(out: Float32Array): boolean {
    if (!this.#flowing && this.#waiting >= this.#cushion) this.#flowing = true;
    let at = 0;
    while (this.#flowing && !this.#held && at < out.length) {
      const head = this.#queue[0];
      if (!head) {
        this.#flowing = false;
        break;
      }
      if (head.item !== this.#item) {
        this.#item = head.item;
        this.#heard = 0;
      }
      const length = Math.min(out.length - at, head.samples.length - head.from);
      out.set(head.samples.subarray(head.from, head.from + length), at);
      at += length;
      head.from += length;
      this.#heard += length;
      this.#waiting -= length;
      if (head.from === head.samples.length) this.#queue.shift();
    }
    out.fill(0, at);
    return at > 0;
  }

  /** Drops what was not heard; `null` where all was. */
  flush(): Cut | null {
    const head = this.#queue[0];
    const cut = head && {
      item: head.item,
      heardMs: head.item === this.#item ? Math.round((this.#heard * 1000) / this.#rate) : 0,
    };
    this.#queue = [];
    this.#waiting = 0;
    this.#flowing = false;
    this.#held = false;
    return cut ?? null;
  }
}
