import type { HelpContact } from '../wire/types.ts';
import { t } from './messages.ts';

/** What a contact's words lead to: a mail, a call, a page, or nothing but themselves. */
export function addressOf(reach: string): string | null {
  const text = reach.trim();
  if (/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text)) return `mailto:${text}`;
  if (/^https:\/\/\S+$/.test(text)) return text;
  if (/^\+?[\d\s()/-]{5,}$/.test(text)) return `tel:${text.replace(/[^\d+]/g, '')}`;
  return null;
}

/** Whom to turn to. */
export function Reach({ help }: { help: HelpContact | null }) {
  if (!help) return <p>{t('help.no_contact')}</p>;
  const address = addressOf(help.reach);
  return (
    <p class="reach">
      <strong>{help.name}</strong>
      {address ? (
        <a href={address} rel="noreferrer">
          {help.reach}
        </a>
      ) : (
        <span>{help.reach}</span>
      )}
    </p>
  );
}
