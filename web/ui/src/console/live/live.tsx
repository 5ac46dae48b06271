import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Button } from '../../shared/button.tsx';
import type { Live as Conversation } from '../../wire/api_types.ts';
import { address, call } from '../client.ts';
import { Ask } from '../parts/ask.tsx';
import { Notice } from '../parts/notice.tsx';
import { say } from '../parts/said.tsx';
import { may } from '../who.ts';
import { moment, t } from '../words.ts';
import { going, inOrder, retold, told } from './fold.ts';

/** The server tells of all that go on within this time after it was asked: it looks once in a second. */
const TOLD_WITHIN_MS = 5_000;
/** A connection that ended is there again by then. */
const RETURNS_WITHIN_MS = 8_000;
/** A refused one is tried again after this. */
const ANEW_AFTER_MS = 10_000;
/** Who is so near the end of the words follows them. */
const NEAR_PX = 40;

const TONE: Record<Conversation['state'], string> = {
  consented: 'open',
  in_progress: 'open',
  paused: 'draft',
  completed: 'done',
  ended_early: 'done',
  withdrawn: 'closed',
  erased: 'closed',
  declined: 'closed',
};

/** The words of both, which are followed as they come by whoever looks at their end. */
function Words({ turns, name }: { turns: NonNullable<Conversation['turns']>; name: string }) {
  const list = useRef<HTMLOListElement>(null);
  const follows = useRef(true);
  useLayoutEffect(() => {
    if (follows.current && list.current) list.current.scrollTop = list.current.scrollHeight;
  }, [turns]);
  return (
    <ol
      ref={list}
      class="said"
      tabIndex={0}
      aria-label={t('live.words_of', { name })}
      onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
        follows.current = scrollHeight - scrollTop - clientHeight < NEAR_PX;
      }}
    >
      {turns.map((turn) => (
        <li key={`${turn.turn}${turn.speaker}`} class={turn.speaker}>
          <span class="hidden">{t(turn.speaker === 'person' ? 'live.by_person' : 'live.by_interviewer')}</span> {turn.text}
        </li>
      ))}
    </ol>
  );
}

/** How far it has come: what is talked about, for how long, and how good the line is. */
function Course({ course }: { course: NonNullable<Conversation['course']> }) {
  const minutes = (ms: number) => Math.floor(ms / 60_000);
  const { topic, topics, topics_done: done, latency_ms: latency } = course;
  const parts = [
    topic ?? t('live.before'),
    t('live.topics', { done, topics }),
    t('live.time', { minutes: minutes(course.elapsed_ms), planned: minutes(course.planned_ms) }),
    t(course.connected ? 'live.connected' : 'live.disconnected'),
  ];
  if (latency != null) parts.push(t('live.latency', { seconds: (latency / 1_000).toFixed(1) }));
  return (
    <div class="course">
      <progress max={topics} value={done} aria-label={t('live.topics', { done, topics })} />
      <small>{parts.join(' · ')}</small>
    </div>
  );
}

function One({ one, name }: { one: Conversation; name: string }) {
  const [asking, setAsking] = useState(false);
  const [ending, setEnding] = useState(false);
  const end = async () => {
    const answer = await call('POST /conversations/{id}/end', { path: { id: one.id } });
    if (answer.ok) {
      setEnding(true);
      say(t('live.ending', { name }));
    }
    return answer;
  };
  return (
    <li class="live">
      <div class="row">
        <span class="what">
          <strong>{name}</strong>
          <small>{t('live.since', { moment: moment(one.created) })}</small>
        </span>
        <span class="state">
          <span class={`pill ${TONE[one.state]}`}>{t(ending && going(one) ? 'live.goodbye' : `live.${one.state}`)}</span>
        </span>
        {going(one) && !ending && may('edit_sessions') && (
          <Button label={t('live.end_of', { name })} onClick={() => setAsking(true)}>
            {t('live.end')}
          </Button>
        )}
      </div>
      {one.course && going(one) && <Course course={one.course} />}
      {one.turns && one.turns.length > 0 && (
        <details open={going(one)}>
          <summary>{t('live.words')}</summary>
          <Words turns={one.turns} name={name} />
        </details>
      )}
      {asking && (
        <Ask title={t('live.end_title', { name })} action={t('live.end')} onClose={() => setAsking(false)} run={end}>
          <p>{t('live.end_more')}</p>
        </Ask>
      )}
    </li>
  );
}

/** Who is behind the invitations, by their ids; each is asked for once. */
function useNames(known: ReadonlyMap<string, Conversation>): ReadonlyMap<string, string> {
  const [names, setNames] = useState<ReadonlyMap<string, string>>(new Map());
  const asked = useRef(new Set<string>());
  useEffect(() => {
    if (!may('see_invitations')) return;
    for (const { invitation } of known.values()) {
      if (asked.current.has(invitation)) continue;
      asked.current.add(invitation);
      void call('GET /invitations/{id}', { path: { id: invitation } }).then((answer) => {
        if (answer.ok) setNames((before) => new Map(before).set(invitation, answer.value.person.name));
        else asked.current.delete(invitation);
      });
    }
  }, [known]);
  return names;
}

/** Conversations in progress, as they go on. */
export function Live({ session, confidential }: { session: string; confidential: boolean }) {
  const [known, setKnown] = useState<ReadonlyMap<string, Conversation>>(new Map());
  const [lost, setLost] = useState(false);
  const [tried, setTry] = useState(0);
  useEffect(() => {
    const source = new EventSource(address('/sessions/{id}/live', { id: session }));
    let since = new Set<string>();
    let late: ReturnType<typeof setTimeout> | undefined;
    let anew: ReturnType<typeof setTimeout> | undefined;
    source.addEventListener('conversation', (event: MessageEvent<string>) => {
      const next = JSON.parse(event.data) as Conversation;
      since.add(next.id);
      setKnown((before) => told(before, next));
    });
    source.onopen = () => {
      setLost(false);
      const heard = (since = new Set<string>());
      clearTimeout(late);
      late = setTimeout(() => setKnown((before) => retold(before, heard)), TOLD_WITHIN_MS);
    };
    source.onerror = () => {
      clearTimeout(late);
      // The browser connects again by itself within some seconds, as after each five minutes, unless it was refused: then it was signed out.
      const refused = source.readyState === EventSource.CLOSED;
      late = setTimeout(() => setLost(true), refused ? 0 : RETURNS_WITHIN_MS);
      // Whose login has ended is asked to sign in.
      if (refused) void call('GET /me');
      if (refused) anew = setTimeout(() => setTry((before) => before + 1), ANEW_AFTER_MS);
    };
    return () => {
      clearTimeout(late);
      clearTimeout(anew);
      source.close();
    };
  }, [session, tried]);
  const who = useNames(known);
  const shown = inOrder(known);
  const talking = shown.filter(going).length;
  return (
    <section class="guests" aria-labelledby="live">
      <h2 id="live">{talking === 0 ? t('live.nobody') : t(talking === 1 ? 'live.one' : 'live.many', { count: talking })}</h2>
      <p class="soft">{t(confidential ? 'live.confidential' : 'live.more')}</p>
      {lost && (
        <Notice kind="bad" icon="plug" live>
          <p>{t('live.lost')}</p>
        </Notice>
      )}
      <ul class="rows">
        {shown.map((one) => (
          <One key={one.id} one={one} name={who.get(one.invitation) ?? t('live.somebody')} />
        ))}
      </ul>
    </section>
  );
}
