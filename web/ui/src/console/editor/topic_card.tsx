import { useId } from 'preact/hooks';
import { Button } from '../../shared/button.tsx';
import { Icon } from '../../shared/icon.tsx';
import { Field, Select, Switch } from '../parts/field.tsx';
import { count, t } from '../words.ts';
import type { Change, Topic } from './draft.ts';
import { type Finding, lintTopic } from './linter.ts';
import { halves, SLOT_MS } from './minutes.ts';
import type { useDrag } from './drag.ts';

interface Props {
  topic: Topic;
  at: number;
  of: number;
  ms: number;
  open: boolean;
  locked: boolean;
  error: (field: string) => string | undefined;
  onToggle: () => void;
  change: (change: Change) => void;
  /** By the keyboard, so many places on. */
  onMove: (by: number) => void;
  onRemove: () => void;
  drag: ReturnType<typeof useDrag>;
}

/** What a good interviewer would say to what was written. */
function Findings({ found }: { found: readonly Finding[] }) {
  if (found.length === 0) return null;
  return (
    <ul class="findings">
      {found.map((one) => (
        <li key={one.rule + one.words}>
          <Icon name="warn" />
          <span>
            {one.rule !== 'long' && <q>{one.words}</q>} {t(`lint.${one.rule}`, { count: one.words })}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** One topic: a line of what matters, and all of it when it is opened. */
export function TopicCard({ topic, at, of, ms, open, locked, error, onToggle, change, onMove, onRemove, drag }: Props) {
  const body = useId();
  const found = lintTopic(topic);
  const doubts = found.guidance.length + found.description.length + found.context.length;
  const name = topic.label.trim() || t('topic.unnamed');
  const set = (field: 'label' | 'description' | 'guidance' | 'context' | 'priority' | 'enabled') => (value: string | boolean) =>
    change({ type: 'topic', key: topic.key, field, value });
  return (
    <li class={`topic${open ? ' open' : ''}${topic.enabled ? '' : ' off'}`} data-key={topic.key}>
      <div class="line">
        {!locked && (
          <button
            type="button"
            class="iconic handle"
            aria-label={t('topic.handle', { name, at: at + 1, of })}
            aria-describedby="how-to-move"
            onKeyDown={(event) => {
              const by = { ArrowUp: -1, ArrowDown: 1, Home: -at, End: of - 1 - at }[event.key];
              if (by === undefined) return;
              event.preventDefault();
              if (by !== 0) onMove(by);
            }}
            {...drag}
          >
            <Icon name="grip" />
          </button>
        )}
        <button type="button" class="unfold" aria-expanded={open} aria-controls={body} onClick={onToggle}>
          <span class="name">
            <strong>{name}</strong>
            {topic.description && <small>{topic.description}</small>}
          </span>
          {doubts > 0 && (
            <span class="doubts">
              <Icon name="warn" />
              {count(doubts, 'topic.doubt', 'topic.doubts')}
            </span>
          )}
          <Icon name="down" />
        </button>
        <span class={topic.enabled && ms < SLOT_MS ? 'minutes short' : 'minutes'}>
          {topic.enabled ? t('topic.minutes', { minutes: halves(ms) }) : t('topic.off')}
        </span>
        <Select
          bare
          label={t('topic.priority_of', { name })}
          value={topic.priority}
          disabled={locked}
          options={(['high', 'medium', 'low'] as const).map((value) => ({ value, label: t(`priority.${value}`) }))}
          onChange={set('priority')}
        />
        <Switch bare label={t('topic.asked', { name })} on={topic.enabled} disabled={locked} onChange={set('enabled')} />
      </div>
      <div id={body} class="inside" hidden={!open}>
        {open && (
          <fieldset disabled={locked} aria-label={name}>
            <Field label={t('topic.label')} hint={t('topic.label_more')} value={topic.label} onInput={set('label')} max={80} error={error('label')} required />
            <Field
              label={t('topic.description')}
              hint={t('topic.description_more')}
              value={topic.description}
              onInput={set('description')}
              rows={2}
              max={500}
              error={error('description')}
              optional
            />
            <Findings found={found.description} />
            <Field
              label={t('topic.guidance')}
              hint={t('topic.guidance_more')}
              value={topic.guidance}
              onInput={set('guidance')}
              rows={4}
              max={2000}
              error={error('guidance')}
              optional
            />
            <Findings found={found.guidance} />
            <Field
              label={t('topic.context')}
              hint={t('topic.context_more')}
              value={topic.context}
              onInput={set('context')}
              rows={3}
              max={2000}
              error={error('context')}
              optional
            />
            <Findings found={found.context} />
            {!locked && (
              <div class="acts">
                <Button kind="danger" icon="trash" onClick={onRemove}>
                  {t('topic.remove')}
                </Button>
              </div>
            )}
          </fieldset>
        )}
      </div>
    </li>
  );
}
