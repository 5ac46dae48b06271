import type { ComponentChildren, InputHTMLAttributes } from 'preact';
import { useId } from 'preact/hooks';
import { t } from '../words.ts';

interface Described {
  label: string;
  /** What else there is to know. */
  hint?: ComponentChildren;
  /** What is wrong with it. */
  error?: string | undefined;
  /** Said beside the label. */
  optional?: boolean;
}

interface Text extends Described {
  value: string;
  onInput: (value: string) => void;
  /** The field is left. */
  onBlur?: () => void;
  type?: 'text' | 'email' | 'password' | 'search' | 'number';
  autocomplete?: string;
  placeholder?: string;
  disabled?: boolean;
  max?: number;
  required?: boolean;
  /** More than one line. */
  rows?: number;
  spellcheck?: boolean;
  /** The name by which a problem's field is found. */
  name?: string;
}

/** A field with its label above, what helps below, and what is wrong with it said where it is wrong. */
export function Field({ label, hint, error, optional, value, onInput, onBlur, type = 'text', rows, max, disabled, required, ...more }: Text) {
  const id = useId();
  const told = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ');
  const near = max !== undefined && value.length > max * 0.85;
  const same = {
    id,
    value,
    disabled,
    'aria-required': required,
    'aria-invalid': error ? true : undefined,
    'aria-describedby': told || undefined,
    onInput: (event: Event) => onInput((event.currentTarget as HTMLInputElement).value),
    onBlur,
    ...more,
  };
  return (
    <div class={error ? 'input bad' : 'input'}>
      <label for={id}>
        {label}
        {optional && <small>{t('field.optional')}</small>}
      </label>
      {rows ? <textarea rows={rows} {...same} /> : <input {...({ type, ...same } as InputHTMLAttributes<HTMLInputElement>)} />}
      {(hint || near) && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
          {near && <span class={value.length > max ? 'count over' : 'count'}>{t('field.count', { count: value.length, max })}</span>}
        </p>
      )}
      <p class="wrong" id={`${id}-error`}>
        {error}
      </p>
    </div>
  );
}

interface Choice<T extends string> extends Described {
  value: T;
  options: readonly { value: T; label: string }[];
  onChange: (value: T) => void;
  disabled?: boolean;
  /** The label is for screen readers alone: what stands around it says the same. */
  bare?: boolean;
}

/** One of a few, in a list that opens. */
export function Select<T extends string>({ label, hint, error, value, options, onChange, disabled, bare }: Choice<T>) {
  const id = useId();
  return (
    <div class={error ? 'input bad' : 'input'}>
      <label for={id} class={bare ? 'hidden' : undefined}>
        {label}
      </label>
      <select
        id={id}
        value={value}
        disabled={disabled}
        aria-describedby={hint ? `${id}-hint` : undefined}
        onChange={(event) => onChange(event.currentTarget.value as T)}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value} selected={option.value === value}>
            {option.label}
          </option>
        ))}
      </select>
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      <p class="wrong">{error}</p>
    </div>
  );
}

interface Cards<T extends string> {
  legend: string;
  value: T;
  options: readonly { value: T; label: string; more: string }[];
  onChange: (value: T) => void;
  disabled?: boolean;
}

/** One of a few that need a sentence each. */
export function Choices<T extends string>({ legend, value, options, onChange, disabled }: Cards<T>) {
  const name = useId();
  return (
    <fieldset class="choices" disabled={disabled}>
      <legend>{legend}</legend>
      {options.map((option) => (
        <label key={option.value} class={option.value === value ? 'choice chosen' : 'choice'}>
          <input type="radio" name={name} checked={option.value === value} onChange={() => onChange(option.value)} />
          <span>
            <strong>{option.label}</strong>
            <small>{option.more}</small>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

interface Toggle {
  label: string;
  more?: string;
  on: boolean;
  onChange: (on: boolean) => void;
  disabled?: boolean;
  /** The label is for screen readers alone. */
  bare?: boolean;
}

/** On or off, at once. */
export function Switch({ label, more, on, onChange, disabled, bare }: Toggle) {
  return (
    <label class={bare ? 'switch bare' : 'switch'}>
      <input
        type="checkbox"
        role="switch"
        checked={on}
        disabled={disabled}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      <span class="track" aria-hidden="true" />
      <span class={bare ? 'hidden' : 'words'}>
        <strong>{label}</strong>
        {more && <small>{more}</small>}
      </span>
    </label>
  );
}
