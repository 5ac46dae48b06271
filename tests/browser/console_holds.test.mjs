// What the console holds fast on a slow network: what is typed while it is saved, what goes into a clone, and who of a long list was
// confirmed and who was sent.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openPage, startBrowser } from './support/browser.mjs';
import { startFront } from './support/front.mjs';
import { startServer } from './support/server.mjs';

const OWNER = { Organisation: 'Harbour Clinic', 'Your name': 'Ada Lund', 'E-mail address': 'ada@harbour.example', Password: 'a calm harbour at dawn' };
/** How long the network takes for what is slow here. */
const SLOW_MS = 800;

let browser;
let server;
let front;
let page;
before(async () => {
  server = await startServer({ fresh: true });
  front = await startFront(server.address);
  browser = await startBrowser();
  page = await openPage(browser);
});
after(async () => {
  await browser?.close();
  await front?.stop();
  await server?.stop();
});

const press = (name, on = page) => on.getByRole('button', { name, exact: true }).click();
const follow = (name) => page.getByRole('link', { name, exact: true }).click();
const welcome = () => page.getByRole('textbox', { name: /^Words of welcome/ });

test('what is not saved goes into the clone, and what is typed while it is saved stays', { timeout: 60_000 }, async () => {
  await page.goto(`${front.url}/console`);
  for (const [label, text] of Object.entries({ ...OWNER, 'Setup code': server.setupCode })) await page.getByLabel(label, { exact: true }).fill(text);
  await press('Make the workspace');
  await page.getByRole('heading', { name: 'No sessions yet' }).waitFor();
  await page.goto(`${front.url}/console/new/pulse`);
  await press('Save as a draft');
  await page.waitForURL(/sessions\/[-0-9a-f]{36}$/);
  const original = page.url();
  await follow('Settings');
  await welcome().fill('Not saved.');
  await press('Clone');
  await press('Clone', page.getByRole('dialog'));
  await page.getByText('This is the clone.').waitFor();
  await follow('Settings');
  assert.ok(!page.url().startsWith(original));
  assert.equal(await welcome().inputValue(), 'Not saved.');

  await page.route('**/api/v1/sessions/*', async (route) => {
    if (route.request().method() === 'PUT') await sleep(SLOW_MS);
    await route.continue();
  });
  await welcome().fill('First.');
  await press('Save');
  await welcome().fill('First. Second.');
  await page.getByText('Saved.').waitFor();
  assert.equal(await welcome().inputValue(), 'First. Second.');
  await page.getByText('Unsaved changes').waitFor();
  await press('Save');
  await page.getByText('Unsaved changes').waitFor({ state: 'detached' });
  // The bar has gone with the button that had the focus.
  await page.locator('h1:focus').waitFor();
});

test('of a long list those are invited who were confirmed, until one says stop', { timeout: 60_000 }, async () => {
  await follow('People');
  const rows = Array.from({ length: 1200 }, (_, i) => `P ${i},p${i}@harbour.example`);
  let asked = 0;
  await page.route('**/invitations/many', async (route) => {
    asked++;
    await sleep(SLOW_MS);
    return asked === 2 ? route.abort() : route.continue();
  });
  const file = page.locator('input[type=file]');
  await file.setInputFiles({ name: 'all.csv', mimeType: 'text/csv', buffer: Buffer.from(['name,email', ...rows].join('\n')) });
  await press('Invite 1,200 people');
  assert.ok(await file.isDisabled());
  // The second part got lost: what is left is offered again, and what failed is no longer told once it is tried again.
  await page.getByRole('alert').waitFor();
  await press('Invite 700 people');
  await page.getByRole('alert').waitFor({ state: 'detached' });
  await press('Stop');
  await page.locator('.preview').waitFor({ state: 'detached' });
  assert.equal(asked, 3, 'the third part was not sent');
  await page.locator('h1:focus').waitFor();
});
