import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import admin from '../src/messages/console.en.json' with { type: 'json' };
import en from '../src/messages/en.json' with { type: 'json' };
import { t } from '../src/shared/messages.ts';

/** Sources, beside the compiled tests' cache. */
const SOURCES = new URL('../../../../src/', import.meta.url);

test('a message is filled in, and what is not given stays visible', () => {
  assert.equal(t('welcome.time', { minutes: 15 }), 'About 15 minutes');
  assert.equal(t('welcome.time'), 'About {minutes} minutes');
});

test('every message is used somewhere, by its whole name or by its stem', () => {
  const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter((name) => /\.tsx?$/.test(name));
  const code = files.map((name) => readFileSync(new URL(name, SOURCES), 'utf8')).join('\n');
  const unused = [...Object.keys(en), ...Object.keys(admin)].filter((key) => {
    if (code.includes(`'${key}'`)) return false;
    // Names that are put together: `trouble.${kind}.title`, `welcome.mode_${mode}_more`.
    const parts = [...code.matchAll(/`([a-z_.]*)\$\{[^}`]*\}([a-z_.]*)`/g)];
    return !parts.some(([, start, end]) => start && key.startsWith(start) && key.endsWith(end ?? ''));
  });
  assert.deepEqual(unused, []);
});

test('nobody is promised to be anonymous', () => {
  assert.ok(!/anonym/i.test(JSON.stringify([en, admin])));
});
