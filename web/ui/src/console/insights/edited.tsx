import { Icon } from '../../shared/icon.tsx';
import { day, t } from '../words.ts';
import type { Edited } from '../../wire/api_types.ts';

/** Marks what a colleague has changed as theirs. */
export function EditedBy({ edited, was }: { edited: Edited | null | undefined; was?: string | undefined }) {
  if (!edited) return null;
  return (
    <p class="edited">
      <Icon name="write" />
      {t('edited.by', { name: edited.by, day: day(edited.at) })}
      {was && ` ${t('edited.was', { was })}`}
    </p>
  );
}
