// With a real mail server: who is invited follows the link that was mailed and talks to the end, after which the session is locked; and
// a password that was forgotten is set anew by the mail for it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openPage, startBrowser } from './support/browser.mjs';
import { startFront } from './support/front.mjs';
import { startMailServer } from './support/mail_server.mjs';
import { startServer } from './support/server.mjs';
import { until } from './support/until.mjs';

const OWNER = { Organisation: 'Harbour Clinic', 'Your name': 'Ada Lund', 'E-mail address': 'ada@harbour.example', Password: 'a calm harbour at dawn' };

let mails;
let browser;
let server;
let front;
let page;
before(async () => {
  mails = await startMailServer();
  server = await startServer({ fresh: true, env: mails.env });
  front = await startFront(server.address);
  browser = await startBrowser();
  page = await openPage(browser);
});
after(async () => {
  await browser?.close();
  await front?.stop();
  await server?.stop();
  await mails?.stop();
});

const press = (name, on = page) => on.getByRole('button', { name, exact: true }).click();

async function fill(fields) {
  for (const [label, text] of Object.entries(fields)) await page.getByLabel(label, { exact: true }).fill(text);
}

/** The path of the link in the newest mail to that address, once it has come. */
async function mailed(to, part) {
  let found;
  await until(`a mail to ${to}`, () => {
    found = mails.taken().findLast((mail) => mail.to.includes(to) && mail.text.includes(part));
    return Promise.resolve(found !== undefined);
  });
  const { pathname, hash } = new URL(found.text.split(/\s/).find((word) => word.includes(part)));
  return `${front.url}${pathname}${hash}`;
}

test('the link in the mail leads into a conversation, which locks the session', { timeout: 90_000 }, async () => {
  await page.goto(`${front.url}/console`);
  await fill({ ...OWNER, 'Setup code': server.setupCode });
  await press('Make the workspace');
  await page.getByRole('heading', { name: 'No sessions yet' }).waitFor();
  await page.goto(`${front.url}/console/new/pulse`);
  await page.getByLabel('Length in minutes').fill('5');
  const switches = page.getByRole('list', { name: 'Topics' }).getByRole('switch');
  for (let i = (await switches.count()) - 1; i > 1; i--) await switches.nth(i).click();
  await press('Save as a draft');
  await page.waitForURL(/sessions\/[-0-9a-f]{36}$/);
  const session = page.url();
  await page.goto(`${session}/people`);
  await press('Open', page.locator('.notice'));
  await press('Open', page.getByRole('dialog'));
  await page.getByRole('combobox', { name: 'Name' }).fill('Grace Okoro');
  await fill({ 'E-mail address': 'grace@harbour.example' });
  await press('Invite');
  await page.getByRole('status').filter({ hasText: 'Grace Okoro is invited.' }).first().waitFor();
  const guest = await openPage(browser);
  await guest.goto(await mailed('grace@harbour.example', '/i/'));
  await page.reload();
  await page.getByRole('listitem').filter({ hasText: 'Grace Okoro' }).getByText('Link opened').waitFor();

  await press('Continue', guest);
  await guest.getByRole('radio', { name: /Write/ }).check();
  await press('Agree and continue', guest);
  const asked = guest.locator('.line.interviewer:not(.growing)');
  const finish = guest.getByRole('button', { name: 'Finish' });
  const answers = ['Last week the rota came late, and I had to change plans with my family.', 'I would rather not say.', 'Yes, that is right.'];
  await asked.first().waitFor();
  for (let i = 0; i < 40 && !(await finish.isVisible()); i++) {
    const before = await asked.count();
    await guest.getByRole('textbox').last().fill(answers[Math.min(i, 1 + (i % 2))]);
    await guest.keyboard.press('Enter');
    await Promise.race([asked.nth(before).waitFor(), finish.waitFor()]);
  }
  await finish.click();
  await guest.getByRole('heading', { name: 'Thank you.' }).waitFor();
  assert.deepEqual(guest.faults, []);
  await guest.context().close();
  await page.goto(session);
  await page.getByText('Locked since').waitFor();
  await page.goto(`${front.url}/console/outbox`);
  await page.getByRole('listitem').filter({ hasText: 'Grace Okoro' }).getByText('Sent', { exact: true }).waitFor();
  assert.equal(mails.taken().length, 1, 'who is through is not reminded');
});

test('a password that was forgotten is set by a link that was mailed, once', { timeout: 60_000 }, async () => {
  await press('Sign out');
  await page.getByRole('link', { name: 'Forgotten your password?' }).click();
  await fill({ 'E-mail address': OWNER['E-mail address'] });
  await press('Send me a link');
  await page.getByText('a mail is on its way').waitFor();
  const link = await mailed(OWNER['E-mail address'], '#reset_');
  for (const [password, outcome] of [
    ['another calm harbour', 'Your password is changed'],
    ['a third calm harbour', 'its hour is over'],
  ]) {
    await page.goto('about:blank');
    await page.goto(link);
    await fill({ 'New password': password });
    await press('Set the password');
    await page.getByText(outcome).waitFor();
  }
  await page.goto(`${front.url}/console`);
  await fill({ 'E-mail address': OWNER['E-mail address'], Password: 'another calm harbour' });
  await press('Sign in');
  await page.getByRole('heading', { name: 'Sessions', level: 1 }).waitFor();
  assert.deepEqual(page.faults, []);
});
