/** The frame around every screen, and which screen stands in it. */

import { useEffect, useState } from 'preact/hooks';
import { Dialog } from '../shared/dialog.tsx';
import { Button } from '../shared/button.tsx';
import { Icon } from '../shared/icon.tsx';
import { t } from '../shared/messages.ts';
import { Reach } from '../shared/reach.tsx';
import type { Controller } from './controller.ts';
import { onAway } from './presence.ts';
import { Check } from './screens/check.tsx';
import { ConsentScreen } from './screens/consent.tsx';
import { Copy } from './screens/copy.tsx';
import { Declined, Thanks, Withdrawn } from './screens/ends.tsx';
import { Talk } from './screens/talk.tsx';
import { TroubleScreen } from './screens/trouble.tsx';
import { Welcome } from './screens/welcome.tsx';
import type { State } from './state.ts';

/** What every screen is given. */
export interface ScreenProps {
  state: State;
  controller: Controller;
}

export function Page({ controller }: { controller: Controller }) {
  const state = controller.state.value;
  const [help, setHelp] = useState(false);
  const { screen, shown } = state;
  const title = shown ? t('page.title', { title: shown.session.title, organisation: shown.session.organisation }) : t('page.title_plain');

  useEffect(() => {
    document.title = title;
    if (screen.at !== 'talk') return;
    return onAway(
      () => (document.title = t('page.title_away')),
      (long) => {
        document.title = title;
        const { call } = controller.state.value;
        if (long && call.mode === 'voice' && call.connection === 'live' && !call.paused) {
          controller.tell({ type: 'note', note: 'was_hidden' });
        }
      },
    );
  }, [title, screen.at]);

  const organisation = shown?.session.organisation;
  return (
    <>
      <a
        class="skip"
        href="#main"
        onClick={(event) => {
          // Without an address of its own: that would be a step for the browser's Back.
          event.preventDefault();
          document.getElementById('main')?.focus();
        }}
      >
        {t('page.skip')}
      </a>
      <div class={`page at-${screen.at}`}>
        <header>
          <p class="brand">
            <span class="mark" aria-hidden="true" />
            {organisation}
          </p>
          {shown && (
            <button type="button" class="button plain" onClick={() => setHelp(true)}>
              <Icon name="help" />
              <span>{t('page.help')}</span>
            </button>
          )}
        </header>
        <main id="main" tabIndex={-1}>
          <CurrentScreen key={key(state)} state={state} controller={controller} />
        </main>
      </div>
      {help && (
        <Dialog title={t('help.title')} onClose={() => setHelp(false)}>
          <div class="prose">
            <h3>{t('help.contact')}</h3>
            <Reach help={shown?.session.help ?? null} />
            <p>{t('help.contact_more')}</p>
            <ul>
              <li>{t('help.skip')}</li>
              <li>{t('help.stop')}</li>
              <li>{t('help.urgent')}</li>
            </ul>
          </div>
          <div class="actions">
            <Button kind="primary" onClick={() => setHelp(false)}>
              {t('page.close')}
            </Button>
          </div>
        </Dialog>
      )}
    </>
  );
}

/** A screen that differs in this is another one: its heading takes the focus. */
function key({ screen, call }: State): string {
  if (screen.at === 'trouble') return screen.trouble;
  return screen.at === 'talk' ? `talk ${call.mode}` : screen.at;
}

function CurrentScreen(props: ScreenProps) {
  const { screen } = props.state;
  switch (screen.at) {
    case 'loading':
      return (
        <div class="centre" role="status">
          <span class="orb still" aria-hidden="true" />
          <p class="soft">{t('page.loading')}</p>
        </div>
      );
    case 'welcome':
      return <Welcome {...props} />;
    case 'consent':
      return <ConsentScreen {...props} />;
    case 'check':
      return <Check {...props} />;
    case 'talk':
      return <Talk {...props} />;
    case 'thanks':
      return <Thanks {...props} />;
    case 'copy':
      return <Copy {...props} />;
    case 'declined':
      return <Declined {...props} />;
    case 'withdrawn':
      return <Withdrawn />;
    case 'trouble':
      return <TroubleScreen {...props} trouble={screen.trouble} />;
  }
}
