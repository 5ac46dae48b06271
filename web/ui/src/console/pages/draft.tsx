import { useReducer, useState } from 'preact/hooks';
import { Button } from '../../shared/button.tsx';
import { Icon } from '../../shared/icon.tsx';
import type { Described, Draft as Proposed } from '../../wire/api_types.ts';
import { call, type Problem } from '../client.ts';
import { begin, changed, type Draft, edit, sent } from '../editor/draft.ts';
import { partOf, showFault } from '../editor/fault.ts';
import { useLeaving } from '../editor/leaving.tsx';
import { Settings } from '../editor/settings.tsx';
import { Topics } from '../editor/topics.tsx';
import { useLoad } from '../load.ts';
import { Link } from '../parts/link.tsx';
import { Failure, Notice } from '../parts/notice.tsx';
import { Page, Pending } from '../parts/page.tsx';
import { say } from '../parts/said.tsx';
import { go } from '../router.ts';
import { t } from '../words.ts';

/** A draft that nobody has saved, to be edited as a session is. Its topics keep the library's ids, and with them their curated questions. */
export function draftOf(proposed: Proposed): Draft {
  const { title, mode, confidentiality, length_min } = proposed;
  const topics = proposed.topics.map((topic, i) => ({ ...topic, id: topic.id ?? null, key: topic.id ?? `new-${i}` }));
  return { title, mode, confidentiality, length_min, recording: false, welcome: '', help: { name: '', reach: '' }, topics };
}

interface Props {
  proposed: Proposed;
  /** Above it: who made it, and how well it fits. */
  by?: Pick<Described, 'by' | 'fits'>;
}

/** The draft, all of it on one page. It is saved when the admin says so. */
export function DraftEditor({ proposed, by }: Props) {
  const [editing, change] = useReducer(edit, draftOf(proposed), begin);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const leaving = useLeaving(changed(editing) || by !== undefined, []);
  const create = async () => {
    setBusy(true);
    const answer = await call('POST /sessions', { body: { template: proposed.template, content: sent(editing.now) } });
    setBusy(false);
    if (!answer.ok) {
      // What is wrong is said of the content, and shown at its fields.
      const field = answer.problem.field?.replace(/^content\./, '') ?? null;
      setProblem({ ...answer.problem, field });
      return showFault();
    }
    leaving.free();
    go(`/sessions/${answer.value.id}`, { replace: true, free: true });
    say(t('new.created'));
  };
  return (
    <Page
      title={editing.now.title.trim() || proposed.title}
      lead={t('new.unsaved')}
      above={
        <Link to="/new" class="backward">
          <Icon name="back" />
          {t('new.title')}
        </Link>
      }
    >
      {by && (
        <Notice icon="spark" kind={by.fits ? 'info' : 'care'}>
          <p>{t(by.fits ? `new.by_${by.by}` : 'new.unfit')}</p>
        </Notice>
      )}
      {problem && !partOf(problem) && <Failure problem={problem} />}
      <section class="part" aria-labelledby="part-topics">
        <h2 id="part-topics">{t('session.topics')}</h2>
        <Topics draft={editing.now} locked={false} problem={problem} change={change} />
      </section>
      <section class="part" aria-labelledby="part-settings">
        <h2 id="part-settings">{t('session.settings')}</h2>
        <Settings draft={editing.now} language="en" locked={false} problem={problem} change={change} />
      </section>
      <div class="savebar" role="region" aria-label={t('save.bar')}>
        <p>{t('new.not_saved')}</p>
        <div class="acts">
          <Button icon="undo" kind="plain" disabled={editing.past.length === 0} onClick={() => change({ type: 'undo' })}>
            {t('save.undo')}
          </Button>
          <Button icon="redo" kind="plain" disabled={editing.future.length === 0} onClick={() => change({ type: 'redo' })}>
            {t('save.redo')}
          </Button>
          <Button kind="primary" busy={busy} onClick={() => void create()}>
            {t('new.create')}
          </Button>
        </div>
      </div>
      {leaving.question}
    </Page>
  );
}

/** A template as a draft. */
export function FromTemplate({ name }: { name: string }) {
  const [loaded, again] = useLoad(() => call('GET /templates/{name}', { path: { name } }), [name]);
  if (loaded.at !== 'ready') {
    return (
      <div class="content">
        <Pending loaded={loaded} again={() => void again()} />
      </div>
    );
  }
  return <DraftEditor proposed={loaded.value} />;
}
