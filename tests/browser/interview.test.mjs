// A whole interview by voice over WebRTC, from the link to the thanks, with the real program and real models; the network
// goes away in the middle, and the page is loaded again.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openPage, startBrowser } from './support/browser.mjs';
import { look } from './support/look.mjs';
import { giveMicrophone, say, textOf } from './support/person.mjs';
import { startServer } from './support/server.mjs';
import { wordErrors } from './support/speech.mjs';

/** Each is one answer. */
const ANSWERS = [
  'jfk.flac',
  'libri-other_533-1066-0008.flac',
  'libri_2412-153948-0001.flac',
  'libri-other_3080-5032-0001.flac',
  'psphinx_librivox_0870.flac',
  'libri-other_367-130732-0004.flac',
];
/** The pulse takes 8 minutes, and an answer at least 10 seconds. */
const MOST_ANSWERS = 45;

let browser;
let server;
before(async () => {
  server = await startServer({ template: 'pulse', invitations: 2 });
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

const press = (page, name) => page.getByRole('button', { name, exact: true }).click();

async function begin(page, token) {
  await giveMicrophone(page);
  await page.goto(`http://${server.address}/i/${token}`);
  await press(page, 'Continue');
  await press(page, 'Agree and continue');
  await press(page, 'Turn on the microphone');
  await press(page, 'Begin the conversation');
}

const questions = (page) => page.locator('.line.interviewer').count();

/** Waits for our turn, answers, and waits until the answer was answered. Whether the conversation is over. */
async function answer(page, name) {
  const mine = page.getByText('Your turn');
  const over = page.getByRole('heading', { name: 'Thank you.' });
  await mine.or(over).first().waitFor();
  if (await over.isVisible()) return true;
  const before = await questions(page);
  await say(page, name);
  await page.waitForFunction(
    (n) => document.querySelectorAll('.line.interviewer').length > n || document.querySelector('h1')?.textContent === 'Thank you.',
    before,
  );
  return over.isVisible();
}

test('an interview by voice over WebRTC, from the link to the thanks', { timeout: 660_000 }, async () => {
  const page = await openPage(browser, 'light', { reducedMotion: 'no-preference' });
  page.setDefaultTimeout(40_000);
  await begin(page, server.tokens[0]);
  await page.getByText('Connection', { exact: true }).click();
  await page.getByText('Connected directly (WebRTC).').waitFor();
  await page.getByText('Everything said so far').click();

  let over = await answer(page, ANSWERS[0]);
  const heard = (await page.locator('.line.you p').allTextContents()).join(' ');
  const errors = wordErrors(textOf(ANSWERS[0]), heard);
  assert.ok(errors <= 0.15, `word error rate ${errors.toFixed(2)}: ${heard}`);
  await look(page, 'interview_webrtc.light');

  let answers = 1;
  while (!over && answers < MOST_ANSWERS) {
    over = await answer(page, ANSWERS[answers % ANSWERS.length]);
    answers += 1;
  }
  assert.ok(over, `no closing after ${answers} answers`);
  assert.ok(answers >= 6, `closed after ${answers} answers`);
  await page.getByRole('heading', { name: 'Thank you.' }).waitFor();
  await look(page, 'interview_thanks.light');
  assert.deepEqual(page.faults, []);
});

test('a network that is gone for 10 seconds, and a page that is loaded again, lose nothing', { timeout: 240_000 }, async () => {
  const page = await openPage(browser, 'light');
  page.setDefaultTimeout(60_000);
  await begin(page, server.tokens[1]);
  await page.getByText('Everything said so far').click();
  await answer(page, ANSWERS[1]);
  const said = async () => (await page.locator('.line.you p').allTextContents()).join(' ');
  const first = await said();
  assert.ok(wordErrors(textOf(ANSWERS[1]), first) <= 0.2, first);

  await page.evaluate(() => window.dispatchEvent(new Event('offline')));
  await page.context().setOffline(true);
  await page.waitForTimeout(10_000);
  await page.context().setOffline(false);
  await answer(page, ANSWERS[2]);
  assert.ok((await said()).startsWith(first), 'what was said before the network went is gone');

  await page.reload();
  await press(page, 'Continue the conversation');
  await page.getByText('Everything said so far').click();
  await answer(page, ANSWERS[3]);
  const all = await said();
  assert.ok(wordErrors(textOf(ANSWERS[3]), all) <= 1, all);
  assert.deepEqual(page.faults, []);
});
