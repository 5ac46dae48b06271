/** The conversation as the page shows it: a pure fold over what the server tells and what the person does. */

import type { Transport } from '../wire/link.ts';
import type { Who, WireEvent } from '../wire/parse.ts';
import type { EndOutcome, Mode, PauseCause, Stage } from '../wire/types.ts';

/** One contribution. `sending` and `unsent` are typed answers that the server has not taken yet. */
export interface Line {
  /** The item's. The server keeps the name under which a typed answer was sent: what was taken is known by it. */
  id: string;
  who: Who;
  text: string;
  state: 'growing' | 'done' | 'cut' | 'sending' | 'unsent';
}

/** Who has the floor. `open` is the person's turn, before they say anything. */
export type Floor = 'waiting' | 'interviewer' | 'open' | 'you' | 'thinking';

/** How the connection is. */
export type Connection = 'connecting' | 'live' | 'lost' | 'closed';

/** Something small that the person should know, and that needs no answer. */
export type Note = 'was_hidden' | 'switch_failed' | 'mic_lost' | 'sound_blocked' | 'back';

export interface Call {
  mode: Mode;
  connection: Connection;
  transport: Transport | null;
  /** Why the direct way was left. */
  fellBack: string | null;
  /** Attempts since the connection was lost. */
  attempts: number;
  floor: Floor;
  lines: Line[];
  topic: { label: string; number: number } | null;
  topics: number;
  topicsDone: number;
  stage: Stage;
  paused: PauseCause | null;
  muted: boolean;
  /** The person asked to end, and the interviewer is saying goodbye. */
  ending: boolean;
  ended: EndOutcome | null;
  note: Note | null;
  /** The server is about to be restarted, or is being. */
  draining: boolean;
}

export type CallEvent =
  | { type: 'wire'; event: WireEvent }
  | { type: 'dialing' }
  | { type: 'linked'; transport: Transport; fellBack: string | null }
  /** The connection has stood for a while. */
  | { type: 'steady' }
  | { type: 'lost'; draining: boolean }
  | { type: 'closed' }
  | { type: 'typed'; id: string; text: string }
  | { type: 'muted'; muted: boolean }
  | { type: 'ending' }
  | { type: 'mode'; mode: Mode }
  | { type: 'thought_long' }
  | { type: 'note'; note: Note | null };

/** A call that was not made yet. */
export function newCall(mode: Mode): Call {
  return {
    mode,
    connection: 'connecting',
    transport: null,
    fellBack: null,
    attempts: 0,
    floor: 'waiting',
    lines: [],
    topic: null,
    topics: 0,
    topicsDone: 0,
    stage: 'welcome',
    paused: null,
    muted: false,
    ending: false,
    ended: null,
    note: null,
    draining: false,
  };
}

export function reduceCall(call: Call, event: CallEvent): Call {
  switch (event.type) {
    case 'wire':
      return told(call, event.event);
    case 'dialing':
      return { ...call, connection: call.connection === 'lost' ? 'lost' : 'connecting', attempts: call.attempts + 1 };
    case 'linked':
      return {
        ...call,
        connection: 'live',
        draining: false,
        // What was asked for and not answered has perhaps not arrived, and can be asked for again.
        ending: false,
        transport: event.transport,
        fellBack: event.fellBack ?? (event.transport === 'websocket' ? call.fellBack : null),
        note: call.connection === 'lost' ? 'back' : call.note,
      };
    case 'steady':
      return { ...call, attempts: 0 };
    case 'lost':
      // What was half said is cut; what was typed and not taken may not have arrived.
      return {
        ...unsent(call),
        connection: 'lost',
        floor: 'waiting',
        draining: call.draining || event.draining,
        lines: unsent(call).lines.map((line) => (line.state === 'growing' ? { ...line, state: 'cut' } : line)),
      };
    case 'closed':
      return { ...call, connection: 'closed', floor: 'waiting' };
    case 'typed':
      return {
        ...call,
        lines: [...call.lines.filter((line) => line.id !== event.id), { id: event.id, who: 'you', text: event.text, state: 'sending' }],
        floor: 'thinking',
        paused: null,
      };
    case 'muted':
      return { ...call, muted: event.muted };
    case 'ending':
      return { ...call, ending: true, paused: null };
    case 'mode':
      return { ...call, mode: event.mode, fellBack: null, transport: null };
    case 'thought_long':
      // "Let me think" is answered by silence: the floor is the person's.
      return call.floor === 'thinking' ? { ...call, floor: 'open' } : call;
    case 'note':
      return { ...call, note: event.note };
  }
}

function unsent(call: Call): Call {
  if (!call.lines.some((line) => line.state === 'sending')) return call;
  const lines = call.lines.map((line): Line => (line.state === 'sending' ? { ...line, state: 'unsent' } : line));
  return { ...call, lines, floor: call.floor === 'thinking' ? 'open' : call.floor };
}

function told(call: Call, event: WireEvent): Call {
  switch (event.kind) {
    case 'created':
      // A session that is held in writing stays so. The other way round typing works as well.
      return call.mode === 'voice' && event.mode === 'text' ? { ...call, mode: 'text', note: 'switch_failed' } : call;
    case 'voice_started':
      return { ...call, floor: 'you' };
    case 'voice_stopped':
      return { ...call, floor: 'thinking' };
    case 'heard':
      return grow(call, event.item, 'you', event.delta);
    case 'heard_all':
      return whole(call, event.item, 'you', event.text, false);
    case 'item':
      return whole(call, event.item, event.who, event.text, event.cut);
    case 'reply_started':
      return { ...call, floor: 'interviewer' };
    case 'said':
      return { ...grow(call, event.item, 'interviewer', event.delta), floor: 'interviewer' };
    case 'said_all':
      return whole(call, event.item, 'interviewer', event.text, false);
    case 'reply_done':
      // Who was cut short was cut by the person, who has the floor already.
      return call.floor === 'interviewer' ? { ...call, floor: event.cut ? 'you' : 'open' } : call;
    case 'topic':
      return { ...call, topic: { label: event.label, number: event.number }, topics: event.of, stage: 'asking' };
    case 'progress':
      return { ...call, topicsDone: event.done, topics: event.of };
    case 'stage':
      return { ...call, stage: event.stage };
    case 'paused':
      return { ...call, paused: event.cause, floor: 'waiting' };
    case 'resumed':
      return { ...call, paused: null, floor: call.floor === 'waiting' ? 'thinking' : call.floor };
    case 'ended':
      return { ...call, ended: event.outcome, ending: false };
    case 'error':
      return event.code === 'draining' ? { ...call, draining: true } : call;
    case 'sound':
    case 'hold':
      return call;
  }
}

/** More of a line, which begins with it if need be. */
function grow(call: Call, id: string, who: Who, delta: string): Call {
  const known = call.lines.find((line) => line.id === id);
  if (!known) return { ...call, lines: [...call.lines, { id, who, text: delta, state: 'growing' }] };
  // An answer that was taken too early goes on under its own name.
  const lines = call.lines.map((line): Line => (line.id === id ? { ...line, text: line.text + delta, state: 'growing' } : line));
  return { ...call, lines };
}

/** All of a line. One without words was never said. */
function whole(call: Call, id: string, who: Who, text: string, cut: boolean): Call {
  const rest = call.lines.filter((line) => line.id !== id);
  if (text.trim() === '') return rest.length === call.lines.length ? call : { ...call, lines: rest };
  const line: Line = { id, who, text, state: cut ? 'cut' : 'done' };
  const at = call.lines.findIndex((one) => one.id === id);
  const lines = at < 0 ? [...call.lines, line] : call.lines.with(at, line);
  return { ...call, lines };
}

/** The question that waits for an answer, or whatever the interviewer said last. */
export function lastOf(call: Call, who: Who): Line | null {
  return call.lines.findLast((line) => line.who === who) ?? null;
}

/** The person's line that belongs to the present question, if they have begun to answer it. */
export function answerOf(call: Call): Line | null {
  const asked = call.lines.findLastIndex((line) => line.who === 'interviewer');
  return call.lines.slice(asked + 1).findLast((line) => line.who === 'you') ?? null;
}

/** The question that still waits, where what was said last asks none: "Take your time." */
export function pendingOf(call: Call): string | null {
  const last = lastOf(call, 'interviewer');
  if (!last || last.state === 'growing' || last.text.includes('?') || call.ending || call.ended !== null) return null;
  const question = call.lines.findLast((line) => line.who === 'interviewer' && line.text.includes('?'));
  return question?.text.match(/[^.!?]+\?/g)?.at(-1)?.trim() ?? null;
}
