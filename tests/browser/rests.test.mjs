// A conversation that stops from the server's side, or whose end was asked for: the page says so, and does what it says.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openPage } from './support/browser.mjs';
import { heard, mockServer, says, topic } from './support/mock.mjs';
import { press, setStage, toTalk } from './support/stage.mjs';
import { until } from './support/until.mjs';

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

const controls = (socket) => socket.heard.filter((event) => event.type === 'colloquy.control').map((event) => event.action);

test('who is muted in their turn is waited for, and goes on by turning the microphone on', { timeout: 60_000 }, async () => {
  const { page, socket } = await talking();
  // While the interviewer speaks there is nothing to wait for.
  socket.tell(...says('And what', { done: false }));
  await page.getByText('The interviewer is speaking').waitFor();
  await press(page, 'Mute');
  await sleep(2_000);
  socket.tell(...says('And what else keeps you here?'));
  await page.getByText('Your microphone is off. The interviewer waits.').waitFor();
  const from = performance.now();
  // Sooner than the interviewer asks whether they are there, by the page's own clock.
  const prompted = page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 8_000)));
  const rest = until('a rest is asked for', () => controls(socket).length > 0);
  await Promise.race([rest, prompted.then(() => assert.fail('the interviewer would have asked by now'))]);
  const waited = performance.now() - from;
  assert.ok(waited > 4_500, `${waited} ms`);
  socket.tell({ type: 'colloquy.paused', cause: 'asked' });
  await page.getByText('so we are resting, and the interviewer waits').waitFor();
  await page.locator('.panel').getByRole('button', { name: 'Unmute' }).click();
  await until('it goes on', () => controls(socket).length > 1);
  socket.tell({ type: 'colloquy.resumed' }, ...says('Welcome back. What else keeps you here?'));
  await page.getByText('Your turn').waitFor();
  assert.deepEqual(controls(socket), ['pause', 'resume']);
  assert.equal(await page.getByRole('button', { name: 'Mute', exact: true }).count(), 1);
  // Once more, by the other button, and in a rest that nobody asked for.
  await press(page, 'Mute');
  socket.tell({ type: 'colloquy.paused', cause: 'silence' });
  await page.getByText('so we are resting, and the interviewer waits').waitFor();
  await page.locator('.controls').getByRole('button', { name: 'Unmute' }).click();
  await until('it goes on again', () => controls(socket).length > 2);
  socket.tell({ type: 'colloquy.resumed' }, ...says('Welcome back. What else?'));
  // Who is quicker than the answer to that is not left in a rest.
  await press(page, 'Mute');
  await until('a rest is asked for once more', () => controls(socket).length > 3);
  await press(page, 'Unmute');
  await until('and taken back', () => controls(socket).length > 4);
  assert.deepEqual(controls(socket), ['pause', 'resume', 'resume', 'pause', 'resume']);
  assert.deepEqual(page.faults, []);
});

test('a connection that is lost promises no more than is kept, and shows what that is once it is back', { timeout: 60_000 }, async () => {
  const { page, server, socket } = await talking();
  const said = heard('Mostly the people, and that in a rough release everybody stayed calm and helped each other out.');
  socket.tell(...said);
  server.set('POST client_secret', 'offline');
  socket.close(1011);
  await page.getByText('What reached us is kept; your last sentence may not have.').waitFor();
  server.set('POST client_secret', undefined);
  await press(page, 'Try now');
  const next = await server.socket(2);
  next.tell({ type: 'conversation.item.done', item: { id: 'item_kept', role: 'user', status: 'completed', content: [{ type: 'input_audio', transcript: 'My manager pushed back.' }] } });
  await page.getByText('We are connected again.').waitFor();
  await page.getByText('The last that we have of you: “My manager pushed back.”').waitFor();
  next.tell(...says('Welcome back. What keeps you here?'));
  // It goes by itself.
  await page.getByText('We are connected again.').waitFor({ state: 'detached', timeout: 15_000 });
  assert.deepEqual(page.faults, []);
});
