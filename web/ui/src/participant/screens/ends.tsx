/** The quiet screens at which a way ends. */

import { Button } from '../../shared/button.tsx';
import { Heading } from '../../shared/heading.tsx';
import { Icon } from '../../shared/icon.tsx';
import { t } from '../../shared/messages.ts';
import type { ScreenProps } from '../page.tsx';

export function Thanks({ state, controller }: ScreenProps) {
  const session = state.shown?.session;
  const organisation = session?.organisation ?? '';
  const early = state.call.ended === 'ended_early';
  const lead = session?.confidentiality === 'confidential' ? 'thanks.lead_confidential' : 'thanks.lead';
  return (
    <div class="column centre">
      <span class="badge warm">
        <Icon name="heart" />
      </span>
      <Heading>{t('thanks.title')}</Heading>
      <p class="lead">{early ? t('thanks.early') : t(lead, { organisation })}</p>
      <section class="card left">
        <h2>{t('thanks.next')}</h2>
        <ul class="ticks">
          <li>{t('thanks.next_copy')}</li>
          <li>{t('thanks.next_quote')}</li>
          <li>{t('thanks.next_withdraw')}</li>
        </ul>
      </section>
      <div class="actions">
        <Button kind="primary" onClick={() => void controller.loadCopy()}>
          {t('thanks.copy')}
        </Button>
        <p class="soft">{t('thanks.close')}</p>
      </div>
    </div>
  );
}

export function Declined({ controller }: ScreenProps) {
  return (
    <div class="column centre">
      <span class="badge">
        <Icon name="check" />
      </span>
      <Heading>{t('declined.title')}</Heading>
      <p class="lead">{t('declined.text')}</p>
      <div class="actions">
        <Button onClick={() => controller.dispatch({ type: 'go', to: 'consent' })}>{t('declined.change')}</Button>
      </div>
    </div>
  );
}

export function Withdrawn() {
  return (
    <div class="column centre">
      <span class="badge">
        <Icon name="check" />
      </span>
      <Heading>{t('withdrawn.title')}</Heading>
      <p class="lead">{t('withdrawn.text')}</p>
    </div>
  );
}
