/** What colleagues have changed of what was found: names of themes, which are hidden or merged, and the summary's words. */

import type { ReportEdits, EditsSent } from '../../wire/api_types.ts';

/** What is changed of one theme. */
export interface Entry {
  label: string | null;
  hidden: boolean;
  into: string | null;
}

/** All that is changed. A theme that is not here stands as it was made. */
export interface Doc {
  summary: string | null;
  themes: ReadonlyMap<string, Entry>;
}

/** One change: what it touches, as it shall be; null for a theme that shall stand as it was made. */
export interface Patch {
  summary?: string | null;
  themes?: ReadonlyMap<string, Entry | null>;
}

const UNTOUCHED: Entry = { label: null, hidden: false, into: null };

const same = (a: Entry, b: Entry): boolean => a.label === b.label && a.hidden === b.hidden && a.into === b.into;

const entry = (doc: Doc, key: string): Entry => doc.themes.get(key) ?? UNTOUCHED;

/** What was read. */
export function docOf({ summary, themes }: ReportEdits): Doc {
  return {
    summary: summary?.words ?? null,
    themes: new Map(themes.map(({ key, label, hidden, into }) => [key, { label: label ?? null, hidden, into: into ?? null }])),
  };
}

/** What is sent. */
export function sentOf({ summary, themes }: Doc): EditsSent {
  return { summary, themes: [...themes].map(([key, changed]) => ({ key, ...changed })) };
}

/** The document after a change. */
export function patched(doc: Doc, { summary, themes }: Patch): Doc {
  const after = new Map(doc.themes);
  for (const [key, to] of themes ?? []) {
    if (to === null || same(to, UNTOUCHED)) after.delete(key);
    else after.set(key, to);
  }
  return { summary: summary === undefined ? doc.summary : summary, themes: after };
}

/** The change that undoes this one, made to `doc`. */
export function undone(doc: Doc, { summary, themes }: Patch): Patch {
  return {
    ...(summary === undefined ? {} : { summary: doc.summary }),
    ...(themes ? { themes: new Map([...themes.keys()].map((key) => [key, doc.themes.get(key) ?? null])) } : {}),
  };
}

/** Which of what a change touches somebody else has changed meanwhile. What else they have changed is no conflict. */
export function clashing(before: Doc, theirs: Doc, { summary, themes }: Patch): { summary: boolean; themes: string[] } {
  return {
    summary: summary !== undefined && before.summary !== theirs.summary,
    themes: [...(themes?.keys() ?? [])].filter((key) => !same(entry(before, key), entry(theirs, key))),
  };
}

const one = (doc: Doc, key: string, change: Partial<Entry>): Patch => ({ themes: new Map([[key, { ...entry(doc, key), ...change }]]) });

/** Gives a theme another name; null: the one that it was made with. */
export const rename = (doc: Doc, key: string, label: string | null): Patch => one(doc, key, { label });

/** Hides a theme from the report, or shows it again. */
export const hide = (doc: Doc, key: string, hidden: boolean): Patch => one(doc, key, { hidden });

/** Makes a theme part of another one, and with it what was part of it. */
export function merge(doc: Doc, key: string, into: string): Patch {
  const parts = [...doc.themes].filter(([, { into: whole }]) => whole === key).map(([part]) => part);
  return { themes: new Map([key, ...parts].map((part) => [part, { ...entry(doc, part), into }])) };
}

/** Makes a theme one of its own again. */
export const part = (doc: Doc, key: string): Patch => one(doc, key, { into: null });
