import { useEffect, useRef } from 'preact/hooks';

/** What the orb shows: whose voice there is, or that nobody's is. */
export type OrbMood = 'waiting' | 'interviewer' | 'open' | 'you' | 'thinking' | 'paused';

/** A level follows the voice up at once and down softly. */
const FALL = 0.88;

/**
 * Who speaks, at a glance: the core moves with the interviewer's voice, the ring with yours. It says nothing that the line
 * below it does not say in words, and stands still where less motion is wished.
 */
export function Orb({ mood, mine, theirs }: { mood: OrbMood; mine: () => number; theirs: () => number }) {
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (window.matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    let frame = 0;
    let [ring, core] = [0, 0];
    const look = () => {
      frame = requestAnimationFrame(look);
      ring = Math.max(mine(), ring * FALL);
      core = Math.max(theirs(), core * FALL);
      element.current?.style.setProperty('--mine', ring.toFixed(2));
      element.current?.style.setProperty('--theirs', core.toFixed(2));
    };
    frame = requestAnimationFrame(look);
    return () => cancelAnimationFrame(frame);
  }, []);
  return (
    <div ref={element} class={`orb ${mood}`} aria-hidden="true">
      <span class="ring" />
      <span class="core" />
    </div>
  );
}
