import { signal } from '@preact/signals';
import { useState } from 'preact/hooks';
import { Icon } from '../../shared/icon.tsx';
import type { Described, Library } from '../../wire/api_types.ts';
import { call } from '../client.ts';
import { useLoad } from '../load.ts';
import { Field } from '../parts/field.tsx';
import { Form } from '../parts/form.tsx';
import { Link } from '../parts/link.tsx';
import { Page, Pending } from '../parts/page.tsx';
import { go } from '../router.ts';
import { t } from '../words.ts';
import { DraftEditor } from './draft.tsx';

type Template = Library['items'][number];

/** What was last made out of a goal. */
const described = signal<Described | null>(null);

function Facts({ template }: { template: Template }) {
  return (
    <ul class="marks">
      <li>
        <Icon name="clock" />
        {t('new.minutes', { minutes: template.length_min })}
      </li>
      <li>
        <Icon name={template.mode === 'text' ? 'write' : 'mic'} />
        {t(`mode.${template.mode}.short`)}
      </li>
      <li>
        <Icon name={template.confidentiality === 'confidential' ? 'lock' : 'eye'} />
        {t(`confidentiality.${template.confidentiality}.name`)}
      </li>
    </ul>
  );
}

/** The library: what each session type asks, and how long it takes. */
function Choose({ templates }: { templates: readonly Template[] }) {
  return (
    <Page
      title={t('new.title')}
      lead={t('new.lead')}
      above={
        <Link to="/sessions" class="backward">
          <Icon name="back" />
          {t('sessions.title')}
        </Link>
      }
    >
      <Describe />
      <h2>{t('new.library')}</h2>
      <ul class="library">
        {templates.map((template) => (
          <li key={template.id} class="card template">
            <h3>
              <Link to={`/new/${template.id}`}>{template.title}</Link>
            </h3>
            <p class="soft">{template.summary}</p>
            <p class="hidden">{t('new.asks')}</p>
            <ul class="asks">
              {template.topics.map((topic) => (
                <li key={topic}>{topic}</li>
              ))}
            </ul>
            <Facts template={template} />
          </li>
        ))}
      </ul>
    </Page>
  );
}

/** A goal in a sentence, out of which a draft is made. */
function Describe() {
  const [goal, setGoal] = useState('');
  return (
    <section class="card describe">
      <h2>{t('new.describe')}</h2>
      <Form
        action={t('new.describe_action')}
        icon="spark"
        send={() => call('POST /sessions/describe', { body: { goal } })}
        onDone={(made) => {
          described.value = made;
          go('/new/described');
        }}
      >
        {(wrong) => (
          <Field
            label={t('new.goal')}
            hint={t('new.goal_more')}
            value={goal}
            onInput={setGoal}
            rows={2}
            max={500}
            error={wrong('goal')}
            required
          />
        )}
      </Form>
    </section>
  );
}

/** The draft that was made out of a goal. After a reload there is none: it was never saved. */
export function FromGoal() {
  const made = described.value;
  return made ? <DraftEditor proposed={made.draft} by={made} /> : <NewSession />;
}

/** A new session, out of a goal or the library. */
export function NewSession() {
  const [loaded, again] = useLoad(() => call('GET /templates'), []);
  if (loaded.at !== 'ready') {
    return (
      <div class="content">
        <Pending loaded={loaded} again={() => void again()} />
      </div>
    );
  }
  return <Choose templates={loaded.value.items} />;
}
