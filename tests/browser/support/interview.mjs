// An interview by voice with the real program: the way in, and one answer after another.
import { say, textOf } from './person.mjs';

export const press = (page, name) => page.getByRole('button', { name, exact: true }).click();

/** From the link to the first word, by the mouse. */
export async function begin(page, address, { keepSound = false } = {}) {
  await page.goto(address);
  await press(page, 'Continue');
  if (keepSound) await page.getByRole('checkbox', { name: /Also keep the sound/ }).check();
  await press(page, 'Agree and continue');
  await press(page, 'Turn on the microphone');
  await press(page, 'Begin the conversation');
}

const asked = (page) => page.locator('.line.interviewer').count();
const over = (page) => page.getByRole('heading', { name: 'Thank you.' });

/** Waits until it is the person's turn. False where the conversation is over. */
export async function myTurn(page) {
  await page.getByText('Your turn').or(over(page)).first().waitFor();
  return !(await over(page).isVisible());
}

/** Does `what`, and waits until the interviewer has begun to say something new, or everything is over. */
export async function answered(page, what) {
  const before = await asked(page);
  await what();
  await page.waitForFunction(
    (n) => document.querySelectorAll('.line.interviewer').length > n || document.querySelector('h1')?.textContent === 'Thank you.',
    before,
  );
}

/** All that was understood of what the person said. */
export async function understood(page) {
  return (await page.locator('.line.you p').allTextContents()).join(' ');
}

/** Says the recordings one after another, each when it is asked for. Returns what was said, and what was understood of it. */
export async function answerAll(page, names) {
  // A page that has just come back knows what was said before once it is the person's turn.
  await myTurn(page);
  const before = await understood(page);
  for (const name of names) {
    if (!(await myTurn(page))) throw new Error(`the conversation ended before ${name}`);
    await answered(page, () => say(page, name));
  }
  await myTurn(page);
  return { said: names.map(textOf).join(' '), heard: (await understood(page)).slice(before.length) };
}
