// An interview in writing with the real server: from the link to thanks, over a lost network and a reload.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openPage, startBrowser } from './support/browser.mjs';
import { startFront } from './support/front.mjs';
import { look } from './support/look.mjs';
import { startServer } from './support/server.mjs';

let browser;
let server;
let front;
before(async () => {
  server = await startServer({ invitations: 3 });
  front = await startFront(server.address);
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await front?.stop();
  await server?.stop();
});

const press = (page, name) => page.getByRole('button', { name, exact: true }).click();
const asked = (page) => page.locator('.line.interviewer:not(.growing)');
const said = (page) => page.locator('.line.you.done');

async function begin(page, token) {
  await page.goto(`${front.url}/i/${token}`);
  await press(page, 'Continue');
  await page.getByRole('radio', { name: /Write/ }).check();
  await press(page, 'Agree and continue');
  await asked(page).first().waitFor();
}

/** Answers the question that is asked, and waits for the next one. */
async function answer(page, text) {
  const before = await asked(page).count();
  await page.getByRole('textbox').last().fill(text);
  await page.keyboard.press('Enter');
  await asked(page).nth(before).waitFor();
}

test('an interview is held in writing from the link to thanks', { timeout: 120_000 }, async () => {
  const page = await openPage(browser);
  await begin(page, server.tokens[0]);
  await answer(page, 'Most days I have a lot of energy, because my team helped me through the release last week.');
  assert.equal(await said(page).count(), 1);
  await look(page, 'real_text.light');
  await press(page, 'Repeat');
  await asked(page).nth(2).waitFor();
  await press(page, 'Pause');
  await page.getByRole('heading', { name: 'Paused' }).waitFor();
  await page.locator('.panel').getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('heading', { name: 'Paused' }).waitFor({ state: 'detached' });
  const finish = page.getByRole('button', { name: 'Finish' });
  for (let i = 0; i < 40 && !(await finish.isVisible()); i++) {
    const before = await asked(page).count();
    await page.getByRole('textbox').last().fill(i % 2 === 0 ? 'I would rather not say.' : 'Yes, that is right.');
    await page.keyboard.press('Enter');
    await Promise.race([asked(page).nth(before).waitFor(), finish.waitFor()]);
  }
  await finish.click();
  await page.getByRole('heading', { name: 'Thank you.' }).waitFor();
  await look(page, 'real_thanks.light');
  await page.goto(`${front.url}/i/${server.tokens[0]}`);
  await page.getByRole('heading', { name: 'Your own copy' }).waitFor();
  await page.context().close();
});

test('a lost network and a reload lead back to the same conversation', { timeout: 120_000 }, async () => {
  const page = await openPage(browser);
  await begin(page, server.tokens[1]);
  await answer(page, 'The people, and that we decide ourselves how we work.');
  await page.context().setOffline(true);
  await page.getByRole('heading', { name: 'The connection is gone' }).waitFor();
  // What is typed meanwhile stays in its field.
  await page.getByRole('textbox').fill('Last week we moved a release on our own.');
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  await page.context().setOffline(false);
  await page.getByText('We are connected again.').waitFor();
  assert.equal(await page.getByRole('textbox').inputValue(), 'Last week we moved a release on our own.');
  await asked(page).filter({ hasText: 'Welcome back' }).waitFor();
  await answer(page, 'Last week we moved a release on our own.');
  assert.equal(await said(page).count(), 2);
  await page.reload();
  await page.getByRole('heading', { name: 'Welcome back.' }).waitFor();
  await press(page, 'Continue the conversation');
  await asked(page).filter({ hasText: 'Welcome back' }).first().waitFor();
  await page.context().close();
});

test('another window takes the conversation over, and can be brought back from', { timeout: 120_000 }, async () => {
  const first = await openPage(browser);
  await begin(first, server.tokens[2]);
  const second = await openPage(browser);
  await second.goto(`${front.url}/i/${server.tokens[2]}`);
  await press(second, 'Continue the conversation');
  await asked(second).first().waitFor();
  await first.getByRole('heading', { name: 'You went on somewhere else' }).waitFor();
  await press(first, 'Continue here');
  await second.getByRole('heading', { name: 'You went on somewhere else' }).waitFor();
  await press(first, 'End');
  await press(first, 'End here');
  await first.getByRole('button', { name: 'Finish' }).click();
  await first.getByRole('heading', { name: 'Thank you.' }).waitFor();
  assert.deepEqual([first.faults, second.faults], [[], []]);
});
