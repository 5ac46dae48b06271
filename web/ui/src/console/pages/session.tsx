import { useEffect, useReducer, useRef, useState } from 'preact/hooks';
import { Button } from '../../shared/button.tsx';
import { Icon } from '../../shared/icon.tsx';
import type { SessionShown } from '../../wire/api_types.ts';
import { type Answer, call, type Problem } from '../client.ts';
import { Conflict } from '../editor/conflict.tsx';
import { begin, type Change, changed, differences, type Draft, draftOf, edit, sent } from '../editor/draft.ts';
import { partOf, showFault } from '../editor/fault.ts';
import { useLeaving } from '../editor/leaving.tsx';
import { SaveBar } from '../editor/save_bar.tsx';
import { Settings } from '../editor/settings.tsx';
import { Topics } from '../editor/topics.tsx';
import { Insights } from '../insights/insights.tsx';
import { Live } from '../live/live.tsx';
import { useLoad } from '../load.ts';
import { keepFocus } from '../parts/focus.ts';
import { Link } from '../parts/link.tsx';
import { Failure, Notice } from '../parts/notice.tsx';
import { Page, Pending } from '../parts/page.tsx';
import { StatePill } from '../parts/pill.tsx';
import { say } from '../parts/said.tsx';
import { People } from '../people/people.tsx';
import { InterviewQuality } from '../quality/quality.tsx';
import { go } from '../router.ts';
import { may } from '../who.ts';
import { day, t } from '../words.ts';
import { CloneDialog } from './clone.tsx';
import { DeleteButton } from './delete.tsx';
import { StateButton } from './session_state.tsx';
import { TrialButton } from './trial.tsx';

export type Tab = 'topics' | 'settings' | 'people' | 'live' | 'quality' | 'insights';

/** An open session is asked so often whether it is locked. */
const LOOK_EVERY_MS = 15_000;

/** A session as it was read, and which version that was. */
interface Known {
  session: SessionShown;
  etag: string;
}

async function read(id: string): Promise<Answer<Known>> {
  const answer = await call('GET /sessions/{id}', { path: { id } });
  return answer.ok ? { ...answer, value: { session: answer.value, etag: answer.etag ?? '' } } : answer;
}

/** One session: its topics, how it is held, and who is invited. */
export function SessionPage({ id, tab }: { id: string; tab: Tab }) {
  const [loaded, again] = useLoad(() => read(id), [id]);
  if (loaded.at !== 'ready') {
    return (
      <div class="content">
        <Pending loaded={loaded} again={() => void again()} />
      </div>
    );
  }
  return <Opened known={loaded.value} tab={tab} />;
}

function Opened({ known, tab }: { known: Known; tab: Tab }) {
  const [{ session, etag }, setKnown] = useState(known);
  const [editing, apply] = useReducer(edit, draftOf(known.session), begin);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const [theirs, setTheirs] = useState<Known | null>(null);
  const [cloning, setCloning] = useState(false);
  const { id } = session;
  const tabs = useRef<HTMLElement>(null);
  // Where there is little room the tabs scroll: the one that is shown is in sight.
  useEffect(() => tabs.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' }), [tab]);
  /** What the server found wrong was said of what stood there before. */
  const change = (what: Change) => {
    setProblem(null);
    apply(what);
  };
  const locked = session.locked_at != null;
  const fixed = locked || !may('edit_sessions');
  const dirty = changed(editing);
  const parts = ['', '/settings', '/people', '/live', '/quality', '/insights'].map((part) => `/sessions/${id}${part}`);
  const leaving = useLeaving(dirty, parts);

  const put = async (draft: Draft, version: string) => {
    const answer = await call('PUT /sessions/{id}', { path: { id }, headers: { 'if-match': version }, body: sent(draft) });
    if (!answer.ok) return answer;
    setKnown({ session: answer.value, etag: answer.etag ?? '' });
    apply({ type: 'saved', sent: draft, draft: draftOf(answer.value) });
    setTheirs(null);
    say(t('save.saved'));
    keepFocus();
    return answer;
  };
  const save = async (draft = editing.now, version = etag) => {
    setBusy(true);
    setProblem(null);
    let answer = await put(draft, version);
    // What has a dialog or a notice of its own is not told a second time.
    let told = false;
    if (!answer.ok && answer.problem.code === 'outdated') {
      const reconciled = await reconcile(draft);
      told = reconciled === null;
      answer = reconciled ?? answer;
    }
    if (!answer.ok && answer.problem.code === 'session_locked') {
      const fresh = await read(id);
      if (fresh.ok) setKnown(fresh.value);
      told = fresh.ok && fresh.value.session.locked_at != null;
    }
    if (!answer.ok && !told && answer.problem.code !== 'unauthenticated') {
      setProblem(answer.problem);
      const part = partOf(answer.problem);
      if (part && part !== tab) go(part === 'topics' ? `/sessions/${id}` : `/sessions/${id}/settings`);
      showFault();
    }
    setBusy(false);
  };
  /** Somebody else was here. What they have left as it was is no conflict, such as a session that was opened meanwhile. */
  const reconcile = async (draft: Draft) => {
    const fresh = await read(id);
    if (!fresh.ok) return fresh;
    if (differences(editing.saved, draftOf(fresh.value.session)).length === 0) return put(draft, fresh.value.etag);
    setTheirs(fresh.value);
    return null;
  };
  /** A state has changed. Another version is taken for ours only where nothing else has changed with it. */
  const turned = (next: SessionShown, version: string | null) => {
    const same = differences(editing.saved, draftOf(next)).length === 0;
    setKnown({ session: next, etag: same && version ? version : etag });
  };

  // Who looks at the page again learns that it is locked meanwhile; while they look, it is asked for now and then.
  useEffect(() => {
    if (fixed || session.state !== 'open') return;
    const look = async () => {
      if (document.visibilityState === 'hidden') return;
      const fresh = await read(id);
      if (fresh.ok && fresh.value.session.locked_at != null) setKnown(fresh.value);
    };
    const seen = () => void look();
    window.addEventListener('focus', seen);
    document.addEventListener('visibilitychange', seen);
    const every = setInterval(seen, LOOK_EVERY_MS);
    return () => {
      window.removeEventListener('focus', seen);
      document.removeEventListener('visibilitychange', seen);
      clearInterval(every);
    };
  }, [id, fixed, session.state]);

  const title = editing.now.title.trim() || session.title;
  return (
    <Page
      title={title}
      above={
        <Link to="/sessions" class="backward">
          <Icon name="back" />
          {t('sessions.title')}
        </Link>
      }
      beside={
        may('edit_sessions') && (
          <>
            {session.state !== 'closed' && <TrialButton session={id} dirty={dirty} />}
            <Button icon="copy" onClick={() => setCloning(true)}>
              {t('session.clone')}
            </Button>
            {session.state !== 'open' && <DeleteButton session={session} onDeleted={leaving.free} />}
            <StateButton session={session} dirty={dirty} onTurned={turned} />
          </>
        )
      }
    >
      <p class="facts">
        <StatePill state={session.state} locked={locked} />
        <span>{t('session.made', { day: day(session.created) })}</span>
        {session.parent && <Link to={`/sessions/${session.parent}`}>{t('session.parent')}</Link>}
      </p>
      <nav ref={tabs} class="tabs" aria-label={t('session.parts')}>
        <Link to={`/sessions/${id}`} current={tab === 'topics'}>
          {t('session.topics')}
        </Link>
        <Link to={`/sessions/${id}/settings`} current={tab === 'settings'}>
          {t('session.settings')}
        </Link>
        {may('see_invitations') && (
          <Link to={`/sessions/${id}/people`} current={tab === 'people'}>
            {t('session.people')}
          </Link>
        )}
        {may('watch') && (
          <Link to={`/sessions/${id}/live`} current={tab === 'live'}>
            {t('session.live')}
          </Link>
        )}
        {may('read_quality') && (
          <Link to={`/sessions/${id}/quality`} current={tab === 'quality'}>
            {t('session.quality')}
          </Link>
        )}
        {may('read_insights') && (
          <Link to={`/sessions/${id}/insights`} current={tab === 'insights'}>
            {t('session.insights')}
          </Link>
        )}
      </nav>
      {locked && (tab === 'topics' || tab === 'settings') && (
        <Notice
          kind="care"
          icon="lock"
          actions={
            may('edit_sessions') && (
              <Button kind="primary" icon="copy" onClick={() => setCloning(true)}>
                {t(dirty ? 'session.clone_changes' : 'session.clone')}
              </Button>
            )
          }
        >
          <p>
            <strong>{t('session.locked', { day: day(session.locked_at ?? 0) })}</strong>
          </p>
          <p>{t(dirty ? 'session.locked_unsaved' : 'session.locked_more')}</p>
        </Notice>
      )}
      {problem && !partOf(problem) && <Failure problem={problem} />}
      {tab === 'topics' && <Topics draft={editing.now} locked={fixed} problem={problem} change={change} />}
      {tab === 'settings' && (
        <Settings draft={editing.now} language={session.language} locked={fixed} problem={problem} change={change} />
      )}
      {tab === 'people' && <People session={session} dirty={dirty} onTurned={turned} />}
      {tab === 'live' && <Live session={id} confidential={session.confidentiality === 'confidential'} />}
      {tab === 'quality' && <InterviewQuality session={id} />}
      {tab === 'insights' && <Insights session={session} />}
      {!fixed && <SaveBar editing={editing} dirty={dirty} busy={busy} change={change} onSave={() => void save()} />}
      {theirs && (
        <Conflict
          before={editing.saved}
          mine={editing.now}
          theirs={draftOf(theirs.session)}
          onClose={() => setTheirs(null)}
          onTheirs={() => {
            setKnown(theirs);
            change({ type: 'take', theirs: draftOf(theirs.session) });
            setTheirs(null);
          }}
          onMine={() => {
            const kept = edit(editing, { type: 'keep', theirs: draftOf(theirs.session) });
            change({ type: 'keep', theirs: draftOf(theirs.session) });
            setKnown(theirs);
            setTheirs(null);
            void save(kept.now, theirs.etag);
          }}
        />
      )}
      {cloning && <CloneDialog session={session} draft={dirty ? editing.now : null} onClose={() => setCloning(false)} onCloned={leaving.free} />}
      {leaving.question}
    </Page>
  );
}
