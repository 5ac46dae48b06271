import { useLayoutEffect, useRef } from 'preact/hooks';
import { Icon } from '../../shared/icon.tsx';
import { type Listener, useListener } from '../../shared/listener.ts';
import { address, call } from '../client.ts';
import { useLoad } from '../load.ts';
import { Link } from '../parts/link.tsx';
import { Page, Pending } from '../parts/page.tsx';
import { asked } from '../router.ts';
import { day, t } from '../words.ts';
import { Listen } from './listen.tsx';
import type { Transcript } from '../../wire/api_types.ts';
import { cut } from './span.ts';

/** A line's button is named by its first words. */
const START_CHARS = 40;

/** What of a conversation is looked at: a turn, and where in it. */
interface Marked {
  turn: number;
  from: number;
  to: number;
}

function markedBy(query: string): Marked | null {
  const given = new URLSearchParams(query);
  const number = (name: string) => (/^\d+$/.test(given.get(name) ?? '') ? Number(given.get(name)) : Number.NaN);
  const turn = number('turn');
  return Number.isNaN(turn) ? null : { turn, from: number('from'), to: number('to') };
}

interface TurnProps {
  turn: Transcript['turns'][number];
  marked: Marked | null;
  listener: Listener;
}

function Turn({ turn: { turn, speaker, text, quotable, audio }, marked, listener }: TurnProps) {
  const line = useRef<HTMLLIElement>(null);
  // After the page's heading has taken the focus.
  useLayoutEffect(() => {
    if (!marked) return undefined;
    const frame = requestAnimationFrame(() => {
      line.current?.scrollIntoView({ block: 'center' });
      line.current?.focus({ preventScroll: true });
    });
    return () => cancelAnimationFrame(frame);
  }, [marked?.turn, marked?.from]);
  const parts = marked && cut(text, marked.from, marked.to);
  return (
    <li ref={line} class={marked ? `${speaker} marked` : speaker} tabIndex={marked ? -1 : undefined}>
      <p>
        <span class="hidden">{t(speaker === 'person' ? 'live.by_person' : 'live.by_interviewer')} </span>
        {parts ? (
          <>
            {parts[0]}
            <mark>{parts[1]}</mark>
            {parts[2]}
          </>
        ) : (
          text
        )}
      </p>
      {(audio || !quotable) && (
        <div class="line">
          {!quotable && <span class="pill">{t('conversation.not_quoted')}</span>}
          {audio && <Listen turn={turn} start={text.length > START_CHARS ? `${text.slice(0, START_CHARS)} …` : text} listener={listener} />}
        </div>
      )}
    </li>
  );
}

async function sound(id: string, turn: number): Promise<Blob | null> {
  const to = address('/conversations/{id}/turns/{turn}/audio', { id, turn });
  try {
    const response = await fetch(to, { cache: 'no-store', credentials: 'same-origin', referrerPolicy: 'no-referrer' });
    return response.ok ? await response.blob() : null;
  } catch {
    return null;
  }
}

/** One person's conversation of an identified session, opened at the line that a quote is from. */
export function Conversation({ session, id }: { session: string; id: string }) {
  const [loaded, again] = useLoad(() => call('GET /conversations/{id}/transcript', { path: { id } }), [id]);
  const listener = useListener((turn) => sound(id, turn));
  const marked = markedBy(asked.value);
  if (loaded.at !== 'ready') {
    return (
      <div class="content">
        <Pending loaded={loaded} again={() => void again()} />
      </div>
    );
  }
  const { title, person, completed_at: completed, turns } = loaded.value;
  return (
    <Page
      title={t('conversation.title', { name: person.name })}
      above={
        <Link to={`/sessions/${session}/insights`} class="backward">
          <Icon name="back" />
          {t('conversation.back', { title })}
        </Link>
      }
    >
      <p class="facts">
        {[person.role, person.department].filter(Boolean).map((one) => (
          <span key={one}>{one}</span>
        ))}
        <span>{t('conversation.completed', { day: day(completed) })}</span>
      </p>
      <ol class="conversation">
        {turns.map((turn) => (
          <Turn
            key={`${turn.turn}${turn.speaker}`}
            turn={turn}
            marked={marked?.turn === turn.turn && turn.speaker === 'person' ? marked : null}
            listener={listener}
          />
        ))}
      </ol>
    </Page>
  );
}
