/** Dragging the things of a list by a handle, with a mouse, a pen or a finger. The keyboard has its own way, at the handle. */

import { useRef } from 'preact/hooks';

/** Where a list is dragged over its end, the page goes on scrolling; in pixels from the window's edge. */
const EDGE_PX = 70;
const SCROLL_PX = 9;

interface Drag {
  item: HTMLElement;
  items: HTMLElement[];
  /** Middles of all, before anything was moved, in the page's own pixels. */
  middles: number[];
  from: number;
  to: number;
  height: number;
  startY: number;
  pointer: number;
  clientY: number;
  frame: number;
}

/** Which place something is at whose middle is now at `middle`: it has passed whose middles it has passed. */
export function placeOf(middles: readonly number[], from: number, middle: number): number {
  let to = from;
  while (to > 0 && middle < (middles[to - 1] ?? 0)) to--;
  while (to < middles.length - 1 && middle > (middles[to + 1] ?? 0)) to++;
  return to;
}

/** Handlers for each handle of `list`'s direct children. `onDrop` is told where what was dragged is to go. */
export function useDrag(list: { current: HTMLElement | null }, onDrop: (from: number, to: number) => void) {
  const drag = useRef<Drag | null>(null);

  const place = () => {
    const now = drag.current;
    if (!now) return;
    const by = now.clientY + window.scrollY - now.startY;
    now.to = placeOf(now.middles, now.from, (now.middles[now.from] ?? 0) + by);
    now.item.style.transform = `translateY(${by}px)`;
    for (const [i, item] of now.items.entries()) {
      if (i === now.from) continue;
      const up = i > now.from && i <= now.to;
      const down = i < now.from && i >= now.to;
      item.style.transform = up ? `translateY(${-now.height}px)` : down ? `translateY(${now.height}px)` : '';
    }
  };

  const follow = () => {
    const now = drag.current;
    if (!now) return;
    const { clientY } = now;
    if (clientY < EDGE_PX) window.scrollBy(0, -SCROLL_PX);
    else if (clientY > window.innerHeight - EDGE_PX) window.scrollBy(0, SCROLL_PX);
    place();
    now.frame = requestAnimationFrame(follow);
  };

  const end = (dropped: boolean) => {
    const now = drag.current;
    if (!now) return;
    drag.current = null;
    cancelAnimationFrame(now.frame);
    list.current?.classList.remove('dragging');
    now.item.classList.remove('dragged');
    for (const item of now.items) item.style.transform = '';
    if (dropped && now.to !== now.from) onDrop(now.from, now.to);
  };

  return {
    onPointerDown: (event: PointerEvent) => {
      const handle = event.currentTarget as HTMLElement;
      const items = [...(list.current?.children ?? [])] as HTMLElement[];
      const from = items.findIndex((item) => item.contains(handle));
      const item = items[from];
      if (!item || event.button !== 0 || drag.current) return;
      const boxes = items.map((one) => one.getBoundingClientRect());
      const [box, next] = [boxes[from], boxes[from + 1] ?? boxes[from - 1]];
      if (!box || !next) return;
      handle.setPointerCapture(event.pointerId);
      const gap = Math.max(0, Math.max(next.top, box.top) - Math.min(next.bottom, box.bottom));
      drag.current = {
        item,
        items,
        middles: boxes.map((one) => one.top + one.height / 2 + window.scrollY),
        from,
        to: from,
        height: box.height + gap,
        startY: event.clientY + window.scrollY,
        pointer: event.pointerId,
        clientY: event.clientY,
        frame: requestAnimationFrame(follow),
      };
      list.current?.classList.add('dragging');
      item.classList.add('dragged');
    },
    onPointerMove: (event: PointerEvent) => {
      if (drag.current?.pointer === event.pointerId) drag.current.clientY = event.clientY;
    },
    onPointerUp: (event: PointerEvent) => {
      if (drag.current?.pointer !== event.pointerId) return;
      drag.current.clientY = event.clientY;
      place();
      end(true);
    },
    onPointerCancel: () => end(false),
    onLostPointerCapture: () => end(false),
  };
}
