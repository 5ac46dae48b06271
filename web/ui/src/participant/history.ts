/** The browser's Back, on a page that has one address: it leads to the step before, and asks before a conversation is left. */

import { effect } from '@preact/signals';
import type { Controller } from './controller.ts';
import { backOf } from './state.ts';

/** Marks the entry that stands for a step which can be gone back from. */
interface Step {
  step: true;
}

const isStep = (state: unknown): state is Step => (state as Partial<Step> | null)?.step === true;

/** One entry of the history stands for wherever the person is beyond the first screen. */
export function followBack(controller: Controller): void {
  const beyond = () => backOf(controller.state.value) !== null;
  const keep = () => {
    if (!isStep(window.history.state)) window.history.pushState({ step: true } satisfies Step, '');
  };
  effect(() => {
    if (beyond()) keep();
  });
  window.addEventListener('popstate', (event) => {
    // Forward again: the entry stands for where the person is.
    if (isStep(event.state)) return;
    // Left behind by a conversation that is over, or by a page that was loaded again: it is no step any more.
    if (!beyond()) return window.history.back();
    controller.back();
    if (beyond()) keep();
  });
}
