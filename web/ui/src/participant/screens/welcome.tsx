import { Button } from '../../shared/button.tsx';
import { Heading } from '../../shared/heading.tsx';
import { Icon, type IconName } from '../../shared/icon.tsx';
import { t } from '../../shared/messages.ts';
import type { ScreenProps } from '../page.tsx';

function Fact({ icon, title, more }: { icon: IconName; title: string; more: string }) {
  return (
    <li class="fact">
      <Icon name={icon} />
      <div>
        <strong>{title}</strong>
        <p>{more}</p>
      </div>
    </li>
  );
}

/** Who asks, how long it takes, what it is about, who sees what. */
export function Welcome({ state, controller }: ScreenProps) {
  const session = state.shown?.session;
  if (!session) return null;
  const { organisation, title } = session;
  const party = state.shown?.language_model ?? null;
  const sees = [t(`who.${session.confidentiality}`, { organisation }), ...(party === null ? [] : [t('who.model', { party })]), t('who.own')];
  const back = state.agreed !== null;
  const start = () => (back ? void controller.resume() : controller.dispatch({ type: 'go', to: 'consent' }));
  return (
    <div class="column welcome">
      <div class="ask">
        {state.shown?.trial && <p class="greeting">{t('welcome.trial')}</p>}
        <p class="kicker">{title}</p>
        <Heading>{back ? t('welcome.title_back') : t('welcome.title', { organisation })}</Heading>
        <p class="lead">{back ? t('welcome.lead_back') : t('welcome.lead')}</p>
        {session.welcome && <p class="greeting">{session.welcome}</p>}
      </div>
      <div class="know">
        <ul class="facts">
          <Fact icon="clock" title={t('welcome.time', { minutes: session.length_min })} more={t('welcome.time_more')} />
          <Fact
            icon={session.mode === 'text' ? 'write' : 'mic'}
            title={t(`welcome.mode_${session.mode}`)}
            more={t(`welcome.mode_${session.mode}_more`)}
          />
          <Fact icon="spark" title={t('welcome.ai')} more={t('welcome.ai_more')} />
          <Fact icon="eye" title={t('welcome.who')} more={sees.join(' ')} />
        </ul>
        <section>
          <h2>{t('welcome.topics')}</h2>
          <ul class="topics">
            {session.topics.map((topic) => (
              <li key={topic}>{topic}</li>
            ))}
          </ul>
          <p class="soft">{t('welcome.topics_more')}</p>
        </section>
      </div>
      <div class="actions sticky">
        <Button kind="primary" busy={state.busy} onClick={start}>
          {t(back ? 'welcome.resume' : 'welcome.start')}
        </Button>
        {back && session.mode === 'participant' && (
          <Button kind="plain" onClick={() => controller.dispatch({ type: 'go', to: 'consent' })}>
            {t('welcome.change')}
          </Button>
        )}
      </div>
    </div>
  );
}
