import { defineConfig } from 'vite';
import { pages } from './scripts/pages.mjs';

/** The server that the development page talks to. */
const SERVER = process.env.COLLOQUY_SERVER ?? 'http://127.0.0.1:8191';

export default defineConfig({
  // The build is embedded in the server, which serves /assets/… for ever: names carry the hash of what they hold.
  build: {
    target: ['chrome111', 'safari16.4', 'firefox115'],
    // Nothing inline: the page's policy allows files of its own origin alone, and worklets cannot be loaded from `data:`.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: { input: { participant: 'participant.html', console: 'console.html' } },
  },
  worker: { format: 'es' },
  plugins: [pages()],
  server: {
    port: 5173,
    proxy: {
      '/api': SERVER,
      '/v1': { target: SERVER, ws: true },
    },
  },
});
