import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { t } from '../../words.ts';

interface Props {
  title: string;
  /** How it is read. */
  more: ComponentChildren;
  /** What the table's columns are. The first one names its rows. */
  columns: readonly string[];
  rows: readonly (readonly ComponentChildren[])[];
  children: ComponentChildren;
}

/** A chart with its name, how it is read, and the table behind it, which says all that the chart shows. */
export function Figure({ title, more, columns, rows, children }: Props) {
  const name = useId();
  return (
    <figure class="card chart" aria-labelledby={name}>
      <figcaption>
        <h3 id={name}>{title}</h3>
        <p class="soft">{more}</p>
      </figcaption>
      {children}
      <details>
        <summary>{t('chart.table')}</summary>
        <div class="sheet" role="region" aria-labelledby={name} tabIndex={0}>
          <table>
            <thead>
              <tr>
                {columns.map((column) => (
                  <th key={column} scope="col">
                    {column}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map(([first, ...others], i) => (
                <tr key={i}>
                  <th scope="row">{first}</th>
                  {others.map((cell, j) => (
                    <td key={j}>{cell}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </figure>
  );
}
