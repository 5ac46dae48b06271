/** Line icons of 24 by 24, drawn for this page. They stand beside words and are hidden from screen readers. */

const PATHS = {
  mic: 'M12 3a3 3 0 0 0-3 3v5a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3ZM5.5 11a6.5 6.5 0 0 0 13 0M12 17.5V21',
  mic_off: 'M9 9v2a3 3 0 0 0 4.6 2.5M15 10.5V6a3 3 0 0 0-5.8-1M5.5 11a6.5 6.5 0 0 0 10 5.5M18.5 11a6.6 6.6 0 0 1-.5 2.5M12 17.5V21M4 4l16 16',
  write: 'M4 20h16M6 16l1-4 9-9 3 3-9 9-4 1Z',
  pause: 'M9 5v14M15 5v14',
  play: 'M8 5.5v13l10.5-6.5L8 5.5Z',
  repeat: 'M4.5 12a7.5 7.5 0 1 0 2.3-5.4M4.5 4v4h4',
  skip: 'M6 6l7 6-7 6V6ZM17 6v12',
  end: 'M6.5 6.5l11 11M17.5 6.5l-11 11',
  clock: 'M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16ZM12 8v4.2l2.8 1.8',
  spark: 'M12 4l1.8 5.2L19 11l-5.2 1.8L12 18l-1.8-5.2L5 11l5.2-1.8L12 4ZM18.5 16.5v4M16.5 18.5h4',
  eye: 'M3 12s3.4-6 9-6 9 6 9 6-3.4 6-9 6-9-6-9-6ZM12 9.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5Z',
  help: 'M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16ZM9.7 9.6a2.4 2.4 0 1 1 3.5 2.2c-.8.4-1.2.9-1.2 1.7M12 16.4v.1',
  sound: 'M4 10v4h3.5L12 18V6l-4.5 4H4ZM15.5 9a4 4 0 0 1 0 6M18 6.5a7.6 7.6 0 0 1 0 11',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  heart: 'M12 19.5S4.5 15 4.5 9.5A3.9 3.9 0 0 1 12 8a3.9 3.9 0 0 1 7.5 1.5c0 5.5-7.5 10-7.5 10Z',
  send: 'M12 19V5M6 11l6-6 6 6',
  save: 'M12 4v10M7.5 10l4.5 4.5 4.5-4.5M5 19.5h14',
  plug: 'M9 4v5M15 4v5M6.5 9h11v2.5a5.5 5.5 0 0 1-11 0V9ZM12 17v4',
  link: 'M10 14a4 4 0 0 0 6 .4l3-3a4 4 0 0 0-5.700-5.700l-1.200 1.200M14 10a4 4 0 0 0-6-.4l-3 3a4 4 0 0 0 5.700 5.700l1.200-1.200',
  cloud: 'M7 18h9.500a4 4 0 0 0 .8-7.900A5.500 5.500 0 0 0 6.600 11 3.600 3.600 0 0 0 7 18ZM4 4l16 16',
  devices: 'M4 6h12v8H4zM2.500 17.500h11M17 10h4v9h-4z',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
