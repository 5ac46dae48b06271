// A mail server that is not ours (`aiosmtpd`), and what it took: the same program and environment as the tests in Rust.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const REQUIREMENT = 'aiosmtpd==1.4.6';
const SCRIPT = fileURLToPath(new URL('../../support/smtp_server.py', import.meta.url));

/** The interpreter, in an environment that is made once; who comes meanwhile waits. */
function python() {
  const cache = join(homedir(), '.cache/colloquy');
  const folder = join(cache, 'venv-aiosmtpd');
  mkdirSync(cache, { recursive: true });
  const make = `
    test "$(cat '${folder}/installed' 2>/dev/null)" = '${REQUIREMENT}' && exit 0
    rm -rf '${folder}' && python3 -m venv '${folder}' || exit 1
    '${folder}/bin/python' -m pip install --quiet --disable-pip-version-check '${REQUIREMENT}' || exit 1
    printf %s '${REQUIREMENT}' > '${folder}/installed'`;
  const done = spawnSync('flock', [`${folder}.lock`, 'sh', '-c', make], { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`${REQUIREMENT} cannot be installed: ${done.stderr}`);
  return join(folder, 'bin/python');
}

/** Starts it. `env` are the settings of a server that sends its mails there; `taken` are those that came, in order. */
export async function startMailServer() {
  const folder = mkdtempSync(join(tmpdir(), 'colloquy-mails-'));
  const mails = join(folder, 'mails.jsonl');
  const child = spawn(python(), [SCRIPT, mails], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await Promise.race([
    new Promise((resolve) => createInterface(child.stdout).once('line', (text) => resolve([text]))),
    new Promise((_, reject) => child.once('exit', () => reject(new Error('smtp_server.py did not become ready')))),
  ]);
  return {
    env: { COLLOQUY_MAIL__HOST: '127.0.0.1', COLLOQUY_MAIL__PORT: line.split(' ')[1], COLLOQUY_MAIL__ENCRYPTION: 'none' },
    taken: () => {
      const text = existsSync(mails) ? readFileSync(mails, 'utf8') : '';
      // The last line may be half written.
      return text.slice(0, text.lastIndexOf('\n') + 1).split('\n').filter(Boolean).map((mail) => JSON.parse(mail));
    },
    stop: async () => {
      child.kill('SIGKILL');
      await new Promise((resolve) => (child.exitCode === null && child.signalCode === null ? child.once('exit', resolve) : resolve()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
