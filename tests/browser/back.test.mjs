// The browser's Back: to the step before, and never out of a conversation unasked.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPage } from './support/browser.mjs';
import { mockServer, says, topic } from './support/mock.mjs';
import { press, setStage } from './support/stage.mjs';

const stage = setStage();

const heading = (page, name) => page.getByRole('heading', { name, level: 1 }).waitFor();
/** As the button does; it waits for no new document. */
const back = (page) => page.evaluate(() => window.history.back());

test('Back leads from step to step, and then away', { timeout: 60_000 }, async () => {
  const page = await openPage(stage.browser);
  await mockServer(page);
  await page.goto('about:blank');
  await page.goto(`${stage.front.url}/i/token`);
  await press(page, 'Continue');
  await heading(page, /How would you like/);
  await press(page, 'Agree and continue');
  await press(page, 'Turn on the microphone');
  await heading(page, 'Say a few words');
  await back(page);
  await heading(page, /How would you like/);
  await back(page);
  // What was agreed to stands, and can still be changed.
  await heading(page, 'Welcome back.');
  await press(page, 'Take part in another way');
  await heading(page, /How would you like/);
  await back(page);
  await heading(page, 'Welcome back.');
  await back(page);
  await page.waitForURL('about:blank');
});

test('Back in a conversation asks, and a second one takes the question back', { timeout: 60_000 }, async () => {
  const page = await openPage(stage.browser);
  const server = await mockServer(page);
  await page.goto('about:blank');
  await page.goto(`${stage.front.url}/i/token`);
  await press(page, 'Continue');
  await press(page, 'Agree and continue');
  await press(page, 'Turn on the microphone');
  await press(page, 'Begin the conversation');
  const socket = await server.socket();
  socket.tell(...topic('Why you stay', 1), ...says('What keeps you here?'));
  const dialog = page.getByRole('dialog');
  await back(page);
  await dialog.waitFor();
  await back(page);
  await dialog.waitFor({ state: 'detached' });
  await back(page);
  await press(page, 'Go on talking');
  await dialog.waitFor({ state: 'detached' });
  assert.equal(socket.open, true, 'the conversation goes on all the while');
  socket.tell({ type: 'colloquy.ended', outcome: 'completed' });
  await heading(page, 'Thank you.');
  await back(page);
  await page.waitForURL('about:blank');
  assert.deepEqual(page.faults, []);
});
