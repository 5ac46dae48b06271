import { useEffect, useState } from 'preact/hooks';
import { Button } from '../../shared/button.tsx';
import type { InvitationShown, Live as Conversation } from '../../wire/api_types.ts';
import { address, call } from '../client.ts';
import { Ask } from '../parts/ask.tsx';
import { Notice } from '../parts/notice.tsx';
import { say } from '../parts/said.tsx';
import { moment, t } from '../words.ts';
import { going, inOrder, told } from './fold.ts';

/** Who is behind an invitation. The newest page is enough while nobody unknown appears. */
type Names = ReadonlyMap<string, string>;

async function names(session: string): Promise<Names> {
  const answer = await call('GET /sessions/{id}/invitations', { path: { id: session }, query: { limit: 200 } });
  return new Map(answer.ok ? answer.value.items.map((one: InvitationShown) => [one.id, one.person.name]) : []);
}

const TONE: Record<Conversation['state'], string> = {
  consented: 'open',
  in_progress: 'open',
  paused: 'draft',
  completed: 'done',
  ended_early: 'done',
  withdrawn: 'closed',
  declined: 'closed',
};

function One({ one, name }: { one: Conversation; name: string }) {
  const [asking, setAsking] = useState(false);
  const end = async () => {
    const answer = await call('POST /conversations/{id}/end', { path: { id: one.id } });
    if (answer.ok) say(t('live.ending', { name }));
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
          <span class={`pill ${TONE[one.state]}`}>{t(`live.${one.state}`)}</span>
        </span>
        {going(one) && (
          <Button label={t('live.end_of', { name })} onClick={() => setAsking(true)}>
            {t('live.end')}
          </Button>
        )}
      </div>
      {one.turns && one.turns.length > 0 && (
        <details open={going(one)}>
          <summary>{t('live.words')}</summary>
          <ol class="said" tabIndex={0} aria-label={t('live.words_of', { name })}>
            {one.turns.map((turn) => (
              <li key={`${turn.turn}${turn.speaker}`} class={turn.speaker}>
                <span class="hidden">{t(turn.speaker === 'person' ? 'live.by_person' : 'live.by_interviewer')}</span> {turn.text}
              </li>
            ))}
          </ol>
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

/** Conversations in progress, as they go on. */
export function Live({ session, confidential }: { session: string; confidential: boolean }) {
  const [known, setKnown] = useState<ReadonlyMap<string, Conversation>>(new Map());
  const [who, setWho] = useState<Names>(new Map());
  const [lost, setLost] = useState(false);
  useEffect(() => {
    void names(session).then(setWho);
    const source = new EventSource(address('/sessions/{id}/live', { id: session }));
    source.addEventListener('conversation', (event: MessageEvent<string>) => {
      const next = JSON.parse(event.data) as Conversation;
      setKnown((before) => told(before, next));
    });
    source.onopen = () => setLost(false);
    // The browser connects again by itself, unless it was refused.
    source.onerror = () => setLost(source.readyState === EventSource.CLOSED);
    return () => source.close();
  }, [session]);
  const unknown = [...known.values()].some((one) => !who.has(one.invitation));
  useEffect(() => {
    if (unknown) void names(session).then(setWho);
  }, [known.size, unknown, session]);
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
