/** The console's words, apart from the participant's: nobody who only talks loads them. */

import en from '../messages/console.en.json' with { type: 'json' };
import { LANGUAGE } from '../shared/language.ts';

export type Word = keyof typeof en;

/** Whether there is a message of this name. */
export const known = (word: string): word is Word => word in en;

/** A message, with `{name}` filled in. */
export function t(word: Word, values: Record<string, string | number> = {}): string {
  return en[word].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** What the server calls by a code, such as `health.mixed`; a code that is newer than this page is told as it is. */
export const called = (word: string): string => (known(word) ? t(word) : word.slice(word.lastIndexOf('.') + 1));

/** `one` for exactly one, else `many`; both may have `{count}`. */
export function count(n: number, one: Word, many: Word): string {
  return t(n === 1 ? one : many, { count: n.toLocaleString(LANGUAGE) });
}

const DAY = new Intl.DateTimeFormat(LANGUAGE, { day: 'numeric', month: 'short', year: 'numeric' });
const MOMENT = new Intl.DateTimeFormat(LANGUAGE, { dateStyle: 'medium', timeStyle: 'short' });

/** A day, of unix milliseconds. */
export const day = (ms: number): string => DAY.format(ms);

/** A day with its time, of unix milliseconds. */
export const moment = (ms: number): string => MOMENT.format(ms);
