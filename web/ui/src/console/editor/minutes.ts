/** How a conversation's time is shared out, by the planner's own rule (engine/core/src/planner/budget.rs). */

import type { Topic } from './draft.ts';

/** What opening and closing take of the length. */
export const FRAME_MS = 90_000;
/** The least that opening a topic is worth: a question and an answer. */
export const SLOT_MS = 30_000;

const WEIGHT = { high: 3, medium: 2, low: 1 } as const;

/** Milliseconds for each topic, in order: (length − 90 s) × w / Σw of those that are talked about; 0 for the others. */
export function shares(lengthMin: number, topics: readonly Pick<Topic, 'priority' | 'enabled'>[]): number[] {
  const talk = Math.max(0, lengthMin * 60_000 - FRAME_MS);
  const weight = (topic: Pick<Topic, 'priority' | 'enabled'>) => (topic.enabled ? WEIGHT[topic.priority] : 0);
  const all = topics.reduce((sum, topic) => sum + weight(topic), 0) || 1;
  return topics.map((topic) => Math.floor((talk * weight(topic)) / all));
}

/** Milliseconds as minutes for people, to a half: `1`, `2½`, `<½`. */
export function halves(ms: number): string {
  const half = Math.round(ms / 30_000);
  if (half === 0) return ms > 0 ? '<½' : '0';
  const whole = Math.floor(half / 2);
  return `${whole || ''}${half % 2 ? '½' : ''}`;
}
