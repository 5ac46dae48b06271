import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Heading } from '../../shared/heading.tsx';
import type { Loaded } from '../load.ts';
import { t } from '../words.ts';
import { Failure } from './notice.tsx';

interface Props {
  title: string;
  /** Above the title: where one came from. */
  above?: ComponentChildren;
  /** Beside the title: what can be done here. */
  beside?: ComponentChildren;
  lead?: ComponentChildren;
  /** A page to read and fill in is narrower than a list. */
  narrow?: boolean;
  children: ComponentChildren;
}

/** A page: its heading, what can be done here, and what it holds. */
export function Page({ title, above, beside, lead, narrow = false, children }: Props) {
  useEffect(() => {
    document.title = `${title} · Colloquy`;
  }, [title]);
  return (
    <div class={narrow ? 'content narrow' : 'content'}>
      <div class="top">
        {above}
        <div class="line">
          <Heading>{title}</Heading>
          {beside && <div class="acts">{beside}</div>}
        </div>
        {lead && <p class="lead">{lead}</p>}
      </div>
      {children}
    </div>
  );
}

/** What is not there yet, or could not be read. What comes at once shows no waiting. */
export function Pending<T>({ loaded, again }: { loaded: Loaded<T>; again: () => void }) {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 300);
    return () => clearTimeout(timer);
  }, []);
  if (loaded.at === 'failed') return <Failure problem={loaded.problem} again={again} />;
  return (
    <div class="waiting" role="status">
      {late && <p class="soft">{t('page.loading')}</p>}
    </div>
  );
}
