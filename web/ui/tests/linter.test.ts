import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { lintContext, lintGuidance, lintTopic } from '../src/console/editor/linter.ts';

/** The library, beside the compiled tests' cache. */
const LIBRARY = new URL('../../../../../../engine/core/src/guide/templates/', import.meta.url);

const rules = (text: string) => lintGuidance(text).map((one) => one.rule);

test('what steers an answer is found, with the words that do', () => {
  for (const text of [
    "Ask: don't you think the pay is too low?",
    'Get them to admit that the release was too early.',
    'Obviously the new office is better.',
    'Show that the training helped.',
    'It was hard, right?',
    'Would you agree that it was late?',
    'The plan was good, wasn’t it?',
  ]) {
    assert.ok(rules(text).includes('leading'), text);
  }
  assert.equal(lintGuidance('Get them to admit that it failed.')[0]?.words, 'Get them to admit');
});

test('two questions in one are found, and a list in one question is not', () => {
  assert.deepEqual(rules('What happened and how did it feel?'), ['double_barrelled']);
  assert.deepEqual(rules('Did it help, and did they listen?').includes('double_barrelled'), true);
  assert.deepEqual(rules('Which tools and systems slow them down?'), []);
  assert.deepEqual(rules('Listen for what happened and how it was explained.'), [], 'guidance that tells may have two parts');
});

test('loaded words, closed questions, promises, and what is too long are found', () => {
  assert.deepEqual(rules('Find out why the office is so toxic.'), ['loaded']);
  assert.deepEqual(rules('Do you like the job?'), ['closed']);
  assert.deepEqual(rules('Tell them that it is anonymous.'), ['promise']);
  assert.deepEqual(rules(`What ${'really '.repeat(30)}happened?`), ['long_question']);
  assert.deepEqual(rules('Listen for facts. '.repeat(31)), ['long']);
});

test('who can be recognised in the context is found', () => {
  const names = (text: string) => lintContext(text).map((one) => one.words);
  assert.deepEqual(names('The team has a new lead, Anna Schmidt, since May.'), ['Anna Schmidt']);
  assert.deepEqual(names("Tom's team lost two people."), ['Tom']);
  assert.deepEqual(names('Their manager Okonkwo left in spring.'), ['Okonkwo']);
  assert.deepEqual(names('Ask Dr. Meier.'), ['Dr. Meier']);
  assert.deepEqual(names('Write to jo@harbour.example.'), ['jo@harbour.example']);
  assert.deepEqual(names('Call +49 30 1234567.'), ['+49 30 1234567']);
});

test('a context without people is left alone', () => {
  for (const text of [
    'The Leeds office moves in March. Human Resources has told everybody.',
    'A new scheduling tool (ShiftPlan 2) came in January 2026; the manager Monday meeting was dropped.',
    'Pay was raised by 3 % in 2025.',
  ]) {
    assert.deepEqual(lintContext(text), [], text);
  }
});

test('the library passes', () => {
  const wrong: string[] = [];
  for (const file of readdirSync(LIBRARY)) {
    const text = readFileSync(new URL(file, LIBRARY), 'utf8');
    for (const [, field, written = ''] of text.matchAll(/^(guidance|description) = "(.*)"$/gm)) {
      const found = lintTopic({ guidance: field === 'guidance' ? written : '', description: field === 'description' ? written : '', context: '' });
      wrong.push(...[...found.guidance, ...found.description].map((one) => `${file} ${one.rule}: ${one.words}`));
    }
  }
  assert.deepEqual(wrong, []);
});
