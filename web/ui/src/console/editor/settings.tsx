import type { Problem } from '../client.ts';
import { Choices, Field, Switch } from '../parts/field.tsx';
import { t } from '../words.ts';
import type { Change, Draft } from './draft.ts';

interface Props {
  draft: Draft;
  language: string;
  locked: boolean;
  problem: Problem | null;
  change: (change: Change) => void;
}

/** How the session is held, beside its topics. */
export function Settings({ draft, language, locked, problem, change }: Props) {
  const wrong = (field: string) => (problem?.field === field ? problem.detail : undefined);
  const set = (field: 'title' | 'mode' | 'confidentiality' | 'recording' | 'length_min' | 'welcome') => (value: string | boolean | number) =>
    change({ type: 'set', field, value });
  return (
    <div class="settings">
      <section class="card">
        <h2>{t('settings.about')}</h2>
        <Field
          label={t('settings.title')}
          hint={t('settings.title_more')}
          value={draft.title}
          onInput={set('title')}
          max={120}
          disabled={locked}
          error={wrong('title')}
          required
        />
        <Field
          label={t('settings.length')}
          hint={t('settings.length_more')}
          type="number"
          value={String(draft.length_min)}
          onInput={(value) => set('length_min')(Math.round(Number(value)) || 0)}
          disabled={locked}
          error={wrong('length_min')}
          required
        />
        <dl class="fact">
          <dt>{t('settings.language')}</dt>
          <dd>
            {new Intl.DisplayNames('en', { type: 'language' }).of(language)}
            <small>{t('settings.language_more')}</small>
          </dd>
        </dl>
      </section>
      <section class="card">
        <Choices
          legend={t('settings.mode')}
          value={draft.mode}
          disabled={locked}
          onChange={set('mode')}
          options={(['participant', 'voice', 'text'] as const).map((value) => ({
            value,
            label: t(`mode.${value}.name`),
            more: t(`mode.${value}.more`),
          }))}
        />
      </section>
      <section class="card">
        <Choices
          legend={t('settings.confidentiality')}
          value={draft.confidentiality}
          disabled={locked}
          onChange={set('confidentiality')}
          options={(['identified', 'confidential'] as const).map((value) => ({
            value,
            label: t(`confidentiality.${value}.name`),
            more: t(`confidentiality.${value}.more`),
          }))}
        />
        <Switch
          label={t('settings.recording')}
          more={t('settings.recording_more')}
          on={draft.recording}
          disabled={locked}
          onChange={set('recording')}
        />
      </section>
      <section class="card">
        <h2>{t('settings.words')}</h2>
        <Field
          label={t('settings.welcome')}
          hint={t('settings.welcome_more')}
          value={draft.welcome}
          onInput={set('welcome')}
          rows={4}
          max={2000}
          disabled={locked}
          error={wrong('welcome')}
          optional
        />
      </section>
      <section class="card">
        <h2>{t('settings.help')}</h2>
        <p class="soft">{t('settings.help_more')}</p>
        <Field
          label={t('settings.help_name')}
          value={draft.help.name}
          onInput={(value) => change({ type: 'help', field: 'name', value })}
          disabled={locked}
          error={wrong('help.name')}
          optional
        />
        <Field
          label={t('settings.help_reach')}
          hint={t('settings.help_reach_more')}
          value={draft.help.reach}
          onInput={(value) => change({ type: 'help', field: 'reach', value })}
          disabled={locked}
          error={wrong('help.reach')}
          optional
        />
      </section>
    </div>
  );
}
