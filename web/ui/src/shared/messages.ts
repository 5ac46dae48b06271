/** The page's words. They are data: another language is another file of the same keys. */

import en from '../messages/en.json' with { type: 'json' };

/** The name of a message. */
export type Message = keyof typeof en;

export { LANGUAGE } from './language.ts';

/** A message, with `{name}` filled in. */
export function t(message: Message, values: Record<string, string | number> = {}): string {
  return en[message].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
