import { useState } from 'preact/hooks';
import { Button } from '../../shared/button.tsx';
import { Dialog } from '../../shared/dialog.tsx';
import { Icon } from '../../shared/icon.tsx';
import type { PersonShown } from '../../wire/api_types.ts';
import { address, call } from '../client.ts';
import { Ask } from '../parts/ask.tsx';
import { say } from '../parts/said.tsx';
import { t } from '../words.ts';

/** What a person may ask for: what is known of them as a file, and that all of it is erased. */
export function PersonButton({ person, onErased }: { person: PersonShown; onErased: () => void }) {
  const [shown, setShown] = useState<'data' | 'erase' | null>(null);
  const { id, name } = person;
  const close = () => setShown(null);
  const erase = async () => {
    const answer = await call('DELETE /people/{id}', { path: { id } });
    if (answer.ok) {
      say(t('person.erased', { name }));
      onErased();
    }
    return answer;
  };
  return (
    <>
      <Button kind="plain" label={t('person.data_of', { name })} onClick={() => setShown('data')}>
        {t('person.data')}
      </Button>
      {shown === 'data' && (
        <Dialog title={t('person.title', { name })} onClose={close}>
          <p>{t('person.export_more')}</p>
          <div class="acts">
            <a class="button" href={address('/people/{id}/export', { id })} download>
              <Icon name="save" />
              {t('person.export')}
            </a>
          </div>
          <p>{t('person.erase_more')}</p>
          <div class="acts">
            <Button kind="danger" icon="trash" onClick={() => setShown('erase')}>
              {t('person.erase')}
            </Button>
          </div>
          <div class="acts end">
            <Button onClick={close}>{t('page.done')}</Button>
          </div>
        </Dialog>
      )}
      {shown === 'erase' && (
        <Ask title={t('person.erase_title', { name })} action={t('person.erase')} danger onClose={close} run={erase}>
          <p>{t('person.erase_sure')}</p>
        </Ask>
      )}
    </>
  );
}
