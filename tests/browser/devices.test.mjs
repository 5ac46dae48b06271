// The check of microphone and loudspeaker, with Chromium's own fake devices: what is asked of the browser, what a choice does,
// and that the test sound is heard.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPage } from './support/browser.mjs';
import { mockServer, says } from './support/mock.mjs';
import { press, setStage } from './support/stage.mjs';
import { until } from './support/until.mjs';

const stage = setStage();

/** Keeps what the page asks for, the microphones that it gets, and what it speaks through, with a meter before the loudspeaker. */
function watch() {
  window.wanted = [];
  window.microphones = [];
  const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    window.wanted.push(wanted);
    const stream = await real(wanted);
    window.microphones.push(stream.getAudioTracks()[0]);
    return stream;
  };
  const RealAudio = window.Audio;
  window.Audio = function (...options) {
    return (window.element = new RealAudio(...options));
  };
  const connect = AudioNode.prototype.connect;
  const meters = new Map();
  window.loudest = () => {
    const samples = new Float32Array(2_048);
    return Math.max(0, ...[...meters.values()].map((meter) => {
      meter.getFloatTimeDomainData(samples);
      return Math.max(...samples.map(Math.abs));
    }));
  };
  AudioNode.prototype.connect = function (to, ...more) {
    if (to instanceof AudioDestinationNode) {
      window.context = this.context;
      if (!meters.has(this.context)) meters.set(this.context, new AnalyserNode(this.context, { fftSize: 2_048 }));
      connect.call(this, meters.get(this.context));
    }
    return connect.call(this, to, ...more);
  };
}

async function toCheck() {
  const page = await openPage(stage.browser);
  const server = await mockServer(page);
  await page.addInitScript(watch);
  await page.goto(`${stage.front.url}/i/token`);
  await press(page, 'Continue');
  await press(page, 'Agree and continue');
  await press(page, 'Turn on the microphone');
  await page.getByRole('heading', { name: 'Say a few words' }).waitFor();
  return { page, server };
}

/** The values of a choice, and which one is chosen. */
const choices = (page, label) => page.getByRole('combobox', { name: label, exact: true }).evaluate((select) => ({ all: [...select.options].map((one) => one.value), chosen: select.value }));

test('the microphone is asked for without our own voice in it, and another one takes its place', { timeout: 60_000 }, async () => {
  const { page, server } = await toCheck();
  const audio = { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true };
  assert.deepEqual(await page.evaluate(() => window.wanted), [{ audio }]);
  const settings = await page.evaluate(() => window.microphones[0].getSettings());
  assert.equal(settings.echoCancellation, true, 'and the browser does it');
  const { all, chosen } = await choices(page, 'Microphone');
  assert.ok(all.length >= 2 && chosen === settings.deviceId, `${chosen} of ${all}`);
  const other = all.find((id) => id !== chosen);
  await page.getByRole('combobox', { name: 'Microphone', exact: true }).selectOption(other);
  await until('the other one is open', () => page.evaluate(() => window.microphones.length === 2));
  await until('it is the one that is shown', async () => (await choices(page, 'Microphone')).chosen === other);
  assert.deepEqual(await page.evaluate(() => window.wanted[1]), { audio: { ...audio, deviceId: { exact: other } } });
  const tracks = () => page.evaluate(() => window.microphones.map((track) => [track.readyState, track.getSettings().deviceId]));
  assert.deepEqual(await tracks(), [['ended', chosen], ['live', other]]);
  // It is heard, in the check and in the conversation.
  await page.getByText('We can hear you').waitFor();
  await press(page, 'Begin the conversation');
  const socket = await server.socket();
  socket.tell(...says('What keeps you here?'));
  await until('its sound arrives', () => socket.heard.filter((event) => event.type === 'input_audio_buffer.append').length > 20);
  assert.deepEqual(await tracks(), [['ended', chosen], ['live', other]]);
  assert.deepEqual(page.faults, []);
});

test('the loudspeaker that is chosen is spoken through, and the test sound is heard', { timeout: 60_000 }, async () => {
  const { page } = await toCheck();
  const loudest = () => page.evaluate(() => window.loudest());
  assert.ok((await loudest()) < 0.01, 'nothing is heard before it is asked for');
  await press(page, 'Play a test sound');
  await until('it is heard', async () => (await loudest()) > 0.05);
  await page.getByRole('button', { name: 'Playing …' }).waitFor();
  await page.getByRole('button', { name: 'Play a test sound' }).waitFor();
  await until('it is over', async () => (await loudest()) < 0.01);
  const { all, chosen } = await choices(page, 'Loudspeaker');
  assert.ok(all.length >= 2, `loudspeakers: ${all}`);
  const other = all.find((id) => id !== chosen);
  await page.getByRole('combobox', { name: 'Loudspeaker', exact: true }).selectOption(other);
  // Both ways of a voice: the context's, and the element's that plays a call.
  await until('both speak through it', () => page.evaluate((id) => window.context.sinkId === id && window.element.sinkId === id, other));
  await press(page, 'Play a test sound');
  await until('it is heard there too', async () => (await loudest()) > 0.05);
  assert.deepEqual(page.faults, []);
});
