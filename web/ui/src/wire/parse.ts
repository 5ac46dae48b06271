/** From the Realtime API's words to ours. Events that an interview has no use for are read over, as are those of tomorrow. */

import type { EndOutcome, Mode, PauseCause, Stage } from './types.ts';

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
  | { kind: 'paused'; cause: PauseCause }
  | { kind: 'resumed' }
  | { kind: 'ended'; outcome: EndOutcome }
  | { kind: 'error'; code: string };

type Json = Record<string, unknown>;

const object = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const count = (value: unknown): number => (typeof value === 'number' && Number.isFinite(value) ? value : 0);

function oneOf<T extends string>(value: unknown, known: readonly T[]): T | null {
  return known.find((name) => name === value) ?? null;
}

const STAGES = ['welcome', 'asking', 'care', 'recap', 'correction', 'closing'] as const;
const CAUSES = ['asked', 'silence', 'disconnected', 'drain'] as const;
const OUTCOMES = ['completed', 'ended_early', 'withdrawn'] as const;

/** The words of an item's parts, whichever way they were said. */
function words(content: unknown): string {
  if (!Array.isArray(content)) return '';
  const parts = content.map((part) => text(object(part)['text']) || text(object(part)['transcript']));
  return parts.filter((part) => part !== '').join('\n');
}

/** Reads a message; `null` for one that says nothing to us. */
export function parse(message: string): WireEvent | null {
  let event: Json;
  try {
    event = object(JSON.parse(message));
  } catch {
    return null;
  }
  const item = text(event['item_id']);
  switch (event['type']) {
    case 'session.created': {
      const modalities = object(event['session'])['output_modalities'];
      const written = Array.isArray(modalities) && modalities[0] === 'text';
      return { kind: 'created', mode: written ? 'text' : 'voice' };
    }
    case 'input_audio_buffer.speech_started':
      return { kind: 'voice_started', item };
    case 'input_audio_buffer.speech_stopped':
      return { kind: 'voice_stopped', item };
    case 'conversation.item.input_audio_transcription.delta':
      return { kind: 'heard', item, delta: text(event['delta']) };
    case 'conversation.item.input_audio_transcription.completed':
      return { kind: 'heard_all', item, text: text(event['transcript']) };
    case 'conversation.item.done':
    case 'response.output_item.done': {
      const it = object(event['item']);
      const who = oneOf(it['role'], ['user', 'assistant'] as const);
      if (who === null || text(it['id']) === '') return null;
      return {
        kind: 'item',
        item: text(it['id']),
        who: who === 'user' ? 'you' : 'interviewer',
        text: words(it['content']),
        cut: it['status'] === 'incomplete',
      };
    }
    case 'response.output_item.added':
      return { kind: 'reply_started', item: text(object(event['item'])['id']) };
    case 'response.output_audio_transcript.delta':
    case 'response.output_text.delta':
      return { kind: 'said', item, delta: text(event['delta']) };
    case 'response.output_audio_transcript.done':
      return { kind: 'said_all', item, text: text(event['transcript']) };
    case 'response.output_text.done':
      return { kind: 'said_all', item, text: text(event['text']) };
    case 'response.done':
      return { kind: 'reply_done', cut: object(event['response'])['status'] === 'cancelled' };
    case 'response.output_audio.delta':
      return { kind: 'sound', item, base64: text(event['delta']) };
    case 'colloquy.topic':
      return { kind: 'topic', label: text(event['label']), number: count(event['number']), of: count(event['of']) };
    case 'colloquy.progress':
      return { kind: 'progress', done: count(event['topics_done']), of: count(event['topics']) };
    case 'colloquy.stage': {
      const stage = oneOf(event['stage'], STAGES);
      return stage && { kind: 'stage', stage };
    }
    case 'colloquy.paused':
      return { kind: 'paused', cause: oneOf(event['cause'], CAUSES) ?? 'asked' };
    case 'colloquy.resumed':
      return { kind: 'resumed' };
    case 'colloquy.ended':
      return { kind: 'ended', outcome: oneOf(event['outcome'], OUTCOMES) ?? 'completed' };
    case 'error':
      return { kind: 'error', code: text(object(event['error'])['code']) };
    default:
      return null;
  }
}
