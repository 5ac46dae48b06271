import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { Button } from '../../shared/button.tsx';
import { Dialog } from '../../shared/dialog.tsx';
import type { Answer, Problem } from '../client.ts';
import { t } from '../words.ts';
import { keepFocus } from './focus.ts';
import { Failure } from './notice.tsx';

interface Props {
  title: string;
  children: ComponentChildren;
  /** What is done, as the button says it. */
  action: string;
  danger?: boolean;
  onClose: () => void;
  /** Does it; the question closes when it is done. */
  run: () => Promise<Answer<unknown>>;
}

/** Asks before something is done that cannot be taken back easily. */
export function Ask({ title, children, action, danger = false, onClose, run }: Props) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const sure = async () => {
    setBusy(true);
    const answer = await run();
    setBusy(false);
    if (answer.ok) {
      onClose();
      keepFocus();
    } else setProblem(answer.problem);
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <div class="prose">{children}</div>
      {problem && <Failure problem={problem} />}
      <div class="acts end">
        <Button onClick={onClose}>{t('page.cancel')}</Button>
        <Button kind={danger ? 'danger' : 'primary'} busy={busy} onClick={() => void sure()}>
          {action}
        </Button>
      </div>
    </Dialog>
  );
}
