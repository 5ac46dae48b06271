/** How a matter is spoken of, by words alone: in this order everywhere, from good to bad. */

import { t } from '../../words.ts';
import type { Count, Sentiment } from '../../../wire/api_types.ts';

export const TONES = ['positive', 'mixed', 'neutral', 'negative'] as const satisfies readonly (keyof Sentiment)[];

/** A part of a bar. */
export interface Part {
  /** How it is drawn: one of the kinds that the style sheet knows. */
  kind: string;
  size: number;
}

/** How many people there are at least, and how many more there may be. */
export function peopled({ least, most }: Count): Part[] {
  return [
    { kind: 'sure', size: least },
    { kind: 'maybe', size: most - least },
  ];
}

/** People by how they speak. Who is not told exactly is somewhere in the last part. */
export function toned(sentiment: Sentiment): Part[] {
  const sure = TONES.map((kind) => ({ kind, size: sentiment[kind].least }));
  const of = Math.max(...TONES.map((kind) => sentiment[kind].of));
  return [...sure, { kind: 'maybe', size: Math.max(0, of - sure.reduce((sum, part) => sum + part.size, 0)) }];
}

/** “Positive: 5 of 9 people. Negative: fewer than 5 of 9 people.” */
export function tonesSaid(sentiment: Sentiment): string {
  return TONES.map((kind) => t('tone.said', { tone: t(`tone.${kind}`), people: sentiment[kind].words })).join(' ');
}

/** What each further interview, or batch of them, brought: themes that nobody had spoken of before. */
export interface Step {
  /** The first and the last of its interviews, counted from 1. */
  from: number;
  to: number;
  fresh: number;
}

/** The steps between so many interviews and so many themes. */
export function steps(saturation: readonly { people: number; themes: number }[]): Step[] {
  return saturation.map(({ people, themes }, i) => {
    const before = saturation[i - 1] ?? { people: 0, themes: 0 };
    return { from: before.people + 1, to: people, fresh: Math.max(0, themes - before.themes) };
  });
}

/** At most `most` steps: neighbours are taken together where there are more. */
export function merged(all: readonly Step[], most: number): Step[] {
  const each = Math.max(1, Math.ceil(all.length / most));
  return Array.from({ length: Math.ceil(all.length / each) }, (_, i) => {
    const part = all.slice(i * each, (i + 1) * each);
    return { from: part[0]?.from ?? 0, to: part.at(-1)?.to ?? 0, fresh: part.reduce((sum, step) => sum + step.fresh, 0) };
  });
}

/** By so many interviews it is judged whether further ones would bring anything new. */
const LATELY = 5;

/** What the last interviews brought, at least five of them where there are so many. */
export function lately(all: readonly Step[]): { interviews: number; fresh: number } {
  const last = { interviews: 0, fresh: 0 };
  for (const { from, to, fresh } of all.toReversed()) {
    if (last.interviews >= LATELY) break;
    last.interviews += to - from + 1;
    last.fresh += fresh;
  }
  return last;
}
