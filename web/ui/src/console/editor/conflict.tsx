import { Button } from '../../shared/button.tsx';
import { Dialog } from '../../shared/dialog.tsx';
import { t } from '../words.ts';
import { differences, type Difference, type Draft } from './draft.ts';

interface Props {
  /** What both began with. */
  before: Draft;
  theirs: Draft;
  onTheirs: () => void;
  onMine: () => void;
  onClose: () => void;
}

function said({ field, topic }: Difference): string {
  if (topic === null) return t(`changed.${field}`);
  const name = topic || t('topic.unnamed');
  if (field === 'added') return t('changed.added', { name });
  if (field === 'removed') return t('changed.removed', { name });
  return t('changed.topic', { name, field: t(`changed.${field}`).toLowerCase() });
}

/** Somebody else has saved while one was editing: nothing is overwritten before one has chosen. */
export function Conflict({ before, theirs, onTheirs, onMine, onClose }: Props) {
  const found = differences(before, theirs);
  return (
    <Dialog title={t('conflict.title')} onClose={onClose}>
      <p>{t('conflict.more')}</p>
      {found.length > 0 && (
        <div class="prose">
          <p class="soft">{t('conflict.theirs')}</p>
          <ul>
            {found.map((one) => (
              <li key={one.field + (one.topic ?? '')}>{said(one)}</li>
            ))}
          </ul>
        </div>
      )}
      <div class="acts stack">
        <Button kind="primary" onClick={onTheirs}>
          {t('conflict.take')}
        </Button>
        <Button onClick={onMine}>{t('conflict.keep')}</Button>
        <Button kind="plain" onClick={onClose}>
          {t('conflict.later')}
        </Button>
      </div>
    </Dialog>
  );
}
