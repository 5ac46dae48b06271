// A person who has no mouse: Tab, Enter, Space and arrows, and the focus always somewhere and always seen.
import assert from 'node:assert/strict';

/** More stops than this on one screen would be too many. */
const MOST_STOPS = 25;

/** What has the focus: its name, and whether it can be seen to have it. */
export function focused(page) {
  return page.evaluate(() => {
    const element = document.activeElement;
    const label = element.closest('label');
    const ring = [element, label].some((one) => one && getComputedStyle(one).outlineStyle !== 'none' && getComputedStyle(one).outlineWidth !== '0px');
    const name = element.getAttribute('aria-label') ?? (element.textContent.trim() || label?.querySelector('strong')?.textContent || '');
    return { tag: element.tagName, name, ring };
  });
}

/** Presses Tab until `name` has the focus. */
export async function tabTo(page, name) {
  const passed = [];
  for (let i = 0; i < MOST_STOPS; i++) {
    await page.keyboard.press('Tab');
    const now = await focused(page);
    passed.push(now.name || now.tag);
    if (now.tag !== 'BODY') assert.ok(now.ring, `${now.name || now.tag} has the focus, and does not show it`);
    if (now.name === name) return;
  }
  assert.fail(`${name} is not reached by Tab; passed ${passed.join(', ')}`);
}

/** Presses a button that Tab leads to. */
export async function enter(page, name) {
  await tabTo(page, name);
  await page.keyboard.press('Enter');
}

/** A new screen begins at its heading. */
export async function headed(page, name) {
  await page.getByRole('heading', { name, level: 1 }).waitFor();
  assert.equal((await focused(page)).tag, 'H1', `${name}: the heading has the focus`);
}
