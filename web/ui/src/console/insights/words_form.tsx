import { useState } from 'preact/hooks';
import { Button } from '../../shared/button.tsx';
import { useLeaving } from '../editor/leaving.tsx';
import { Field } from '../parts/field.tsx';
import { Form } from '../parts/form.tsx';
import { t } from '../words.ts';
import type { Editor } from './editor.tsx';
import type { Report } from '../../wire/api_types.ts';

/** The summary may be so long. */
const WORDS_MAX = 4_000;

interface Props {
  summary: Report['summary'];
  editor: Editor;
  onClose: () => void;
}

/** The summary's final words, which are an admin's own. */
export function Words({ summary: { words, made, edited }, editor, onClose }: Props) {
  const [text, setText] = useState(words);
  const leaving = useLeaving(text !== words, []);
  const send = (to: string | null) => editor.save(() => ({ summary: to }), t(to === null ? 'edits.words_made' : 'edits.worded'));
  const own = () => {
    const given = text.trim();
    return send(given === '' || given === made ? null : given);
  };
  const back = async () => {
    const answer = await send(null);
    if (answer.ok && answer.value) onClose();
  };
  return (
    <>
      <Form
        send={own}
        action={t('save.save')}
        onDone={(done) => done && onClose()}
        beside={
          <>
            <Button onClick={onClose}>{t('page.cancel')}</Button>
            {edited && (
              <Button kind="plain" icon="undo" onClick={() => void back()}>
                {t('summary.as_made')}
              </Button>
            )}
          </>
        }
      >
        {(wrong) => (
          <Field label={t('summary.words')} hint={t('summary.words_more')} value={text} onInput={setText} rows={8} max={WORDS_MAX} error={wrong('summary')} />
        )}
      </Form>
      {leaving.question}
    </>
  );
}
