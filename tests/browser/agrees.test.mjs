// What somebody agreed to, and no more: to be heard, and that the sound is kept.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPage } from './support/browser.mjs';
import { mockServer, says, topic } from './support/mock.mjs';
import { press, setStage, toTalk } from './support/stage.mjs';

const stage = setStage();

const consents = (server) => server.calls.filter((call) => call.name === 'POST consent').map((call) => call.body);

/** In writing, with a question asked, and how many microphones were opened. */
async function writing({ recording = false } = {}) {
  const page = await openPage(stage.browser);
  const server = await mockServer(page, { session: { recording } });
  await page.addInitScript(() => {
    window.opened = 0;
    const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = (wanted) => {
      window.opened += 1;
      return real(wanted);
    };
  });
  // A browser that asks no more does not stand in for the person's own yes.
  await page.context().grantPermissions(['microphone'], { origin: stage.front.url });
  server.written();
  await page.goto(`${stage.front.url}/i/token`);
  await press(page, 'Continue');
  await page.getByRole('radio', { name: /Write/ }).check();
  await press(page, 'Agree and continue');
  const socket = await server.socket();
  socket.tell(...topic('Why you stay', 2), ...says('What keeps you here?'));
  await page.getByText('What keeps you here?').waitFor();
  return { page, server, socket, opened: () => page.evaluate(() => window.opened) };
}

test('who agreed to write is shown what talking means, and may keep writing', { timeout: 60_000 }, async () => {
  const { page, server, socket, opened } = await writing();
  await press(page, 'Talk');
  const dialog = page.getByRole('dialog');
  await dialog.getByText('Nothing is read from the sound of your voice').waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.tagName), 'H2', 'it is read from its beginning');
  assert.equal(await dialog.getByRole('checkbox').count(), 0, 'no sound is kept in this session');
  await press(page, 'Keep writing');
  await dialog.waitFor({ state: 'detached' });
  // From the check of the microphone too there is a way back, to a conversation that was never left.
  await press(page, 'Talk');
  await press(page, 'Agree and talk');
  await page.getByRole('heading', { name: 'Let us check your microphone' }).waitFor();
  assert.equal(await opened(), 0);
  await press(page, 'Write instead');
  await page.getByRole('textbox').waitFor();
  await press(page, 'Talk');
  await press(page, 'Agree and talk');
  await page.getByRole('heading', { name: 'Let us check your microphone' }).waitFor();
  await page.evaluate(() => window.history.back());
  await page.getByRole('textbox').waitFor();
  assert.deepEqual(consents(server), [{ mode: 'text', recording: false, text_version: '2026-11', confidentiality: 'identified' }]);
  assert.deepEqual([server.sockets.length, socket.open], [1, true]);
  assert.deepEqual(page.faults, []);
});

test('who agrees to talk has the microphone checked, and only then is on a call', { timeout: 60_000 }, async () => {
  const { page, server, socket } = await writing({ recording: true });
  await press(page, 'Talk');
  await page.getByRole('dialog').getByRole('checkbox', { name: /Also keep the sound/ }).check();
  await press(page, 'Agree and talk');
  await press(page, 'Turn on the microphone');
  await page.getByRole('heading', { name: 'Say a few words' }).waitFor();
  assert.equal(consents(server).length, 1);
  assert.equal(socket.open, true);
  server.spoken();
  await press(page, 'Continue the conversation');
  await server.socket(2);
  await page.getByText('Everything said so far').waitFor();
  assert.deepEqual(consents(server)[1], { mode: 'voice', recording: true, text_version: '2026-11', confidentiality: 'identified' });
  // From now on they go back and forth.
  server.written();
  await press(page, 'Write');
  await server.socket(3);
  await page.getByRole('textbox').waitFor();
  server.spoken();
  await press(page, 'Talk');
  await server.socket(4);
  await page.getByText('Everything said so far').waitFor();
  assert.deepEqual(consents(server).map((one) => [one.mode, one.recording]), [['text', false], ['voice', true], ['text', true], ['voice', true]]);
  assert.deepEqual(page.faults, []);
});

test('where the sound is kept the conversation shows it, and nowhere else', { timeout: 60_000 }, async () => {
  const kept = await openPage(stage.browser);
  const server = await mockServer(kept, { session: { recording: true }, shown: { consent: { mode: 'voice', recording: true, text_version: '2026-11' } } });
  await kept.context().grantPermissions(['microphone'], { origin: stage.front.url });
  await kept.goto(`${stage.front.url}/i/token`);
  await press(kept, 'Continue the conversation');
  (await server.socket()).tell(...topic('Why you stay', 2), ...says('What keeps you here?'));
  await kept.getByText('Sound is kept').click();
  await kept.getByText('as you agreed').waitFor();
  const plain = await openPage(stage.browser);
  const other = await mockServer(plain, { session: { recording: true } });
  await toTalk(plain, stage);
  (await other.socket()).tell(...says('What keeps you here?'));
  await plain.getByText('Your turn').waitFor();
  assert.equal(await plain.getByText('Sound is kept').count(), 0);
});

test('who gets what is said too is told before anybody agrees, and agreed to', { timeout: 60_000 }, async () => {
  const party = 'Models Limited, for Northwind';
  const page = await openPage(stage.browser);
  const server = await mockServer(page, { shown: { language_model: party }, session: { confidentiality: 'confidential' } });
  server.written();
  const told = (within) => within.getByText(`the text of your answers is also processed by ${party}.`).waitFor();
  await page.goto(`${stage.front.url}/i/token`);
  await told(page.locator('.facts'));
  // Of the organisation it is true all the same.
  await page.getByText('Nobody there can open your transcript.').waitFor();
  await press(page, 'Continue');
  await told(page.locator('.agree'));
  await page.getByRole('radio', { name: /Write/ }).check();
  await told(page.locator('.agree'));
  await press(page, 'Agree and continue');
  (await server.socket()).tell(...says('What keeps you here?'));
  await press(page, 'Talk');
  await told(page.getByRole('dialog'));
  assert.deepEqual(consents(server).map((one) => one.text_version), [`2026-11 + ${party}`]);

  const silent = await openPage(stage.browser);
  await mockServer(silent);
  await silent.goto(`${stage.front.url}/i/token`);
  await press(silent, 'Continue');
  await silent.locator('.agree').waitFor();
  assert.equal(await silent.getByText('is also processed').count(), 0);
  assert.deepEqual(page.faults, []);
});
