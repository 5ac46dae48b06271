import type { ComponentChildren } from 'preact';
import { t } from '../../shared/messages.ts';
import type { Call } from '../call.ts';

/** Where the conversation is, without a clock: a mark for each topic, and the name of this one. */
export function Progress({ call, children }: { call: Call; children?: ComponentChildren }) {
  const { topic, topics, topicsDone } = call;
  if (!topic || topics === 0) return <div class="progress">{children}</div>;
  return (
    <div class="progress">
      <p class="hidden">{t('talk.progress', { number: Math.min(topicsDone + 1, topics), of: topics, label: topic.label })}</p>
      <p class="topic" aria-hidden="true">
        {topic.label}
      </p>
      <div class="dots" aria-hidden="true">
        {Array.from({ length: topics }, (_, i) => (
          <span key={i} class={i < topicsDone ? 'done' : i === topicsDone ? 'now' : ''} />
        ))}
      </div>
      {children}
    </div>
  );
}
