/** Where what the server finds wrong with a session is shown. */

import type { Problem } from '../client.ts';

const SETTINGS = /^(?:title|length_min|welcome|help\.(?:name|reach))$/;
const TOPIC = /^topics\[\d+\]\.(?:label|description|guidance|context)$/;

/** On which part of the session the field is that is wrong; null where it is none that is shown. */
export function partOf(problem: Problem): 'topics' | 'settings' | null {
  const field = problem.field ?? '';
  return TOPIC.test(field) ? 'topics' : SETTINGS.test(field) ? 'settings' : null;
}

/** Brings what is wrong into sight once it is drawn, and the focus with it where it is a field. */
export function showFault(): void {
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      const field = document.querySelector<HTMLElement>('main [aria-invalid]');
      field?.focus();
      (field ?? document.querySelector('main [role="alert"]'))?.scrollIntoView({ block: 'center' });
    }),
  );
}
