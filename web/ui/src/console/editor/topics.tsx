import { useRef, useState } from 'preact/hooks';
import { Button } from '../../shared/button.tsx';
import type { Problem } from '../client.ts';
import { tell } from '../parts/said.tsx';
import { count, t } from '../words.ts';
import { type Change, type Draft, TOPICS_MAX } from './draft.ts';
import { useDrag } from './drag.ts';
import { FRAME_MS, halves, shares, SLOT_MS } from './minutes.ts';
import { TopicCard } from './topic_card.tsx';

interface Props {
  draft: Draft;
  locked: boolean;
  problem: Problem | null;
  change: (change: Change) => void;
}

/** How the conversation's time is shared: a bar with a part for each topic. */
function Time({ draft, times }: { draft: Draft; times: readonly number[] }) {
  const asked = draft.topics.filter((topic) => topic.enabled).length;
  const talk = Math.max(0, draft.length_min * 60_000 - FRAME_MS);
  const short = draft.topics.some((topic, i) => topic.enabled && (times[i] ?? 0) < SLOT_MS);
  return (
    <div class="time">
      <p>
        <strong>{t('time.total', { minutes: draft.length_min })}</strong>{' '}
        <span class="soft">
          {count(asked, 'time.topic', 'time.topics')} {t('time.shared', { minutes: halves(talk), frame: halves(FRAME_MS) })}
        </span>
      </p>
      <div class="bar" aria-hidden="true">
        {draft.topics.map(
          (topic, i) =>
            topic.enabled && (
              <span key={topic.key} class={topic.priority} title={topic.label} style={{ flexGrow: String(Math.max(1, times[i] ?? 0)) }} />
            ),
        )}
      </div>
      <ul class="legend" aria-hidden="true">
        {(['high', 'medium', 'low'] as const).map((priority) => (
          <li key={priority} class={priority}>
            {t(`priority.${priority}`)}
          </li>
        ))}
      </ul>
      {short && <p class="wrong">{t('time.short')}</p>}
    </div>
  );
}

/** The topics of a session, in the order in which they are talked about. */
export function Topics({ draft, locked, problem, change }: Props) {
  const { topics } = draft;
  const times = shares(draft.length_min, topics);
  const list = useRef<HTMLUListElement>(null);
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const added = useRef(0);
  // What the server finds wrong with a topic is in sight, whether it was open or not.
  const [, bad, field] = /^topics\[(\d+)\]\.(\w+)$/.exec(problem?.field ?? '') ?? [];

  const focus = (key: string, what: string) =>
    requestAnimationFrame(() => list.current?.querySelector<HTMLElement>(`[data-key="${key}"] ${what}`)?.focus());
  const move = (key: string, to: number) => {
    const topic = topics.find((one) => one.key === key);
    change({ type: 'move', key, to });
    tell(t('topic.moved', { name: topic?.label ?? '', at: Math.max(0, Math.min(to, topics.length - 1)) + 1, of: topics.length }));
    focus(key, '.handle');
  };
  const drag = useDrag(list, (from, to) => {
    const key = topics[from]?.key;
    if (key) move(key, to);
  });
  const toggle = (key: string) => {
    const now = new Set(open);
    if (!now.delete(key)) now.add(key);
    setOpen(now);
  };
  const add = () => {
    const key = `new-${++added.current}-${Date.now()}`;
    change({ type: 'add', key });
    setOpen(new Set([...open, key]));
    focus(key, '.inside input');
  };
  const remove = (key: string) => {
    const at = topics.findIndex((topic) => topic.key === key);
    const next = topics[at + 1] ?? topics[at - 1];
    change({ type: 'remove', key });
    tell(t('topic.removed', { name: topics[at]?.label ?? '' }));
    if (next) focus(next.key, '.unfold');
  };

  return (
    <>
      <Time draft={draft} times={times} />
      <p class="hidden" id="how-to-move">
        {t('topic.how_to_move')}
      </p>
      <ul class="topics" ref={list} aria-label={t('topic.list')}>
        {topics.map((topic, i) => (
          <TopicCard
            key={topic.key}
            topic={topic}
            at={i}
            of={topics.length}
            ms={times[i] ?? 0}
            open={open.has(topic.key) || Number(bad) === i}
            locked={locked}
            error={(name) => (Number(bad) === i && field === name ? problem?.detail : undefined)}
            onToggle={() => toggle(topic.key)}
            change={change}
            onMove={(by) => move(topic.key, i + by)}
            onRemove={() => remove(topic.key)}
            drag={drag}
          />
        ))}
      </ul>
      {!locked && (
        <div class="acts">
          <Button icon="plus" disabled={topics.length >= TOPICS_MAX} onClick={add}>
            {t('topic.add')}
          </Button>
          {topics.length >= TOPICS_MAX && <p class="soft">{t('topic.most', { max: TOPICS_MAX })}</p>}
        </div>
      )}
    </>
  );
}
