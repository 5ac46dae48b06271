import { useState } from 'preact/hooks';
import { Button } from '../../shared/button.tsx';
import { Dialog } from '../../shared/dialog.tsx';
import { Field, Select } from '../parts/field.tsx';
import { Form } from '../parts/form.tsx';
import { t } from '../words.ts';
import { hide, merge, part, rename } from './edits.ts';
import type { Editor } from './editor.tsx';
import type { Pattern } from '../../wire/api_types.ts';

/** A name may be so long. */
const LABEL_MAX = 120;

interface Props {
  pattern: Pattern;
  patterns: readonly Pattern[];
  editor: Editor;
}

interface Asking {
  pattern: Pattern;
  editor: Editor;
  onClose: () => void;
}

function Rename({ pattern: { key, label, made_label: made }, editor, onClose }: Asking) {
  const [name, setName] = useState(label);
  const send = () => {
    const given = name.trim();
    const to = given === '' || given === made ? null : given;
    return editor.save((doc) => rename(doc, key, to), t('edits.renamed', { was: label, name: to ?? made }));
  };
  return (
    <Dialog title={t('edits.rename_title', { name: label })} onClose={onClose}>
      <Form send={send} action={t('save.save')} onDone={(done) => done && onClose()} beside={<Button onClick={onClose}>{t('page.cancel')}</Button>}>
        {(wrong) => (
          <Field label={t('edits.name')} hint={t('edits.name_more', { made })} value={name} onInput={setName} max={LABEL_MAX} error={wrong('themes.label')} />
        )}
      </Form>
    </Dialog>
  );
}

function Merge({ pattern: { key, label }, patterns, editor, onClose }: Asking & { patterns: readonly Pattern[] }) {
  const others = patterns.filter((one) => one.key !== key && !one.hidden);
  const [into, setInto] = useState(others[0]?.key ?? '');
  const whole = others.find((one) => one.key === into)?.label ?? '';
  const send = () => editor.save((doc) => merge(doc, key, into), t('edits.merged', { name: label, whole }));
  return (
    <Dialog title={t('edits.merge_title', { name: label })} onClose={onClose}>
      <Form send={send} action={t('edits.merge')} onDone={(done) => done && onClose()} beside={<Button onClick={onClose}>{t('page.cancel')}</Button>}>
        {() => (
          <>
            <p class="soft">{t('edits.merge_more')}</p>
            <Select label={t('edits.into')} value={into} options={others.map((one) => ({ value: one.key, label: one.label }))} onChange={setInto} />
          </>
        )}
      </Form>
    </Dialog>
  );
}

/** What an admin may change of a pattern. Each change is saved at once, and can be undone. */
export function PatternActs({ pattern, patterns, editor }: Props) {
  const [asking, setAsking] = useState<'rename' | 'merge' | null>(null);
  const { key, label, hidden, merged } = pattern;
  const close = () => setAsking(null);
  const at = { pattern, editor, onClose: close };
  const act = (word: 'rename' | 'merge' | 'hide' | 'show') => ({ label: t(`edits.${word}_of`, { name: label }), children: t(`edits.${word}`) });
  const turn = (to: boolean) => void editor.act((doc) => hide(doc, key, to), t(to ? 'edits.hid' : 'edits.shown', { name: label }));
  return (
    <div class="acts small">
      <Button kind="plain" {...act('rename')} onClick={() => setAsking('rename')} />
      {patterns.some((one) => one.key !== key && !one.hidden) && <Button kind="plain" {...act('merge')} onClick={() => setAsking('merge')} />}
      <Button kind="plain" {...act(hidden ? 'show' : 'hide')} onClick={() => turn(!hidden)} />
      {merged.map((one) => (
        <Button
          key={one.key}
          kind="plain"
          onClick={() => void editor.act((doc) => part(doc, one.key), t('edits.parted', { name: one.label }))}
        >
          {t('edits.part', { name: one.label })}
        </Button>
      ))}
      {asking === 'rename' && <Rename {...at} />}
      {asking === 'merge' && <Merge {...at} patterns={patterns} />}
    </div>
  );
}
