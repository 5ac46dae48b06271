// Insights with the real program: people write, the report is made of it, and whoever reads it checks a claim by the line that it
// stands on, filters, corrects, asks, and takes it along; what is confidential shows nobody by themselves.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { openPage, startBrowser } from './support/browser.mjs';
import { startFront } from './support/front.mjs';
import { look, SHOTS } from './support/look.mjs';
import { startServer } from './support/server.mjs';
import { holdTyped } from './support/typed.mjs';
import { until } from './support/until.mjs';

const OWNER = { Organisation: 'Harbour Clinic', 'Your name': 'Ada Lund', 'E-mail address': 'ada@harbour.example', Password: 'a calm harbour at dawn' };
const WIDE = { width: 1280, height: 860 };
const PHONE = { width: 360, height: 740 };
/** A report is made within this time on a slow machine: the model of meaning is loaded first. */
const MADE_WITHIN_MS = 60_000;

const WORK = [
  'There is far too much work for the people we have; last week we were two on nights where it used to be four.',
  'Honestly the workload is too high. Last month I stayed late almost every evening because nobody else was there.',
  'We are understaffed, and I cannot finish what I have to do in a shift. It was like that again on Monday.',
  'Too much to do with too few people. Last Friday I skipped my break because there were only two of us.',
];
const FINE = 'The workload is fine for me at the moment, since the new colleague came last month.';
const TEAM = [
  'I really like my team; they caught me when my father was ill last spring.',
  'My colleagues are great. Last week they helped me through a hard night.',
  'The people I work with are wonderful, and we help each other whenever it is hard.',
];
const LEADERS = ['I do not know where the clinic is going; last month the plan changed again and nobody told us why.', 'The direction is clear to me since the meeting in March.'];

/** What the i-th person says. */
const answersOf = (i) => ({
  'Your energy at work': [TEAM[i % TEAM.length]],
  'What gets in your way': [i % 3 === 2 ? FINE : WORK[i % WORK.length]],
  'Direction and leadership': [LEADERS[i % LEADERS.length]],
});

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
const pattern = (name, on = page) => on.locator('.pattern').filter({ has: on.getByRole('heading', { name, exact: true }) });
const reported = () => page.getByRole('heading', { name: 'Summary' }).waitFor({ timeout: MADE_WITHIN_MS });

/** Asks the API as the page does. */
async function api(method, path, body) {
  const { status, told } = await page.evaluate(
    async ([method, path, body]) => {
      const response = await fetch(`/api/v1${path}`, {
        method,
        ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      });
      return { status: response.status, told: await response.json().catch(() => null) };
    },
    [method, path, body],
  );
  assert.ok(status < 300, `${method} ${path}: ${status} ${JSON.stringify(told)}`);
  return told;
}

/** An open session of the pulse. */
async function open(title, confidentiality) {
  const draft = await api('POST', '/sessions', { template: 'pulse', title });
  if (confidentiality) {
    await page.goto(`${front.url}/console/sessions/${draft.id}/settings`);
    await page.getByRole('radio', { name: new RegExp(`^${confidentiality}`) }).check();
    await press('Save');
    await page.getByText('Saved.').waitFor();
  }
  await api('POST', `/sessions/${draft.id}/open`);
  return draft.id;
}

/** Invites people of these departments, and holds their conversations. */
async function hold(session, departments, first = 0) {
  for (const [i, department] of departments.entries()) {
    const n = first + i;
    const guest = { name: `Guest ${session.slice(-4)} ${n}`, email: `g${n}.${session.slice(-4)}@harbour.example`, role: 'Nurse', department, mail: false };
    const { id } = await api('POST', `/sessions/${session}/invitations`, guest);
    const { link } = await api('POST', `/invitations/${id}/link`);
    await holdTyped(page, link.split('/').at(-1), answersOf(n));
  }
}

/** Looks at the page in all its looks, and leaves it wide and light. */
async function seen(name) {
  await look(page, `insights_${name}.light`);
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.setViewportSize(PHONE);
  await look(page, `insights_${name}.phone_dark`);
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize(WIDE);
}

let session;
test('before anybody has finished, the page says so; then the report comes by itself', { timeout: 180_000 }, async () => {
  await page.goto(`${front.url}/console`);
  for (const [label, text] of Object.entries({ ...OWNER, 'Setup code': server.setupCode })) await page.getByLabel(label, { exact: true }).fill(text);
  await press('Make the workspace');
  await page.getByRole('heading', { name: 'No sessions yet' }).waitFor();
  session = await open('Ward pulse');
  await page.goto(`${front.url}/console/sessions/${session}/insights`);
  await page.getByRole('heading', { name: 'Nobody has finished yet' }).waitFor();
  await seen('nobody');
  await hold(session, ['Ward 1', 'Ward 1', 'Ward 1', 'Ward 2', 'Ward 2', 'Ward 2']);
  await page.goto(`${front.url}/console/sessions/${session}/insights`);
  await reported();
  await page.getByText('6 people', { exact: true }).waitFor({ timeout: MADE_WITHIN_MS });
  await page.getByText('A new version is being made').waitFor({ state: 'detached', timeout: MADE_WITHIN_MS });
  await seen('report');
});

test('a quote leads to its line', { timeout: 60_000 }, async () => {
  const quote = page.locator('.quotes li').first();
  const words = await quote.locator('blockquote').textContent();
  await quote.getByRole('link').click();
  await page.getByRole('heading', { name: /^Conversation with Guest/ }).waitFor();
  const line = page.locator('.conversation li:focus');
  await line.waitFor();
  assert.equal(await line.locator('mark').textContent(), words);
  await seen('line');
  await page.getByRole('link', { name: 'Insights of “Ward pulse”' }).click();
  await reported();
  // One goes on where one left.
  await page.locator('.quotes li a:focus').waitFor();
});

test('every chart has its table, which says as much', { timeout: 60_000 }, async () => {
  const charts = page.locator('.chart');
  assert.ok((await charts.count()) >= 3);
  for (const chart of await charts.all()) {
    await chart.locator('summary').click();
    assert.ok((await chart.getByRole('row').count()) > 1);
    assert.ok((await chart.getByRole('img').count()) >= 1);
  }
  await look(page, 'insights_tables.light');
});

test('it is filtered by the address, and shows nobody else', { timeout: 60_000 }, async () => {
  await page.getByLabel('Department').selectOption('Ward 1');
  await page.getByText('only Ward 1').waitFor();
  assert.equal(new URL(page.url()).search, '?department=Ward+1');
  await page.reload();
  await page.getByText('3 people', { exact: true }).waitFor();
  assert.equal(await page.getByLabel('Department').inputValue(), 'Ward 1');
  await seen('filtered');
  await page.goto(`${front.url}/console/sessions/${session}/insights?department=Nowhere`);
  await page.getByRole('heading', { name: 'Too few people' }).waitFor();
  await press('Show everybody');
  await page.getByText('6 people', { exact: true }).waitFor();
});

test('it is taken along as files and on paper', { timeout: 60_000 }, async () => {
  const files = {};
  for (const format of ['CSV', 'JSON']) {
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: format, exact: true }).click()]);
    files[format] = readFileSync(await download.path(), 'utf8');
  }
  const told = JSON.parse(files.JSON);
  assert.equal(told.people, 6);
  for (const { label } of told.report.patterns.slice(0, 3)) assert.ok(files.CSV.includes(label), label);
  mkdirSync(SHOTS, { recursive: true });
  const folded = await page.locator('.insights details:not([open])').count();
  assert.ok(folded > 0);
  const pdf = await page.pdf({ path: `${SHOTS}/insights.pdf`, format: 'A4', printBackground: true });
  assert.equal(pdf.subarray(0, 5).toString(), '%PDF-');
  await page.emulateMedia({ media: 'print' });
  assert.equal(await page.getByRole('button', { name: 'Print' }).isVisible(), false);
  assert.equal(await page.getByRole('heading', { name: 'Summary' }).isVisible(), true);
  await page.screenshot({ path: `${SHOTS}/insights_print.png`, fullPage: true });
  await page.emulateMedia({ media: 'screen' });
});

test('names, what is hidden and the summary’s words are the admin’s, until they undo it', { timeout: 90_000 }, async () => {
  const name = await page.locator('.pattern h3').first().textContent();
  await press(`Rename “${name}”`);
  await page.getByLabel('Name', { exact: true }).fill('Staffing on nights');
  await press('Save', page.getByRole('dialog'));
  await pattern('Staffing on nights').getByText('Changed by Ada Lund').waitFor();
  await seen('renamed');
  await press('Undo');
  await pattern(name).waitFor();

  await press(`Hide “${name}”`);
  await pattern(name).getByText('Hidden', { exact: true }).waitFor();
  await press(`Show “${name}”`);
  await pattern(name).getByText('Hidden', { exact: true }).waitFor({ state: 'detached' });

  const other = await page.context().newPage();
  await other.goto(page.url());
  await pattern(name, other).waitFor();
  await press(`Rename “${name}”`, other);
  await other.getByLabel('Name', { exact: true }).fill('Their name');
  await press('Save', other.getByRole('dialog'));
  await pattern('Their name', other).waitFor();
  await other.close();
  // Another matter than theirs is no conflict.
  await press('Edit the words');
  await page.getByLabel('The summary’s words').fill('Nights need two more people. We begin with that in May.');
  await press('Save', page.locator('.words'));
  await page.locator('.words').getByText('Changed by Ada Lund').waitFor();
  await pattern('Their name').waitFor();
});

test('a change of the same is asked about first', { timeout: 60_000 }, async () => {
  const other = await page.context().newPage();
  await other.goto(page.url());
  await pattern('Their name', other).waitFor();
  await press('Hide “Their name”', other);
  await pattern('Their name', other).getByText('Hidden', { exact: true }).waitFor();
  await other.close();
  await press('Rename “Their name”');
  await page.getByLabel('Name', { exact: true }).fill('My name');
  await press('Save', page.getByRole('dialog'));
  await page.getByRole('heading', { name: 'Somebody else has changed the same' }).waitFor();
  await seen('conflict');
  await press('Keep mine');
  await pattern('My name').waitFor();
  assert.equal(await pattern('My name').getByText('Hidden', { exact: true }).count(), 0);
});

test('a question is answered by what people said, and by how many', { timeout: 60_000 }, async () => {
  await page.getByLabel('What would you like to know?').fill('Is there too much work?');
  await press('Ask');
  const answer = page.getByRole('list', { name: 'Is there too much work?' }).getByRole('listitem').first();
  await answer.getByText(/of 6 people|one person/).first().waitFor();
  await answer.getByRole('link', { name: /^In the conversation/ }).first().waitFor();
  await look(page, 'insights_asked.light');
});

test('what is confidential is shown of groups alone', { timeout: 240_000 }, async () => {
  const closed = await open('Upward pulse', 'Confidential');
  const address = `${front.url}/console/sessions/${closed}/insights`;
  await hold(closed, ['Ward 1', 'Ward 1', 'Ward 1', 'Ward 2']);
  await page.goto(address);
  await page.getByRole('heading', { name: 'Nothing can be shown yet' }).waitFor();
  await seen('withheld');
  await hold(closed, ['Ward 1', 'Ward 1', 'Ward 1', 'Ward 1', 'Ward 1', 'Ward 2', 'Ward 2', 'Ward 1'], 4);
  await until('a batch is published', async () => {
    await page.goto(address);
    return page.getByRole('heading', { name: 'Summary' }).waitFor({ timeout: 2_000 }).then(() => true, () => false);
  });
  assert.equal(await page.locator('a[href*="/conversations/"]').count(), 0);
  await seen('confidential');
  // The ward of three people.
  await page.goto(`${address}?department=Ward+2`);
  await page.getByRole('heading', { name: 'Too few people' }).waitFor();
  await seen('suppressed');
  assert.deepEqual(page.faults, []);
});
