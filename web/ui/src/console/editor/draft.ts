/** A session while it is edited: a pure reducer with undo. Nothing is saved by it. */

import type { SessionSent, SessionShown, TopicShown } from '../../wire/api_types.ts';

/** A topic, with a key of its own while it has no id yet. */
export interface Topic {
  key: string;
  id: string | null;
  label: string;
  description: string;
  guidance: string;
  context: string;
  priority: TopicShown['priority'];
  enabled: boolean;
}

/** All that can be edited of a session. */
export interface Draft {
  title: string;
  mode: SessionSent['mode'];
  confidentiality: SessionSent['confidentiality'];
  recording: boolean;
  length_min: number;
  welcome: string;
  /** Empty where the workspace's own contact is named. */
  help: { name: string; reach: string };
  topics: Topic[];
}

/** What was read, what it is now, and the steps in between. */
export interface Editing {
  saved: Draft;
  now: Draft;
  past: Draft[];
  future: Draft[];
  /** What the last change was about: going on with the same is one step. */
  touched: string | null;
}

export type Change =
  | { type: 'set'; field: keyof Omit<Draft, 'topics' | 'help'>; value: string | number | boolean }
  | { type: 'help'; field: 'name' | 'reach'; value: string }
  | { type: 'topic'; key: string; field: keyof Omit<Topic, 'key' | 'id'>; value: string | boolean }
  | { type: 'move'; key: string; to: number }
  | { type: 'add'; key: string }
  | { type: 'remove'; key: string }
  | { type: 'undo' }
  | { type: 'redo' }
  | { type: 'discard' }
  /** The server has taken it, or somebody else's edit is taken over: from here on. */
  | { type: 'read'; draft: Draft }
  /** Somebody else's edit is overwritten by this one: it stays as it is, beside another saved state. */
  | { type: 'keep'; theirs: Draft };

/** Steps that can be undone: more than anybody remembers. */
const STEPS = 200;

export const TOPICS_MAX = 20;

/** As it was read from the server. */
export function draftOf(session: SessionShown): Draft {
  return {
    title: session.title,
    mode: session.mode,
    confidentiality: session.confidentiality,
    recording: session.recording,
    length_min: session.length_min,
    welcome: session.welcome,
    help: session.help ? { name: session.help.name, reach: session.help.reach } : { name: '', reach: '' },
    topics: session.topics.map((topic) => ({ ...topic, key: topic.id })),
  };
}

/** As it is sent to the server. */
export function sent(draft: Draft): SessionSent {
  const { help, topics, ...rest } = draft;
  const named = help.name.trim() || help.reach.trim();
  return {
    ...rest,
    help: named ? help : null,
    topics: topics.map(({ key: _, id, ...topic }) => (id === null ? topic : { id, ...topic })),
  };
}

export function begin(draft: Draft): Editing {
  return { saved: draft, now: draft, past: [], future: [], touched: null };
}

/** Whether there is anything to save. Keys are no part of it. */
export function changed(editing: Editing): boolean {
  return JSON.stringify(sent(editing.saved)) !== JSON.stringify(sent(editing.now));
}

function step(editing: Editing, now: Draft, touched: string | null): Editing {
  const same = touched !== null && touched === editing.touched && editing.future.length === 0;
  const past = same ? editing.past : [...editing.past, editing.now].slice(-STEPS);
  return { ...editing, now, past, future: [], touched };
}

/** Moves one thing of a list to a place. */
export function moved<T>(list: readonly T[], from: number, to: number): T[] {
  const rest = list.filter((_, i) => i !== from);
  rest.splice(to, 0, ...list.slice(from, from + 1));
  return rest;
}

export function edit(editing: Editing, change: Change): Editing {
  const { now, past, future } = editing;
  switch (change.type) {
    case 'set':
      return step(editing, { ...now, [change.field]: change.value }, change.field);
    case 'help':
      return step(editing, { ...now, help: { ...now.help, [change.field]: change.value } }, `help.${change.field}`);
    case 'topic': {
      const topics = now.topics.map((topic) => (topic.key === change.key ? { ...topic, [change.field]: change.value } : topic));
      return step(editing, { ...now, topics }, `${change.key}.${change.field}`);
    }
    case 'move': {
      const from = now.topics.findIndex((topic) => topic.key === change.key);
      const to = Math.max(0, Math.min(change.to, now.topics.length - 1));
      if (from < 0 || from === to) return editing;
      return step(editing, { ...now, topics: moved(now.topics, from, to) }, `${change.key}.place`);
    }
    case 'add': {
      if (now.topics.length >= TOPICS_MAX) return editing;
      const topic: Topic = {
        key: change.key,
        id: null,
        label: '',
        description: '',
        guidance: '',
        context: '',
        priority: 'medium',
        enabled: true,
      };
      return step(editing, { ...now, topics: [...now.topics, topic] }, null);
    }
    case 'remove':
      return step(editing, { ...now, topics: now.topics.filter((topic) => topic.key !== change.key) }, null);
    case 'undo': {
      const before = past.at(-1);
      if (!before) return editing;
      return { ...editing, now: before, past: past.slice(0, -1), future: [now, ...future], touched: null };
    }
    case 'redo': {
      const [after, ...rest] = future;
      if (!after) return editing;
      return { ...editing, now: after, past: [...past, now], future: rest, touched: null };
    }
    case 'discard':
      return step(editing, editing.saved, null);
    case 'read':
      return begin(change.draft);
    case 'keep':
      return step({ ...editing, saved: change.theirs }, onto(now, change.theirs), null);
  }
}

/** Mine, to be saved over theirs: what they have removed is a new topic. */
function onto(mine: Draft, theirs: Draft): Draft {
  const known = new Set(theirs.topics.map((topic) => topic.id));
  return { ...mine, topics: mine.topics.map((topic) => (known.has(topic.id) ? topic : { ...topic, id: null })) };
}

/** What is different between two drafts, for people: a field of the session, or of a topic by its label. */
export interface Difference {
  field: keyof Draft | keyof Topic | 'order' | 'added' | 'removed';
  topic: string | null;
}

/** What they have made different since `before`. */
export function differences(before: Draft, after: Draft): Difference[] {
  const found: Difference[] = [];
  const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
  for (const field of ['title', 'mode', 'confidentiality', 'recording', 'length_min', 'welcome', 'help'] as const) {
    if (!same(before[field], after[field])) found.push({ field, topic: null });
  }
  const had = new Map(before.topics.map((topic) => [topic.id, topic]));
  for (const topic of after.topics) {
    const old = had.get(topic.id);
    if (!old) {
      found.push({ field: 'added', topic: topic.label });
      continue;
    }
    for (const field of ['label', 'description', 'guidance', 'context', 'priority', 'enabled'] as const) {
      if (!same(old[field], topic[field])) found.push({ field, topic: old.label });
    }
  }
  const kept = after.topics.map((topic) => topic.id);
  for (const topic of before.topics) if (!kept.includes(topic.id)) found.push({ field: 'removed', topic: topic.label });
  const order = before.topics.map((topic) => topic.id).filter((id) => kept.includes(id));
  if (
    !same(
      order,
      kept.filter((id) => had.has(id)),
    )
  ) {
    found.push({ field: 'order', topic: null });
  }
  return found;
}
