import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answerOf, lastOf, newCall, pendingOf, reduceCall, type Call, type CallEvent } from '../src/participant/call.ts';
import type { WireEvent } from '../src/wire/parse.ts';

const wire = (event: WireEvent): CallEvent => ({ type: 'wire', event });
const fold = (events: CallEvent[], from: Call = newCall('voice')): Call => events.reduce(reduceCall, from);
const told = (events: WireEvent[], from?: Call): Call => fold(events.map(wire), from);
const linked: CallEvent = { type: 'linked', transport: 'websocket', fellBack: null };
const shown = (call: Call) => call.lines.map((line) => `${line.who}: ${line.text} (${line.state})`);

const question: WireEvent[] = [
  { kind: 'reply_started', item: 'i1' },
  { kind: 'said', item: 'i1', delta: 'What keeps ' },
  { kind: 'said', item: 'i1', delta: 'you here?' },
];
const asked: WireEvent[] = [...question, { kind: 'said_all', item: 'i1', text: 'What keeps you here?' }, { kind: 'reply_done', cut: false }];

test('a question is shown while it is spoken, and then the floor is the person\'s', () => {
  const speaking = told(question);
  assert.deepEqual(shown(speaking), ['interviewer: What keeps you here? (growing)']);
  assert.equal(speaking.floor, 'interviewer');
  const done = told([{ kind: 'said_all', item: 'i1', text: 'What keeps you here?' }, { kind: 'reply_done', cut: false }], speaking);
  assert.deepEqual(shown(done), ['interviewer: What keeps you here? (done)']);
  assert.equal(done.floor, 'open');
});

test('an answer grows as it is understood, and its final words replace the first ones', () => {
  const growing = told([...asked, { kind: 'voice_started', item: 'y1' }, { kind: 'heard', item: 'y1', delta: 'I liked the' }]);
  assert.equal(growing.floor, 'you');
  assert.equal(answerOf(growing)?.text, 'I liked the');
  const whole = told([{ kind: 'voice_stopped', item: 'y1' }, { kind: 'heard_all', item: 'y1', text: 'I like the people.' }], growing);
  assert.equal(whole.floor, 'thinking');
  assert.deepEqual(shown(whole).at(-1), 'you: I like the people. (done)');
});

test('a take-over that was undone leaves no line of ours, and the answer goes on under its name', () => {
  const early = told([
    { kind: 'heard_all', item: 'y1', text: 'Well, it was' },
    { kind: 'reply_started', item: 'i2' },
    { kind: 'said', item: 'i2', delta: 'I see.' },
    { kind: 'voice_started', item: 'y1' },
    { kind: 'said_all', item: 'i2', text: '' },
    { kind: 'reply_done', cut: true },
    { kind: 'heard', item: 'y1', delta: ' in spring.' },
  ]);
  assert.deepEqual(shown(early), ['you: Well, it was in spring. (growing)']);
  assert.equal(early.floor, 'you');
});

test('who is interrupted is cut to what was heard', () => {
  const cut = told([...question, { kind: 'voice_started', item: 'y1' }, { kind: 'item', item: 'i1', who: 'interviewer', text: 'What keeps', cut: true }]);
  assert.deepEqual(shown(cut), ['interviewer: What keeps (cut)']);
});

test('an answer of before is not shown as the answer to this question', () => {
  const call = told([{ kind: 'heard_all', item: 'y0', text: 'Fine.' }, ...asked]);
  assert.equal(answerOf(call), null);
  assert.equal(lastOf(call, 'interviewer')?.text, 'What keeps you here?');
});

test('a question stays in sight while the interviewer only says to take one\'s time', () => {
  const nudge: WireEvent[] = [{ kind: 'reply_started', item: 'i2' }, { kind: 'said', item: 'i2', delta: 'There is no hurry.' }];
  const hello = told([{ kind: 'said_all', item: 'i1', text: 'Hello. You can stop at any time. What keeps you here?' }]);
  assert.equal(pendingOf(hello), null);
  const speaking = told(nudge, hello);
  assert.equal(pendingOf(speaking), null, 'not while a question may still come');
  const nudged = told([{ kind: 'said_all', item: 'i2', text: 'There is no hurry.' }], speaking);
  assert.equal(pendingOf(nudged), 'What keeps you here?');
  assert.equal(pendingOf(fold([{ type: 'ending' }], nudged)), null);
});

const taken = (item: string, text: string): WireEvent => ({ kind: 'item', item, who: 'you', text, cut: false });

test('a typed answer stands at once, and the server\'s line of that name takes its place', () => {
  const typed = fold([linked, { type: 'typed', id: 'mine_1', text: 'Yes. ' }, { type: 'typed', id: 'mine_2', text: 'Yes. And no.' }]);
  assert.deepEqual(shown(typed), ['you: Yes.  (sending)', 'you: Yes. And no. (sending)']);
  assert.equal(typed.floor, 'thinking');
  // The same words may come twice, and one answer may be a part of another: the name tells which it is.
  const second = told([taken('mine_2', 'Yes. And no.')], typed);
  assert.deepEqual(shown(second), ['you: Yes.  (sending)', 'you: Yes. And no. (done)']);
  assert.deepEqual(shown(told([taken('mine_1', 'Yes.')], second)), ['you: Yes. (done)', 'you: Yes. And no. (done)']);
});

test('what was typed while the network went is kept, and can be sent again', () => {
  const lost = fold([linked, { type: 'typed', id: 'mine_1', text: 'The people.' }, { type: 'lost', draining: false }]);
  assert.deepEqual(shown(lost), ['you: The people. (unsent)']);
  assert.equal(lost.connection, 'lost');
  assert.deepEqual(shown(fold([{ type: 'typed', id: 'mine_1', text: 'The people.' }], lost)), ['you: The people. (sending)']);
  assert.deepEqual(shown(told([taken('mine_1', 'The people.')], lost)), ['you: The people. (done)'], 'it had arrived all the same');
});

test('a lost connection cuts what was half said, counts attempts, and comes back with a word', () => {
  const lost = fold([linked, ...question.map(wire), { type: 'lost', draining: false }, { type: 'dialing' }, { type: 'dialing' }]);
  assert.deepEqual(shown(lost), ['interviewer: What keeps you here? (cut)']);
  assert.deepEqual([lost.connection, lost.attempts, lost.floor], ['lost', 2, 'waiting']);
  const back = fold([linked], lost);
  assert.deepEqual([back.connection, back.attempts, back.note], ['live', 2, 'back']);
  assert.equal(fold([{ type: 'steady' }], back).attempts, 0, 'one that stands is no longer an attempt');
});

test('why the direct way was left is kept over later connections', () => {
  const fell = fold([{ type: 'linked', transport: 'websocket', fellBack: 'timeout' }, { type: 'lost', draining: false }, linked]);
  assert.equal(fell.fellBack, 'timeout');
  assert.equal(fold([{ type: 'linked', transport: 'webrtc', fellBack: null }], fell).fellBack, null);
});

test('a pause rests with its reason, and any typed word ends it', () => {
  const paused = told([{ kind: 'paused', cause: 'silence' }]);
  assert.deepEqual([paused.paused, paused.floor], ['silence', 'waiting']);
  assert.equal(told([{ kind: 'resumed' }], paused).paused, null);
  assert.equal(fold([{ type: 'typed', id: 'm', text: 'x' }], paused).paused, null);
});

test('silence after "let me think" gives the floor back', () => {
  const thinking = told([{ kind: 'voice_stopped', item: 'y1' }]);
  assert.equal(fold([{ type: 'thought_long' }], thinking).floor, 'open');
  const speaking = told(question);
  assert.equal(fold([{ type: 'thought_long' }], speaking), speaking);
});

test('a session that is held in writing turns a voice page into a written one, and never the reverse', () => {
  assert.equal(told([{ kind: 'created', mode: 'text' }]).mode, 'text');
  assert.equal(told([{ kind: 'created', mode: 'voice' }], newCall('text')).mode, 'text');
});

test('topics, the recap and the end are followed', () => {
  const call = told([
    { kind: 'topic', label: 'Why you stay', number: 2, of: 7 },
    { kind: 'progress', done: 1, of: 7 },
    { kind: 'stage', stage: 'recap' },
    { kind: 'ended', outcome: 'ended_early' },
  ]);
  assert.deepEqual([call.topic?.label, call.topicsDone, call.topics, call.stage, call.ended], ['Why you stay', 1, 7, 'recap', 'ended_early']);
});

test('nothing that was is changed in place', () => {
  const freeze = (call: Call): Call => {
    call.lines.forEach(Object.freeze);
    Object.freeze(call.lines);
    return Object.freeze(call);
  };
  const events: CallEvent[] = [linked, ...asked.map(wire), { type: 'typed', id: 'm', text: 'x' }, { type: 'lost', draining: false }, { type: 'muted', muted: true }];
  events.reduce((call, event) => freeze(reduceCall(call, event)), freeze(newCall('voice')));
});
