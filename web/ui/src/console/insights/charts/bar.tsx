import { useId } from 'preact/hooks';
import { stacked } from './scale.ts';
import type { Part } from './tones.ts';

interface Props {
  /** What it shows, for who does not see it. */
  label: string;
  parts: readonly Part[];
  /** What a full bar would be; without it the parts fill the bar. */
  of?: number;
}

/** How far apart the parts are, so that neighbours are told apart without their colours. */
const GAP_PX = 2;

/** A bar of parts, as wide as there is room. What is not quite known is hatched. */
export function Bar({ label, parts, of }: Props) {
  const hatch = useId();
  const rest = of === undefined ? 0 : Math.max(0, of - parts.reduce((sum, part) => sum + part.size, 0));
  const pieces = stacked([...parts.map((part) => part.size), rest]);
  return (
    <svg class="bars" role="img" aria-label={label} height="18" width="100%">
      <defs>
        <pattern id={hatch} class="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect class="ground" width="6" height="6" />
          <rect class="stroke" width="3" height="6" />
        </pattern>
      </defs>
      {of !== undefined && <rect class="rest" width="100%" height="18" rx="4" />}
      {parts.map(({ kind, size }, i) => {
        const piece = pieces[i];
        if (!piece || size === 0) return null;
        return (
          <svg key={kind} x={`${piece.from}%`} width={`${piece.size}%`} height="18" overflow="hidden">
            <rect class={kind} width="100%" height="18" rx="4" {...(kind === 'maybe' && { style: { fill: `url(#${hatch})` } })} />
            {i > 0 && piece.from > 0 && <rect class="gap" width={GAP_PX} height="18" />}
          </svg>
        );
      })}
    </svg>
  );
}
