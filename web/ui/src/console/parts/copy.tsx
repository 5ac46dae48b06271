import { useRef, useState } from 'preact/hooks';
import { Button } from '../../shared/button.tsx';
import { t } from '../words.ts';
import { say } from './said.tsx';

/** Something to hand on that is shown once. Where nothing may be put on the clipboard it is marked, to be copied by hand. */
export function Copy({ label, text }: { label: string; text: string }) {
  const field = useRef<HTMLInputElement>(null);
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
      say(t('copy.done'));
    } catch {
      field.current?.focus();
      field.current?.select();
    }
  };
  return (
    <div class="copy">
      <input ref={field} readOnly value={text} aria-label={label} onFocus={(event) => event.currentTarget.select()} />
      <Button kind="primary" icon={copied ? 'check' : 'copy'} onClick={() => void copy()}>
        {t(copied ? 'copy.copied' : 'copy.copy')}
      </Button>
    </div>
  );
}
