// What each role sees on each plan: the ways at the side, and what the API says about sessions. And markup that people write, which is text
// on every page.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openPage, startBrowser } from './support/browser.mjs';
import { startFront } from './support/front.mjs';
import { startServer } from './support/server.mjs';

const OWNER = { workspace: 'Harbour Clinic', name: 'Ada Lund', email: 'ada@harbour.example', password: 'a calm harbour at dawn' };
const MARKUP = '<img src=x onerror="document.body.innerHTML=1"><b>bold</b>';

let browser;
let server;
let front;
let page;
before(async () => {
  server = await startServer({ fresh: true });
  front = await startFront(server.address);
  browser = await startBrowser();
  page = await openPage(browser);
  await page.goto(`${front.url}/console`);
});
after(async () => {
  await browser?.close();
  await front?.stop();
  await server?.stop();
});

/** Asks the API as the page would. */
async function ask(method, path, body, headers = {}) {
  const request = { method, path: `/api/v1${path}`, body: body && JSON.stringify(body), headers };
  return page.evaluate(async ({ method, path, body, headers }) => {
    const response = await fetch(path, { method, body, headers: { 'content-type': 'application/json', ...headers } });
    const text = await response.text();
    return { status: response.status, etag: response.headers.get('etag'), body: text ? JSON.parse(text) : null };
  }, request);
}

const SIDE = {
  sessions: {
    owner: ['Sessions', 'Outbox', 'Colleagues', 'Workspace', 'Audit log'],
    admin: ['Sessions', 'Outbox', 'Colleagues', 'Workspace'],
    analyst: ['Sessions', 'Colleagues'],
    viewer: ['Colleagues'],
  },
  basic: {
    owner: ['Colleagues', 'Workspace', 'Audit log'],
    admin: ['Colleagues', 'Workspace'],
    analyst: ['Colleagues'],
    viewer: ['Colleagues'],
  },
};

test('each role on each plan sees the ways that it may go, and the API says why it refuses others', { timeout: 60_000 }, async () => {
  const made = await ask('POST', '/setup', { ...OWNER, code: server.setupCode });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  const logins = { owner: OWNER };
  for (const role of ['admin', 'analyst', 'viewer']) {
    const email = `${role}@harbour.example`;
    const { body } = await ask('POST', '/users', { name: role, email, role });
    logins[role] = { email, password: body.password };
  }
  for (const [plan, roles] of Object.entries(SIDE)) {
    server.run('admin', 'set-plan', plan);
    for (const [role, ways] of Object.entries(roles)) {
      const { email, password } = logins[role];
      assert.equal((await ask('POST', '/login', { email, password })).status, 200);
      await page.goto(`${front.url}/console/account`);
      await page.getByRole('heading', { name: 'Account', level: 1 }).waitFor();
      const seen = await page.getByRole('navigation', { name: 'Console' }).getByRole('link').allTextContents();
      assert.deepEqual(seen, ways, `${role} on ${plan}`);
      const sessions = await ask('GET', '/sessions');
      const code = role === 'viewer' ? 'role_lacks_permission' : plan === 'basic' ? 'plan_lacks_sessions' : undefined;
      assert.deepEqual([sessions.status, sessions.body.code], [code ? 403 : 200, code], `${role} on ${plan}`);
      await page.goto(`${front.url}/console/sessions`);
      const told = code ? 'This is not for your role' : 'Sessions';
      await page.getByRole('heading', { name: told, level: 1 }).waitFor();
      if (code === 'plan_lacks_sessions') await page.getByText('The plan of your workspace has no sessions.').waitFor();
    }
  }
  server.run('admin', 'set-plan', 'sessions');
});

test('markup that somebody writes is text on every page', { timeout: 60_000 }, async () => {
  await ask('POST', '/login', { email: OWNER.email, password: OWNER.password });
  const settings = await ask('GET', '/workspace');
  const help = { name: MARKUP, reach: MARKUP };
  await ask('PUT', '/workspace', { name: MARKUP, help }, { 'if-match': settings.etag });
  const topic = { label: MARKUP, description: MARKUP, guidance: MARKUP, context: MARKUP, priority: 'high', enabled: true };
  const content = { title: MARKUP, mode: 'text', confidentiality: 'identified', recording: false, length_min: 5, welcome: MARKUP, help, topics: [topic] };
  const { body: session } = await ask('POST', '/sessions', { template: 'pulse', content });
  const at = `/sessions/${session.id}`;
  await ask('POST', `${at}/open`);
  const { body: invited } = await ask('POST', `${at}/invitations`, { name: MARKUP, email: 'pat@harbour.example', role: MARKUP, department: MARKUP });
  await ask('POST', '/users', { name: MARKUP, email: 'ben@harbour.example', role: 'viewer' });
  await ask('POST', '/tokens', { name: MARKUP, scope: 'read' });
  const { body: drawn } = await ask('POST', `/invitations/${invited.id}/link`);
  const pages = ['/sessions', at, `${at}/settings`, `${at}/people`, `${at}/live`, '/outbox', '/colleagues', '/workspace', '/audit', '/account'];
  for (const path of pages) {
    await page.goto(`${front.url}/console${path}`);
    // What stands at the side of each page is written so, too.
    await page.getByText(MARKUP).first().waitFor();
    await page.getByRole('heading', { level: 1 }).first().waitFor();
    assert.equal(await page.locator('img, main b').count(), 0, path);
  }
  const guest = await openPage(browser);
  await guest.goto(`${front.url}/i/${drawn.link.split('/').at(-1)}`);
  await guest.getByText(MARKUP).first().waitFor();
  assert.equal(await guest.locator('img, main b').count(), 0);
  await guest.getByRole('button', { name: 'Continue', exact: true }).click();
  await guest.getByRole('button', { name: 'Agree and continue' }).waitFor();
  assert.equal(await guest.locator('img, main b').count(), 0);
  await guest.getByRole('button', { name: 'Agree and continue' }).click();
  await guest.locator('.line.interviewer:not(.growing)').first().waitFor();
  await guest.getByRole('textbox').last().fill(MARKUP);
  await guest.keyboard.press('Enter');
  await guest.locator('.line').filter({ hasText: MARKUP }).first().waitFor();
  assert.equal(await guest.locator('.line img, .line b').count(), 0);
  // And to whoever looks on.
  await page.goto(`${front.url}/console${at}/live`);
  await page.locator('.said').getByText(MARKUP).first().waitFor();
  assert.equal(await page.locator('img, main b').count(), 0);
  assert.deepEqual([...page.faults, ...guest.faults], []);
  await guest.context().close();
});
