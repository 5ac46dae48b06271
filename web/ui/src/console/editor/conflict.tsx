import { Button } from '../../shared/button.tsx';
import { Dialog } from '../../shared/dialog.tsx';
import { known, t } from '../words.ts';
import { clashes, differences, type Difference, type Draft, valueOf } from './draft.ts';

interface Props {
  /** What both began with. */
  before: Draft;
  mine: Draft;
  theirs: Draft;
  onTheirs: () => void;
  onMine: () => void;
  onClose: () => void;
}

/** Longer texts are told by their beginning. */
const SHOWN = 160;

function said({ field, topic }: Difference): string {
  if (topic === null) return t(`changed.${field}`);
  const name = topic || t('topic.unnamed');
  if (field === 'added') return t('changed.added', { name });
  if (field === 'removed') return t('changed.removed', { name });
  return t('changed.topic', { name, field: t(`changed.${field}`).toLowerCase() });
}

/** A value in words. */
function words(field: Difference['field'], value: unknown): string {
  if (value === undefined) return t('changed.gone');
  if (typeof value === 'boolean') return t(value ? 'changed.yes' : 'changed.no');
  const text = String(value).trim();
  if (text === '') return t('changed.empty');
  for (const word of [`${field}.${text}.name`, `${field}.${text}`]) if (known(word)) return t(word);
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}

/** Somebody else has saved while one was editing: nothing is saved before one has chosen. */
export function Conflict({ before, mine, theirs, onTheirs, onMine, onClose }: Props) {
  const both = clashes(before, mine, theirs);
  const twice = new Set(both.map((one) => one.field + (one.topic ?? '')));
  const alone = differences(before, theirs).filter((one) => !twice.has(one.field + (one.topic ?? '')));
  const list = (found: readonly Difference[], yours: boolean) => (
    <ul class="versions">
      {found.map((one) => (
        <li key={one.field + (one.topic ?? '')}>
          <strong>{said(one)}</strong>
          {one.field !== 'added' && one.field !== 'removed' && (
            <dl>
              <dt>{t('conflict.in_theirs')}</dt>
              <dd>{words(one.field, valueOf(before, theirs, one))}</dd>
              <dt>{t(yours ? 'conflict.in_mine' : 'conflict.in_before')}</dt>
              <dd>{words(one.field, valueOf(before, yours ? mine : before, one))}</dd>
            </dl>
          )}
        </li>
      ))}
    </ul>
  );
  return (
    <Dialog title={t('conflict.title')} onClose={onClose}>
      <p>{t('conflict.more')}</p>
      {both.length > 0 && (
        <div class="prose">
          <p class="soft">{t('conflict.both')}</p>
          {list(both, true)}
        </div>
      )}
      {alone.length > 0 && (
        <div class="prose">
          <p class="soft">{t('conflict.theirs')}</p>
          {list(alone, false)}
        </div>
      )}
      <div class="acts stack">
        <Button kind="primary" onClick={onMine}>
          {t(both.length > 0 ? 'conflict.keep' : 'conflict.merge')}
        </Button>
        <Button onClick={onTheirs}>{t('conflict.take')}</Button>
        <Button kind="plain" onClick={onClose}>
          {t('conflict.later')}
        </Button>
      </div>
    </Dialog>
  );
}
