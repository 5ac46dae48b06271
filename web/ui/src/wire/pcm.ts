/** PCM16, little endian, mono, 24 kHz, as base64: the wire's sound. */

/** Samples a second on the wire. */
export const WIRE_HZ = 24_000;
/** Samples of one message: 20 ms. */
export const FRAME_SAMPLES = 480;

/** From floats in [-1, 1]. */
export function toPcm16(samples: Float32Array): Int16Array {
  return Int16Array.from(samples, (sample) => Math.round(Math.max(-1, Math.min(1, sample)) * 32_767));
}

/** As base64. */
export function encode(pcm: Int16Array): string {
  const bytes = new Uint8Array(pcm.buffer, pcm.byteOffset, pcm.byteLength);
  return btoa(String.fromCharCode(...bytes));
}

/** From base64 to floats in [-1, 1); empty where it is no PCM16. */
export function decode(base64: string): Float32Array {
  let binary: string;
  try {
    binary = atob(base64);
  } catch {
    return new Float32Array();
  }
  const samples = new Float32Array(binary.length >> 1);
  for (let i = 0; i < samples.length; i++) {
    const value = binary.charCodeAt(2 * i) | (binary.charCodeAt(2 * i + 1) << 8);
    samples[i] = (value >= 0x8000 ? value - 0x10000 : value) / 0x8000;
  }
  return samples;
}
