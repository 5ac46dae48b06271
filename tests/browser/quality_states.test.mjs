// What the interview quality shows where it is little or much: nothing yet, a confidential session's means alone, and interviews of which
// something stands out. The server is mocked.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPage } from './support/browser.mjs';
import { look } from './support/look.mjs';
import { press, setStage } from './support/stage.mjs';

const stage = setStage();

const MEANS = {
  conversations: 5, single_percent: 99, open_percent: 97.5, short_percent: 100, words_per_question: 9.4, our_words_percent: 33,
  in_their_words_percent: 48, repeated: 0, leading: 1, interruptions: 0.4, time_deviation: 0.28, length_percent: 96, latency_p95_ms: 1323,
  all_high: 5, ran_over: 0, concerns: 2, concerns_handled: 2,
};
/** Marks of a conversation that went well, but for `more`. */
const card = (conversation, more) => ({
  conversation, invitation: `i-${conversation}`, state: 'completed', ended: 1795306400000, length_ms: 540_000, planned_ms: 480_000, answers: 14,
  questions: 15, asking_turns: 15, single: 15, open: 14, question_words: 150, longest: 19, leading: 0, repeated: 0, our_words: 260,
  their_words: 610, follow_ups: 8, in_their_words: 4, interruptions: 0, cut_short: 0, latency_p50_ms: null, latency_p95_ms: null,
  recap: 'confirmed', concerns: 0, concerns_handled: 0, by_model: 0, fell_back: 0, topics: [], notes: [], ...more,
});
const QUALITY = { confidential: false, explanation: '', means: MEANS, cards: [] };

/** The page of a session whose quality is this. */
async function opened(quality) {
  const page = await openPage(stage.browser);
  const answers = {
    '/me': {
      user: { id: 'u', name: 'Ada Lund', email: 'ada@harbour.example', role: 'analyst' },
      workspace: { id: 'w', name: 'Harbour Clinic', plan: 'sessions' },
      may: ['see_oneself', 'read_sessions', 'read_quality'],
    },
    '/sessions/s': {
      id: 's', title: 'Ward pulse', state: 'open', created: 1795006400000, locked_at: 1795306400000, parent: null, mode: 'text',
      confidentiality: quality.confidential ? 'confidential' : 'identified', length_min: 8, language: 'en', recording: false, topics: [],
      template: 'pulse', welcome: '', help: null,
    },
    '/sessions/s/quality': quality,
  };
  await page.route('**/api/v1/**', (route) => {
    const found = answers[new URL(route.request().url()).pathname.replace('/api/v1', '')];
    return found ? route.fulfill({ json: found }) : route.fulfill({ status: 404, json: { code: 'not_found', detail: 'Nothing is here.' } });
  });
  await page.goto(`${stage.front.url}/console/sessions/s/quality`);
  return page;
}

const both = async (page, name) => {
  await look(page, `${name}.light`);
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.setViewportSize({ width: 360, height: 740 });
  await look(page, `${name}.phone_dark`);
  await page.context().close();
};

test('what stands out comes first, in words, and is spoken of for each interview', { timeout: 60_000 }, async () => {
  const page = await opened({
    ...QUALITY,
    cards: [card('a', {}), card('b', { notes: ['talked_much'], our_words: 700 }), card('c', { notes: ['care_missed', 'newer_than_this_page'] })],
  });
  const rows = page.getByRole('region', { name: 'Each interview' }).getByRole('row');
  await rows.nth(3).waitFor();
  const told = await rows.allInnerTexts();
  assert.match(told[1], /an answer that called for care was missed, newer_than_this_page/);
  assert.match(told[2], /53 %.*the interviewer talked more than the person/s);
  assert.match(told[3], /9 of 8.*nothing/s);
  assert.match(await page.getByRole('row', { name: /^Answers that called for care/ }).innerText(), /2 of 2/);
  await both(page, 'quality_each');
});

test('of a confidential session nothing is told of single people', { timeout: 60_000 }, async () => {
  const means = { ...MEANS, all_high: null, ran_over: null, concerns: null, concerns_handled: null, latency_p95_ms: null };
  const page = await opened({ ...QUALITY, confidential: true, means });
  await page.getByText('its interviews are marked together, in groups of five people').waitFor();
  assert.equal(await page.getByRole('region', { name: 'Each interview' }).count(), 0);
  assert.equal(await page.getByRole('row', { name: /called for care|ran over|95th/ }).count(), 0);
  await both(page, 'quality_together');
});

test('before anybody has finished the page says so, and can be read again', { timeout: 60_000 }, async () => {
  const page = await opened({ ...QUALITY, means: null, explanation: 'Nobody has completed an interview yet.' });
  await page.getByText('Nobody has completed an interview yet.').waitFor();
  assert.equal(await page.getByRole('link', { name: 'Export as CSV' }).count(), 0);
  await press(page, 'Read again');
  await page.getByText('Nobody has completed an interview yet.').waitFor();
  await both(page, 'quality_nothing');
});
