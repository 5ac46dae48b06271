import { useState } from 'preact/hooks';
import type { Settings } from '../../wire/api_types.ts';
import { call } from '../client.ts';
import { useLeaving } from '../editor/leaving.tsx';
import { useLoad } from '../load.ts';
import { Field } from '../parts/field.tsx';
import { Form } from '../parts/form.tsx';
import { Page, Pending } from '../parts/page.tsx';
import { say } from '../parts/said.tsx';
import { renamed } from '../who.ts';
import { t } from '../words.ts';

function Edit({ settings }: { settings: Settings }) {
  const [name, setName] = useState(settings.name);
  const [help, setHelp] = useState({ name: settings.help?.name ?? '', reach: settings.help?.reach ?? '' });
  const [saved, setSaved] = useState(settings);
  const dirty = name !== saved.name || help.name !== (saved.help?.name ?? '') || help.reach !== (saved.help?.reach ?? '');
  const leaving = useLeaving(dirty, ['/workspace']);
  const send = () => {
    const named = help.name.trim() || help.reach.trim();
    return call('PUT /workspace', { body: { name, help: named ? help : null } });
  };
  return (
    <section class="card">
      <Form
        action={t('save.save')}
        send={send}
        onDone={(now) => {
          say(t('save.saved'));
          setSaved(now);
          setName(now.name);
          setHelp({ name: now.help?.name ?? '', reach: now.help?.reach ?? '' });
          renamed(now.name);
        }}
      >
        {(wrong) => (
          <>
            <Field label={t('first_run.workspace')} hint={t('first_run.workspace_more')} value={name} onInput={setName} max={120} error={wrong('name')} required />
            <h2>{t('settings.help')}</h2>
            <p class="soft">{t('workspace.help_more')}</p>
            <Field label={t('settings.help_name')} value={help.name} onInput={(text) => setHelp({ ...help, name: text })} error={wrong('help.name')} optional />
            <Field
              label={t('settings.help_reach')}
              hint={t('settings.help_reach_more')}
              value={help.reach}
              onInput={(reach) => setHelp({ ...help, reach })}
              error={wrong('help.reach')}
              optional
            />
          </>
        )}
      </Form>
      {leaving.question}
    </section>
  );
}

/** What all sessions of the workspace have in common. */
export function Workspace() {
  const [loaded, again] = useLoad(() => call('GET /workspace'), []);
  return (
    <Page title={t('workspace.title')} narrow>
      {loaded.at === 'ready' ? <Edit settings={loaded.value} /> : <Pending loaded={loaded} again={() => void again()} />}
    </Page>
  );
}
