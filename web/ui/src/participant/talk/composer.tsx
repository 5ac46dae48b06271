import type { RefObject } from 'preact';
import { useEffect, useId, useState } from 'preact/hooks';
import { Icon } from '../../shared/icon.tsx';
import { t } from '../../shared/messages.ts';

/** What the server takes at once: two pages. */
const MAX_CHARS = 8_000;

interface Props {
  label: string;
  off: boolean;
  send: (text: string) => void;
  /** The field itself, for who leads the person to it. */
  field: RefObject<HTMLTextAreaElement | null>;
}

/** Where an answer is typed. What was typed stays while the connection is gone. */
export function Composer({ label, off, send, field }: Props) {
  const [text, setText] = useState('');
  const hint = useId();
  useEffect(() => {
    // As high as what is in it, up to what the style allows.
    const area = field.current;
    if (!area) return;
    area.style.height = 'auto';
    area.style.height = `${area.scrollHeight + 2}px`;
  }, [text]);
  const empty = text.trim() === '';
  const submit = () => {
    if (empty || off) return;
    send(text.trim());
    setText('');
    field.current?.focus();
  };
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <label>
        <span class="hidden">{label}</span>
        <textarea
          ref={field}
          rows={1}
          maxLength={MAX_CHARS}
          placeholder={label}
          aria-describedby={hint}
          enterkeyhint="send"
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            // Enter while an input method composes a word chooses the word.
            if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
            event.preventDefault();
            submit();
          }}
        />
      </label>
      <button type="submit" class="send" aria-label={t('talk.send')} aria-disabled={empty || off}>
        <Icon name="send" />
      </button>
      <p id={hint} class="hidden">
        {t('talk.answer_hint')}
      </p>
    </form>
  );
}
