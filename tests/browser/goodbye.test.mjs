// How a conversation ends on the page: the goodbye is heard to its end, and what cannot be had any more is not acted on.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPage } from './support/browser.mjs';
import { mockServer, says, topic } from './support/mock.mjs';
import { otherSide } from './support/peer.mjs';
import { press, setStage, toTalk } from './support/stage.mjs';

const stage = setStage();

/** Notes whether the voice is still let out when its connection is lost, and whether it ends at all. */
function watchTheEnd() {
  window.end = { heardAtLoss: null, over: false };
  // After the page has dealt with the loss.
  const lost = () => setTimeout(() => (window.end.heardAtLoss = !window.end.over));
  const Node = window.AudioWorkletNode;
  window.AudioWorkletNode = class extends Node {
    disconnect(...from) {
      if (!window.peer && this.numberOfInputs === 0) window.end.over = true;
      super.disconnect(...from);
    }
  };
  const Socket = window.WebSocket;
  window.WebSocket = class extends Socket {
    constructor(...how) {
      super(...how);
      this.addEventListener('close', lost);
    }
  };
  const Peer = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Peer {
    createDataChannel(...how) {
      const channel = super.createDataChannel(...how);
      channel.addEventListener('close', () => window.peer && lost());
      return channel;
    }
    close() {
      if (window.peer && this !== window.peer) window.end.over = true;
      super.close();
    }
  };
}

/** Its voice is let out when the server has gone, and no longer once there is thanks. */
async function heardToItsEnd(page) {
  await page.waitForFunction(() => window.end.heardAtLoss !== null);
  assert.equal(await page.evaluate(() => window.end.heardAtLoss), true);
  await page.getByRole('heading', { name: 'Thank you.' }).waitFor();
  assert.equal(await page.evaluate(() => window.end.over), true);
  assert.deepEqual(page.faults, []);
}

test('a server that closes after its goodbye by WebSocket is heard to the end', { timeout: 60_000 }, async () => {
  const page = await openPage(stage.browser);
  const server = await mockServer(page);
  await page.addInitScript(watchTheEnd);
  await toTalk(page, stage);
  const socket = await server.socket();
  socket.tell(...topic('Why you stay', 2), ...says('Goodbye.'));
  await page.getByText('Goodbye.').first().waitFor();
  socket.tell({ type: 'colloquy.ended', outcome: 'completed' });
  socket.close(1000);
  await heardToItsEnd(page);
});

test('a server that closes after its goodbye by WebRTC is heard to the end', { timeout: 60_000 }, async () => {
  const page = await openPage(stage.browser);
  await mockServer(page);
  await page.addInitScript(watchTheEnd);
  await page.addInitScript(otherSide);
  await page.route('**/v1/realtime/calls', async (route) => {
    const answer = await page.evaluate((offer) => window.answerTo(offer), route.request().postData());
    await route.fulfill({ status: 201, contentType: 'application/sdp', body: answer });
  });
  await toTalk(page, stage);
  await page.getByText('Connection', { exact: true }).click();
  await page.getByText('Connected directly (WebRTC).').waitFor();
  await page.evaluate(() => {
    window.channel.send(JSON.stringify({ type: 'colloquy.ended', outcome: 'completed' }));
    setTimeout(() => window.peer.close(), 50);
  });
  await heardToItsEnd(page);
});

test('who has withdrawn everything elsewhere is not thanked for it', { timeout: 60_000 }, async () => {
  const page = await openPage(stage.browser);
  const server = await mockServer(page, { session: { mode: 'text' } });
  server.written();
  await page.goto(`${stage.front.url}/i/token`);
  await press(page, 'Continue');
  await press(page, 'Agree and continue');
  const socket = await server.socket();
  socket.tell(...topic('Why you stay', 2), ...says('What keeps you here?'));
  socket.tell({ type: 'colloquy.ended', outcome: 'withdrawn' });
  socket.close(1000);
  await page.getByRole('heading', { name: 'Everything is erased.' }).waitFor();
});

test('a microphone that is refused after somebody chose to write is not missed', { timeout: 60_000 }, async () => {
  const page = await openPage(stage.browser);
  const server = await mockServer(page);
  await page.addInitScript(() => {
    navigator.mediaDevices.getUserMedia = () => new Promise((_, reject) => (window.refuse = () => reject(new DOMException('', 'NotAllowedError'))));
  });
  await page.goto(`${stage.front.url}/i/token`);
  await press(page, 'Continue');
  await press(page, 'Agree and continue');
  await press(page, 'Turn on the microphone');
  server.written();
  await press(page, 'Write instead');
  const socket = await server.socket();
  await page.getByRole('textbox').waitFor();
  await page.evaluate(() => window.refuse());
  socket.tell(...topic('Why you stay', 2), ...says('What keeps you here?'));
  await page.getByText('What keeps you here?').waitFor();
  assert.equal(await page.getByText('Your microphone is gone').count(), 0);
});

for (const name of ['speaker', 'mic']) {
  test(`${name}.worklet, where it did not load once, is loaded with the next attempt`, { timeout: 60_000 }, async () => {
    const page = await openPage(stage.browser);
    const server = await mockServer(page);
    stage.front.breakOnce(`${name}.worklet`);
    await toTalk(page, stage);
    await page.getByRole('heading', { name: 'The connection is gone' }).waitFor();
    await page.getByText('We are connected again.').waitFor();
    assert.equal(server.sockets.at(-1).open, true);
  });
}
