// The two ways of a voice: directly where the server offers it, else by WebSocket, and by itself.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPage } from './support/browser.mjs';
import { heard, mockServer, says, topic } from './support/mock.mjs';
import { otherSide } from './support/peer.mjs';
import { press, setStage, toTalk } from './support/stage.mjs';
import { until } from './support/until.mjs';

const stage = setStage();

test('where the server offers it the voice goes directly, with events on the data channel', { timeout: 60_000 }, async () => {
  const page = await openPage(stage.browser, 'light', { reducedMotion: 'no-preference' });
  await mockServer(page);
  await page.addInitScript(otherSide);
  const offers = [];
  await page.route('**/v1/realtime/calls', async (route) => {
    const request = route.request();
    offers.push({ ...request.headers(), body: request.postData() });
    const answer = await page.evaluate((offer) => window.answerTo(offer), request.postData());
    await route.fulfill({ status: 201, contentType: 'application/sdp', body: answer });
  });
  await toTalk(page, stage);
  await page.getByText('Connection', { exact: true }).click();
  await page.getByText('Connected directly (WebRTC).').waitFor();
  assert.equal(offers[0]['content-type'], 'application/sdp');
  assert.equal(offers[0].authorization, 'Bearer ek_test');
  assert.match(offers[0].body, /m=audio/);
  assert.match(offers[0].body, /m=application/);

  const events = [...topic('Why you stay', 2), ...says('What keeps you here?', { done: false })];
  await page.evaluate((list) => list.forEach((event) => window.channel.send(JSON.stringify(event))), events);
  await page.getByText('What keeps you here?').first().waitFor();
  // What the other side plays is heard, and what the microphone hears arrives there.
  await page.waitForFunction(() => Number(document.querySelector('.orb').style.getPropertyValue('--theirs')) > 0.3);
  const arrived = () => page.evaluate(async () => {
    const reports = [...(await window.peer.getStats()).values()];
    return reports.find((report) => report.type === 'inbound-rtp' && report.kind === 'audio')?.packetsReceived ?? 0;
  });
  const before = await arrived();
  await until('the microphone arrives', async () => (await arrived()) > before + 20);
  await press(page, 'Repeat');
  await page.waitForFunction(() => window.told.some((event) => event.action === 'repeat'));

  // The other side goes away: the page notices, and comes back.
  await page.evaluate(() => window.peer.close());
  await page.getByRole('heading', { name: 'The connection is gone' }).waitFor();
  await page.getByText('We are connected again.').waitFor();
  assert.equal(offers.length, 2);
  assert.deepEqual(page.faults, []);
});

test('the servers for a way through are those that the server names', { timeout: 60_000 }, async () => {
  const page = await openPage(stage.browser);
  const server = await mockServer(page);
  // On this machine, where nobody answers.
  const named = [{ urls: ['stun:127.0.0.1:9'] }, { urls: ['turn:127.0.0.1:9?transport=udp'], username: 'guest', credential: 'secret' }];
  server.set('POST client_secret', { status: 200, json: { value: 'ek_test', expires_at: 2_000_000_000, ice_servers: named } });
  await page.addInitScript(() => {
    const Real = window.RTCPeerConnection;
    window.peers = [];
    window.RTCPeerConnection = class extends Real {
      constructor(...options) {
        super(...options);
        window.peers.push(this);
      }
    };
  });
  await toTalk(page, stage);
  await server.socket();
  const used = await page.evaluate(() => window.peers.map((peer) => peer.getConfiguration().iceServers));
  const plain = used.map((servers) => servers.map(({ urls, username, credential }) => ({ urls: [urls].flat(), ...(username && { username, credential }) })));
  assert.deepEqual(plain, [named]);
});

/** When each piece of the microphone's sound came, in seconds of the sound's own clock. */
function keepTime() {
  window.pieces = [];
  const Real = window.AudioWorkletNode;
  window.AudioWorkletNode = class extends Real {
    constructor(context, name, options) {
      super(context, name, options);
      if (name === 'mic') this.port.addEventListener('message', () => window.pieces.push(context.currentTime));
    }
  };
}

test('a direct way that does not open within 5 seconds is left for the WebSocket, and the page says so', { timeout: 60_000 }, async () => {
  const page = await openPage(stage.browser);
  const server = await mockServer(page);
  await page.addInitScript(keepTime);
  let from;
  await page.route('**/v1/realtime/calls', () => void (from = performance.now()));
  await toTalk(page, stage);
  const socket = await server.socket();
  const waited = performance.now() - from;
  // Less what was spent on gathering addresses before the offer.
  assert.ok(waited > 4_000 && waited < 12_000, `${waited} ms`);
  socket.tell(...topic('Why you stay', 2), ...says('What keeps you here?'));
  await page.getByText('Connection', { exact: true }).click();
  await page.getByText('did not open within 5 seconds').waitFor();
  // The microphone's sound comes there in the wire's format: 20 ms of PCM16 at 24 kHz, 50 times a second.
  const sound = () => socket.heard.filter((event) => event.type === 'input_audio_buffer.append').map((event) => Buffer.from(event.audio, 'base64'));
  await until('two seconds of sound', () => sound().length >= 100);
  assert.deepEqual([...new Set(sound().map((piece) => piece.length))], [960]);
  // By the sound's own clock, over more and more of it until a delay at either end weighs little.
  await page.waitForFunction(() => {
    const [first, last] = [window.pieces[0], window.pieces.at(-1)];
    const rate = (window.pieces.length - 1) / (last - first);
    return window.pieces.length >= 100 && Math.abs(rate / 50 - 1) < 0.05;
  });
  const loudest = (pieces) => Math.max(...pieces.map((piece) => Math.max(...Array.from({ length: 480 }, (_, i) => Math.abs(piece.readInt16LE(2 * i))))));
  await until('the fake microphone beeps, once a second', () => loudest(sound().slice(-75)) > 0);
  await press(page, 'Mute');
  const muted = sound().length;
  await until('silence for longer than between two beeps', () => sound().length >= muted + 75 && loudest(sound().slice(-75)) === 0);
  assert.deepEqual(page.faults, []);
});

async function switches({ asks = false, recording = false }) {
  const page = await openPage(stage.browser);
  const server = await mockServer(page, { session: { recording } });
  if (asks) await page.addInitScript(() => (navigator.permissions.query = async () => ({ state: 'prompt' })));
  await page.addInitScript(() => {
    window.microphones = [];
    const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (wanted) => {
      const stream = await real(wanted);
      window.microphones.push(stream.getAudioTracks()[0]);
      return stream;
    };
  });
  const open = () => page.evaluate(() => window.microphones.map((track) => track.readyState));
  await page.goto(`${stage.front.url}/i/token`);
  await press(page, 'Continue');
  if (recording) await page.getByRole('checkbox', { name: /Also keep the sound/ }).check();
  await press(page, 'Agree and continue');
  // Nothing is opened before the person asks for it, after consent.
  assert.deepEqual(await open(), []);
  await press(page, 'Turn on the microphone');
  await press(page, 'Begin the conversation');
  (await server.socket()).tell(...topic('Why you stay', 2), ...says('What keeps you here?'));
  assert.deepEqual(await open(), ['live']);
  server.written();
  await press(page, 'Write');
  const written = await server.socket(2);
  await page.getByRole('textbox').waitFor();
  assert.deepEqual(await open(), ['ended']);
  const consent = () => server.calls.findLast((call) => call.name === 'POST consent').body;
  assert.deepEqual(consent(), { mode: 'text', recording, text_version: '2026-11', confidentiality: 'identified' });
  // What was said before is still there.
  await page.getByText('What keeps you here?').waitFor();
  written.tell(...says('Welcome back. What keeps you here?'));
  server.spoken();
  await press(page, 'Talk');
  if (asks) {
    await press(page, 'Turn on the microphone');
    await press(page, 'Continue the conversation');
  }
  await server.socket(3);
  await page.getByText('Everything said so far').waitFor();
  assert.deepEqual(await open(), ['ended', 'live']);
  assert.deepEqual(consent(), { mode: 'voice', recording, text_version: '2026-11', confidentiality: 'identified' });
}

test('switching to writing closes the microphone, and back to talking opens it', { timeout: 60_000 }, () => switches({}));

test('the sound that somebody agreed to keep is kept while they write, and after', { timeout: 60_000 }, () => switches({ recording: true }));

test('where the browser asks again, so do we before the microphone opens again', { timeout: 60_000 }, () => switches({ asks: true }));

test('who comes back to a browser that asks no more is in the conversation at once', { timeout: 60_000 }, async () => {
  const page = await openPage(stage.browser);
  await page.context().grantPermissions(['microphone'], { origin: stage.front.url });
  const server = await mockServer(page, { shown: { consent: { mode: 'voice', recording: false, text_version: '2026-11' } } });
  await page.goto(`${stage.front.url}/i/token`);
  await press(page, 'Continue the conversation');
  const socket = await server.socket();
  socket.tell(...topic('Why you stay', 2), ...says('What keeps you here?'), ...heard('The people.'));
  await page.getByText('What keeps you here?').first().waitFor();
  await until('they are heard', () => socket.heard.some((event) => event.type === 'input_audio_buffer.append'));
  assert.deepEqual(page.faults, []);
});

test('a connection that is greeted and then refused is tried again less and less often', { timeout: 60_000 }, async () => {
  const page = await openPage(stage.browser);
  const server = await mockServer(page);
  server.refuseConnections('internal');
  await toTalk(page, stage);
  await page.getByRole('heading', { name: 'The connection is gone' }).waitFor();
  await server.socket(4);
  const waits = server.sockets.slice(1).map((socket, i) => socket.at - server.sockets[i].at);
  // 1, 2 and 4 seconds, and what an attempt takes; one that came late shortens the wait after it.
  assert.ok(waits[0] > 700 && waits[0] + waits[1] > 2_500 && waits[0] + waits[1] + waits[2] > 6_000, `waits of ${waits} ms`);
});

test('where the microphone cannot be sent the connection is not left open', { timeout: 60_000 }, async () => {
  const page = await openPage(stage.browser);
  const server = await mockServer(page);
  await page.addInitScript(() => {
    const Real = window.AudioWorkletNode;
    window.AudioWorkletNode = class extends Real {
      constructor(context, name, options) {
        if (name === 'mic') throw new Error('no worklet');
        super(context, name, options);
      }
    };
  });
  await toTalk(page, stage);
  await page.getByRole('heading', { name: 'The connection is gone' }).waitFor();
  await server.socket(2);
  assert.equal(server.sockets[0].open, false);
  assert.deepEqual(page.faults, []);
});

test('a typed answer is known by its name: sent again it is the same one', { timeout: 60_000 }, async () => {
  const page = await openPage(stage.browser);
  const server = await mockServer(page, { session: { mode: 'text' } });
  server.written();
  await page.goto(`${stage.front.url}/i/token`);
  await press(page, 'Continue');
  await press(page, 'Agree and continue');
  const first = await server.socket();
  first.tell(...topic('Why you stay', 2), ...says('What keeps you here?'));
  await page.getByRole('textbox').fill('The people.');
  await page.keyboard.press('Enter');
  await page.getByText('Sending').waitFor();
  first.close(1011);
  await page.getByText('Not sent').waitFor();
  const second = await server.socket(2);
  server.take();
  await page.getByText('We are connected again.').waitFor();
  await press(page, 'Send again');
  await page.locator('.line.you.done').waitFor();
  const [sent, again] = [first, second].map((socket) => socket.heard.find((event) => event.type === 'conversation.item.create').item);
  assert.deepEqual(again, sent);
  assert.equal(await page.locator('.line.you').count(), 1);
});
