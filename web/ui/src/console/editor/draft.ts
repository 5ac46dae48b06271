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
  /** The server has taken what was `sent`, and answered it: what was typed meanwhile stays, and is not saved yet. */
  | { type: 'saved'; sent: Draft; draft: Draft }
  /** Somebody else has saved meanwhile. What they have changed is taken over, and where both have, this edit stays. */
  | { type: 'keep'; theirs: Draft }
  /** As before, but all is as they have it; this edit is one step back. */
  | { type: 'take'; theirs: Draft };

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
    case 'saved': {
      const rebased = onward(now, change.sent, change.draft);
      return rebased ? { ...begin(change.draft), now: rebased, past: [change.draft] } : begin(change.draft);
    }
    case 'keep':
      return step(beside(editing, change.theirs), merged(editing.saved, now, change.theirs), null);
    case 'take':
      return step(beside(editing, change.theirs), change.theirs, null);
  }
}

/** Another state is the saved one: so that each step before can still be saved, what was removed there is a new topic in it. */
function beside(editing: Editing, theirs: Draft): Editing {
  const { now, past } = editing;
  return { ...editing, saved: theirs, now: onto(now, theirs), past: past.map((one) => onto(one, theirs)) };
}

const FIELDS = ['title', 'mode', 'confidentiality', 'recording', 'length_min', 'welcome', 'help'] as const;
const PARTS = ['label', 'description', 'guidance', 'context', 'priority', 'enabled'] as const;

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/** `theirs`, with those of `fields` as in `mine` that differ there from `before`. */
function over<T extends object>(fields: readonly (keyof T)[], before: T, mine: T, theirs: T): T {
  const own = fields.filter((field) => !same(before[field], mine[field])).map((field) => [field, mine[field]]);
  return { ...theirs, ...(Object.fromEntries(own) as Partial<T>) };
}

/** What was edited since `before` by both. Where both have changed the same, it is mine. */
export function merged(before: Draft, mine: Draft, theirs: Draft): Draft {
  const find = (draft: Draft, id: string | null) => (id === null ? undefined : draft.topics.find((topic) => topic.id === id));
  const ids = (draft: Draft) => draft.topics.filter((topic) => find(before, topic.id) && find(mine, topic.id)).map((topic) => topic.id);
  /** Nothing where it is in mine no more, or where they have removed what I have left as it was. */
  const both = (topic: Topic): Topic[] => {
    const [was, own, other] = [before, mine, theirs].map((draft) => find(draft, topic.id));
    if (own && other) return [over(PARTS, was ?? other, own, other)];
    if (other) return was ? [] : [other];
    return was && same(was, topic) ? [] : [{ ...topic, id: null }];
  };
  const reordered = !same(ids(before), ids(mine));
  const [first, second] = reordered ? [mine, theirs] : [theirs, mine];
  const topics = first.topics.flatMap(both);
  // What the other list alone has is where it was there.
  for (const [i, topic] of second.topics.entries()) {
    if (!find(first, topic.id)) topics.splice(Math.min(i, topics.length), 0, ...both(topic));
  }
  return { ...over(FIELDS, before, mine, theirs), topics };
}

/** `now` after `was` was saved and answered; nothing where nothing was edited meanwhile. */
function onward(now: Draft, was: Draft, answer: Draft): Draft | null {
  if (same(sent(now), sent(was))) return null;
  const topics = now.topics.map((topic) => {
    const at = was.topics.findIndex((one) => one.key === topic.key);
    const [old, kept] = [was.topics[at], answer.topics[at]];
    // It keeps its key, by which the field that is typed in stays the same one.
    return old && kept ? { ...over(PARTS, old, topic, kept), key: topic.key } : topic;
  });
  return { ...over(FIELDS, was, now, answer), topics };
}

/** What they have changed, and I have changed as well, to something else. */
export function clashes(before: Draft, mine: Draft, theirs: Draft): Difference[] {
  const own = differences(before, mine);
  const meets = (one: Difference, other: Difference) =>
    one.topic === other.topic &&
    (one.field === other.field || (one.topic !== null && (one.field === 'removed' || other.field === 'removed')));
  return differences(before, theirs).filter(
    (one) =>
      one.field !== 'added' &&
      own.some((other) => meets(one, other)) &&
      !same(valueOf(before, mine, one), valueOf(before, theirs, one)),
  );
}

/** What is in `draft` where something is different. */
export function valueOf(before: Draft, draft: Draft, { field, topic }: Difference): unknown {
  if (field === 'order') return draft.topics.map((one) => one.label).join(', ');
  if (topic === null) return field === 'help' ? [draft.help.name, draft.help.reach].filter(Boolean).join(', ') : draft[field as keyof Draft];
  const id = before.topics.find((one) => one.label === topic)?.id;
  const found = draft.topics.find((one) => one.id === id);
  return found && field in found ? found[field as keyof Topic] : undefined;
}

/** Mine, to be saved after theirs: what they have removed is a new topic. */
export function onto(mine: Draft, theirs: Draft): Draft {
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
  for (const field of FIELDS) {
    if (!same(before[field], after[field])) found.push({ field, topic: null });
  }
  const had = new Map(before.topics.map((topic) => [topic.id, topic]));
  for (const topic of after.topics) {
    const old = had.get(topic.id);
    if (!old) {
      found.push({ field: 'added', topic: topic.label });
      continue;
    }
    for (const field of PARTS) {
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
