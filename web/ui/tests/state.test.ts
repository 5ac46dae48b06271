import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backOf, initial, mayKeepSound, mayWrite, reduce, wordingOf, type Event, type State } from '../src/participant/state.ts';
import type { Shown } from '../src/wire/types.ts';

const shown = (more: Partial<Shown> = {}): Shown => ({
  state: 'usable',
  session: {
    title: 'Stay interview', organisation: 'Northwind', length_min: 15, topics: ['Why you stay'], confidentiality: 'identified',
    mode: 'participant', recording: false, welcome: '', help: null,
  },
  consent: null,
  trial: false,
  language_model: null,
  text_version: '2026-11',
  ...more,
});
const session = (more: Partial<Shown['session']>) => shown({ session: { ...shown().session, ...more } });
const fold = (events: Event[], from: State = initial): State => events.reduce(reduce, from);
const loaded = (what = shown()): Event => ({ type: 'loaded', shown: what });
const at = (state: State) => (state.screen.at === 'trouble' ? state.screen.trouble : state.screen.at);

test('each state of a link has its screen', () => {
  const screens = (['usable', 'finished', 'expired', 'revoked', 'session_closed', 'withdrawn'] as const).map((state) => at(fold([loaded(shown({ state }))])));
  assert.deepEqual(screens, ['welcome', 'copy', 'expired', 'revoked', 'session_closed', 'withdrawn']);
  assert.equal(at(fold([loaded(shown({ state: 'tomorrow' as 'usable' }))])), 'outdated');
});

test('the wording that is agreed to names who else gets what is said', () => {
  assert.deepEqual([null, 'models.example'].map((language_model) => wordingOf(shown({ language_model }))), ['2026-11', '2026-11 + models.example']);
});

test('each way in which a link cannot be looked at has its screen', () => {
  const screens = ['unknown_link', 'missing', 'offline', 'internal'].map((code) => at(fold([{ type: 'load_failed', code }])));
  assert.deepEqual(screens, ['unknown_link', 'unknown_link', 'offline', 'internal']);
});

test('the way by voice goes over consent and the device check', () => {
  const consented = fold([loaded(), { type: 'go', to: 'consent' }, { type: 'busy' }, { type: 'consented', mode: 'voice', recording: false }]);
  assert.deepEqual([at(consented), consented.busy, consented.agreed], ['check', false, { mode: 'voice', recording: false }]);
  const open = fold([{ type: 'mic_asking' }, { type: 'mic_open', inputs: [], outputs: [], input: '' }, { type: 'go', to: 'talk' }], consented);
  assert.deepEqual([at(open), open.mic], ['talk', 'open']);
});

test('the way in writing needs no microphone', () => {
  const consented = fold([loaded(), { type: 'chose', mode: 'text' }, { type: 'consented', mode: 'text', recording: false }]);
  assert.deepEqual([at(consented), consented.call.mode, consented.mic], ['talk', 'text', 'closed']);
});

test('sound cannot be kept of what is written', () => {
  const chosen = fold([loaded(session({ recording: true })), { type: 'chose_recording', recording: true }, { type: 'chose', mode: 'text' }]);
  assert.equal(chosen.recording, false);
});

test('the sound of what was spoken before stays with who goes on in writing, until they choose otherwise', () => {
  const agreed = fold([loaded(session({ recording: true })), { type: 'consented', mode: 'voice', recording: true }]);
  const written = fold([{ type: 'chose', mode: 'text' }], agreed);
  assert.deepEqual([written.recording, mayKeepSound(written)], [true, true]);
  assert.equal(fold([{ type: 'chose_recording', recording: false }], written).recording, false);
});

test('who has withdrawn everything is told so, and not thanked', () => {
  const talking = fold([loaded(), { type: 'consented', mode: 'text', recording: false }]);
  const over = fold([{ type: 'call', event: { type: 'wire', event: { kind: 'ended', outcome: 'withdrawn' } } }, { type: 'ended' }], talking);
  assert.deepEqual([at(over), over.agreed, over.call.ended], ['withdrawn', null, null]);
});

test('a session of one mode offers no other', () => {
  const voice = fold([loaded(session({ mode: 'voice' }))]);
  assert.deepEqual([voice.mode, mayWrite(voice)], ['voice', false]);
  assert.equal(fold([loaded(session({ mode: 'text' }))]).mode, 'text');
});

test('who comes back goes on as they had agreed', () => {
  const back = fold([loaded(shown({ consent: { mode: 'text', recording: false, text_version: '2026-11' } }))]);
  assert.deepEqual([at(back), back.agreed, back.mode], ['welcome', { mode: 'text', recording: false }, 'text']);
});

test('each trouble with the microphone has its screen, and the next attempt leads back', () => {
  const check = fold([loaded(), { type: 'consented', mode: 'voice', recording: false }]);
  for (const trouble of ['refused', 'missing', 'busy', 'insecure'] as const) {
    const failed = fold([{ type: 'mic_asking' }, { type: 'mic_failed', trouble }], check);
    assert.deepEqual([at(failed), failed.mic], [`mic_${trouble}`, 'closed']);
    assert.equal(at(fold([{ type: 'mic_open', inputs: [], outputs: [], input: '' }], failed)), 'check');
  }
});

test('a microphone that is unplugged in the conversation does not take the conversation away', () => {
  const lost = fold([loaded(), { type: 'go', to: 'talk' }, { type: 'mic_failed', trouble: 'missing' }]);
  assert.deepEqual([at(lost), lost.call.note], ['talk', 'mic_lost']);
  assert.equal(fold([{ type: 'mic_open', inputs: [], outputs: [], input: '' }], lost).call.note, null);
});

test('what the server refuses with decides the screen; anything else only says that it failed', () => {
  const consent = fold([loaded(), { type: 'go', to: 'consent' }, { type: 'busy' }]);
  const screens = ['capacity', 'conversation_taken_over', 'elsewhere', 'link_expired', 'link_revoked', 'consent_outdated', 'finished', 'conversation_ended', 'consent_required'];
  assert.deepEqual(
    screens.map((code) => at(fold([{ type: 'failed', code }], consent))),
    ['capacity', 'taken_over', 'elsewhere', 'expired', 'revoked', 'outdated', 'thanks', 'thanks', 'consent'],
  );
  const stays = fold([{ type: 'failed', code: 'offline' }], consent);
  assert.deepEqual([at(stays), stays.failed, stays.busy], ['consent', 'offline', false]);
});

test('a mark is shown at once, and taken back where it could not be stored', () => {
  const copy = { title: '', organisation: '', completed_at: 0, recording: false, turns: [{ turn: 2, speaker: 'you', text: 'x', at_ms: 0, quotable: true, audio: false }] } as const;
  const marking = fold([{ type: 'copy', copy: { ...copy, turns: [...copy.turns] } }, { type: 'marking', turn: 2, quotable: false }]);
  assert.deepEqual([marking.copy?.turns[0]?.quotable, marking.marking], [false, [2]]);
  const undone = fold([{ type: 'marked', turn: 2, quotable: true }, { type: 'failed', code: 'offline' }], marking);
  assert.deepEqual([undone.copy?.turns[0]?.quotable, undone.marking, undone.failed], [true, [], 'offline']);
});

test('after withdrawal nothing that was said is left in the page', () => {
  const talked = fold([loaded(), { type: 'call', event: { type: 'typed', id: 'm', text: 'secret' } }, { type: 'withdrawn' }]);
  assert.equal(at(talked), 'withdrawn');
  assert.ok(!JSON.stringify(talked).includes('secret'));
});

test('the browser\'s Back leads to the step before, and asks before a conversation is left', () => {
  const consent = fold([loaded(), { type: 'go', to: 'consent' }]);
  const check = fold([{ type: 'consented', mode: 'voice', recording: false }], consent);
  const refused = fold([{ type: 'mic_failed', trouble: 'refused' }], check);
  const talk = fold([{ type: 'go', to: 'talk' }], check);
  assert.deepEqual([fold([loaded()]), consent, check, refused, talk].map(backOf), [null, 'welcome', 'consent', 'consent', 'end']);
  const said: Event = { type: 'call', event: { type: 'wire', event: { kind: 'said_all', item: 'i1', text: 'What keeps you here?' } } };
  assert.equal(backOf(fold([said], check)), 'welcome', 'what was agreed to and begun is gone on with');
  const over = fold([{ type: 'call', event: { type: 'wire', event: { kind: 'ended', outcome: 'completed' } } }], talk);
  assert.deepEqual([backOf(over), backOf(fold([{ type: 'ended' }], over))], [null, null]);
});

test('the question whether to end goes with the conversation', () => {
  const asked = fold([loaded(), { type: 'go', to: 'talk' }, { type: 'ask_end', asked: true }]);
  assert.equal(asked.endAsked, true);
  assert.equal(fold([{ type: 'ended' }], asked).endAsked, false);
});

test('who agreed to be heard, or that the sound is kept, is not asked again; who agreed to write is', () => {
  const consent = (mode: 'voice' | 'text', recording: boolean) => fold([loaded(shown({ consent: { mode, recording, text_version: '2026-11' } }))]).voiceAgreed;
  assert.deepEqual([consent('voice', false), consent('text', true), consent('text', false)], [true, true, false]);
  const written = fold([loaded(), { type: 'consented', mode: 'voice', recording: false }, { type: 'consented', mode: 'text', recording: false }]);
  assert.equal(written.voiceAgreed, true);
  assert.equal(fold([{ type: 'declined' }], written).voiceAgreed, false);
});
