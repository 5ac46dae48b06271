import type { ComponentChildren } from 'preact';
import { Dialog } from '../shared/dialog.tsx';
import { Failure } from './parts/notice.tsx';
import { Said } from './parts/said.tsx';
import { Frame } from './frame.tsx';
import { Conversation } from './insights/conversation.tsx';
import { Account } from './pages/account.tsx';
import { Audit } from './pages/audit.tsx';
import { Colleagues } from './pages/colleagues.tsx';
import { FromTemplate } from './pages/draft.tsx';
import { FirstRun } from './pages/first_run.tsx';
import { Missing, Refused } from './pages/nowhere.tsx';
import { FromGoal, NewSession } from './pages/new_session.tsx';
import { Outbox } from './pages/outbox.tsx';
import { Reset } from './pages/reset.tsx';
import { SessionPage } from './pages/session.tsx';
import { Sessions } from './pages/sessions.tsx';
import { SignIn, SignInForm } from './pages/sign_in.tsx';
import { Workspace } from './pages/workspace.tsx';
import { here, matched } from './router.ts';
import { type Action, door, enter, interrupted, may } from './who.ts';
import { t } from './words.ts';

interface Place {
  path: string;
  /** Who comes here needs to be allowed to do this. */
  needs: Action;
  show: (found: Record<string, string>) => ComponentChildren;
}

const PLACES: readonly Place[] = [
  { path: '/', needs: 'read_sessions', show: () => <Sessions /> },
  { path: '/sessions', needs: 'read_sessions', show: () => <Sessions /> },
  { path: '/new', needs: 'edit_sessions', show: () => <NewSession /> },
  { path: '/new/described', needs: 'edit_sessions', show: () => <FromGoal /> },
  { path: '/new/:template', needs: 'edit_sessions', show: ({ template = '' }) => <FromTemplate key={template} name={template} /> },
  { path: '/sessions/:id', needs: 'read_sessions', show: ({ id = '' }) => <SessionPage key={id} id={id} tab="topics" /> },
  { path: '/sessions/:id/settings', needs: 'read_sessions', show: ({ id = '' }) => <SessionPage key={id} id={id} tab="settings" /> },
  { path: '/sessions/:id/people', needs: 'see_invitations', show: ({ id = '' }) => <SessionPage key={id} id={id} tab="people" /> },
  { path: '/sessions/:id/live', needs: 'watch', show: ({ id = '' }) => <SessionPage key={id} id={id} tab="live" /> },
  { path: '/sessions/:id/insights', needs: 'read_insights', show: ({ id = '' }) => <SessionPage key={id} id={id} tab="insights" /> },
  {
    path: '/sessions/:id/conversations/:conversation',
    needs: 'read_insights',
    show: ({ id = '', conversation = '' }) => <Conversation key={conversation} session={id} id={conversation} />,
  },
  { path: '/sessions/:id/quality', needs: 'read_quality', show: ({ id = '' }) => <SessionPage key={id} id={id} tab="quality" /> },
  { path: '/workspace', needs: 'keep_workspace', show: () => <Workspace /> },
  { path: '/outbox', needs: 'see_invitations', show: () => <Outbox /> },
  { path: '/colleagues', needs: 'see_colleagues', show: () => <Colleagues /> },
  { path: '/audit', needs: 'read_audit', show: () => <Audit /> },
  { path: '/account', needs: 'keep_keys', show: () => <Account /> },
];

/** What is at an address, for who is signed in. */
function Content({ path }: { path: string }) {
  for (const place of PLACES) {
    const found = matched(place.path, path);
    if (!found) continue;
    // Whose role has no sessions begins where they have something to do.
    if (path === '/' && !may(place.needs)) return <Account />;
    return may(place.needs) ? place.show(found) : <Refused needs={place.needs} />;
  }
  return <Missing />;
}

/** Who signs in again above the page goes on where they were. */
function Interrupted() {
  if (!interrupted.value) return null;
  return (
    <Dialog title={t('sign_in.again')} onClose={() => undefined} firm>
      <p class="soft">{t('sign_in.again_more')}</p>
      <SignInForm />
    </Dialog>
  );
}

/** The console. */
export function Console() {
  const now = door.value;
  // Also who is signed in may follow a link to set another password.
  if (here.value === '/reset' && (now.at === 'out' || now.at === 'in')) return <Reset />;
  switch (now.at) {
    case 'loading':
      return null;
    case 'failed':
      return (
        <main class="porch">
          <Failure problem={now.problem} again={() => void enter()} />
        </main>
      );
    case 'setup':
      return <FirstRun />;
    case 'out':
      return <SignIn />;
    case 'in':
      return (
        <>
          <Frame me={now.me}>
            <Content path={here.value} />
          </Frame>
          <Interrupted />
          <Said />
        </>
      );
  }
}
