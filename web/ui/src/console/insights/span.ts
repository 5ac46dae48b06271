/** Where in a line a quote stands. */

/**
 * What is before the quote, the quote, and what is after it; null where it does not fit this text. Its ends are counted in
 * characters (Unicode code points), as the server counts them.
 */
export function cut(text: string, from: number, to: number): [string, string, string] | null {
  const all = [...text];
  if (!(from >= 0 && from < to && to <= all.length)) return null;
  return [all.slice(0, from).join(''), all.slice(from, to).join(''), all.slice(to).join('')];
}
