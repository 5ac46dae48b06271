// Every screen, as a picture and before axe: light, dark, on a phone of 360 px, and at 200 % zoom.
import { test } from 'node:test';
import { openPage } from './support/browser.mjs';
import { look } from './support/look.mjs';
import { heard, mockServer, RECORDED, says, topic } from './support/mock.mjs';
import { press, setStage } from './support/stage.mjs';

const LOOKS = (process.env.COLLOQUY_LOOKS ?? 'light,dark,phone,zoom').split(',');
const ONLY = process.env.COLLOQUY_SCREENS?.split(',');

const stage = setStage();

const open = (page) => page.goto(`${stage.front.url}/i/token`);
const heading = (page, name) => page.getByRole('heading', { name, level: 1 }).waitFor();

const toConsent = async (page) => {
  await open(page);
  await press(page, 'Continue');
};

const toCheck = async (page) => {
  await toConsent(page);
  await press(page, 'Agree and continue');
};

const toTalk = async (page, server) => {
  await toCheck(page);
  await press(page, 'Turn on the microphone');
  await press(page, 'Begin the conversation');
  return server.socket();
};

const toText = async (page, server) => {
  server.written();
  await toConsent(page);
  await page.getByRole('radio', { name: /Write/ }).check();
  await press(page, 'Agree and continue');
  return server.socket();
};

const QUESTION = 'When you think about the working day ahead, what do you look forward to?';
const ANSWER = 'Mostly the people, I would say. We had a rough release in March, and the whole team';
const WELCOME =
  'Hello, I am an AI interviewer, asking for Northwind. This takes about 15 minutes. You can skip any question or stop at any time. What keeps you here?';
const PARTY = 'Azure OpenAI, operated for Northwind in the EU';
const RECAP =
  'Before we finish, let me say back what I heard. You spoke of the rough release. You mentioned your manager as well. Have I understood you rightly?';

/** How to come to each screen. */
const SCREENS = {
  welcome: async (page) => {
    await open(page);
    await heading(page, /Northwind would like/);
  },
  welcome_confidential: async (page, server) => {
    server.shows({ session: { ...(await shownSession(page)), confidentiality: 'confidential', mode: 'voice' } });
    await open(page);
    await heading(page, /Northwind would like/);
  },
  welcome_back: async (page, server) => {
    server.shows({ consent: { mode: 'voice', recording: false, text_version: '2026-11' } });
    await open(page);
    await heading(page, 'Welcome back.');
  },
  welcome_greeted: async (page, server) => {
    const welcome = 'Thank you for taking the time.\n<b>Your answers</b> go to the people team alone.';
    server.shows({ session: { ...(await shownSession(page)), welcome } });
    await open(page);
    await page.getByText('<b>Your answers</b> go to').waitFor();
  },
  welcome_model: async (page, server) => {
    server.shows({ language_model: PARTY, session: { ...(await shownSession(page)), confidentiality: 'confidential' } });
    await open(page);
    await page.getByText(PARTY).waitFor();
  },
  help: async (page) => {
    await open(page);
    await press(page, 'Help');
    await page.getByRole('dialog').waitFor();
  },
  consent: toConsent,
  consent_model: async (page, server) => {
    server.shows({ language_model: PARTY });
    await toConsent(page);
    await page.getByText(PARTY).waitFor();
  },
  consent_text: async (page) => {
    await toConsent(page);
    await page.getByRole('radio', { name: /Write/ }).check();
  },
  consent_recording: async (page, server) => {
    server.shows({ session: { ...(await shownSession(page)), recording: true, mode: 'voice' } });
    await toConsent(page);
    await page.getByRole('checkbox').check();
  },
  consent_text_recorded: async (page, server) => {
    const session = { ...(await shownSession(page)), recording: true };
    server.shows({ session, consent: { mode: 'voice', recording: true, text_version: '2026-11' } });
    await open(page);
    await press(page, 'Take part in another way');
    await page.getByRole('radio', { name: /Write/ }).check();
    await page.getByRole('checkbox', { checked: true }).waitFor();
  },
  consent_failed: async (page, server) => {
    server.set('POST consent', 'offline');
    await toCheck(page);
    await page.getByText('did not reach us').waitFor();
  },
  decline: async (page) => {
    await toConsent(page);
    await press(page, 'I would rather not take part');
    await page.getByRole('dialog').waitFor();
  },
  declined: async (page) => {
    await toConsent(page);
    await press(page, 'I would rather not take part');
    await press(page, 'Do not take part');
    await heading(page, 'That is quite all right.');
  },
  check: async (page) => {
    await toCheck(page);
    await heading(page, /check your microphone/);
  },
  check_open: async (page) => {
    await toCheck(page);
    await press(page, 'Turn on the microphone');
    await page.getByText('We can hear you').waitFor();
  },
  talk_speaking: async (page, server) => {
    const socket = await toTalk(page, server);
    socket.tell(...topic('What draws you to work', 1), ...says(WELCOME, { done: false }));
    await page.getByText('The interviewer is speaking').waitFor();
  },
  talk_listening: async (page, server) => {
    const socket = await toTalk(page, server);
    socket.tell(...topic('What draws you to work', 1), ...says(QUESTION), ...heard(ANSWER, { done: false }));
    await page.getByText('Listening to you').waitFor();
  },
  talk_transcript: async (page, server) => {
    const socket = await toTalk(page, server);
    socket.tell(...topic('Why you stay', 2), ...says(WELCOME), ...heard('Well, it is mostly the people.'), ...says(QUESTION));
    // More than its place can hold: it is scrolled, by keys too.
    socket.tell(...heard(`${ANSWER} helped.`), ...says('I see. What was behind that?'));
    await page.getByText('Everything said so far').click();
    await page.getByText('Connection', { exact: true }).click();
    await page.getByText('does not offer the direct way').waitFor();
  },
  talk_kept: async (page, server) => {
    server.shows({ session: { ...(await shownSession(page)), recording: true }, consent: { mode: 'voice', recording: true, text_version: '2026-11' } });
    await page.context().grantPermissions(['microphone'], { origin: stage.front.url });
    await open(page);
    await press(page, 'Continue the conversation');
    const socket = await server.socket();
    socket.tell(...topic('Why you stay', 2), ...says(QUESTION), ...heard(ANSWER, { done: false }));
    await page.getByText('Listening to you').waitFor();
  },
  talk_draining: async (page, server) => {
    const socket = await toTalk(page, server);
    socket.tell(...topic('Why you stay', 2), ...says('What keeps you here?'), { type: 'error', error: { code: 'draining' } });
    await page.getByText('We will be back in a moment.').waitFor();
  },
  talk_coming_back: async (page, server) => {
    const socket = await toTalk(page, server);
    socket.tell(...topic('Why you stay', 2), ...says('What keeps you here?'));
    server.refuse('POST client_secret', 503, 'draining');
    socket.tell({ type: 'error', error: { code: 'draining' } });
    socket.close(1012);
    await page.getByRole('heading', { name: 'We are coming back' }).waitFor();
  },
  talk_goodbye: async (page, server) => {
    const socket = await toTalk(page, server);
    socket.tell(...topic('Why you stay', 2), ...says('What keeps you here?'));
    await press(page, 'End');
    await press(page, 'End here');
    socket.tell(...says('Thank you very much for your time. Goodbye.'));
    await page.getByText('saying goodbye').waitFor();
  },
  talk_muted: async (page, server) => {
    const socket = await toTalk(page, server);
    socket.tell(...topic('Why you stay', 2), ...says('What keeps you here?'));
    await press(page, 'Mute');
    await page.getByText('Your microphone is off').waitFor();
  },
  talk_muted_rests: async (page, server) => {
    const socket = await toTalk(page, server);
    socket.tell(...topic('Why you stay', 2), ...says('What keeps you here?'));
    await press(page, 'Mute');
    socket.tell({ type: 'colloquy.paused', cause: 'asked' });
    await page.getByText('so we are resting').waitFor();
  },
  talk_back: async (page, server) => {
    const socket = await toTalk(page, server);
    socket.tell(...topic('Why you stay', 2), ...says('What keeps you here?'), ...heard(`${ANSWER} helped.`));
    socket.close(1011);
    (await server.socket(2)).tell(...says('Welcome back. What keeps you here?'));
    await page.getByText('The last that we have of you').waitFor();
  },
  talk_paused: async (page, server) => {
    const socket = await toTalk(page, server);
    socket.tell(...topic('Why you stay', 2), ...says('What keeps you here?'), { type: 'colloquy.paused', cause: 'asked' });
    await page.getByRole('heading', { name: 'Paused' }).waitFor();
  },
  talk_lost: async (page, server) => {
    const socket = await toTalk(page, server);
    socket.tell(...topic('Why you stay', 2), ...says('What keeps you here?'));
    server.set('POST client_secret', 'offline');
    socket.close(1011);
    await page.getByRole('heading', { name: 'The connection is gone' }).waitFor();
  },
  talk_background: async (page, server) => {
    const socket = await toTalk(page, server);
    socket.tell(...topic('Why you stay', 2), ...says('What keeps you here?'));
    await page.getByText('Your turn').waitFor();
    await page.evaluate(() => {
      const hidden = (value) => {
        Object.defineProperty(document, 'visibilityState', { value, configurable: true });
        document.dispatchEvent(new Event('visibilitychange'));
      };
      const now = performance.now.bind(performance);
      hidden('hidden');
      performance.now = () => now() + 60_000;
      hidden('visible');
    });
    await page.getByText('was in the background').waitFor();
  },
  talk_end: async (page, server) => {
    const socket = await toTalk(page, server);
    socket.tell(...topic('Why you stay', 2), ...says('What keeps you here?'));
    await press(page, 'End');
    await page.getByRole('dialog').waitFor();
  },
  talk_care: async (page, server) => {
    const socket = await toTalk(page, server);
    socket.tell(
      ...topic('Why you stay', 2),
      { type: 'colloquy.stage', stage: 'care' },
      ...says('Thank you for telling me this. It should not be your burden alone. Would you like to go on with other topics?'),
    );
    await page.getByRole('heading', { name: /carry this alone/ }).waitFor();
  },
  recap: async (page, server) => {
    const socket = await toTalk(page, server);
    socket.tell(...topic('One thing to change', 7), { type: 'colloquy.stage', stage: 'recap' }, ...says(RECAP));
    await page.getByRole('heading', { name: 'Did we understand you?' }).waitFor();
  },
  recap_correcting: async (page, server) => {
    const socket = await toTalk(page, server);
    socket.tell(...topic('One thing to change', 7), { type: 'colloquy.stage', stage: 'recap' }, ...says(RECAP));
    await press(page, 'Correct something');
    await page.getByRole('textbox').fill('The release was in April, not in March.');
  },
  text: async (page, server) => {
    const socket = await toText(page, server);
    socket.tell(...topic('What draws you to work', 1), ...says(WELCOME), ...heard(`${ANSWER} stayed calm.`), ...says('I see. What was behind that?'));
    await page.getByText('What was behind that?').waitFor();
    await page.getByRole('textbox').fill('The deadline was set before anybody had looked at the work.');
  },
  text_unsent: async (page, server) => {
    const socket = await toText(page, server);
    socket.tell(...topic('What draws you to work', 1), ...says(QUESTION));
    await page.getByRole('textbox').fill('Mostly the people.');
    await page.keyboard.press('Enter');
    server.set('POST client_secret', 'offline');
    socket.close(1011);
    await page.getByText('Not sent').waitFor();
  },
  text_recap: async (page, server) => {
    const socket = await toText(page, server);
    socket.tell(...topic('One thing to change', 7), ...says(QUESTION), { type: 'colloquy.stage', stage: 'recap' }, ...says(RECAP));
    await page.getByRole('heading', { name: 'Did we understand you?' }).waitFor();
  },
  text_paused: async (page, server) => {
    const socket = await toText(page, server);
    socket.tell(...topic('Why you stay', 2), ...says(QUESTION), { type: 'colloquy.paused', cause: 'asked' });
    await page.getByRole('heading', { name: 'Paused' }).waitFor();
  },
  text_recap_correcting: async (page, server) => {
    const socket = await toText(page, server);
    socket.tell(...topic('One thing to change', 7), ...says(QUESTION), { type: 'colloquy.stage', stage: 'recap' }, ...says(RECAP));
    await press(page, 'Correct something');
  },
  text_to_voice: async (page, server) => {
    server.shows({ session: { ...(await shownSession(page)), recording: true } });
    const socket = await toText(page, server);
    socket.tell(...topic('Why you stay', 2), ...says(QUESTION));
    await press(page, 'Talk');
    await page.getByRole('dialog').waitFor();
  },
  text_over: async (page, server) => {
    const socket = await toText(page, server);
    socket.tell(...topic('One thing to change', 7), ...says('Thank you very much for your time. Goodbye.'), { type: 'colloquy.ended', outcome: 'completed' });
    await page.getByRole('button', { name: 'Finish' }).waitFor();
  },
  thanks: async (page, server) => {
    const socket = await toTalk(page, server);
    socket.tell(...says('Goodbye.'), { type: 'colloquy.ended', outcome: 'completed' });
    await heading(page, 'Thank you.');
  },
  copy: async (page, server) => {
    server.shows({ state: 'finished' });
    await open(page);
    await page.getByText('Mostly the people.').waitFor();
  },
  copy_recorded: async (page, server) => {
    server.shows({ state: 'finished' });
    server.copies(RECORDED);
    await open(page);
    // Nothing of it is a sound: it says that it could not be played.
    await page.getByRole('button', { name: /^Listen to/ }).first().click();
    await page.getByText('It could not be played.').waitFor();
  },
  copy_missing: async (page, server) => {
    server.shows({ state: 'finished' });
    server.refuse('GET copy', 409, 'not_finished');
    await open(page);
    await page.getByText('being prepared').waitFor();
  },
  withdraw: async (page, server) => {
    server.shows({ state: 'finished' });
    await open(page);
    await press(page, 'Withdraw everything …');
    await page.getByRole('dialog').waitFor();
  },
  withdrawn: async (page, server) => {
    server.shows({ state: 'finished' });
    await open(page);
    await press(page, 'Withdraw everything …');
    await press(page, 'Erase everything');
    await heading(page, 'Everything is erased.');
  },
  mic_refused: async (page) => {
    await noMicrophone(page, 'NotAllowedError');
    await heading(page, 'The microphone is blocked');
  },
  mic_missing: async (page) => {
    await noMicrophone(page, 'NotFoundError');
    await heading(page, 'No microphone found');
  },
  mic_busy: async (page) => {
    await noMicrophone(page, 'NotReadableError');
    await heading(page, 'The microphone is in use');
  },
  mic_insecure: async (page) => {
    // As a browser has it on a page that came by plain http from another machine.
    await page.addInitScript(() => Object.defineProperty(navigator, 'mediaDevices', { value: undefined }));
    await toCheck(page);
    await press(page, 'Turn on the microphone');
    await heading(page, 'The microphone needs a secure page');
  },
  unsupported: async (page) => {
    await page.addInitScript(() => delete window.AudioContext);
    await open(page);
    await heading(page, 'This browser is too old');
  },
  outdated: async (page, server) => {
    server.refuse('POST consent', 409, 'consent_outdated');
    await toCheck(page);
    await heading(page, 'This page is out of date');
  },
  elsewhere: async (page, server) => {
    server.refuse('POST client_secret', 409, 'elsewhere');
    await toTalkUnanswered(page);
    await heading(page, 'Still connected elsewhere');
  },
  idle: async (page, server) => {
    const socket = await toTalk(page, server);
    socket.tell({ type: 'error', error: { code: 'idle' } });
    socket.close(1000);
    await heading(page, 'You were away');
  },
  capacity: async (page, server) => {
    server.refuse('POST client_secret', 503, 'capacity');
    await toTalkUnanswered(page);
    await heading(page, 'All places are taken');
  },
  taken_over: async (page, server) => {
    const socket = await toTalk(page, server);
    socket.tell({ type: 'error', error: { code: 'conversation_taken_over' } });
    socket.close(4001);
    await heading(page, 'You went on somewhere else');
  },
  offline: async (page, server) => {
    server.set('GET ', 'offline');
    await open(page);
    await heading(page, 'We cannot reach the server');
  },
  expired: (page, server) => closed(page, server, 'expired', 'This link has expired'),
  revoked: (page, server) => closed(page, server, 'revoked', 'This link was withdrawn'),
  session_closed: (page, server) => closed(page, server, 'session_closed', 'These conversations are closed'),
  unknown_link: async (page, server) => {
    server.refuse('GET ', 404, 'unknown_link');
    await open(page);
    await heading(page, 'We do not know this link');
  },
  internal: async (page, server) => {
    server.refuse('GET ', 500, 'internal');
    await open(page);
    await heading(page, 'Something went wrong on our side');
  },
};

async function shownSession(page) {
  await open(page);
  return page.evaluate(async () => (await (await fetch('/api/participant/token')).json()).session);
}

async function toTalkUnanswered(page) {
  await toCheck(page);
  await press(page, 'Turn on the microphone');
  await press(page, 'Begin the conversation');
}

async function noMicrophone(page, name) {
  await page.addInitScript((kind) => {
    navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', kind));
  }, name);
  await toCheck(page);
  await press(page, 'Turn on the microphone');
}

async function closed(page, server, state, title) {
  server.shows({ state });
  await open(page);
  await heading(page, title);
}

for (const [name, reach] of Object.entries(SCREENS)) {
  if (ONLY && !ONLY.includes(name)) continue;
  for (const how of LOOKS) {
    test(`${name}, ${how}`, { timeout: 60_000 }, async () => {
      const page = await openPage(stage.browser, how);
      try {
        const server = await mockServer(page);
        await reach(page, server);
        await look(page, `${name}.${how}`);
      } finally {
        await page.context().close();
      }
    });
  }
}
