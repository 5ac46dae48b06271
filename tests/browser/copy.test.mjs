// The own copy: who said what, also for who hears it read out, and where we were interrupted.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { openPage } from './support/browser.mjs';
import { mockServer } from './support/mock.mjs';
import { press, setStage } from './support/stage.mjs';

const stage = setStage();

test('the copy says who spoke, and where a line of ours was interrupted', { timeout: 60_000 }, async () => {
  const page = await openPage(stage.browser);
  const server = await mockServer(page, { shown: { state: 'finished' } });
  const turn = (number, speaker, text) => ({ turn: number, speaker, text, at_ms: number * 1_000, quotable: true, audio: false });
  server.copies({
    title: 'Stay interview', organisation: 'Northwind', completed_at: 1, recording: false,
    turns: [turn(1, 'interviewer', 'What keeps you here?'), turn(2, 'you', 'the people'), turn(3, 'interviewer', 'I see. And what was behind')],
  });
  await page.goto(`${stage.front.url}/i/token`);
  await page.getByText('the people').waitFor();
  assert.deepEqual(await page.locator('.asked').allTextContents(), ['Interviewer: What keeps you here?', 'Interviewer: I see. And what was behind …']);
  assert.equal(await page.locator('.said p').textContent(), 'You: the people');
  const [file] = await Promise.all([page.waitForEvent('download'), press(page, 'Save as a text file')]);
  const text = readFileSync(await file.path(), 'utf8');
  assert.match(text, /Interviewer:\nWhat keeps you here\?\n\nYou:\nthe people\n\nInterviewer:\nI see\. And what was behind …\n/);
  assert.deepEqual(page.faults, []);
});
