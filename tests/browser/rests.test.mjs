// A conversation that stops from the server's side, or whose end was asked for: the page says so, and does what it says.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openPage } from './support/browser.mjs';
import { mockServer, says, topic } from './support/mock.mjs';
import { press, setStage, toTalk } from './support/stage.mjs';

const stage = setStage();

/** After the first waits of an attempt to connect again. */
const ATTEMPTS_MS = 1_500;

async function writing() {
  const page = await openPage(stage.browser);
  const server = await mockServer(page, { session: { mode: 'text' } });
  server.written();
  await page.goto(`${stage.front.url}/i/token`);
  await press(page, 'Continue');
  await press(page, 'Agree and continue');
  const socket = await server.socket();
  socket.tell(...topic('Why you stay', 2), ...says('What keeps you here?'));
  return { page, server, socket };
}

async function talking() {
  const page = await openPage(stage.browser);
  const server = await mockServer(page);
  await toTalk(page, stage);
  const socket = await server.socket();
  socket.tell(...topic('Why you stay', 2), ...says('What keeps you here?'));
  await page.getByText('Your turn').waitFor();
  return { page, server, socket };
}

function leaves(socket, code, close) {
  socket.tell({ type: 'error', error: { code } });
  socket.close(close);
}

for (const begin of [writing, talking]) {
  test(`who was away while ${begin.name} goes on when they say so, and not by itself`, { timeout: 60_000 }, async () => {
    const { page, server, socket } = await begin();
    leaves(socket, 'idle', 1000);
    await page.getByRole('heading', { name: 'You were away' }).waitFor();
    await page.evaluate(() => window.dispatchEvent(new Event('online')));
    await sleep(ATTEMPTS_MS);
    assert.equal(server.sockets.length, 1);
    await press(page, 'Continue');
    const next = await server.socket(2);
    next.tell(...says('Welcome back.'));
    await page.getByText('Welcome back.').first().waitFor();
    assert.deepEqual(page.faults, []);
  });
}

test('a link that is taken back, or held elsewhere, in the middle of a conversation has its screen', { timeout: 60_000 }, async () => {
  for (const [code, close, title] of [['link_revoked', 1008, 'This link was withdrawn'], ['elsewhere', 1013, 'Still connected elsewhere']]) {
    const { page, server, socket } = await writing();
    leaves(socket, code, close);
    await page.getByRole('heading', { name: title }).waitFor();
    await sleep(ATTEMPTS_MS);
    assert.equal(server.sockets.length, 1);
    await page.context().close();
  }
});

test('a server that is about to be restarted says so, and afterwards that it is coming back', { timeout: 60_000 }, async () => {
  const { page, server, socket } = await talking();
  socket.tell({ type: 'error', error: { code: 'draining' } });
  await page.getByText('We will be back in a moment. Your place is kept.').waitFor();
  // The conversation goes on meanwhile.
  socket.tell(...says('And what else?'));
  await page.getByText('And what else?').first().waitFor();
  assert.equal(socket.open, true);
  server.refuse('POST client_secret', 503, 'draining');
  leaves(socket, 'draining', 1012);
  await page.getByRole('heading', { name: 'We are coming back' }).waitFor();
  server.set('POST client_secret', undefined);
  await server.socket(2);
  await page.getByText('We are connected again.').waitFor();
  assert.equal(await page.getByText('We will be back in a moment.').count(), 0);
  assert.deepEqual(page.faults, []);
});

test('once the end was asked for the microphone is off, and it is nobody\'s turn', { timeout: 60_000 }, async () => {
  const { page, socket } = await talking();
  await press(page, 'End');
  await press(page, 'End here');
  await page.getByText('The interviewer is saying goodbye').waitFor();
  const mute = page.getByRole('button', { name: 'Mute', exact: true });
  assert.equal(await mute.getAttribute('aria-disabled'), 'true');
  assert.match(await mute.getAttribute('class'), /over/);
  const loudest = (events) => Math.max(0, ...events.flatMap((event) => {
    const piece = Buffer.from(event.audio, 'base64');
    return Array.from({ length: piece.length / 2 }, (_, i) => Math.abs(piece.readInt16LE(2 * i)));
  }));
  const pieces = () => socket.heard.filter((event) => event.type === 'input_audio_buffer.append');
  const before = pieces().length;
  socket.tell(...says('Thank you. Goodbye.'));
  await page.getByText('Thank you. Goodbye.').first().waitFor();
  assert.equal(await page.getByText('Your turn').count(), 0);
  // The fake microphone beeps once a second; the first pieces were on their way.
  while (pieces().length < before + 100) await sleep(50);
  assert.equal(loudest(pieces().slice(before + 25)), 0);
});

test('the recap in writing has one field, to which "Correct something" leads', { timeout: 60_000 }, async () => {
  const { page, server, socket } = await writing();
  server.take();
  socket.tell({ type: 'colloquy.stage', stage: 'recap' }, ...says('You spoke of the people. Have I understood you rightly?'));
  await press(page, 'Correct something');
  assert.equal(await page.getByRole('textbox').count(), 1);
  assert.equal(await page.getByRole('button', { name: 'Send', exact: true }).count(), 1);
  const field = page.getByRole('textbox', { name: 'What would you put differently?' });
  assert.ok(await field.evaluate((element) => element === document.activeElement && getComputedStyle(element).outlineStyle !== 'none'));
  await page.keyboard.type('And of the place.');
  await page.keyboard.press('Enter');
  await page.locator('.line.you.done').waitFor();
  assert.deepEqual(page.faults, []);
});

test('the recap by voice leads to its field', { timeout: 60_000 }, async () => {
  const { page, socket } = await talking();
  socket.tell({ type: 'colloquy.stage', stage: 'recap' }, ...says('You spoke of the people. Have I understood you rightly?'));
  await press(page, 'Correct something');
  await page.keyboard.type('And of the place.');
  assert.equal(await page.getByRole('textbox').inputValue(), 'And of the place.');
});
