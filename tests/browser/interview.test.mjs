// Whole interviews by voice, with the real program and real models: directly and where UDP is blocked, by keyboard alone, over
// a lost network, a page that is loaded again, and from voice to writing and back. Long: a part of `make accept`.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openPage, startBrowser } from './support/browser.mjs';
import { startFront } from './support/front.mjs';
import { answerAll, answered, begin, myTurn, press, understood } from './support/interview.mjs';
import { enter, headed } from './support/keyboard.mjs';
import { look } from './support/look.mjs';
import { answers, giveMicrophone, hardToHear, say, textOf } from './support/person.mjs';
import { RELAYED, startRelay } from './support/relay.mjs';
import { startServer } from './support/server.mjs';
import { shortSession } from './support/session.mjs';
import { wordErrors } from './support/speech.mjs';

/** Each is one answer. */
const ANSWERS = ['jfk.flac', 'libri-other_367-130732-0004.flac', 'libri_2412-153948-0001.flac'];
/** The two ways of a voice are compared over these. */
const COMPARED = hardToHear(12) ?? answers(12);
/** The stay interview has seven topics, of which a person who skips on after their answers sees each once or twice. */
const MOST_SKIPS = 20;
/** Of a session of three minutes: who gives more answers than this is never thanked. */
const MOST_ANSWERS = 24;

let server;
let front;
let relay;
/** Word error rates by the way of the voice. */
const rates = {};
before(async () => {
  server = await startServer({ template: 'stay', invitations: 4, recording: true, env: { COLLOQUY_WEBRTC__PUBLIC_ADDRESS: RELAYED } });
  front = await startFront(server.address);
  relay = await startRelay(server.port);
});
after(async () => {
  relay?.stop();
  await front?.stop();
  await server?.stop();
});

const link = (number) => `${front.url}/i/${server.tokens[number]}`;

/** Runs `what` with a page in a browser of its own. */
async function inBrowser(what) {
  const browser = await startBrowser();
  try {
    const page = await openPage(browser, 'light', { reducedMotion: 'no-preference' });
    page.setDefaultTimeout(40_000);
    await giveMicrophone(page);
    await what(page);
    assert.deepEqual(page.faults, []);
  } finally {
    await browser.close();
  }
}

/** Nothing comes or goes. */
function network(up) {
  relay.let(up);
  front.let(up);
}

async function understands(page, way) {
  const { said, heard } = await answerAll(page, COMPARED);
  rates[way] = wordErrors(said, heard);
  console.log(`word error rate over ${way}: ${rates[way].toFixed(3)} of ${said.split(' ').length} words in ${COMPARED.length} answers`);
  assert.ok(rates[way] <= 0.3, `word error rate over ${way} ${rates[way].toFixed(2)}: ${heard}`);
}

test('by voice over WebRTC from the link to the thanks, and the own copy after it', { timeout: 600_000 }, () =>
  inBrowser(async (page) => {
    await begin(page, link(0), { keepSound: true });
    await page.getByText('Connection', { exact: true }).click();
    await page.getByText('Connected directly (WebRTC).').waitFor();
    await page.getByText('Everything said so far').click();
    await understands(page, 'webrtc');
    await look(page, 'interview_webrtc.light');

    await answered(page, () => press(page, 'Repeat'));
    await myTurn(page);
    await press(page, 'Pause');
    await page.getByRole('heading', { name: 'Paused' }).waitFor();
    // Nothing is heard while we rest.
    const before = await understood(page);
    await say(page, ANSWERS[1]);
    await page.waitForTimeout(2_000);
    assert.equal(await understood(page), before);
    await page.locator('.panel').getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('heading', { name: 'Paused' }).waitFor({ state: 'detached' });

    let skips = 0;
    const recap = page.getByRole('heading', { name: 'Did we understand you?' });
    while ((await myTurn(page)) && !(await recap.isVisible()) && skips < MOST_SKIPS) {
      await answered(page, () => press(page, 'Skip'));
      skips += 1;
    }
    assert.ok(skips >= 3, `closed after ${skips} topics were skipped`);
    await look(page, 'interview_recap.light');
    await press(page, 'Yes, that is right');
    await page.getByRole('heading', { name: 'Thank you.' }).waitFor();
    await look(page, 'interview_thanks.light');

    await press(page, 'See my copy');
    const answers = page.locator('.transcript .said');
    await answers.first().waitFor();
    const copied = (await answers.locator('p').allTextContents()).join(' ');
    assert.ok(wordErrors(before, copied.slice(0, before.length)) <= 0.1, copied);
    const listen = page.getByRole('button', { name: /^Listen to the answer/ });
    // The last one was a button.
    assert.equal(await listen.count(), await answers.filter({ hasNotText: 'Yes, that is right' }).count(), 'every spoken answer can be listened to');
    const sound = page.waitForResponse((response) => response.url().endsWith('/audio') && response.ok());
    await listen.first().click();
    const stop = page.getByRole('button', { name: /^Stop the answer/ });
    await stop.waitFor();
    const seconds = (await (await sound).body()).length / 32_000;
    assert.ok(seconds > 8, `the first answer is ${seconds} s long`);
    await stop.click();
    await stop.waitFor({ state: 'detached' });
    const marks = page.getByRole('switch');
    const kept = page.waitForResponse((response) => response.url().endsWith('/quotable') && response.ok());
    await marks.first().check();
    await kept;
    await page.reload();
    await page.getByRole('heading', { name: 'Your own copy' }).waitFor();
    await answers.first().waitFor();
    assert.ok(await marks.first().isChecked(), 'the mark is kept');
    await look(page, 'interview_copy.light');
    await press(page, 'Withdraw everything …');
    await press(page, 'Erase everything');
    await page.getByRole('heading', { name: 'Everything is erased.' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Everything is erased.' }).waitFor();
  }),
);

test('where UDP is blocked it goes by WebSocket, by itself, and by keyboard alone', { timeout: 500_000 }, () =>
  inBrowser(async (page) => {
    relay.let(false);
    await page.goto(link(1));
    await headed(page, /Northwind would like/);
    await enter(page, 'Continue');
    await headed(page, 'How would you like to take part?');
    await enter(page, 'Agree and continue');
    await headed(page, 'Let us check your microphone');
    await enter(page, 'Turn on the microphone');
    await headed(page, 'Say a few words');
    await enter(page, 'Begin the conversation');
    await enter(page, 'Everything said so far');
    await enter(page, 'Connection');
    await page.getByText('Connected by WebSocket.').waitFor();
    await page.getByText('did not open within 5 seconds').waitFor();
    await understands(page, 'websocket');
    await look(page, 'interview_websocket.light');
    await answered(page, () => enter(page, 'Repeat'));
    await myTurn(page);
    await answered(page, () => enter(page, 'Skip'));
    await myTurn(page);
    await enter(page, 'End');
    await page.getByRole('dialog').waitFor();
    await enter(page, 'End here');
    await headed(page, 'Thank you.');
    relay.let(true);
  }),
);

test('as much is understood over WebRTC as over the WebSocket', () => {
  const { webrtc, websocket } = rates;
  assert.ok(webrtc <= websocket * 1.2, `${webrtc} over WebRTC, ${websocket} over WebSocket`);
});

test('a network that is gone for 10 seconds, and a page that is loaded again, lose nothing', { timeout: 300_000 }, () =>
  inBrowser(async (page) => {
    await page.context().grantPermissions(['microphone']);
    await begin(page, link(2));
    await page.getByText('Everything said so far').click();
    const first = await answerAll(page, [ANSWERS[1]]);
    assert.ok(wordErrors(first.said, first.heard) <= 0.2, first.heard);

    network(false);
    await page.waitForTimeout(10_000);
    await page.getByRole('heading', { name: 'The connection is gone' }).waitFor();
    network(true);
    await page.getByText('We are connected again.').waitFor();
    const second = await answerAll(page, [ANSWERS[2]]);
    assert.ok(wordErrors(second.said, second.heard) <= 0.2, second.heard);
    assert.ok((await understood(page)).startsWith(first.heard), 'what was said before the network went is gone');

    await page.reload();
    await press(page, 'Continue the conversation');
    await page.getByText('Everything said so far').click();
    const third = await answerAll(page, [ANSWERS[0]]);
    assert.ok(wordErrors(third.said, third.heard) <= 0.2, third.heard);
    assert.ok((await understood(page)).startsWith(first.heard), 'what was said before the page was loaded again is gone');
  }),
);

test('from voice to writing and back to voice', { timeout: 300_000 }, () =>
  inBrowser(async (page) => {
    await page.context().grantPermissions(['microphone']);
    await begin(page, link(3), { keepSound: true });
    await page.getByText('Everything said so far').click();
    await answerAll(page, [ANSWERS[1]]);
    await press(page, 'Write');
    const field = page.getByRole('textbox');
    await field.fill('Most days I have a lot of energy, because my team helped me through the release last week.');
    await page.locator('.line.interviewer').filter({ hasText: 'Welcome back' }).first().waitFor();
    await answered(page, () => page.keyboard.press('Enter'));
    await page.locator('.line.you.done').nth(1).waitFor();
    await press(page, 'Talk');
    await page.getByText('Everything said so far').click();
    const spoken = await answerAll(page, [ANSWERS[2]]);
    assert.ok(wordErrors(textOf(ANSWERS[2]), spoken.heard) <= 0.2, spoken.heard);
    assert.equal(await page.locator('.line.you').count(), 3);
    await press(page, 'End');
    await press(page, 'End here');
    await press(page, 'See my copy');
    const listen = page.getByRole('button', { name: /^Listen to the answer/ });
    await listen.first().waitFor();
    assert.equal(await listen.count(), 2, 'what was spoken before and after the writing can be listened to');
  }),
);

test('who only talks is thanked: nothing is pressed after the first word', { timeout: 500_000 }, async () => {
  const short = await startServer({ fresh: true });
  const before = await startFront(short.address);
  try {
    const token = await shortSession(short);
    await inBrowser(async (page) => {
      await begin(page, `${before.url}/i/${token}`);
      const clips = answers(16);
      let given = 0;
      while ((await myTurn(page)) && given < MOST_ANSWERS) {
        await answered(page, () => say(page, clips[given % clips.length]));
        given += 1;
      }
      await page.getByRole('heading', { name: 'Thank you.' }).waitFor();
      console.log(`thanked after ${given} spoken answers`);
      assert.ok(given >= 4, `thanked after ${given} answers`);
    });
  } finally {
    await before.stop();
    await short.stop();
  }
});
