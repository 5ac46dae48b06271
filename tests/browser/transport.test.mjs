// The two ways of a voice: directly where the server offers it, else by WebSocket, and by itself.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openPage, startBrowser } from './support/browser.mjs';
import { startFront } from './support/front.mjs';
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

const press = (page, name) => page.getByRole('button', { name, exact: true }).click();

async function toTalk(page) {
  await page.goto(`${front.url}/i/token`);
  await press(page, 'Continue');
  await press(page, 'Agree and continue');
  await press(page, 'Turn on the microphone');
  await press(page, 'Begin the conversation');
}

/** The other side of a call, in the same page: it answers offers, and says what it is told to. */
function otherSide() {
  window.told = [];
  window.answerTo = async (offer) => {
    const peer = new RTCPeerConnection();
    const context = new AudioContext();
    const tone = context.createOscillator();
    const out = context.createMediaStreamDestination();
    tone.connect(out);
    tone.start();
    window.peer = peer;
    peer.ontrack = (event) => (window.voice = event.track);
    peer.ondatachannel = ({ channel }) => {
      window.channel = channel;
      channel.onmessage = (message) => window.told.push(JSON.parse(message.data));
      channel.onopen = () => channel.send(JSON.stringify({ type: 'session.created', session: { output_modalities: ['audio'] } }));
    };
    await peer.setRemoteDescription({ type: 'offer', sdp: offer });
    peer.addTrack(out.stream.getAudioTracks()[0], out.stream);
    await peer.setLocalDescription();
    while (peer.iceGatheringState !== 'complete') await new Promise((resolve) => setTimeout(resolve, 20));
    return peer.localDescription.sdp;
  };
}

test('where the server offers it the voice goes directly, with events on the data channel', { timeout: 60_000 }, async () => {
  const page = await openPage(browser, 'light', { reducedMotion: 'no-preference' });
  await mockServer(page);
  await page.addInitScript(otherSide);
  const offers = [];
  await page.route('**/v1/realtime/calls', async (route) => {
    const request = route.request();
    offers.push({ ...request.headers(), body: request.postData() });
    const answer = await page.evaluate((offer) => window.answerTo(offer), request.postData());
    await route.fulfill({ status: 201, contentType: 'application/sdp', body: answer });
  });
  await toTalk(page);
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
  await page.waitForTimeout(1_000);
  assert.ok((await arrived()) > before + 20);
  await press(page, 'Repeat');
  await page.waitForFunction(() => window.told.some((event) => event.action === 'repeat'));

  // The other side goes away: the page notices, and comes back.
  await page.evaluate(() => window.peer.close());
  await page.getByRole('heading', { name: 'The connection is gone' }).waitFor();
  await page.getByText('We are connected again.').waitFor();
  assert.equal(offers.length, 2);
  assert.deepEqual(page.faults, []);
});

test('a direct way that does not open within 5 seconds is left for the WebSocket, and the page says so', { timeout: 60_000 }, async () => {
  const page = await openPage(browser);
  const server = await mockServer(page);
  await page.route('**/v1/realtime/calls', () => undefined);
  const from = Date.now();
  await toTalk(page);
  const socket = await server.socket();
  const waited = Date.now() - from;
  assert.ok(waited > 5_000 && waited < 12_000, `${waited} ms`);
  socket.tell(...topic('Why you stay', 2), ...says('What keeps you here?'));
  await page.getByText('Connection', { exact: true }).click();
  await page.getByText('did not open within 5 seconds').waitFor();
  // The microphone's sound comes there in the wire's format: 20 ms of PCM16 at 24 kHz, 50 times a second.
  await page.waitForTimeout(1_000);
  const sound = () => socket.heard.filter((event) => event.type === 'input_audio_buffer.append');
  const before = sound().length;
  await page.waitForTimeout(2_000);
  const pieces = sound().length - before;
  assert.ok(pieces > 85 && pieces < 115, `${pieces} pieces in 2 s`);
  assert.equal(Buffer.from(sound()[0].audio, 'base64').length, 960);
  const loudest = () => Math.max(...sound().slice(-25).map((event) => {
    const bytes = Buffer.from(event.audio, 'base64');
    return Math.max(...Array.from({ length: 480 }, (_, i) => Math.abs(bytes.readInt16LE(2 * i))));
  }));
  // The fake microphone beeps once a second.
  await page.waitForTimeout(1_200);
  await press(page, 'Mute');
  await page.waitForTimeout(1_500);
  assert.equal(loudest(), 0);
  assert.deepEqual(page.faults, []);
});

async function switches({ asks }) {
  const page = await openPage(browser);
  const server = await mockServer(page);
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
  await page.goto(`${front.url}/i/token`);
  await press(page, 'Continue');
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
  assert.deepEqual(server.calls.findLast((call) => call.name === 'POST consent').body, { mode: 'text', recording: false, text_version: '2026-11' });
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
}

test('switching to writing closes the microphone, and back to talking opens it', { timeout: 60_000 }, () => switches({ asks: false }));

test('where the browser asks again, so do we before the microphone opens again', { timeout: 60_000 }, () => switches({ asks: true }));

test('who comes back to a browser that asks no more is in the conversation at once', { timeout: 60_000 }, async () => {
  const page = await openPage(browser);
  await page.context().grantPermissions(['microphone'], { origin: front.url });
  const server = await mockServer(page, { shown: { consent: { mode: 'voice', recording: false, text_version: '2026-11' } } });
  await page.goto(`${front.url}/i/token`);
  await press(page, 'Continue the conversation');
  const socket = await server.socket();
  socket.tell(...topic('Why you stay', 2), ...says('What keeps you here?'), ...heard('The people.'));
  await page.getByText('What keeps you here?').first().waitFor();
  await page.waitForTimeout(500);
  assert.ok(socket.heard.some((event) => event.type === 'input_audio_buffer.append'), 'and is heard');
  assert.deepEqual(page.faults, []);
});

test('a connection that is greeted and then refused is tried again less and less often', { timeout: 60_000 }, async () => {
  const page = await openPage(browser);
  const server = await mockServer(page);
  server.refuseConnections('internal');
  await toTalk(page);
  await page.getByRole('heading', { name: 'The connection is gone' }).waitFor();
  await page.waitForTimeout(5_000);
  // After 1, 2 and 4 seconds.
  assert.ok(server.sockets.length >= 2 && server.sockets.length <= 4, `${server.sockets.length} attempts`);
});

test('where the microphone cannot be sent the connection is not left open', { timeout: 60_000 }, async () => {
  const page = await openPage(browser);
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
  await toTalk(page);
  await page.getByRole('heading', { name: 'The connection is gone' }).waitFor();
  await server.socket(2);
  assert.equal(server.sockets[0].open, false);
  assert.deepEqual(page.faults, []);
});

test('a typed answer is known by its name: sent again it is the same one', { timeout: 60_000 }, async () => {
  const page = await openPage(browser);
  const server = await mockServer(page, { session: { mode: 'text' } });
  server.written();
  await page.goto(`${front.url}/i/token`);
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
