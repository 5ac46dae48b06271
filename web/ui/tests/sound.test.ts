import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decode, encode, toPcm16 } from '../src/wire/pcm.ts';
import { Playout } from '../src/wire/playout.ts';
import { Resampler } from '../src/wire/resample.ts';

const tone = (hertz: number, rate: number, seconds: number) =>
  Float32Array.from({ length: rate * seconds }, (_, i) => 0.5 * Math.sin((2 * Math.PI * hertz * i) / rate));

/** In pieces of 128, as the audio thread hands them over. */
function through(resampler: Resampler, samples: Float32Array): Float32Array {
  const out: number[] = [];
  for (let i = 0; i < samples.length; i += 128) out.push(...resampler.push(samples.subarray(i, i + 128)));
  return Float32Array.from(out);
}

function level(samples: Float32Array): number {
  const middle = samples.subarray(samples.length / 4, (samples.length * 3) / 4);
  return Math.sqrt(middle.reduce((sum, sample) => sum + sample * sample, 0) / middle.length);
}

test('a voice keeps its level and its length at every rate of a device', () => {
  for (const [from, to] of [[48_000, 24_000], [44_100, 24_000], [24_000, 48_000], [24_000, 44_100], [16_000, 24_000]] as const) {
    const out = through(new Resampler(from, to), tone(1_000, from, 0.5));
    assert.ok(Math.abs(out.length - to / 2) < 64, `${from} to ${to}: ${out.length} samples`);
    assert.ok(Math.abs(level(out) - level(tone(1_000, to, 0.5))) < 0.01, `${from} to ${to}: ${level(out)}`);
  }
});

test('what the lower rate cannot hold is removed and does not fold back', () => {
  assert.ok(level(through(new Resampler(48_000, 24_000), tone(15_000, 48_000, 0.5))) < 0.002);
});

test('a stream in pieces is the stream in one piece', () => {
  const samples = tone(440, 44_100, 0.2);
  const whole = new Resampler(44_100, 24_000).push(samples);
  const pieces = through(new Resampler(44_100, 24_000), samples);
  assert.equal(pieces.length, whole.length);
  // The places of samples are sums, and differ in their last digits.
  assert.ok(whole.every((sample, i) => Math.abs(sample - (pieces[i] ?? 9)) < 1e-4));
});

test('PCM16 goes there and back, and what is too loud is clipped', () => {
  const back = decode(encode(toPcm16(Float32Array.of(0, 0.5, -0.5, 2, -2))));
  [0, 0.5, -0.5, 1, -1].forEach((sample, i) => assert.ok(Math.abs((back[i] ?? 9) - sample) < 1e-4));
  assert.equal(decode('not base64!').length, 0);
});

test('playing begins once there is a cushion, and in order', () => {
  const playout = new Playout(1_000);
  const out = new Float32Array(10);
  playout.push('a', new Float32Array(50).fill(0.1));
  assert.equal(playout.pull(out), false);
  playout.push('b', new Float32Array(20).fill(0.2));
  assert.equal(playout.pull(out), true);
  assert.equal(out[0], Math.fround(0.1));
  for (let i = 0; i < 5; i++) playout.pull(out);
  assert.equal(out[0], Math.fround(0.2));
});

test('the end of what is said is played however short it is', () => {
  const playout = new Playout(1_000);
  const out = new Float32Array(10);
  playout.push('a', new Float32Array(5).fill(0.1));
  playout.finish();
  assert.equal(playout.pull(out), true);
  assert.deepEqual([out[4], out[5]], [Math.fround(0.1), 0]);
  assert.equal(playout.pull(out), false);
});

test('a flush says how much of what was said was heard, and leaves silence', () => {
  const playout = new Playout(1_000);
  const out = new Float32Array(30);
  playout.push('a', new Float32Array(100).fill(0.1));
  playout.pull(out);
  assert.deepEqual(playout.flush(), { item: 'a', heardMs: 30 });
  assert.equal(playout.pull(out), false);
  assert.equal(playout.flush(), null);
});

test('what is held goes on where it was', () => {
  const playout = new Playout(1_000);
  const out = new Float32Array(10);
  playout.push('a', Float32Array.from({ length: 100 }, (_, i) => i / 100));
  playout.pull(out);
  playout.hold(true);
  assert.equal(playout.pull(out), false);
  assert.equal(out[0], 0);
  playout.hold(false);
  assert.equal(playout.pull(out), true);
  assert.equal(out[0], Math.fround(0.1));
  // Nothing holds what is said after an interruption.
  playout.hold(true);
  playout.flush();
  playout.push('b', new Float32Array(100).fill(0.2));
  assert.equal(playout.pull(out), true);
});
