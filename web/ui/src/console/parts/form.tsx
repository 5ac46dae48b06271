import type { ComponentChildren } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { Icon, type IconName } from '../../shared/icon.tsx';
import type { Answer, Problem } from '../client.ts';
import { Failure } from './notice.tsx';

interface Props<T> {
  /** Sends it; none where whoever was asked thought better of it. */
  send: () => Promise<Answer<T> | null>;
  onDone: (value: T) => void;
  /** What the button says. */
  action: string;
  icon?: IconName;
  /** The fields; told what is wrong with which. */
  children: (wrong: (field: string) => string | undefined) => ComponentChildren;
  /** Beside the button. */
  beside?: ComponentChildren;
}

/** A form that is sent once at a time. What the server finds wrong with a field is said at that field, which takes the focus. */
export function Form<T>({ send, onDone, action, icon, children, beside }: Props<T>) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const shown = useRef<Set<string>>(new Set());
  const form = useRef<HTMLFormElement>(null);
  shown.current = new Set();
  const wrong = (field: string) => {
    shown.current.add(field);
    return problem?.field === field ? problem.detail : undefined;
  };
  const fields = children(wrong);
  const submit = async (event: Event) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setProblem(null);
    const answer = await send();
    setBusy(false);
    if (!answer) return;
    if (answer.ok) return onDone(answer.value);
    // Who is signed out is asked to sign in again above the page.
    if (answer.problem.code === 'unauthenticated') return;
    setProblem(answer.problem);
    requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus());
  };
  return (
    <form ref={form} class="form" noValidate onSubmit={(event) => void submit(event)}>
      {fields}
      {problem && !(problem.field && shown.current.has(problem.field)) && <Failure problem={problem} />}
      <div class="acts">
        <button type="submit" class="button primary" aria-disabled={busy}>
          {icon && <Icon name={icon} />}
          <span>{action}</span>
        </button>
        {beside}
      </div>
    </form>
  );
}
