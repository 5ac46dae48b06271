// The whole way by keyboard alone: nothing is clicked, and the focus is always somewhere and always seen.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openPage, startBrowser } from './support/browser.mjs';
import { startFront } from './support/front.mjs';
import { enter, focused, headed, tabTo } from './support/keyboard.mjs';
import { heard, mockServer, says, topic } from './support/mock.mjs';

let browser;
let front;
before(async () => {
  front = await startFront();
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await front?.stop();
});

test('from the link to the own copy by voice', { timeout: 90_000 }, async () => {
  const page = await openPage(browser);
  const server = await mockServer(page);
  await page.goto(`${front.url}/i/token`);
  await headed(page, /Northwind would like/);
  await enter(page, 'Continue');
  await headed(page, 'How would you like to take part?');
  await tabTo(page, 'Talk');
  await page.keyboard.press('ArrowDown');
  assert.equal((await focused(page)).name, 'Write');
  await page.keyboard.press('ArrowUp');
  await enter(page, 'Agree and continue');
  await headed(page, 'Let us check your microphone');
  await enter(page, 'Turn on the microphone');
  await headed(page, 'Say a few words');
  await enter(page, 'Begin the conversation');
  const socket = await server.socket();
  socket.tell(...topic('Why you stay', 1), ...says('What keeps you here?'), ...heard('The people.'));
  await page.getByText('What keeps you here?').first().waitFor();
  await enter(page, 'Everything said so far');
  await enter(page, 'Pause');
  await tabTo(page, 'Mute');
  await page.keyboard.press('Space');
  await page.getByText('Unmute').waitFor();
  await enter(page, 'End');
  await page.getByRole('dialog').waitFor();
  // Escape is "no", and gives the focus back to where it was.
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  assert.equal((await focused(page)).name, 'End');
  await page.keyboard.press('Enter');
  await enter(page, 'End here');
  await page.waitForTimeout(100);
  assert.deepEqual(
    socket.heard.filter((event) => event.type === 'colloquy.control').map((event) => event.action),
    ['pause', 'end'],
  );
  socket.tell({ type: 'colloquy.ended', outcome: 'completed' });
  await headed(page, 'Thank you.');
  await enter(page, 'See my copy');
  await headed(page, 'Your own copy');
  await page.getByText('Mostly the people.').waitFor();
  await tabTo(page, 'Do not quote the answer “Mostly the people. We had a rough releas …”');
  await page.keyboard.press('Space');
  await page.waitForTimeout(100);
  assert.deepEqual(server.calls.at(-1), { name: 'PUT turns/2/quotable', body: { quotable: false } });
  await enter(page, 'Withdraw everything …');
  await enter(page, 'Erase everything');
  await headed(page, 'Everything is erased.');
  assert.deepEqual(page.faults, []);
});

test('an answer is typed, sent by Enter, and the floor stays in the field', { timeout: 60_000 }, async () => {
  const page = await openPage(browser);
  const server = await mockServer(page, { session: { mode: 'text' } });
  server.written();
  await page.goto(`${front.url}/i/token`);
  await headed(page, /Northwind would like/);
  await enter(page, 'Continue');
  await headed(page, 'Before we begin');
  await enter(page, 'Agree and continue');
  const socket = await server.socket();
  socket.tell(...topic('Why you stay', 1), ...says('What keeps you here?'));
  for (let i = 0; i < 10 && (await focused(page)).tag !== 'TEXTAREA'; i++) await page.keyboard.press('Tab');
  await page.keyboard.type('The people.');
  await page.keyboard.press('Shift+Enter');
  await page.keyboard.type('And the work.');
  await page.keyboard.press('Enter');
  await page.getByText('Sending').waitFor();
  assert.equal((await focused(page)).tag, 'TEXTAREA');
  assert.equal(socket.heard.at(-1).item.content[0].text, 'The people.\nAnd the work.');
});
