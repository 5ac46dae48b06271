import { useEffect } from 'preact/hooks';
import { Button } from '../../shared/button.tsx';
import { t } from '../words.ts';
import type { Change, Editing } from './draft.ts';

interface Props {
  editing: Editing;
  dirty: boolean;
  busy: boolean;
  change: (change: Change) => void;
  onSave: () => void;
}

/** Whether one is in a field that undoes by itself. */
const types = (target: EventTarget | null) => target instanceof HTMLTextAreaElement || (target instanceof HTMLInputElement && target.type !== 'checkbox');

/** What is not saved yet, and what can be done about it. It stays in sight. */
export function SaveBar({ editing, dirty, busy, change, onSave }: Props) {
  useEffect(() => {
    const key = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || document.querySelector('dialog[open]')) return;
      const pressed = event.key.toLowerCase();
      if (pressed === 's') {
        event.preventDefault();
        if (dirty && !busy) onSave();
      } else if (pressed === 'z' && !types(event.target)) {
        event.preventDefault();
        change({ type: event.shiftKey ? 'redo' : 'undo' });
      }
    };
    document.addEventListener('keydown', key);
    return () => document.removeEventListener('keydown', key);
  });
  if (!dirty && editing.past.length === 0 && editing.future.length === 0) return null;
  return (
    <div class="savebar" role="region" aria-label={t('save.bar')}>
      <p role="status">{t(dirty ? 'save.unsaved' : 'save.same')}</p>
      <div class="acts">
        <Button icon="undo" kind="plain" disabled={editing.past.length === 0} onClick={() => change({ type: 'undo' })}>
          {t('save.undo')}
        </Button>
        <Button icon="redo" kind="plain" disabled={editing.future.length === 0} onClick={() => change({ type: 'redo' })}>
          {t('save.redo')}
        </Button>
        <Button kind="plain" disabled={!dirty} onClick={() => change({ type: 'discard' })}>
          {t('save.discard')}
        </Button>
        <Button kind="primary" busy={busy} disabled={!dirty} onClick={onSave}>
          {t('save.save')}
        </Button>
      </div>
    </div>
  );
}
