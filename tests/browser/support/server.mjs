// The real program on a database of its own, with real models.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const PROGRAM = process.env.COLLOQUY_BIN ?? join(homedir(), '.cache/colloquy/target/release/colloquy');
/** Weights are loaded and warmed in this time on a slow machine. */
const READY_WITHIN_MS = 60_000;

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** What the tests are told is no setting of the server's, which refuses names that it does not know. */
function surroundings() {
  const own = (name) => !name.startsWith('COLLOQUY_') || name === 'COLLOQUY_MODELS' || name === 'COLLOQUY_LOG';
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => own(name)));
}

/**
 * Starts it. `tokens` are those of personal links; `recording` is offered to them; `env` is more of its settings. One that is
 * `fresh` belongs to nobody and has no session; its first run is made with `setupCode`.
 */
export async function startServer({ template = 'pulse', invitations = 1, recording = false, fresh = false, env: more = {} } = {}) {
  if (!existsSync(PROGRAM)) throw new Error(`there is no ${PROGRAM}: build it, or name it by COLLOQUY_BIN`);
  const folder = mkdtempSync(join(tmpdir(), 'colloquy-browser-'));
  const port = await freePort();
  const env = {
    ...surroundings(),
    COLLOQUY_LISTEN: `127.0.0.1:${port}`,
    COLLOQUY_PUBLIC_URL: `http://localhost:${port}`,
    COLLOQUY_DATA_DIR: folder,
    ...more,
  };
  const wanted = ['--template', template, '--invitations', String(invitations), ...(recording ? ['--recording'] : [])];
  const run = (...args) => {
    const done = spawnSync(PROGRAM, args, { env, encoding: 'utf8' });
    if (done.status !== 0) throw new Error(`colloquy ${args[0]} failed: ${done.stderr}`);
    return done.stdout;
  };
  const tokens = fresh ? [] : JSON.parse(run('demo', '--json', ...wanted)).map((link) => link.split('/').at(-1));
  const child = spawn(PROGRAM, ['serve'], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  let told = '';
  child.stderr.on('data', (data) => (told += data));
  const until = Date.now() + READY_WITHIN_MS;
  for (;;) {
    const ready = await fetch(`http://127.0.0.1:${port}/readyz`).then((response) => response.ok, () => false);
    if (ready) break;
    if (child.exitCode !== null || Date.now() > until) throw new Error(`colloquy serve did not come up: ${told}`);
    await sleep(200);
  }
  return {
    address: `127.0.0.1:${port}`,
    port,
    tokens,
    /** Runs one of its commands beside the server; what it says. */
    run,
    // Each code that is drawn takes the place of the one before, which the server drew when it started.
    setupCode: fresh ? run('admin', 'setup-code').match(/setup_[\w-]+/)?.[0] : null,
    stop: async () => {
      child.kill('SIGKILL');
      await new Promise((resolve) => (child.exitCode === null && child.signalCode === null ? child.once('exit', resolve) : resolve()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
