import { Button } from '../../shared/button.tsx';
import { Dialog } from '../../shared/dialog.tsx';
import { t } from '../words.ts';
import { clashing, type Doc, type Entry, type Patch } from './edits.ts';

interface Props {
  before: Doc;
  mine: Patch;
  theirs: Doc;
  decide: (choice: 'mine' | 'theirs' | 'later') => void;
}

/** What became of a theme, in words. */
function words(entry: Entry | null | undefined): string {
  const said = [
    entry?.label ? `“${entry.label}”` : t('edits.as_made'),
    entry?.hidden ? t('edits.is_hidden') : null,
    entry?.into ? t('edits.is_merged') : null,
  ];
  return said.filter(Boolean).join(', ');
}

/** Somebody else has changed the same meanwhile: nothing is saved before one has chosen. */
export function EditConflict({ before, mine, theirs, decide }: Props) {
  const both = clashing(before, theirs, mine);
  const row = (key: string, title: string, their: string, my: string) => (
    <li key={key}>
      <strong>{title}</strong>
      <dl>
        <dt>{t('conflict.in_theirs')}</dt>
        <dd>{their}</dd>
        <dt>{t('conflict.in_mine')}</dt>
        <dd>{my}</dd>
      </dl>
    </li>
  );
  return (
    <Dialog title={t('edits.conflict')} onClose={() => decide('later')}>
      <p>{t('conflict.more')}</p>
      <ul class="versions">
        {both.summary && row('summary', t('summary.title'), theirs.summary ?? t('edits.as_made'), mine.summary ?? t('edits.as_made'))}
        {both.themes.map((key) => row(key, t('edits.theme'), words(theirs.themes.get(key)), words(mine.themes?.get(key))))}
      </ul>
      <div class="acts stack">
        <Button kind="primary" onClick={() => decide('mine')}>
          {t('edits.keep')}
        </Button>
        <Button onClick={() => decide('theirs')}>{t('conflict.take')}</Button>
        <Button kind="plain" onClick={() => decide('later')}>
          {t('conflict.later')}
        </Button>
      </div>
    </Dialog>
  );
}
