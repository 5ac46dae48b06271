import { useEffect, useId, useState } from 'preact/hooks';
import type { PersonShown } from '../../wire/api_types.ts';
import { call } from '../client.ts';
import { count, t } from '../words.ts';

interface Props {
  label: string;
  value: string;
  onInput: (value: string) => void;
  /** Somebody known was chosen. */
  onChoose: (person: PersonShown) => void;
  error?: string | undefined;
}

/** Typing rests this long before people are looked for. */
const REST_MS = 120;

/** A field that finds who was invited before: the ARIA combobox with a list, by keyboard as by mouse. Typing on is always possible. */
export function PersonField({ label, value, onInput, onChoose, error }: Props) {
  const id = useId();
  const [found, setFound] = useState<PersonShown[]>([]);
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(-1);
  const [sought, setSought] = useState('');

  useEffect(() => {
    if (!sought.trim()) {
      setFound([]);
      return undefined;
    }
    const abort = new AbortController();
    const timer = setTimeout(async () => {
      const answer = await call('GET /people', { query: { q: sought.slice(0, 100), limit: 8 }, signal: abort.signal });
      if (abort.signal.aborted || !answer.ok) return;
      setFound(answer.value.items);
      setAt(-1);
      setOpen(answer.value.items.length > 0);
    }, REST_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [sought]);

  const close = () => {
    setOpen(false);
    setAt(-1);
    // What is on its way opens nothing any more.
    setSought('');
  };
  // A list that is longer than its room follows the keys.
  useEffect(() => {
    if (at >= 0) document.getElementById(`${id}-${at}`)?.scrollIntoView({ block: 'nearest' });
  }, [at]);
  const choose = (person: PersonShown | undefined) => {
    if (!person) return;
    close();
    onChoose(person);
  };
  const input = (text: string) => {
    onInput(text);
    setSought(text);
  };
  const key = (event: KeyboardEvent) => {
    if (event.isComposing) return;
    switch (event.key) {
      case 'ArrowDown':
      case 'ArrowUp': {
        if (found.length === 0) return;
        event.preventDefault();
        setOpen(true);
        // Beyond both ends of the list is the field itself.
        const places = found.length + 1;
        const by = event.key === 'ArrowDown' ? 1 : -1;
        setAt((now) => (open || by < 0 ? ((now + 1 + by + places) % places) - 1 : 0));
        return;
      }
      case 'Enter':
        if (!open || at < 0) return;
        event.preventDefault();
        return choose(found[at]);
      case 'Escape':
        if (!open) return;
        event.preventDefault();
        event.stopPropagation();
        return close();
      case 'Tab':
        return close();
    }
  };
  return (
    <div class={error ? 'input bad combobox' : 'input combobox'}>
      <label for={id}>{label}</label>
      <input
        id={id}
        type="text"
        role="combobox"
        autocomplete="off"
        spellcheck={false}
        aria-autocomplete="list"
        aria-expanded={open}
        aria-controls={`${id}-list`}
        aria-activedescendant={open && at >= 0 ? `${id}-${at}` : undefined}
        aria-describedby={`${id}-hint${error ? ` ${id}-error` : ''}`}
        aria-invalid={error ? true : undefined}
        aria-required
        value={value}
        onInput={(event) => input(event.currentTarget.value)}
        onKeyDown={key}
        onBlur={close}
      />
      <ul id={`${id}-list`} role="listbox" aria-label={t('invite.known')} hidden={!open}>
        {open &&
          found.map((person, i) => (
            // The list is left with the keys; a press of the mouse must not take the focus out of the field.
            <li
              key={person.id}
              id={`${id}-${i}`}
              role="option"
              aria-selected={i === at}
              onMouseDown={(event) => event.preventDefault()}
              onMouseMove={() => setAt(i)}
              onClick={() => choose(person)}
            >
              <strong>{person.name}</strong>
              <small>{[person.email, person.role, person.department].filter(Boolean).join(' · ')}</small>
            </li>
          ))}
      </ul>
      <p class="hint" id={`${id}-hint`}>
        {t('invite.find')}
      </p>
      <p class="hidden" role="status">
        {open && count(found.length, 'invite.found_one', 'invite.found')}
      </p>
      <p class="wrong" id={`${id}-error`}>
        {error}
      </p>
    </div>
  );
}
