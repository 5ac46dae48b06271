/** From the Realtime API's words to ours. Events that an interview has no use for are read over, as are those of tomorrow. */

import type { EndOutcome, Item, Mode, PauseCause, ProtocolError, Response, ServerEvent, Stage } from './types.ts';

/** Who said something. */
export type Who = 'you' | 'interviewer';

/** What the server told. */
export type WireEvent =
  | { kind: 'created'; mode: Mode }
  | { kind: 'voice_started'; item: string }
  | { kind: 'voice_stopped'; item: string }
  /** More of what you said. */
  | { kind: 'heard'; item: string; delta: string }
  /** All that you said. */
  | { kind: 'heard_all'; item: string; text: string }
  /** A contribution of either side, whole. */
  | { kind: 'item'; item: string; who: Who; text: string; cut: boolean }
  | { kind: 'reply_started'; item: string }
  | { kind: 'said'; item: string; delta: string }
  | { kind: 'said_all'; item: string; text: string }
  | { kind: 'reply_done'; cut: boolean }
  /** Base64 of PCM16, 24 kHz, mono. */
  | { kind: 'sound'; item: string; base64: string }
  | { kind: 'topic'; label: string; number: number; of: number }
  | { kind: 'progress'; done: number; of: number }
  | { kind: 'stage'; stage: Stage }
  | { kind: 'hold'; held: boolean }
  | { kind: 'paused'; cause: PauseCause }
  | { kind: 'resumed' }
  | { kind: 'ended'; outcome: EndOutcome }
  | { kind: 'error'; code: string };

/** Names are those of the server's structs, or the build fails; what they hold is looked at here. */
type Fields<T> = T extends unknown ? { readonly [K in keyof T]?: unknown } : never;
type Loose<E> = E extends { type: infer T } ? { readonly type: T } & Fields<Omit<E, 'type'>> : never;

const object = (value: unknown): object =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const count = (value: unknown): number => (typeof value === 'number' && Number.isFinite(value) ? value : 0);

/** All the words of a kind: one that the server has, and that is not here, is an error of the build. */
type Words<T extends string> = Record<T, true>;

function oneOf<T extends string>(value: unknown, known: Words<T>): T | null {
  return typeof value === 'string' && Object.hasOwn(known, value) ? (value as T) : null;
}

const STAGES: Words<Stage> = { welcome: true, asking: true, care: true, recap: true, correction: true, closing: true };
const CAUSES: Words<PauseCause> = { asked: true, silence: true, disconnected: true, drain: true };
const OUTCOMES: Words<EndOutcome> = { completed: true, ended_early: true, withdrawn: true };

/** The words of an item's parts, whichever way they were said. */
function words(content: unknown): string {
  if (!Array.isArray(content)) return '';
  const parts = content.map((part: unknown) => {
    const { text: written, transcript } = object(part) as { text?: unknown; transcript?: unknown };
    return text(written) || text(transcript);
  });
  return parts.filter((part) => part !== '').join('\n');
}

/** Reads a message; `null` for one that says nothing to us. */
export function parse(message: string): WireEvent | null {
  let event: Loose<ServerEvent>;
  try {
    event = object(JSON.parse(message)) as Loose<ServerEvent>;
  } catch {
    return null;
  }
  switch (event.type) {
    case 'session.created': {
      const { output_modalities: modalities } = object(event.session) as { output_modalities?: unknown };
      const written = Array.isArray(modalities) && modalities[0] === 'text';
      return { kind: 'created', mode: written ? 'text' : 'voice' };
    }
    case 'input_audio_buffer.speech_started':
      return { kind: 'voice_started', item: text(event.item_id) };
    case 'input_audio_buffer.speech_stopped':
      return { kind: 'voice_stopped', item: text(event.item_id) };
    case 'conversation.item.input_audio_transcription.delta':
      return { kind: 'heard', item: text(event.item_id), delta: text(event.delta) };
    case 'conversation.item.input_audio_transcription.completed':
      return { kind: 'heard_all', item: text(event.item_id), text: text(event.transcript) };
    case 'conversation.item.done':
    case 'response.output_item.done': {
      const item = object(event.item) as Fields<Item>;
      const who = oneOf<Item['role']>(item.role, { user: true, assistant: true });
      if (who === null || text(item.id) === '') return null;
      return {
        kind: 'item',
        item: text(item.id),
        who: who === 'user' ? 'you' : 'interviewer',
        text: words(item.content),
        cut: item.status === 'incomplete',
      };
    }
    case 'response.output_item.added':
      return { kind: 'reply_started', item: text((object(event.item) as Fields<Item>).id) };
    case 'response.output_audio_transcript.delta':
    case 'response.output_text.delta':
      return { kind: 'said', item: text(event.item_id), delta: text(event.delta) };
    case 'response.output_audio_transcript.done':
      return { kind: 'said_all', item: text(event.item_id), text: text(event.transcript) };
    case 'response.output_text.done':
      return { kind: 'said_all', item: text(event.item_id), text: text(event.text) };
    case 'response.done':
      return { kind: 'reply_done', cut: (object(event.response) as Fields<Response>).status === 'cancelled' };
    case 'response.output_audio.delta':
      return { kind: 'sound', item: text(event.item_id), base64: text(event.delta) };
    case 'colloquy.topic':
      return { kind: 'topic', label: text(event.label), number: count(event.number), of: count(event.of) };
    case 'colloquy.progress':
      return { kind: 'progress', done: count(event.topics_done), of: count(event.topics) };
    case 'colloquy.stage': {
      const stage = oneOf(event.stage, STAGES);
      return stage && { kind: 'stage', stage };
    }
    case 'colloquy.hold':
      return { kind: 'hold', held: event.held === true };
    case 'colloquy.paused':
      return { kind: 'paused', cause: oneOf(event.cause, CAUSES) ?? 'asked' };
    case 'colloquy.resumed':
      return { kind: 'resumed' };
    case 'colloquy.ended':
      return { kind: 'ended', outcome: oneOf(event.outcome, OUTCOMES) ?? 'completed' };
    case 'error':
      return { kind: 'error', code: text((object(event.error) as Fields<ProtocolError>).code) };
    default:
      return null;
  }
}
