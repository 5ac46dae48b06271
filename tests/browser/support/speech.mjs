// Recordings as a microphone's sound. The browser itself reads FLAC, so that nothing need be installed for it.
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const RATE = 48_000;
const SPEECH = fileURLToPath(new URL('../../speech/', import.meta.url));

async function decode(browser, name) {
  const page = await browser.newPage();
  const base64 = readFileSync(`${SPEECH}${name}`).toString('base64');
  const samples = await page.evaluate(
    async ([data, rate]) => {
      const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
      const sound = await new OfflineAudioContext(1, 1, rate).decodeAudioData(bytes.buffer);
      return Array.from(sound.getChannelData(0), (sample) => Math.round(Math.max(-1, Math.min(1, sample)) * 32_767));
    },
    [base64, RATE],
  );
  await page.close();
  return Int16Array.from(samples);
}

/** A WAV file of `parts`: a number is so many seconds of silence, a string a recording of tests/speech. */
export async function wavOf(browser, parts) {
  const pieces = [];
  for (const part of parts) {
    pieces.push(typeof part === 'number' ? new Int16Array(part * RATE) : await decode(browser, part));
  }
  const bytes = pieces.reduce((sum, piece) => sum + piece.byteLength, 0);
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + bytes, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(RATE, 24);
  head.writeUInt32LE(RATE * 2, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36);
  head.writeUInt32LE(bytes, 40);
  const path = join(mkdtempSync(join(tmpdir(), 'colloquy-wav-')), 'microphone.wav');
  writeFileSync(path, Buffer.concat([head, ...pieces.map((piece) => Buffer.from(piece.buffer))]));
  return path;
}

const words = (text) => text.toLowerCase().replace(/[^a-z' ]/g, ' ').split(/\s+/).filter(Boolean);

/** The word error rate of `heard` against `said`: edits by the words of what was said. */
export function wordErrors(said, heard) {
  const [a, b] = [words(said), words(heard)];
  let row = b.map((_, j) => j + 1);
  row.unshift(0);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length] / a.length;
}
