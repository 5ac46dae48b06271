// A person who answers: the browser's microphone is what we play into it, when the page says whose turn it is.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const SPEECH = fileURLToPath(new URL('../../speech/', import.meta.url));

/** What `name` of tests/speech says. */
export function textOf(name) {
  const rows = readFileSync(`${SPEECH}manifest.jsonl`, 'utf8').trim().split('\n').map((line) => JSON.parse(line));
  const row = rows.find((row) => row.path.endsWith(name));
  if (!row) throw new Error(`${name} is not in tests/speech/manifest.jsonl`);
  return row.text;
}

/** Puts a microphone into the page into which `say` plays. Before the page is opened. */
export async function giveMicrophone(page) {
  await page.addInitScript(() => {
    let room;
    const open = () => {
      if (!room) {
        const context = new AudioContext();
        const out = context.createMediaStreamDestination();
        room = { context, out };
      }
      return room;
    };
    navigator.mediaDevices.getUserMedia = async () => open().out.stream.clone();
    window.say = async (base64) => {
      const { context, out } = open();
      await context.resume();
      const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
      const source = context.createBufferSource();
      source.buffer = await context.decodeAudioData(bytes.buffer);
      source.connect(out);
      await new Promise((resolve) => {
        source.onended = resolve;
        source.start();
      });
    };
  });
}

/** Says the recording `name` of tests/speech, to its end. */
export function say(page, name) {
  return page.evaluate((data) => window.say(data), readFileSync(`${SPEECH}${name}`).toString('base64'));
}
