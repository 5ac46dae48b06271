// What tests with a mocked server begin with: the built page, and a browser.
import { after, before } from 'node:test';
import { startBrowser } from './browser.mjs';
import { startFront } from './front.mjs';

/** The page's address and the browser, from the first test to the last. */
export function setStage() {
  const stage = { browser: null, front: null };
  before(async () => {
    stage.front = await startFront();
    stage.browser = await startBrowser();
  });
  after(async () => {
    await stage.browser?.close();
    await stage.front?.stop();
  });
  return stage;
}

export const press = (page, name) => page.getByRole('button', { name, exact: true }).click();

/** The way into a conversation by voice, up to its first word. */
export async function toTalk(page, stage) {
  await page.goto(`${stage.front.url}/i/token`);
  await press(page, 'Continue');
  await press(page, 'Agree and continue');
  await press(page, 'Turn on the microphone');
  await press(page, 'Begin the conversation');
}
