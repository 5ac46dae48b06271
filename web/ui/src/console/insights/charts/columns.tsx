import { ticks } from './scale.ts';

interface Props {
  /** What it shows, for who does not see it. */
  label: string;
  columns: readonly number[];
  /** What stands below its left and its right end. */
  ends: readonly [string, string];
  /** What its height counts. */
  unit: string;
}

const HEIGHT_PX = 150;
/** How much of its share of the width a column takes. */
const FILLED = 0.76;

/** Columns over an axis of whole numbers. */
export function Columns({ label, columns, ends, unit }: Props) {
  const lines = ticks(Math.max(...columns, 1));
  const most = lines.at(-1) ?? 1;
  const share = 100 / Math.max(1, columns.length);
  return (
    <div class="columns">
      <p class="unit" aria-hidden="true">
        {unit}
      </p>
      <div class="scale" aria-hidden="true">
        {lines.toReversed().map((line) => (
          <span key={line}>{line}</span>
        ))}
      </div>
      <svg class="bars" role="img" aria-label={label} width="100%" height={HEIGHT_PX}>
        {lines.map((line) => (
          <line key={line} class="line" x1="0" x2="100%" y1={`${100 - (line / most) * 100}%`} y2={`${100 - (line / most) * 100}%`} />
        ))}
        {columns.map((value, i) => (
          <rect
            key={i}
            class="sure"
            x={`${(i + (1 - FILLED) / 2) * share}%`}
            width={`${share * FILLED}%`}
            y={`${100 - (value / most) * 100}%`}
            height={`${(value / most) * 100}%`}
          />
        ))}
      </svg>
      <p class="ends" aria-hidden="true">
        <span>{ends[0]}</span>
        <span>{ends[1]}</span>
      </p>
    </div>
  );
}
