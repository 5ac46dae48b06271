import { useEffect, useRef, useState } from 'preact/hooks';

/** Where the one answer that is listened to stands. */
type Listening = { turn: number; state: 'loading' | 'playing' | 'failed' } | null;

/** One answer at a time: a second one ends the first. */
export interface Listener {
  now: Listening;
  toggle: (turn: number) => void;
}

/**
 * Plays answers. The whole sound is fetched and then played from memory: Safari plays nothing from an address whose server
 * does not send parts.
 */
export function useListener(fetchSound: (turn: number) => Promise<Blob | null>): Listener {
  const [now, setNow] = useState<Listening>(null);
  const audio = useRef<HTMLAudioElement | null>(null);
  const wanted = useRef<number | null>(null);

  const stop = () => {
    wanted.current = null;
    if (audio.current) {
      audio.current.pause();
      URL.revokeObjectURL(audio.current.src);
      audio.current = null;
    }
    setNow(null);
  };
  useEffect(() => stop, []);

  const play = async (turn: number) => {
    stop();
    wanted.current = turn;
    setNow({ turn, state: 'loading' });
    const sound = await fetchSound(turn);
    if (wanted.current !== turn) return;
    if (!sound) return setNow({ turn, state: 'failed' });
    const player = new Audio(URL.createObjectURL(sound));
    audio.current = player;
    player.onended = stop;
    try {
      await player.play();
      if (audio.current === player) setNow({ turn, state: 'playing' });
    } catch {
      // Paused again before it began, or a format that this browser does not know.
      if (audio.current !== player) return;
      stop();
      setNow({ turn, state: 'failed' });
    }
  };

  const toggle = (turn: number) => {
    if (now?.turn === turn && now.state !== 'failed') stop();
    else void play(turn);
  };
  return { now, toggle };
}
