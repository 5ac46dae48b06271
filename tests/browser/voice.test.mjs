// A voice in a real browser, over WebRTC, with the real server and real models: the browser's own microphone plays a recording.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openPage, startBrowser } from './support/browser.mjs';
import { startFront } from './support/front.mjs';
import { look } from './support/look.mjs';
import { startServer } from './support/server.mjs';
import { wavOf, wordErrors } from './support/speech.mjs';
import { until } from './support/until.mjs';

/** What is said in jfk.flac. */
const SAID = 'And so my fellow Americans ask not what your country can do for you ask what you can do for your country';
/** The microphone opens before the greeting, which takes its time; then there is one answer. */
const GREETING_S = 32;

let browser;
let server;
let front;
before(async () => {
  server = await startServer({ invitations: 1 });
  front = await startFront(server.address);
  const reader = await startBrowser();
  const wav = await wavOf(reader, [GREETING_S, 'jfk.flac', 60]);
  await reader.close();
  browser = await startBrowser({ wav });
});
after(async () => {
  await browser?.close();
  await front?.stop();
  await server?.stop();
});

const press = (page, name) => page.getByRole('button', { name, exact: true }).click();

test('an answer is heard over WebRTC, shown as it is understood, and answered by voice', { timeout: 150_000 }, async () => {
  const page = await openPage(browser, 'light', { reducedMotion: 'no-preference' });
  page.setDefaultTimeout(70_000);
  await page.goto(`${front.url}/i/${server.tokens[0]}`);
  await press(page, 'Continue');
  await press(page, 'Agree and continue');
  await press(page, 'Turn on the microphone');
  await press(page, 'Begin the conversation');

  await page.getByText('The interviewer is speaking').waitFor();
  const greeted = performance.now();
  await page.getByText('Connection', { exact: true }).click();
  await page.getByText('Connected directly (WebRTC).').waitFor();
  await page.locator('.captions .asked').waitFor();
  await page.waitForTimeout(1_500);
  // The orb moves with a voice that is really played.
  const loud = await page.evaluate(async () => {
    let most = 0;
    for (let i = 0; i < 40; i++) {
      const level = Number(document.querySelector('.orb').style.getPropertyValue('--theirs'));
      most = Math.max(most, level);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return most;
  });
  assert.ok(loud > 0.3, `the interviewer's voice was at ${loud}`);
  await look(page, 'real_voice_speaking.light');

  await page.getByText('Your turn').waitFor();
  console.log(`greeted for ${((performance.now() - greeted) / 1_000).toFixed(1)} s`);
  await page.getByText('Listening to you').waitFor();
  await look(page, 'real_voice_listening.light');
  await page.getByText('Everything said so far').click();
  // A sentence may be taken as two answers; all of it is there in the end.
  const heard = async () => (await page.locator('.line.you p').allTextContents()).join(' ');
  await until('all of it is understood', async () => wordErrors(SAID, await heard()) <= 0.15).catch(async (error) => {
    throw new Error(`${error.message}; heard: ${await heard()}`);
  });
  await until('the answer is answered', async () => (await page.locator('.line.interviewer').count()) >= 2);
  await look(page, 'real_voice_answered.light');

  await press(page, 'Mute');
  assert.equal(await page.getByRole('button', { name: 'Unmute' }).count(), 1);
  await press(page, 'End');
  await press(page, 'End here');
  await page.getByRole('heading', { name: 'Thank you.' }).waitFor();
  assert.deepEqual(page.faults, []);
});
