import { Icon } from '../../shared/icon.tsx';
import { Link } from '../parts/link.tsx';
import { t } from '../words.ts';
import type { Line, Quote } from '../../wire/api_types.ts';

/** Where in its conversation a quote stands. */
export function placeOf(session: string, { conversation, turn, from, to }: Line): string {
  return `/sessions/${session}/conversations/${conversation}?turn=${turn}&from=${from}&to=${to}`;
}

/** A quote is named by its beginning. */
const START_CHARS = 40;

/** Quotes, one below the other, each with the way to where it stands. */
export function Quotes({ quotes, session }: { quotes: readonly Quote[]; session: string }) {
  if (quotes.length === 0) return null;
  return (
    <ul class="quotes">
      {quotes.map(({ words, line }, i) => (
        <li key={i}>
          <blockquote>{words}</blockquote>
          {line && (
            <Link
              class="source"
              to={placeOf(session, line)}
              label={t('quote.open_of', { start: words.length > START_CHARS ? `${words.slice(0, START_CHARS)} …` : words })}
            >
              {t('quote.open')}
              <Icon name="next" />
            </Link>
          )}
        </li>
      ))}
    </ul>
  );
}
