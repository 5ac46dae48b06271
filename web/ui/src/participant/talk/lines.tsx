/** What was said, by both sides. */

import { useEffect, useRef } from 'preact/hooks';
import { Icon } from '../../shared/icon.tsx';
import { t } from '../../shared/messages.ts';
import type { Call, Line } from '../call.ts';

interface Props {
  call: Call;
  /** Sends a typed answer again. */
  again: (id: string) => void;
}

function One({ line, again }: { line: Line; again: (id: string) => void }) {
  return (
    <li class={`line ${line.who} ${line.state}`}>
      <span class="who">{t(line.who === 'you' ? 'talk.you' : 'talk.interviewer')}</span>
      <p>{line.text}</p>
      {line.state === 'sending' && <span class="soft">{t('talk.sending')}</span>}
      {line.state === 'unsent' && (
        <span class="not-sent">
          {t('talk.unsent')}
          <button type="button" class="button plain" onClick={() => again(line.id)}>
            <Icon name="repeat" />
            <span>{t('talk.again')}</span>
          </button>
        </span>
      )}
    </li>
  );
}

/**
 * All lines. In writing they are announced as they grow; by voice they are not: a screen reader would speak into the
 * conversation, and be heard as an answer.
 */
export function Lines({ call, again, live, shown = true }: Props & { live: boolean; shown?: boolean }) {
  const log = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // By voice they stand in a place of their own, which is scrolled by itself, and by keys.
    if (!live && log.current) log.current.scrollTop = log.current.scrollHeight;
  }, [call.lines.length, shown]);
  return (
    <div
      ref={log}
      class="log"
      role="log"
      aria-live={live ? 'polite' : 'off'}
      aria-label={t('talk.captions')}
      {...(live ? {} : { tabIndex: 0 })}
    >
      <ol class="lines">
        {call.lines.map((line) => (
          <One key={line.id} line={line} again={again} />
        ))}
      </ol>
    </div>
  );
}

/** Keeps the newest in sight: stands below everything that can come. */
export function Newest({ call }: { call: Call }) {
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => {
    end.current?.scrollIntoView({ block: 'end' });
  }, [call.lines.length, call.lines.at(-1)?.text.length, call.floor, call.connection, call.paused, call.stage]);
  return <div ref={end} class="end" />;
}
