import { Button } from '../../shared/button.tsx';
import { Select } from '../parts/field.tsx';
import { go } from '../router.ts';
import { t } from '../words.ts';
import { type Filter, filtered, offered } from './filter.ts';
import type { Insights } from '../../wire/api_types.ts';

interface Props {
  session: string;
  filter: Filter;
  filters: Insights['filters'];
}

/** Whose answers are shown. Only what shows nobody by themselves can be chosen. */
export function Filters({ session, filter, filters }: Props) {
  const path = `/sessions/${session}/insights`;
  const to = (next: Filter) => go(filtered(path, next), { replace: true });
  const { departments, roles } = offered(filters, filter);
  if (departments.length === 0 && roles.length === 0 && !filter.department && !filter.role) return null;
  const options = (all: string, from: readonly { name: string; people: number }[]) => [
    { value: '', label: all },
    ...from.map(({ name, people }) => ({ value: name, label: people === 0 ? name : t('filter.option', { name, people }) })),
  ];
  return (
    <div class="filters" role="group" aria-label={t('filter.title')}>
      {departments.length > 0 && (
        <Select
          label={t('filter.department')}
          value={filter.department ?? ''}
          options={options(t('filter.all_departments'), departments)}
          onChange={(department) => to({ ...filter, department: department || null })}
        />
      )}
      {roles.length > 0 && (
        <Select
          label={t('filter.role')}
          value={filter.role ?? ''}
          options={options(t('filter.all_roles'), roles)}
          onChange={(role) => to({ ...filter, role: role || null })}
        />
      )}
      {(filter.department || filter.role) && (
        <Button kind="plain" onClick={() => to({ department: null, role: null })}>
          {t('filter.everybody')}
        </Button>
      )}
    </div>
  );
}
