// A PostgreSQL of a test's own, in a folder of its own and reached through a socket in it alone.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const BIN = process.env.COLLOQUY_POSTGRES_BIN ?? '/usr/lib/postgresql/15/bin';
/** Names the socket; nothing listens on a port. */
const PORT = 5432;
/** PostgreSQL does not run as root. */
const UNPRIVILEGED = 'nobody';

/** Starts it. `url` is an empty database. */
export function startPostgres() {
  const folder = mkdtempSync(join(tmpdir(), 'colloquy-postgres-'));
  const root = process.getuid() === 0;
  if (root) execFileSync('chown', [UNPRIVILEGED, folder]);
  const run = (program, ...args) => {
    const [command, ...rest] = [...(root ? ['runuser', '-u', UNPRIVILEGED, '--'] : []), join(BIN, program), ...args];
    execFileSync(command, rest, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  };
  const data = join(folder, 'data');
  run('initdb', '-U', 'colloquy', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync', '-D', data);
  const options = `-k ${folder} -p ${PORT} -c listen_addresses='' -c fsync=off`;
  run('pg_ctl', '-w', '-t', '60', '-o', options, '-l', join(folder, 'log'), '-D', data, 'start');
  run('createdb', '-h', folder, '-p', String(PORT), '-U', 'colloquy', 'colloquy');
  return {
    url: `postgres://colloquy@localhost:${PORT}/colloquy?host=${folder}`,
    stop: () => {
      run('pg_ctl', '-w', '-m', 'immediate', '-D', data, 'stop');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
