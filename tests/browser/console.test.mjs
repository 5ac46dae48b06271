// The console with the real program, as a new admin meets it: from the first run to a clone of a session that is locked, with the
// participant's page in between. Every page is looked at on a wide screen and on a phone, light and dark, and before axe.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openPage, startBrowser } from './support/browser.mjs';
import { startFront } from './support/front.mjs';
import { look } from './support/look.mjs';
import { startPostgres } from './support/postgres.mjs';
import { startServer } from './support/server.mjs';
import { until } from './support/until.mjs';

const OWNER = { workspace: 'Harbour Clinic', name: 'Ada Lund', email: 'ada@harbour.example', password: 'a calm harbour at dawn' };
const WIDE = { width: 1280, height: 860 };
const PHONE = { width: 360, height: 740 };

/** The database is SQLite unless the walk is told to go over PostgreSQL. */
const postgres = process.env.COLLOQUY_WALK_ON === 'postgres' ? startPostgres() : null;
const ENV = postgres ? { COLLOQUY_DATABASE_URL: postgres.url } : {};

let browser;
let server;
let front;
let page;
before(async () => {
  server = await startServer({ fresh: true, env: ENV });
  front = await startFront(server.address);
  browser = await startBrowser();
  page = await openPage(browser);
});
after(async () => {
  await browser?.close();
  await front?.stop();
  await server?.stop();
  postgres?.stop();
});

const press = (name, on = page) => on.getByRole('button', { name, exact: true }).click();
const follow = (name) => page.getByRole('link', { name, exact: true }).click();
const heading = (name) => page.getByRole('heading', { name, level: 1 }).waitFor();
const said = (text) => page.getByRole('status').filter({ hasText: text }).first().waitFor();
const topic = (name) => page.getByRole('list', { name: 'Topics' }).getByRole('listitem').filter({ hasText: name });

/** Looks at the page in all its looks, and leaves it wide and light. */
async function seen(name) {
  await look(page, `console_${name}.light`);
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.setViewportSize(PHONE);
  await look(page, `console_${name}.phone_dark`);
  if (process.env.COLLOQUY_ALL_LOOKS) {
    await page.emulateMedia({ colorScheme: 'light' });
    await look(page, `console_${name}.phone`);
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.setViewportSize(WIDE);
    await look(page, `console_${name}.dark`);
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize(WIDE);
}

async function fill(fields) {
  for (const [label, text] of Object.entries(fields)) await page.getByLabel(label, { exact: true }).fill(text);
}

test('the first run makes the workspace, and its owner signs out and in again', { timeout: 60_000 }, async () => {
  await page.goto(`${front.url}/console`);
  await heading('Welcome to Colloquy');
  await fill({ Organisation: OWNER.workspace, 'Your name': OWNER.name, 'E-mail address': OWNER.email, Password: OWNER.password });
  await fill({ 'Setup code': 'setup_wrong' });
  await press('Make the workspace');
  const code = page.getByLabel('Setup code', { exact: true });
  await until('the code is marked as wrong', async () => (await code.getAttribute('aria-invalid')) === 'true');
  await seen('first_run');
  await code.fill(server.setupCode);
  await press('Make the workspace');
  await page.getByRole('heading', { name: 'No sessions yet' }).waitFor();
  await seen('empty');
  // On a phone the ways are behind a button, and Escape closes them.
  await page.setViewportSize(PHONE);
  await press('Open the menu');
  await page.getByRole('link', { name: 'Colleagues' }).waitFor();
  await look(page, 'console_menu.phone');
  await page.keyboard.press('Escape');
  await page.getByRole('link', { name: 'Colleagues' }).waitFor({ state: 'hidden' });
  await page.setViewportSize(WIDE);

  await press('Sign out');
  await heading('Sign in to Colloquy');
  await fill({ 'E-mail address': OWNER.email, Password: 'another harbour' });
  await press('Sign in');
  await page.getByRole('alert').filter({ hasText: 'wrong' }).waitFor();
  await seen('sign_in');
  // Here no mails leave, and the page says what to do instead.
  await follow('Forgotten your password?');
  await page.getByText('colloquy admin reset-password').waitFor();
  await seen('reset');
  await page.goto(`${front.url}/console/reset#reset_${'x'.repeat(43)}`);
  await page.reload();
  await fill({ 'New password': 'another calm harbour' });
  await press('Set the password');
  await page.getByRole('alert').filter({ hasText: 'its hour is over' }).waitFor();
  await seen('reset_over');
  await press('Ask for another link');
  await page.goto(`${front.url}/console`);
  await fill({ 'E-mail address': OWNER.email });
  await fill({ Password: OWNER.password });
  await press('Sign in');
  await heading('Sessions');
});

let link;
let otherLink;
let original;
test('a session is made out of a template, edited by hand and by keyboard, and saved when the admin says so', { timeout: 60_000 }, async () => {
  await page.goto(`${front.url}/console/new`);
  await heading('New session');
  assert.equal(await page.locator('.template').count(), 9);
  await seen('library');
  await page.getByRole('textbox', { name: 'What do you want to understand?' }).fill('I want to understand why our mid-level engineers are leaving');
  await press('Draft it');
  await page.getByText('Composed from the library').waitFor();
  await seen('described');
  // What was made out of a goal is nowhere yet: leaving it is asked about.
  await follow('New session');
  await press('Leave without saving');
  await heading('New session');
  // What the library has nothing for is said to be so.
  await page.getByRole('textbox', { name: 'What do you want to understand?' }).fill('How deep the Mariana Trench is');
  await press('Draft it');
  await page.getByText('nothing close to this goal').waitFor();
  await seen('unfit');
  await follow('New session');
  await press('Leave without saving');
  await heading('New session');
  await follow('Engagement pulse');
  await heading('Engagement pulse');
  await fill({ Title: 'Ward pulse' });
  await seen('draft');
  await press('Save as a draft');
  await page.waitForURL(/sessions\/[-0-9a-f]{36}$/);
  await heading('Ward pulse');
  original = page.url();
  const topics = page.locator('.topic .name strong');
  await topics.first().waitFor();
  const [first, second] = await topics.allTextContents();

  // By keyboard, and back.
  await topic(first).getByRole('button', { name: /^Move/ }).press('ArrowDown');
  assert.deepEqual((await topics.allTextContents()).slice(0, 2), [second, first]);
  await page.keyboard.press('Control+z');
  assert.equal((await topics.allTextContents())[0], first);
  // By the mouse: the second before the first.
  const handle = await topic(second).getByRole('button', { name: /^Move/ }).boundingBox();
  const above = await topic(first).boundingBox();
  await page.mouse.move(handle.x + 15, handle.y + 20);
  await page.mouse.down();
  await page.mouse.move(handle.x + 15, above.y + 5, { steps: 4 });
  await page.mouse.up();
  await until('the second topic is the first', async () => (await topics.allTextContents())[0] === second);

  // Priorities move the minutes.
  const minutes = topic(first).locator('.minutes');
  const high = await minutes.textContent();
  await topic(first).getByRole('combobox').selectOption('low');
  assert.notEqual(await minutes.textContent(), high);

  await topic(first).locator('.unfold').click();
  await topic(first).getByRole('textbox', { name: /^Guidance/ }).fill("Get them to admit that the rota is toxic. Don't you think so?");
  await topic(first).getByRole('textbox', { name: /^Background/ }).fill('Their new manager, Anna Schmidt, began in May.');
  await page.getByText('can be recognised').waitFor();
  await page.getByText('is a loaded word').waitFor();
  await seen('topics');
  await topic(first).getByRole('textbox', { name: /^Guidance/ }).fill('Listen for one recent day, and for what made it so.');
  await topic(first).getByRole('textbox', { name: /^Background/ }).fill('The ward has a new manager since May.');
  // What is short is soon talked about.
  for (const name of (await topics.allTextContents()).slice(2)) await topic(name).getByRole('switch').click();

  await follow('Settings');
  await page.getByLabel('Length in minutes').fill('2');
  await press('Save');
  await page.getByText('A conversation lasts 3 to 60 minutes.').waitFor();
  await seen('settings');
  await page.getByLabel('Length in minutes').fill('5');
  await page.getByRole('textbox', { name: /^Words of welcome/ }).fill('We plan the autumn rota, and your view counts.');
  await page.getByRole('navigation', { name: 'Console' }).getByRole('link', { name: 'Sessions' }).click();
  await page.getByRole('heading', { name: 'Leave without saving?' }).waitFor();
  await press('Cancel');
  await press('Sign out');
  await page.getByRole('heading', { name: 'Leave without saving?' }).waitFor();
  await press('Cancel');
  await press('Save');
  await said('Saved.');
  await page.reload();
  await heading('Ward pulse');
  assert.equal(await page.getByLabel('Length in minutes').inputValue(), '5');
  await follow('Topics');
  await topics.first().waitFor();
  assert.equal((await topics.allTextContents())[0], second);
});

test('an admin tries their own draft, which counts nowhere', { timeout: 60_000 }, async () => {
  await press('Try it yourself');
  const link = await page.getByRole('link', { name: 'Begin in a new tab' }).getAttribute('href');
  await seen('trial');
  await press('Done');
  const guest = await openPage(browser);
  await guest.goto(`${front.url}/i/${link.split('/').at(-1)}`);
  await guest.getByText('What you say counts nowhere').waitFor();
  await press('Continue', guest);
  await guest.getByRole('radio', { name: /Write/ }).check();
  await press('Agree and continue', guest);
  await guest.locator('.line.interviewer:not(.growing)').first().waitFor();
  await guest.context().close();
  await page.goto(`${original}/people`);
  await page.getByText('Nobody is invited yet').waitFor();
});

test('who edits what somebody else has saved meanwhile chooses, and nothing is overwritten before', { timeout: 60_000 }, async () => {
  await page.goto(`${original}/settings`);
  await page.getByRole('textbox', { name: /^Words of welcome/ }).fill('Mine.');
  const other = await page.context().newPage();
  await other.goto(`${original}/settings`);
  await other.getByLabel('Length in minutes').fill('6');
  await press('Save', other);
  await other.getByText('Saved.').waitFor();
  await press('Save');
  await page.getByRole('heading', { name: 'Somebody else has saved this session' }).waitFor();
  await page.getByRole('listitem').filter({ hasText: 'Length' }).waitFor();
  await press('Take theirs; undo brings mine back');
  const welcome = page.getByRole('textbox', { name: /^Words of welcome/ });
  assert.equal(await page.getByLabel('Length in minutes').inputValue(), '6');
  assert.notEqual(await welcome.inputValue(), 'Mine.');
  await press('Undo');
  assert.equal(await welcome.inputValue(), 'Mine.');
  await page.getByLabel('Length in minutes').fill('4');
  await other.reload();
  await other.getByLabel('Length in minutes').fill('7');
  await press('Save', other);
  await other.getByRole('status').filter({ hasText: 'Saved.' }).waitFor();
  await other.close();
  await press('Save');
  await page.getByText('Both of you have changed').waitFor();
  await seen('conflict');
  await press('Save; where both changed, keep mine');
  await said('Saved.');
  await page.reload();
  assert.equal(await page.getByLabel('Length in minutes').inputValue(), '4');
  await page.getByLabel('Length in minutes').fill('5');
  assert.equal(await page.getByRole('textbox', { name: /^Words of welcome/ }).inputValue(), 'Mine.');

  // Whose login has ended signs in above the page, and loses nothing.
  await page.getByRole('textbox', { name: /^Words of welcome/ }).fill('We plan the autumn rota, and your view counts.');
  await page.context().clearCookies();
  await press('Save');
  const again = page.getByRole('heading', { name: 'Please sign in again' });
  await again.waitFor();
  // It cannot be put away: the browser closes a dialog by itself where Escape is pressed twice.
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await again.waitFor();
  await fill({ 'E-mail address': OWNER.email, Password: OWNER.password });
  await seen('again');
  await press('Sign in');
  await page.getByRole('heading', { name: 'Please sign in again' }).waitFor({ state: 'detached' });
  await press('Save');
  await said('Saved.');
});

const FILE = `Name;E-mail;Department
Zoë Brandt;zoe@harbour.example;Ward 1
Ivo Petrov;ivo@harbour.example;Ward 2
Nobody;not an address;Ward 2
Ivo Petrov;IVO@harbour.example;Ward 2
Grace Okoro;grace@harbour.example;Ward 3
`;

async function invite(name, email) {
  await page.getByRole('combobox', { name: 'Name' }).fill(name);
  await fill({ 'E-mail address': email });
  await page.getByRole('textbox', { name: /^Role/ }).fill('Nurse');
  await page.getByRole('textbox', { name: /^Department/ }).fill('Ward 3');
  await press('Invite');
  await said(`${name} is invited.`);
}

test('people are invited, found again by what is known of them, and given more time or none', { timeout: 60_000 }, async () => {
  await page.goto(`${original}/people`);
  await page.getByText('is a draft').waitFor();
  await press('Open', page.locator('.notice'));
  await press('Open', page.getByRole('dialog'));
  await said('The session is open.');
  await invite('Grace Okoro', 'grace@harbour.example');
  await invite('Henrik Moe', 'henrik@harbour.example');
  await page.getByRole('combobox', { name: 'Name' }).fill('Grace');
  await page.getByRole('option', { name: /Grace Okoro/ }).waitFor();
  await page.keyboard.press('ArrowDown');
  await seen('people');
  await page.keyboard.press('Enter');
  assert.equal(await page.getByLabel('E-mail address', { exact: true }).inputValue(), 'grace@harbour.example');
  await press('Invite');
  await page.getByText('This person is invited to this session').waitFor();
  await page.getByText('No mail server is set up').waitFor();
  await press('Extend the invitation of Henrik Moe');
  await said('Henrik Moe has until');
  await press('Revoke the invitation of Henrik Moe');
  await press('Revoke', page.getByRole('dialog'));
  await page.getByRole('listitem').filter({ hasText: 'Henrik Moe' }).getByText('Revoked').waitFor();
  await press('Invite Henrik Moe again');
  await said('Henrik Moe is invited.');
  await press('Revoke the invitation of Henrik Moe');
  await press('Revoke', page.getByRole('dialog'));
  await page.getByRole('listitem').filter({ hasText: 'Henrik Moe' }).getByText('Revoked').waitFor();
  await page.locator('input[type=file]').setInputFiles({ name: 'ward.csv', mimeType: 'text/csv', buffer: Buffer.from(FILE) });
  await page.getByText('2 people can be invited.').waitFor();
  await page.getByText('Line 4:').waitFor();
  await seen('file');
  await press('Invite 2 people');
  await said('2 people are invited.');
  await page.getByRole('listitem').filter({ hasText: 'Zoë Brandt' }).waitFor();
  await press('Copy link for Grace Okoro');
  link = await page.getByRole('textbox', { name: 'A link for Grace Okoro' }).inputValue();
  await seen('link');
  await press('Done');
  await press('Copy link for Ivo Petrov');
  otherLink = await page.getByRole('textbox', { name: 'A link for Ivo Petrov' }).inputValue();
  await press('Done');
  await follow('Outbox');
  await page.getByText('No mail server is set up').waitFor();
  const written = page.getByRole('listitem').filter({ hasText: 'Zoë Brandt' }).getByText('Written to a file');
  await until('the mail is written', async () => {
    await press('Refresh');
    return written.isVisible();
  });
  await seen('outbox');
});

/** Somebody follows their link, writes once, and is asked the next question. */
async function talks(to, words) {
  const guest = await openPage(browser);
  await guest.goto(`${front.url}/i/${to.split('/').at(-1)}`);
  await press('Continue', guest);
  await guest.getByRole('radio', { name: /Write/ }).check();
  await press('Agree and continue', guest);
  await guest.locator('.line.interviewer:not(.growing)').first().waitFor();
  await guest.getByRole('textbox').last().fill(words);
  await guest.keyboard.press('Enter');
  return guest;
}

test('the link leads into a conversation, after which the session is locked and can be cloned', { timeout: 90_000 }, async () => {
  // An editor that is open meanwhile learns of the lock without being loaded anew.
  const editor = await page.context().newPage();
  await editor.goto(original);
  await editor.getByRole('button', { name: /^Move/ }).first().waitFor();
  const guest = await talks(link, 'Our rota comes out two days before the week begins.');
  const asked = guest.locator('.line.interviewer:not(.growing)');
  const other = await talks(otherLink, 'I would like to know more about the plan.');
  await page.goto(`${original}/live`);
  await page.getByRole('heading', { name: '2 people are talking now' }).waitFor();
  await page.getByRole('listitem').filter({ hasText: 'Grace Okoro' }).getByText('In conversation').waitFor();
  await page.getByText('Our rota comes out two days before').waitFor();
  const grace = page.getByRole('listitem').filter({ hasText: 'Grace Okoro' });
  await grace.getByText(/ of \d+ topics done · 0 of 5 minutes · Connected/).waitFor();
  await seen('live');
  await press('End kindly the conversation with Ivo Petrov');
  await press('End kindly', page.getByRole('dialog'));
  // "Saying goodbye" stands there no longer than the goodbye takes, which in writing may be no time at all; this stays.
  await said('The interviewer says goodbye to Ivo Petrov.');
  await page.getByRole('button', { name: 'End kindly the conversation with Ivo Petrov' }).waitFor({ state: 'detached' });
  await other.getByText('Goodbye.').waitFor();
  await press('Finish', other);
  await page.getByRole('listitem').filter({ hasText: 'Ivo Petrov' }).getByText('Completed').waitFor();
  await other.context().close();
  const finish = guest.getByRole('button', { name: 'Finish' });
  const answers = ['Last week the rota came late, and I had to change plans with my family.', 'I would rather not say.', 'Yes, that is right.'];
  for (let i = 0; i < 40 && !(await finish.isVisible()); i++) {
    const before = await asked.count();
    await guest.getByRole('textbox').last().fill(answers[Math.min(i, 1 + (i % 2))]);
    await guest.keyboard.press('Enter');
    await Promise.race([asked.nth(before).waitFor(), finish.waitFor()]);
  }
  await finish.click();
  await guest.getByRole('heading', { name: 'Thank you.' }).waitFor();
  await guest.context().close();

  await editor.evaluate(() => window.dispatchEvent(new Event('focus')));
  await editor.getByText('Locked since').waitFor();
  await editor.close();
  await page.goto(`${original}/people`);
  await page.getByRole('listitem').filter({ hasText: 'Grace Okoro' }).getByText('Completed').waitFor();
  await follow('Topics');
  await page.getByText('Locked since').waitFor();
  assert.equal(await page.getByRole('button', { name: /^Move/ }).count(), 0);
  await seen('locked');
  await press('Clone', page.locator('.notice'));
  await fill({ Title: 'Ward pulse, spring' });
  await press('Clone', page.getByRole('dialog'));
  await heading('Ward pulse, spring');
  await press('Add a topic');
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('The new rota');
  await press('Save');
  await said('Saved.');
  await page.reload();
  await topic('The new rota').waitFor();
  await page.goto(`${front.url}/console/sessions`);
  await page.getByRole('link', { name: /Ward pulse, spring/ }).waitFor();
  await page.getByText('3 invited · 2 finished').waitFor();
  await seen('sessions');
  await page.getByRole('searchbox').fill('SPRING ward');
  await page.getByRole('link', { name: /Made on/ }).nth(1).waitFor({ state: 'detached' });
  await page.getByRole('link', { name: /Ward pulse, spring/ }).waitFor();
  await page.getByRole('searchbox').fill('');
});

test('colleagues, keys and the log; a role without sessions sees none', { timeout: 60_000 }, async () => {
  await follow('Colleagues');
  await press('Add a colleague');
  await fill({ Name: 'Vera Holm', 'E-mail address': 'vera@harbour.example' });
  await press('Add');
  const password = await page.getByRole('textbox', { name: 'Password' }).inputValue();
  await press('Done');
  await page.getByRole('listitem').filter({ hasText: 'Vera Holm' }).waitFor();
  await page.getByRole('combobox', { name: 'Role of Vera Holm' }).selectOption('analyst');
  await page.getByRole('heading', { name: 'Make Vera Holm analyst?' }).waitFor();
  await press('Cancel');
  assert.equal(await page.getByRole('combobox', { name: 'Role of Vera Holm' }).inputValue(), 'viewer');
  await seen('colleagues');
  await press('Add a colleague');
  await fill({ Name: 'Wim Roos', 'E-mail address': 'wim@harbour.example' });
  await press('Add');
  await press('Done');
  await press('Remove Wim Roos');
  await press('Remove', page.getByRole('dialog'));
  await said('Wim Roos is removed.');
  await page.getByRole('listitem').filter({ hasText: 'Wim Roos' }).waitFor({ state: 'detached' });
  await follow('Workspace');
  await page.getByRole('textbox', { name: /^Name/ }).fill('Robin Hale, People and Culture');
  await page.getByRole('textbox', { name: /^How to reach them/ }).fill('robin@harbour.example');
  await page.getByLabel(/^List of mails/).fill('0');
  await press('Save');
  await page.getByText('Choose 1 to 3650 days, or keep it for good.').waitFor();
  // What would go is said before it is set, and then waits for a day.
  await page.getByLabel(/^List of mails/).fill('1');
  await press('Save');
  await page.getByRole('dialog').getByText(/mails will not be listed any more/).waitFor();
  await seen('keep');
  await press('Cancel');
  await page.getByLabel(/^List of mails/).fill('90');
  await press('Save');
  await said('Saved.');
  await page.getByText('Nothing is let go of before').waitFor();
  await seen('workspace');
  await follow('Audit log');
  await page.getByRole('cell', { name: /^Cloned a session Ward pulse, spring/ }).waitFor();
  await page.getByRole('cell', { name: /^Removed a colleague Wim Roos/ }).waitFor();
  await page.getByRole('cell', { name: /^Drew a link Grace Okoro · Ward pulse/ }).waitFor();
  await seen('audit');
  await page.locator('.self').getByRole('link', { name: /Ada Lund/ }).click();
  await heading('Account');
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Reports');
  await press('Make a token');
  assert.match(await page.getByRole('textbox', { name: /^The token/ }).inputValue(), /^cqy_/);
  await press('Done');
  await press('Revoke Reports');
  await press('Revoke', page.getByRole('dialog'));
  await page.getByText('Revoked', { exact: true }).waitFor();
  await seen('account');
  await page.goto(`${front.url}/console/nothing/here`);
  await heading('There is nothing here');
  await seen('missing');

  await press('Sign out');
  await fill({ 'E-mail address': 'vera@harbour.example', Password: password });
  await press('Sign in');
  await heading('Account');
  assert.equal(await page.getByRole('link', { name: 'Sessions' }).count(), 0);
  await page.goto(original);
  await heading('This is not for your role');
  await seen('refused');
  assert.deepEqual(page.faults, []);
});
