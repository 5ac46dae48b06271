import { useState } from 'preact/hooks';
import { Button } from '../../shared/button.tsx';
import type { InvitationShown, SessionShown } from '../../wire/api_types.ts';
import { type Answer, call, type Problem } from '../client.ts';
import { useLoad } from '../load.ts';
import { StateButton } from '../pages/session_state.tsx';
import { Failure, Notice } from '../parts/notice.tsx';
import { Pending } from '../parts/page.tsx';
import { may } from '../who.ts';
import { count, t } from '../words.ts';
import { FromFile } from './file.tsx';
import { Guest } from './guest.tsx';
import { Invite } from './invite.tsx';

interface Read {
  items: InvitationShown[];
  next: string | null;
}

const FINISHED = new Set<InvitationShown['status']>(['completed', 'ended_early']);

async function read(id: string, cursor?: string): Promise<Answer<Read>> {
  const answer = await call('GET /sessions/{id}/invitations', { path: { id }, query: cursor ? { cursor } : {} });
  return answer.ok ? { ...answer, value: { items: answer.value.items, next: answer.value.next ?? null } } : answer;
}

interface Props {
  session: SessionShown;
  /** There is something that is not saved. */
  dirty: boolean;
  onTurned: (session: SessionShown, etag: string | null) => void;
}

/** Who is invited, how far they are, and a form to invite somebody. */
export function People({ session, dirty, onTurned }: Props) {
  const [loaded, again, set] = useLoad(() => read(session.id), [session.id]);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  if (loaded.at !== 'ready') return <Pending loaded={loaded} again={() => void again()} />;
  const { items, next } = loaded.value;

  const replace = (one: InvitationShown) => {
    set((before) => {
      const known = before.items.some((other) => other.id === one.id);
      return { ...before, items: known ? before.items.map((other) => (other.id === one.id ? one : other)) : [one, ...before.items] };
    });
  };
  const more = async () => {
    if (!next || busy) return;
    setBusy(true);
    const answer = await read(session.id, next);
    setBusy(false);
    setProblem(answer.ok ? null : answer.problem);
    if (!answer.ok) return;
    const { items: older, next: rest } = answer.value;
    set((before) => {
      // The list may have been read anew meanwhile.
      if (before.next !== next) return before;
      const known = new Set(before.items.map((one) => one.id));
      return { items: [...before.items, ...older.filter((one) => !known.has(one.id))], next: rest };
    });
  };

  const finished = items.filter((one) => FINISHED.has(one.status)).length;
  return (
    <>
      {session.state === 'draft' && (
        <Notice
          icon="clock"
          actions={may('edit_sessions') && <StateButton session={session} dirty={dirty} onTurned={onTurned} />}
        >
          <p>{t('people.draft')}</p>
        </Notice>
      )}
      {session.state === 'closed' ? (
        <Notice icon="lock">
          <p>{t('people.closed')}</p>
        </Notice>
      ) : (
        may('invite') && (
          <>
            <Invite session={session.id} onInvited={replace} />
            <FromFile session={session.id} onInvited={() => void again()} />
          </>
        )
      )}
      <section class="guests" aria-labelledby="guests">
        <div class="line">
          <h2 id="guests">
            {items.length === 0 ? t('people.none') : count(items.length, 'people.one', next ? 'people.first' : 'people.all')}
          </h2>
          {items.length > 0 && (
            <p class="soft">
              {count(finished, 'people.finished_one', 'people.finished')}{' '}
              <button type="button" class="inline" onClick={() => void again()}>
                {t('people.again')}
              </button>
            </p>
          )}
        </div>
        {items.length === 0 && <p class="soft">{t('people.none_more')}</p>}
        <ul class="rows">
          {items.map((one) => (
            <Guest key={one.id} session={session.id} invitation={one} onChange={replace} onErased={() => void again()} />
          ))}
        </ul>
        {problem && <Failure problem={problem} />}
        {next && (
          <div class="acts">
            <Button busy={busy} onClick={() => void more()}>
              {t('page.more')}
            </Button>
          </div>
        )}
      </section>
    </>
  );
}
