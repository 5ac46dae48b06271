/** What the page does: asks the server, opens the microphone, holds the conversation. Its state changes in `reduce` alone. */

import { signal, type ReadonlySignal } from '@preact/signals';
import { Participant } from '../wire/api.ts';
import { devices, mayListen, openMic, type Mic, type MicTrouble } from '../wire/mic.ts';
import { Speaker } from '../wire/speaker.ts';
import type { Control, Mode } from '../wire/types.ts';
import type { Call, CallEvent } from './call.ts';
import { Connection } from './connection.ts';
import { stayAwake } from './presence.ts';
import { backOf, initial, reduce, wordingOf, type Event, type State } from './state.ts';

/** A person who thinks aloud in silence has the floor again after this. */
const THOUGHT_LONG_MS = 7_000;
/** Whoever is muted in their turn is given so long, and then a rest: after 8 s the interviewer would ask whether they are there. */
const MUTED_RESTS_MS = 5_000;

/** A name for what is typed: nobody else's, on no other device. */
function newName(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return `typed_${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

/** Nothing is heard of who muted themselves, or has ended. */
function deaf(call: Call): boolean {
  return call.muted || call.ending || call.ended !== null;
}

/** It is the turn of somebody who cannot be heard. */
function heldByMute(call: Call): boolean {
  return call.mode === 'voice' && call.connection === 'live' && call.muted && call.floor === 'open' && call.paused === null && !deaf({ ...call, muted: false });
}

export class Controller {
  readonly #state = signal(initial);
  readonly #participant: Participant;
  #speaker: Speaker | null = null;
  #mic: Mic | null = null;
  /** Which request for a microphone is the newest; one that is answered later is void. */
  #micAsked = 0;
  #connection: Connection | null = null;
  #thinking: ReturnType<typeof setTimeout> | undefined;
  #muted: ReturnType<typeof setTimeout> | undefined;
  /** A rest was asked for in the name of who is muted; the server's answer may still be on its way. */
  #rests = false;
  #sleep: () => void = () => undefined;

  constructor(token: string) {
    this.#participant = new Participant(token);
  }

  get state(): ReadonlySignal<State> {
    return this.#state;
  }

  dispatch(event: Event): void {
    const before = this.#state.value;
    this.#state.value = reduce(before, event);
    const { call } = this.#state.value;
    if (call !== before.call) this.#mic?.mute(deaf(call));
    if (heldByMute(call) !== heldByMute(before.call)) {
      clearTimeout(this.#muted);
      if (heldByMute(call)) this.#muted = setTimeout(() => this.#rest(), MUTED_RESTS_MS);
    }
    const { floor } = call;
    if (floor === before.call.floor) return;
    clearTimeout(this.#thinking);
    if (floor === 'thinking') this.#thinking = setTimeout(() => this.tell({ type: 'thought_long' }), THOUGHT_LONG_MS);
  }

  tell(event: CallEvent): void {
    this.dispatch({ type: 'call', event });
  }

  async load(): Promise<void> {
    const answer = await this.#participant.show();
    if (!answer.ok) return this.dispatch({ type: 'load_failed', code: answer.code });
    this.dispatch({ type: 'loaded', shown: answer.value });
    if (this.#state.value.screen.at === 'copy') await this.loadCopy();
  }

  // Before the conversation

  async agree(): Promise<void> {
    const { mode, recording } = this.#state.value;
    if (!(await this.#consent(mode, recording))) return;
    this.dispatch({ type: 'consented', mode, recording });
    this.#begin();
  }

  async decline(): Promise<void> {
    this.dispatch({ type: 'busy' });
    const answer = await this.#participant.decline();
    this.dispatch(answer.ok ? { type: 'declined' } : { type: 'failed', code: answer.code });
  }

  /** Goes on with what was agreed to before. To be called in a tap. */
  async resume(): Promise<void> {
    const { agreed } = this.#state.value;
    if (!agreed) return;
    const { mode, recording } = agreed;
    this.#takeSpeaker(mode);
    if (mode === 'voice') await this.#openKnownMic();
    this.dispatch({ type: 'consented', mode, recording });
    this.#begin();
  }

  /** Who comes back, to a browser that asks no more, need not turn the microphone on and check it again. */
  async #openKnownMic(): Promise<void> {
    this.dispatch({ type: 'busy' });
    if (this.#mic === null && (await mayListen())) await this.#openMic(null);
  }

  /** The browser's Back: the step before, or the question whether to end, which a second one takes back. */
  back(): void {
    const to = backOf(this.#state.value);
    if (to === 'end') return this.askEnd(!this.#state.value.endAsked);
    if (to === null) return;
    this.#closeMic();
    this.dispatch({ type: 'go', to });
  }

  /** To talk instead of writing: at once where the person agreed to be heard before, else they are asked. In a tap. */
  speak(): void {
    if (this.#state.value.voiceAgreed) void this.switchTo('voice');
    else this.askVoice(true);
  }

  askVoice(asked: boolean): void {
    this.dispatch({ type: 'ask_voice', asked });
  }

  /** Their yes to being heard. They write until the microphone is checked: only then the server is told. In a tap. */
  agreeToVoice(recording: boolean): void {
    this.#takeSpeaker('voice');
    this.dispatch({ type: 'change_to_voice', recording });
  }

  /** To write instead of talking, before a word was said. To be called in a tap. */
  write(): void {
    if (this.#state.value.changing) this.back();
    else void this.switchTo('text');
  }

  askEnd(asked: boolean): void {
    this.dispatch({ type: 'ask_end', asked });
  }

  async #consent(mode: Mode, recording: boolean): Promise<boolean> {
    // In the tap's own handler, before anything is waited for: Safari lets sound out only then.
    this.#takeSpeaker(mode);
    // What was read of who sees what is agreed to, and nothing else.
    const { shown } = this.#state.value;
    if (shown === null) return false;
    const { confidentiality } = shown.session;
    this.dispatch({ type: 'busy' });
    const answer = await this.#participant.consent({ mode, recording, text_version: wordingOf(shown), confidentiality });
    if (!answer.ok) this.dispatch({ type: 'failed', code: answer.code });
    return answer.ok;
  }

  #takeSpeaker(mode: Mode): void {
    if (mode !== 'voice') return;
    this.#speaker ??= this.#newSpeaker();
    void this.#speaker.unlock();
  }

  #newSpeaker(): Speaker {
    const speaker = new Speaker();
    speaker.context.addEventListener('statechange', () => {
      // A telephone call, or another tab, took the sound: a tap brings it back.
      const { screen, call } = this.#state.value;
      if (!speaker.running && screen.at === 'talk' && call.mode === 'voice') this.tell({ type: 'note', note: 'sound_blocked' });
      if (speaker.running && call.note === 'sound_blocked') this.tell({ type: 'note', note: null });
    });
    return speaker;
  }

  // Devices

  /** Opens the microphone, or another one. To be called in a tap. */
  async useMic(id: string | null): Promise<void> {
    this.#takeSpeaker('voice');
    const open = await this.#openMic(id);
    // In the middle of a conversation it goes on with the new one.
    if (open && this.#state.value.screen.at === 'talk') this.#reconnect();
  }

  async #openMic(id: string | null): Promise<boolean> {
    const speaker = this.#speaker;
    if (!speaker) return false;
    this.dispatch({ type: 'mic_asking' });
    this.#mic?.close();
    this.#mic = null;
    const asked = ++this.#micAsked;
    try {
      const mic = await openMic(speaker.context, id, () => this.#micLost());
      // The person chose to write, to leave, or another microphone, while the browser asked.
      if (asked !== this.#micAsked) {
        mic.close();
        return false;
      }
      this.#mic = mic;
      mic.mute(deaf(this.#state.value.call));
      this.dispatch({ type: 'mic_open', input: mic.id, ...(await devices()) });
    } catch (trouble) {
      if (asked !== this.#micAsked) return false;
      this.dispatch({ type: 'mic_failed', trouble: typeof trouble === 'string' ? (trouble as MicTrouble) : 'busy' });
      return false;
    }
    return true;
  }

  async useOutput(id: string): Promise<void> {
    this.dispatch({ type: 'chose_output', output: id });
    await this.#speaker?.choose(id);
  }

  async testSound(): Promise<void> {
    this.#takeSpeaker('voice');
    await this.#speaker?.test();
  }

  readonly micLevel = (): number => this.#mic?.level() ?? 0;

  readonly theirLevel = (): number => this.#speaker?.level() ?? 0;

  #micLost(): void {
    this.#mic = null;
    this.dispatch({ type: 'mic_failed', trouble: 'missing' });
  }

  #closeMic(): void {
    this.#micAsked += 1;
    this.#mic?.close();
    this.#mic = null;
    this.dispatch({ type: 'mic_closed' });
  }

  // The conversation

  /** From the device check into the conversation. To be called in a tap. */
  async start(): Promise<void> {
    this.#takeSpeaker('voice');
    const { changing } = this.#state.value;
    if (changing) return this.#change('voice', changing.recording);
    this.dispatch({ type: 'go', to: 'talk' });
    this.#begin();
  }

  #begin(): void {
    if (this.#state.value.screen.at === 'talk') this.#reconnect();
  }

  #reconnect(): void {
    this.#connection?.stop();
    const { mode } = this.#state.value.call;
    const host = {
      participant: this.#participant,
      tell: (event: CallEvent) => this.tell(event),
      ended: () => this.#ended(),
      refused: (code: string) => this.#refused(code),
    };
    this.#connection = new Connection(host, mode, this.#speaker, this.#mic);
    this.#sleep();
    this.#sleep = stayAwake();
  }

  /** Tries again at once. To be called in a tap, or after one. */
  async retry(): Promise<void> {
    const { agreed, shown, devices } = this.#state.value;
    if (this.#connection) return this.#connection.now();
    if (!agreed || !shown) return this.load();
    if (agreed.mode === 'text') return void this.resume();
    await this.useMic(devices.input || null);
    if (this.#mic) void this.start();
  }

  control(action: Control): void {
    if (action === 'end') this.tell({ type: 'ending' });
    this.#connection?.send({ type: 'colloquy.control', action });
  }

  type(text: string): void {
    this.#type(newName(), text);
  }

  /** Sends a typed answer again that was perhaps not taken. Under the same name it is taken once. */
  again(id: string): void {
    const line = this.#state.value.call.lines.find((one) => one.id === id);
    if (line) this.#type(id, line.text);
  }

  #type(id: string, text: string): void {
    this.tell({ type: 'typed', id, text });
    this.#connection?.send({
      type: 'conversation.item.create',
      item: { id, type: 'message', role: 'user', content: [{ type: 'input_text', text }] },
    });
  }

  mute(muted: boolean): void {
    this.tell({ type: 'muted', muted });
    if (muted) return;
    // Whoever turns the microphone on again wants to go on.
    const { paused } = this.#state.value.call;
    if (this.#rests || (paused !== null && paused !== 'drain')) this.control('resume');
    this.#rests = false;
  }

  #rest(): void {
    this.#rests = true;
    this.control('pause');
  }

  /** Sound is let out again, within a tap. */
  unlock(): void {
    void this.#speaker?.unlock();
    this.tell({ type: 'note', note: null });
  }

  /** Goes on in writing, or by voice. To be called in a tap. */
  async switchTo(mode: Mode): Promise<void> {
    // As was agreed, in writing too: a consent without it erases the sound that there is.
    await this.#change(mode, this.#state.value.agreed?.recording ?? false);
  }

  async #change(mode: Mode, recording: boolean): Promise<void> {
    const { screen } = this.#state.value;
    if (!(await this.#consent(mode, recording))) {
      if (screen.at === 'talk') this.tell({ type: 'note', note: 'switch_failed' });
      return;
    }
    this.#hangUp();
    if (mode === 'text') this.#closeMic();
    else await this.#openKnownMic();
    this.dispatch({ type: 'consented', mode, recording });
    this.tell({ type: 'mode', mode });
    this.#begin();
  }

  /** A person who saw the goodbye in writing goes on by themselves. */
  finish(): void {
    this.dispatch({ type: 'ended' });
  }

  /** Ends here without the server, which could not be reached; it keeps what was said. */
  leave(): void {
    this.#hangUp();
    this.#closeMic();
    this.dispatch({ type: 'go', to: 'welcome' });
  }

  #ended(): void {
    this.#hangUp();
    this.#closeMic();
    const { mode, ended } = this.#state.value.call;
    if (mode === 'voice' || ended === 'withdrawn') this.dispatch({ type: 'ended' });
    else this.tell({ type: 'closed' });
  }

  #refused(code: string): void {
    this.#hangUp();
    this.#closeMic();
    this.dispatch({ type: 'failed', code });
  }

  #hangUp(): void {
    this.#connection?.stop();
    this.#connection = null;
    this.#sleep();
    this.#sleep = () => undefined;
  }

  // Afterwards

  async loadCopy(): Promise<void> {
    this.dispatch({ type: 'go', to: 'copy' });
    this.dispatch({ type: 'busy' });
    const answer = await this.#participant.copy();
    if (answer.ok) this.dispatch({ type: 'copy', copy: answer.value });
    else if (answer.code === 'offline') this.dispatch({ type: 'failed', code: 'offline' });
    else this.dispatch({ type: 'copy_missing' });
  }

  /** What was said in a turn of the copy; null where it could not be had. */
  async sound(turn: number): Promise<Blob | null> {
    const answer = await this.#participant.sound(turn);
    return answer.ok ? answer.value : null;
  }

  async mark(turn: number, quotable: boolean): Promise<void> {
    this.dispatch({ type: 'marking', turn, quotable });
    const answer = await this.#participant.quotable(turn, quotable);
    this.dispatch({ type: 'marked', turn, quotable: answer.ok ? quotable : !quotable });
    if (!answer.ok) this.dispatch({ type: 'failed', code: answer.code });
  }

  async withdraw(): Promise<void> {
    this.dispatch({ type: 'busy' });
    const answer = await this.#participant.withdraw();
    this.dispatch(answer.ok ? { type: 'withdrawn' } : { type: 'failed', code: answer.code });
  }
}
