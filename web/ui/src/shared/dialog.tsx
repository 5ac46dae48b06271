import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useId, useRef } from 'preact/hooks';

interface Props {
  title: string;
  onClose: () => void;
  /** It is left by its own buttons alone: what it shows once would be lost by a press beside it. */
  firm?: boolean;
  children: ComponentChildren;
}

/**
 * A modal question. It is read from its heading, which takes the focus: what is to be agreed to may be longer than a telephone's
 * screen, and nobody shall press what they have not read. The browser keeps the focus inside, and closes it by Escape; then the
 * focus is where it was before.
 */
export function Dialog({ title, onClose, firm = false, children }: Props) {
  const element = useRef<HTMLDialogElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const name = useId();
  const gone = useRef(false);
  /** A press that began in the dialog, as when text is marked, and ends beside it closes nothing. */
  const beside = useRef(false);
  useLayoutEffect(() => {
    const dialog = element.current;
    const opener = document.activeElement;
    dialog?.showModal();
    heading.current?.focus();
    return () => {
      gone.current = true;
      dialog?.close();
      // A dialog that is taken out of the page while it closes leaves the focus nowhere.
      if (opener instanceof HTMLElement) opener.focus();
    };
  }, []);
  return (
    <dialog
      ref={element}
      aria-labelledby={name}
      onCancel={(event) => {
        event.preventDefault();
        if (!firm) onClose();
      }}
      onClose={() => {
        // The browser closes it by itself where Escape is pressed twice.
        if (gone.current) return;
        if (firm) element.current?.showModal();
        else onClose();
      }}
      onPointerDown={(event) => {
        beside.current = event.target === element.current;
      }}
      onClick={(event) => {
        if (!firm && beside.current && event.target === element.current) onClose();
      }}
    >
      <div class="dialog">
        <h2 ref={heading} id={name} tabIndex={-1}>{title}</h2>
        {children}
      </div>
    </dialog>
  );
}
