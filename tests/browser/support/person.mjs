// A person who answers: the browser's microphone is what we play into it, when the page says whose turn it is.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const SPEECH = fileURLToPath(new URL('../../speech/', import.meta.url));
/** Recordings that are not part of the repository. */
const MORE_SPEECH = `${process.env.SPEECH ?? fileURLToPath(new URL('../../../../shared/speech', import.meta.url))}/`;

const rowsOf = (file) => readFileSync(file, 'utf8').trim().split('\n').map((line) => JSON.parse(line));
const own = () => rowsOf(`${SPEECH}manifest.jsonl`);

/** So many recordings of tests/speech that are an answer. */
export function answers(count) {
  return own().filter((row) => row.kind === 'answer').slice(0, count).map((row) => row.path);
}

/**
 * So many recordings of people whom the recognizer misunderstands in some words: where nothing is misheard, two ways of a voice
 * cannot be told apart. `null` where they are not here.
 */
export function hardToHear(count) {
  if (!existsSync(`${MORE_SPEECH}asr_baseline.jsonl`)) return null;
  const hard = rowsOf(`${MORE_SPEECH}asr_baseline.jsonl`).filter(
    ({ in_wer, style, n_ref_words: words, tiny }) => in_wer && style === 'read' && words >= 10 && words <= 25 && tiny.err >= 2 && tiny.err <= 6,
  );
  const every = Math.floor(hard.length / count);
  return every < 1 ? null : Array.from({ length: count }, (_, i) => hard[i * every].path);
}

const fileOf = (name) => (existsSync(`${SPEECH}${name}`) ? SPEECH : MORE_SPEECH) + name;

/** What the recording `name` says. */
export function textOf(name) {
  const rows = existsSync(`${SPEECH}${name}`) ? own() : rowsOf(`${MORE_SPEECH}manifest.jsonl`);
  const row = rows.find((row) => row.path.endsWith(name));
  if (!row) throw new Error(`${name} is in no manifest`);
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

/** Says the recording `name`, to its end. */
export function say(page, name) {
  return page.evaluate((data) => window.say(data), readFileSync(fileOf(name)).toString('base64'));
}
