import { Fragment } from 'preact';

/** An e-mail address, which breaks at its signs and not within a word. */
export function Address({ text }: { text: string }) {
  return (
    <>
      {text.split(/(?<=[@._+-])/).map((part, i) => (
        <Fragment key={i}>
          {i > 0 && <wbr />}
          {part}
        </Fragment>
      ))}
    </>
  );
}
