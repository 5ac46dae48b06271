import { useRef, useState } from 'preact/hooks';
import { Button } from '../../shared/button.tsx';
import { Dialog } from '../../shared/dialog.tsx';
import type { SessionShown } from '../../wire/api_types.ts';
import { type Answer, call } from '../client.ts';
import { type Draft, draftOf, onto, sent } from '../editor/draft.ts';
import { Field } from '../parts/field.tsx';
import { Form } from '../parts/form.tsx';
import { say } from '../parts/said.tsx';
import { go } from '../router.ts';
import { t } from '../words.ts';

interface Props {
  session: SessionShown;
  /** What is not saved goes into the clone; none where there is nothing. */
  draft: Draft | null;
  onClose: () => void;
  /** Nothing is left behind any more. */
  onCloned: () => void;
}

/** Makes a draft of all but people and results. */
export function CloneDialog({ session, draft, onClose, onCloned }: Props) {
  const [title, setTitle] = useState(t('clone.named', { title: draft?.title.trim() || session.title }).slice(0, 120));
  const earlier = useRef<Answer<SessionShown> | null>(null);
  const clone = async () => {
    // What failed after the clone was made is tried again with that clone.
    const made = earlier.current ?? (await call('POST /sessions/{id}/clone', { path: { id: session.id }, body: { title } }));
    if (!made.ok || !draft) return made;
    earlier.current = made;
    const path = { id: made.value.id };
    return call('PUT /sessions/{id}', { path, headers: { 'if-match': made.etag ?? '' }, body: sent(onto({ ...draft, title }, draftOf(made.value))) });
  };
  return (
    <Dialog title={t('clone.title')} onClose={onClose}>
      <p class="soft">{t(draft ? 'clone.more_changes' : 'clone.more')}</p>
      <Form
        action={t('clone.action')}
        send={clone}
        onDone={(made) => {
          onCloned();
          onClose();
          go(`/sessions/${made.id}`, { free: true });
          say(t('clone.done'));
        }}
        beside={<Button onClick={onClose}>{t('page.cancel')}</Button>}
      >
        {(wrong) => <Field label={t('settings.title')} value={title} onInput={setTitle} max={120} error={wrong('title')} required />}
      </Form>
    </Dialog>
  );
}
