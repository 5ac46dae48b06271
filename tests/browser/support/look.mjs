// A screen is looked at: kept as a picture, examined by axe, and measured for width.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';

/** Where the pictures are kept. */
export const SHOTS = process.env.COLLOQUY_SHOTS ?? fileURLToPath(new URL('../shots/', import.meta.url));

/** Keeps a picture of the screen, and fails where axe finds anything or something is wider than the screen. */
export async function look(page, name) {
  mkdirSync(SHOTS, { recursive: true });
  await page.screenshot({ path: `${SHOTS}/${name}.png` });
  await whole(page, name);
  const { violations } = await new AxeBuilder({ page }).analyze();
  const found = violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target.join(' ')).join(', ')}`);
  assert.deepEqual(found, [], `axe on ${name}`);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(wide <= 0, `${name} is ${wide} px too wide`);
  assert.deepEqual(page.faults, [], `faults on ${name}`);
}

/** A second picture of what is longer than the screen. The screen grows instead of scrolling: what sticks to its end stays there. */
async function whole(page, name) {
  const size = page.viewportSize();
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  if (height <= size.height) return;
  await page.setViewportSize({ ...size, height });
  await page.screenshot({ path: `${SHOTS}/${name}.whole.png` });
  await page.setViewportSize(size);
}
