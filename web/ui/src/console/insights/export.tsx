import { Button } from '../../shared/button.tsx';
import { Icon } from '../../shared/icon.tsx';
import { address } from '../client.ts';
import { t } from '../words.ts';
import type { Filter } from './filter.ts';

/** The report as it is shown, to keep: as files, and on paper. */
export function Export({ session, filter }: { session: string; filter: Filter }) {
  const file = (format: string) => address('/sessions/{id}/insights/export', { id: session }, { format, ...filter });
  return (
    <div class="acts" role="group" aria-label={t('export.title')}>
      {(['csv', 'json'] as const).map((format) => (
        <a key={format} class="button plain" href={file(format)} download>
          <Icon name="save" />
          {t(`export.${format}`)}
        </a>
      ))}
      <Button kind="plain" icon="print" onClick={() => window.print()}>
        {t('export.print')}
      </Button>
    </div>
  );
}
