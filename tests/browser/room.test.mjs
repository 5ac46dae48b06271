// Where there is little room: what is said and what can be pressed are both in sight.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPage } from './support/browser.mjs';
import { heard, mockServer, says, topic } from './support/mock.mjs';
import { press, setStage, toTalk } from './support/stage.mjs';

const stage = setStage();

const SIZES = { zoomed: { width: 500, height: 380 }, phone: { width: 360, height: 640 } };
const QUESTION = 'When you think about the working day ahead, what do you look forward to?';

async function talking(viewport) {
  const page = await openPage(stage.browser, 'light', { viewport });
  const server = await mockServer(page);
  await toTalk(page, stage);
  const socket = await server.socket();
  socket.tell(...topic('Why you stay', 2), ...says(QUESTION));
  await page.getByText('Your turn').waitFor();
  return { page, socket };
}

/** Where it is, and whether it is what stands there: nothing covers it. */
const seen = (locator) =>
  locator.evaluate((element) => {
    const { left, right, top, bottom } = element.getBoundingClientRect();
    const points = [top + 2, bottom - 2].map((y) => document.elementFromPoint((left + right) / 2, y));
    return points.every((point) => point !== null && (element.contains(point) || point.contains(element)) && !point.matches('.bottom'));
  });

for (const [name, viewport] of Object.entries(SIZES)) {
  test(`${name}: the question, the buttons and the ways to more are in sight`, { timeout: 60_000 }, async () => {
    const { page } = await talking(viewport);
    assert.ok(await seen(page.locator('.captions .asked')), 'the question');
    for (const button of ['Mute', 'Pause', 'End']) assert.ok(await seen(page.getByRole('button', { name: button, exact: true })), button);
    for (const more of ['Everything said so far', 'Connection']) assert.ok(await seen(page.getByText(more, { exact: true })), more);
  });
}

for (const [name, viewport] of Object.entries({ ...SIZES, desktop: { width: 1280, height: 860 } })) {
  test(`${name}: everything said so far opens at its end, and is scrolled`, { timeout: 60_000 }, async () => {
    const { page, socket } = await talking(viewport);
    for (let i = 0; i < 8; i++) socket.tell(...heard(`Answer ${i}, and the whole team helped.`), ...says(`And what was behind answer ${i}?`));
    await page.getByText('Everything said so far').click();
    const log = page.getByRole('log');
    const last = log.getByText('And what was behind answer 7?');
    await last.waitFor();
    await page.waitForFunction(() => document.querySelector('.log').scrollTop > 0);
    assert.ok(await seen(last), 'what was said last');
    assert.ok((await log.boundingBox()).height > 100, 'more than a line of it');
    await log.hover();
    await page.mouse.wheel(0, -5_000);
    await page.waitForFunction(() => document.querySelector('.log').scrollTop === 0);
    assert.ok(await seen(log.getByText(QUESTION)), 'what was said first');
  });
}

test('phone: no word of a button runs into the next one', { timeout: 60_000 }, async () => {
  const { page, socket } = await talking({ width: 360, height: 740 });
  socket.tell({ type: 'colloquy.paused', cause: 'asked' });
  await page.getByRole('heading', { name: 'Paused' }).waitFor();
  const words = await page.locator('.control > span:last-child').evaluateAll((all) =>
    all.map((word) => {
      const range = document.createRange();
      range.selectNodeContents(word);
      const { left, right } = range.getBoundingClientRect();
      return { word: word.textContent, left, right };
    }),
  );
  words.slice(1).forEach((word, i) => assert.ok(word.left - words[i].right >= 4, `${words[i].word} and ${word.word}`));
});

test('phone: what one agrees to by voice is read from its beginning', { timeout: 60_000 }, async () => {
  const page = await openPage(stage.browser, 'light', { viewport: SIZES.phone });
  const server = await mockServer(page, { session: { recording: true } });
  server.written();
  await page.goto(`${stage.front.url}/i/token`);
  await press(page, 'Continue');
  await page.getByRole('radio', { name: /Write/ }).check();
  await press(page, 'Agree and continue');
  await server.socket();
  await press(page, 'Talk');
  assert.ok(await seen(page.getByRole('heading', { name: 'Talk instead of writing?' })));
});
