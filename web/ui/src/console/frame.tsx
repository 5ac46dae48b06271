import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Icon, type IconName } from '../shared/icon.tsx';
import type { Me } from '../wire/api_types.ts';
import { call } from './client.ts';
import { Link } from './parts/link.tsx';
import { say } from './parts/said.tsx';
import { go, here, leaveFor } from './router.ts';
import { type Action, leave, may } from './who.ts';
import { t, type Word } from './words.ts';

interface Way {
  to: string;
  word: Word;
  icon: IconName;
  needs: Action;
}

const WAYS: readonly Way[] = [
  { to: '/sessions', word: 'nav.sessions', icon: 'sessions', needs: 'read_sessions' },
  { to: '/outbox', word: 'nav.outbox', icon: 'mail', needs: 'see_invitations' },
  { to: '/colleagues', word: 'nav.colleagues', icon: 'people', needs: 'see_colleagues' },
  { to: '/workspace', word: 'workspace.title', icon: 'gear', needs: 'keep_workspace' },
  { to: '/audit', word: 'nav.audit', icon: 'list', needs: 'read_audit' },
];

/** Whether `path` is at `to` or below it. The list of sessions is also where the console begins. */
function at(to: string, path: string): boolean {
  if (to === '/sessions' && (path === '/' || path.startsWith('/new'))) return true;
  return path === to || path.startsWith(`${to}/`);
}

/** Signs this browser out. */
async function signOut() {
  const answer = await call('POST /logout');
  // Whose login has ended already is out as well.
  if (!answer.ok && answer.problem.status !== 401) return say(answer.problem.detail);
  leave();
  go('/', { replace: true, free: true });
}

/** What stands around every page: where one can go, and who one is. */
export function Frame({ me, children }: { me: Me; children: ComponentChildren }) {
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const path = here.value;
  useEffect(() => setOpen(false), [path]);
  useEffect(() => {
    if (!open) return undefined;
    const close = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return;
      setOpen(false);
      button.current?.focus();
    };
    document.addEventListener('keydown', close);
    return () => document.removeEventListener('keydown', close);
  }, [open]);
  return (
    <div class={open ? 'frame open' : 'frame'}>
      <a class="skip" href="#main">
        {t('page.skip')}
      </a>
      <header class="side">
        <div class="brand">
          <span class="mark" aria-hidden="true" />
          <span class="names">
            <strong>{me.workspace.name}</strong>
            <small>Colloquy</small>
          </span>
          <button
            ref={button}
            type="button"
            class="iconic menu"
            aria-expanded={open}
            aria-controls="ways"
            aria-label={t(open ? 'nav.close' : 'nav.open')}
            onClick={() => setOpen(!open)}
          >
            <Icon name={open ? 'end' : 'menu'} />
          </button>
        </div>
        <div class="ways" id="ways">
          <nav aria-label={t('nav.name')}>
            <ul>
              {WAYS.filter((way) => may(way.needs)).map((way) => (
                <li key={way.to}>
                  <Link to={way.to} current={at(way.to, path)}>
                    <Icon name={way.icon} />
                    {t(way.word)}
                  </Link>
                </li>
              ))}
            </ul>
          </nav>
          <div class="self">
            <Link to="/account" current={path === '/account'}>
              <Icon name="person" />
              <span class="names">
                <span>{me.user.name}</span>
                <small>{t(`role.${me.user.role}`)}</small>
              </span>
            </Link>
            <button type="button" class="way" onClick={() => leaveFor(() => void signOut())}>
              <Icon name="out" />
              {t('nav.sign_out')}
            </button>
          </div>
        </div>
      </header>
      <main id="main" tabIndex={-1}>
        {children}
      </main>
    </div>
  );
}
