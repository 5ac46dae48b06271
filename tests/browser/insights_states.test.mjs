// What the insights show in states that are brought about with difficulty: a report that comes late or not at all, an answer that is
// listened to, a clone beside its parent. The server is mocked.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPage } from './support/browser.mjs';
import { look } from './support/look.mjs';
import { press, setStage } from './support/stage.mjs';
import { until } from './support/until.mjs';

const stage = setStage();

const PEOPLE = 12;
const exact = (n, of = PEOPLE) => ({ words: n === 0 ? 'nobody' : n === 1 ? "one person's account" : `${n} of ${of} people`, n, of, least: n, most: n });
const few = { words: `fewer than 5 of ${PEOPLE} people`, n: null, of: PEOPLE, least: 0, most: 4 };
const tones = (positive, mixed, neutral, negative) => ({ positive, mixed, neutral, negative });
const REPORT = {
  summary: {
    words: 'Most people like whom they work with.', edited: null, made: 'Most people like whom they work with.',
    health: { score: 61, label: 'steady', how: 'Of 100 who speak of something as good or bad, 61 speak of good.' },
    sentiment: tones(exact(6), few, few, exact(5)), sentiment_how: 'By what most of their statements say.',
    quotes: [], quotes_withheld: 'Quotes are shown once 10 people have taken part.',
    actions: [{ text: 'Agree what can wait.', because: '7 of 12 people describe too much work.', theme: 'work', count: exact(7) }],
  },
  patterns: [
    {
      key: 'work', label: 'Too much work', made_label: 'Too much work', kind: 'signal', signal: 'workload', stance: 'strain', topic: null,
      polarity: 'negative', count: exact(7), voice: null, departments: [], against: null, quotes: [], counter_quotes: [], edited: null,
      hidden: false, merged: [],
    },
  ],
  topics: [
    {
      id: 'energy', label: 'Your energy at work', coverage: exact(12), sentiment: tones(exact(6), few, few, exact(5)),
      agreement: 'Most speak of their team.', disagreement: null, themes: ['work'], quotes: [], dissent: [],
    },
  ],
  saturation: [{ people: 6, themes: 4 }, { people: 12, themes: 5 }],
};
const READY = {
  status: 'ready', explanation: '', confidential: true, version: 2, batch: 2, made_at: 1795406400000, behind: false, coder: 'built-in 1',
  department: null, role: null, people: PEOPLE, conversations: [], filters: { departments: [], roles: [], both: [] }, report: REPORT,
};
const without = (status, explanation) => ({ ...READY, status, explanation, report: null, version: null, batch: null, made_at: null, coder: null, people: 0 });
const TURNS = [
  { turn: 1, speaker: 'interviewer', text: 'How is your energy?', at_ms: 1, quotable: true, audio: false },
  { turn: 2, speaker: 'person', text: 'Well 👍 my team carries me.', at_ms: 2, quotable: true, audio: true },
  { turn: 4, speaker: 'person', text: 'Leave this between us.', at_ms: 4, quotable: false, audio: false },
];

/** A second of silence, as a WAV file of 8-bit samples. */
function silence() {
  const [rate, wav] = [8_000, Buffer.alloc(44 + 8_000, 128)];
  wav.write('RIFF', 0);
  wav.writeUInt32LE(36 + rate, 4);
  wav.write('WAVEfmt ', 8);
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(rate, 24);
  wav.writeUInt32LE(rate, 28);
  wav.writeUInt16LE(1, 32);
  wav.writeUInt16LE(8, 34);
  wav.write('data', 36);
  wav.writeUInt32LE(rate, 40);
  return wav;
}

/** A page whose server answers as `more` has it. */
async function opened(more) {
  const page = await openPage(stage.browser);
  const answers = {
    '/me': {
      user: { id: 'u', name: 'Ada Lund', email: 'ada@harbour.example', role: 'analyst' },
      workspace: { id: 'w', name: 'Harbour Clinic', plan: 'sessions' },
      may: ['see_oneself', 'read_sessions', 'read_insights'],
    },
    '/sessions/s': {
      id: 's', title: 'Ward pulse', state: 'open', created: 1795006400000, locked_at: 1795306400000, parent: null, mode: 'text',
      confidentiality: 'confidential', length_min: 8, language: 'en', recording: false, topics: [], template: 'pulse', welcome: '', help: null,
    },
    '/sessions/s/insights': READY,
    '/sessions/s/insights/trend': { parent: null, explanation: '', topics: [] },
    ...more,
  };
  await page.route('**/api/v1/**', (route) => {
    const found = answers[new URL(route.request().url()).pathname.replace('/api/v1', '')];
    const answer = typeof found === 'function' ? found() : found;
    if (answer instanceof Buffer) return route.fulfill({ body: answer, contentType: 'audio/wav' });
    return answer ? route.fulfill({ json: answer }) : route.fulfill({ status: 404, json: { code: 'not_found', detail: 'Nothing is here.' } });
  });
  return page;
}

const dark = async (page, name) => {
  await look(page, `${name}.light`);
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.setViewportSize({ width: 360, height: 740 });
  await look(page, `${name}.phone_dark`);
};

test('a report that is being made comes by itself, and what cannot be made says so', { timeout: 60_000 }, async () => {
  let looks = 0;
  const page = await opened({
    '/sessions/s/insights': () => (++looks > 1 ? READY : without('making', 'Conversations are finished. Their report appears here in a moment.')),
  });
  await page.goto(`${stage.front.url}/console/sessions/s/insights`);
  await page.getByRole('heading', { name: 'The report is being made' }).waitFor();
  await page.getByRole('heading', { name: 'Summary' }).waitFor();
  await page.getByText('Quotes are shown once 10 people have taken part.').waitFor();
  // Who may not edit is offered nothing to edit.
  assert.equal(await page.getByRole('button', { name: /^(Edit|Rename|Merge|Hide)/ }).count(), 0);
  // A recommendation leads to the claim that it stands on.
  await press(page, 'See “Too much work”');
  await page.locator('.pattern h3:focus').waitFor();
  await dark(page, 'insights_gated');
  await page.context().close();

  const failing = await opened({ '/sessions/s/insights': without('failed', 'No report could be made. It is tried again by itself.') });
  await failing.goto(`${stage.front.url}/console/sessions/s/insights`);
  await failing.getByRole('heading', { name: 'The report could not be made' }).waitFor();
  await dark(failing, 'insights_failed');
  await failing.context().close();
});

test('an answer is listened to where its sound was kept', { timeout: 60_000 }, async () => {
  const page = await opened({
    '/conversations/c/transcript': {
      id: 'c', session: 's', title: 'Ward pulse', person: { name: 'Grace Okoro', department: 'Ward 1', role: 'Nurse' },
      completed_at: 1795406400000, turns: TURNS,
    },
    '/conversations/c/turns/2/audio': silence(),
  });
  await page.goto(`${stage.front.url}/console/sessions/s/conversations/c?turn=2&from=7&to=14`);
  assert.equal(await page.locator('.conversation li:focus mark').textContent(), 'my team');
  await page.getByText('Not to be quoted').waitFor();
  await press(page, 'Listen: Well 👍 my team carries me.');
  const stop = page.getByRole('button', { name: 'Stop: Well 👍 my team carries me.' });
  await stop.waitFor();
  await until('it has been played', async () => !(await stop.isVisible()));
  assert.equal(await page.getByText('The sound could not be played.').count(), 0);
  await dark(page, 'insights_sound');
  await page.context().close();
});

test('a clone stands beside its parent, and says whose wording has changed', { timeout: 60_000 }, async () => {
  const side = (n) => ({ people: PEOPLE, coverage: exact(n), sentiment: tones(exact(n - 2), exact(1), exact(0), exact(1)) });
  const page = await opened({
    '/sessions/s/insights/trend': {
      parent: { id: 'p', title: 'Ward pulse, spring' }, explanation: '',
      topics: [
        { id: 'energy', label: 'Your energy at work', before_label: 'Your energy at work', changed_wording: false, now: side(12), before: side(9) },
        { id: 'way', label: 'What gets in your way', before_label: 'Obstacles', changed_wording: true, now: side(8), before: side(10) },
      ],
    },
  });
  await page.goto(`${stage.front.url}/console/sessions/s/insights`);
  const trend = page.getByRole('region', { name: 'Beside the session before' });
  await trend.getByRole('link', { name: 'Ward pulse, spring' }).waitFor();
  await trend.getByText('Wording changed').waitFor();
  await trend.locator('summary').click();
  assert.equal(await trend.getByRole('row').count(), 5);
  await dark(page, 'insights_trend');
  assert.deepEqual(page.faults, []);
  await page.context().close();
});
