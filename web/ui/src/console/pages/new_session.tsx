import { useState } from 'preact/hooks';
import { Icon } from '../../shared/icon.tsx';
import type { Library } from '../../wire/api_types.ts';
import { call } from '../client.ts';
import { useLoad } from '../load.ts';
import { Field } from '../parts/field.tsx';
import { Form } from '../parts/form.tsx';
import { Link } from '../parts/link.tsx';
import { Page, Pending } from '../parts/page.tsx';
import { say } from '../parts/said.tsx';
import { go } from '../router.ts';
import { count, t } from '../words.ts';
import { Missing } from './nowhere.tsx';

type Template = Library['items'][number];

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
      <ul class="library">
        {templates.map((template) => (
          <li key={template.id} class="card template">
            <h2>
              <Link to={`/new/${template.id}`}>{template.title}</Link>
            </h2>
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

/** One session type: it is made when the admin says so. */
function Confirm({ template }: { template: Template }) {
  const [title, setTitle] = useState(template.title);
  return (
    <Page
      title={template.title}
      lead={template.summary}
      narrow
      above={
        <Link to="/new" class="backward">
          <Icon name="back" />
          {t('new.title')}
        </Link>
      }
    >
      <section class="card">
        <h2>{count(template.topics.length, 'time.topic', 'new.topics')}</h2>
        <ol class="numbered">
          {template.topics.map((topic) => (
            <li key={topic}>{topic}</li>
          ))}
        </ol>
        <Facts template={template} />
      </section>
      <section class="card">
        <Form
          action={t('new.create')}
          send={() => call('POST /sessions', { body: { template: template.id, title } })}
          onDone={(session) => {
            go(`/sessions/${session.id}`, { replace: true });
            say(t('new.created'));
          }}
        >
          {(wrong) => (
            <Field
              label={t('settings.title')}
              hint={t('settings.title_more')}
              value={title}
              onInput={setTitle}
              max={120}
              error={wrong('title')}
              required
            />
          )}
        </Form>
        <p class="soft">{t('new.copy')}</p>
      </section>
    </Page>
  );
}

/** A new session out of the library. */
export function NewSession({ template }: { template?: string }) {
  const [loaded, again] = useLoad(() => call('GET /templates'), []);
  if (loaded.at !== 'ready') {
    return (
      <div class="content">
        <Pending loaded={loaded} again={() => void again()} />
      </div>
    );
  }
  if (!template) return <Choose templates={loaded.value.items} />;
  const found = loaded.value.items.find((one) => one.id === template);
  return found ? <Confirm key={found.id} template={found} /> : <Missing />;
}
