/** The whole page as one value, and how it changes: pure, so that every screen is reached in a test without a browser. */

import type { Device, MicTrouble } from '../wire/mic.ts';
import type { Mode, OwnCopy, Shown } from '../wire/types.ts';
import { newCall, reduceCall, type Call, type CallEvent } from './call.ts';

/** The wording of consent that this page shows. The server refuses another one than it knows. */
const CONSENT_VERSION = '2026-11';

/** The wording as it was shown: it names who outside gets what is said, so that nobody agrees to that unread. */
export function wordingOf({ language_model: party }: Shown): string {
  return party === null ? CONSENT_VERSION : `${CONSENT_VERSION} + ${party}`;
}

/** What stands in the way. Each has a screen of its own, and a way on. */
export type Trouble =
  | `mic_${MicTrouble}`
  | 'offline'
  | 'expired'
  | 'revoked'
  | 'session_closed'
  | 'unknown_link'
  | 'capacity'
  | 'taken_over'
  | 'elsewhere'
  | 'idle'
  | 'outdated'
  | 'unsupported'
  | 'internal';

/** What is on the screen. */
export type Screen =
  | { at: 'loading' }
  | { at: 'welcome' }
  | { at: 'consent' }
  | { at: 'check' }
  | { at: 'talk' }
  | { at: 'thanks' }
  | { at: 'copy' }
  | { at: 'declined' }
  | { at: 'withdrawn' }
  | { at: 'trouble'; trouble: Trouble };

export interface State {
  screen: Screen;
  shown: Shown | null;
  mode: Mode;
  recording: boolean;
  /** The consent that the server holds: the microphone may open, and a conversation may be continued. */
  agreed: { mode: Mode; recording: boolean } | null;
  /** The person has agreed to be heard in this conversation, and may talk again without being asked. */
  voiceAgreed: boolean;
  /** Who agreed to writing is shown what talking means. */
  voiceAsked: boolean;
  /** Agreed to on this page while they write: the microphone is checked, and then the conversation goes on by voice. */
  changing: { recording: boolean } | null;
  /** A request is on the way: its button waits. */
  busy: boolean;
  /** What the last request failed with, where the screen stays. */
  failed: string | null;
  mic: 'closed' | 'asking' | 'open';
  devices: { inputs: Device[]; outputs: Device[]; input: string; output: string };
  call: Call;
  copy: OwnCopy | null;
  /** The copy is not there (yet), or cannot be had from this server. */
  copyMissing: boolean;
  /** Marks that are being stored. */
  marking: number[];
  /** The person is asked whether they want to end. */
  endAsked: boolean;
}

export type Event =
  | { type: 'loaded'; shown: Shown }
  | { type: 'load_failed'; code: string }
  | { type: 'go'; to: 'welcome' | 'consent' | 'check' | 'talk' | 'thanks' | 'copy' }
  | { type: 'chose'; mode: Mode }
  | { type: 'chose_recording'; recording: boolean }
  | { type: 'busy' }
  | { type: 'failed'; code: string }
  | { type: 'consented'; mode: Mode; recording: boolean }
  | { type: 'declined' }
  | { type: 'mic_asking' }
  | { type: 'mic_open'; inputs: Device[]; outputs: Device[]; input: string }
  | { type: 'mic_closed' }
  | { type: 'mic_failed'; trouble: MicTrouble }
  | { type: 'chose_output'; output: string }
  | { type: 'trouble'; trouble: Trouble }
  | { type: 'ended' }
  | { type: 'copy'; copy: OwnCopy }
  | { type: 'copy_missing' }
  | { type: 'marking'; turn: number; quotable: boolean }
  | { type: 'marked'; turn: number; quotable: boolean }
  | { type: 'withdrawn' }
  | { type: 'ask_end'; asked: boolean }
  | { type: 'ask_voice'; asked: boolean }
  | { type: 'change_to_voice'; recording: boolean }
  | { type: 'call'; event: CallEvent };

export const initial: State = {
  screen: { at: 'loading' },
  shown: null,
  mode: 'voice',
  recording: false,
  agreed: null,
  voiceAgreed: false,
  voiceAsked: false,
  changing: null,
  busy: false,
  failed: null,
  mic: 'closed',
  devices: { inputs: [], outputs: [], input: '', output: '' },
  call: newCall('voice'),
  copy: null,
  copyMissing: false,
  marking: [],
  endAsked: false,
};

/** What the server's code means for the screen; `null` where the screen stays and only says so. */
export function troubleOf(code: string): Trouble | 'finished' | 'consent' | 'withdrawn' | null {
  switch (code) {
    case 'link_expired':
      return 'expired';
    case 'link_revoked':
      return 'revoked';
    case 'session_closed':
      return 'session_closed';
    case 'unknown_link':
      return 'unknown_link';
    case 'capacity':
      return 'capacity';
    case 'elsewhere':
      return 'elsewhere';
    case 'idle':
      return 'idle';
    case 'conversation_taken_over':
      return 'taken_over';
    case 'consent_outdated':
      return 'outdated';
    case 'finished':
    case 'conversation_ended':
      return 'finished';
    case 'consent_required':
      return 'consent';
    case 'withdrawn':
      return 'withdrawn';
    default:
      return null;
  }
}

export function reduce(state: State, event: Event): State {
  switch (event.type) {
    case 'loaded':
      return loaded(state, event.shown);
    case 'load_failed':
      return at({ ...idle(state) }, failure(event.code));
    case 'go':
      return at({ ...idle(state), changing: null }, { at: event.to });
    case 'chose':
      return { ...state, mode: event.mode, recording: mayKeepSound({ ...state, mode: event.mode }) && state.recording, failed: null };
    case 'chose_recording':
      return { ...state, recording: event.recording };
    case 'busy':
      return { ...state, busy: true, failed: null };
    case 'failed': {
      const trouble = troubleOf(event.code);
      return trouble === null ? { ...state, busy: false, failed: event.code } : at(idle(state), failure(event.code));
    }
    case 'consented': {
      const { mode, recording } = event;
      const voiceAgreed = state.voiceAgreed || mode === 'voice';
      const next = { ...idle(state), mode, recording, agreed: { mode, recording }, voiceAgreed, changing: null, call: { ...state.call, mode } };
      return at(next, { at: mode === 'voice' && state.mic !== 'open' ? 'check' : 'talk' });
    }
    case 'declined':
      return at({ ...idle(state), agreed: null, voiceAgreed: false }, { at: 'declined' });
    case 'mic_asking':
      return { ...state, mic: 'asking', failed: null };
    case 'mic_open': {
      const { inputs, outputs, input } = event;
      const note = state.call.note === 'mic_lost' ? null : state.call.note;
      const next = { ...state, mic: 'open' as const, devices: { ...state.devices, inputs, outputs, input }, call: { ...state.call, note } };
      return next.screen.at === 'trouble' ? at(next, { at: 'check' }) : next;
    }
    case 'mic_closed':
      return { ...state, mic: 'closed' };
    case 'mic_failed': {
      const next: State = { ...idle(state), mic: 'closed' };
      // In the middle of a conversation its lines stay on the screen, and so does the way to writing.
      if (state.screen.at === 'talk') return { ...next, call: { ...state.call, note: 'mic_lost' } };
      return at(next, { at: 'trouble', trouble: `mic_${event.trouble}` });
    }
    case 'chose_output':
      return { ...state, devices: { ...state.devices, output: event.output } };
    case 'trouble':
      return at(idle(state), { at: 'trouble', trouble: event.trouble });
    case 'ended':
      // Withdrawn, on another page perhaps: there is nothing left to thank for.
      if (state.call.ended === 'withdrawn') return reduce(state, { type: 'withdrawn' });
      return at({ ...idle(state), call: reduceCall(state.call, { type: 'closed' }) }, { at: 'thanks' });
    case 'copy':
      return { ...idle(state), copy: event.copy, copyMissing: false };
    case 'copy_missing':
      return { ...idle(state), copyMissing: true };
    case 'marking':
      return { ...marked(state, event.turn, event.quotable), marking: [...state.marking, event.turn], failed: null };
    case 'marked': {
      const marking = state.marking.filter((turn) => turn !== event.turn);
      return { ...marked(state, event.turn, event.quotable), marking };
    }
    case 'withdrawn':
      return at({ ...idle(state), copy: null, agreed: null, voiceAgreed: false, call: newCall(state.mode) }, { at: 'withdrawn' });
    case 'ask_end':
      return { ...state, endAsked: event.asked };
    case 'ask_voice':
      return { ...state, voiceAsked: event.asked };
    case 'change_to_voice':
      return at({ ...idle(state), changing: { recording: event.recording } }, { at: 'check' });
    case 'call':
      return { ...state, call: reduceCall(state.call, event.event) };
  }
}

function at(state: State, screen: Screen): State {
  return { ...state, screen, endAsked: false, voiceAsked: false };
}

function idle(state: State): State {
  return state.busy || state.failed !== null ? { ...state, busy: false, failed: null } : state;
}

function failure(code: string): Screen {
  if (code === 'missing') return { at: 'trouble', trouble: 'unknown_link' };
  if (code === 'offline') return { at: 'trouble', trouble: 'offline' };
  const trouble = troubleOf(code);
  if (trouble === 'finished') return { at: 'thanks' };
  if (trouble === 'consent') return { at: 'consent' };
  if (trouble === 'withdrawn') return { at: 'withdrawn' };
  return { at: 'trouble', trouble: trouble ?? 'internal' };
}

function loaded(state: State, shown: Shown): State {
  const offered = shown.session.mode;
  const mode: Mode = shown.consent?.mode ?? (offered === 'participant' ? state.mode : offered);
  const recording = shown.consent?.recording ?? false;
  const agreed = shown.consent && { mode, recording };
  // Sound is kept of a voice alone: who agreed to that agreed to be heard, even where they write now.
  const voiceAgreed = agreed !== null && (state.voiceAgreed || mode === 'voice' || recording);
  const next: State = { ...idle(state), shown, mode, recording, agreed, voiceAgreed, call: { ...state.call, mode } };
  switch (shown.state) {
    case 'usable':
      // Who was on their way stays where they were; the link was only looked at again.
      return state.screen.at === 'loading' || state.screen.at === 'trouble' ? at(next, { at: 'welcome' }) : next;
    case 'finished':
      return at(next, { at: 'copy' });
    case 'withdrawn':
      return at(next, { at: 'withdrawn' });
    case 'expired':
    case 'revoked':
    case 'session_closed':
      return at(next, { at: 'trouble', trouble: shown.state });
    default:
      // A state of tomorrow's server: this page is older than it.
      return at(next, { at: 'trouble', trouble: 'outdated' });
  }
}

function marked(state: State, turn: number, quotable: boolean): State {
  if (!state.copy) return state;
  const turns = state.copy.turns.map((one) => (one.turn === turn ? { ...one, quotable } : one));
  return { ...state, copy: { ...state.copy, turns } };
}

/** Where the browser's Back leads: a screen, the question whether to end, or away from the page. */
export function backOf({ screen, call, changing }: State): 'welcome' | 'consent' | 'talk' | 'end' | null {
  const begun = call.lines.length > 0;
  // They are still writing.
  const before = changing ? 'talk' : begun ? 'welcome' : 'consent';
  switch (screen.at) {
    case 'consent':
      return 'welcome';
    case 'check':
      return before;
    case 'talk':
      return call.ended === null ? 'end' : null;
    case 'trouble':
      return screen.trouble.startsWith('mic_') ? before : null;
    default:
      return null;
  }
}

/** Whether the person may take part in writing. */
export function mayWrite(state: State): boolean {
  return state.shown?.session.mode !== 'voice';
}

/** Whether the sound can be kept: of a voice, and in writing what was spoken before, which would be erased without it. */
export function mayKeepSound({ shown, mode, agreed }: State): boolean {
  return shown?.session.recording === true && (mode === 'voice' || agreed?.recording === true);
}

/** Whether the person may take part by voice. */
export function maySpeak(state: State): boolean {
  return state.shown?.session.mode !== 'text';
}
