import { useEffect, useRef, useState } from 'preact/hooks';
import { Ask } from '../parts/ask.tsx';
import { holdBack } from '../router.ts';
import { t } from '../words.ts';

/** Asks before what is not saved is left. At the addresses in `own` nothing is lost. `free` lets go. */
export function useLeaving(dirty: boolean, own: readonly string[]) {
  const [onward, setOnward] = useState<{ go: () => void } | null>(null);
  const release = useRef<() => void>(() => undefined);
  const among = own.join(' ');
  useEffect(() => {
    if (!dirty) return undefined;
    release.current = holdBack((to, go) => {
      if (among.split(' ').includes(to)) return true;
      setOnward({ go });
      return false;
    });
    return () => release.current();
  }, [dirty, among]);
  const question = onward && (
    <Ask
      title={t('leave.title')}
      action={t('leave.leave')}
      danger
      onClose={() => setOnward(null)}
      run={() => {
        release.current();
        onward.go();
        return Promise.resolve({ ok: true, value: undefined, etag: null });
      }}
    >
      <p>{t('leave.more')}</p>
    </Ask>
  );
  return { question, free: () => release.current() };
}
