// Compiles the pure half of the page and its tests, and runs them: no browser, no bundler.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const out = here('node_modules/.cache/tests');
const run = (program, args) => spawnSync(program, args, { cwd: here('.'), stdio: 'inherit' }).status ?? 1;

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
writeFileSync(`${out}/package.json`, '{"type":"module"}');
const compiled = run(process.execPath, [here('node_modules/typescript/bin/tsc'), '-p', 'tests']);
if (compiled !== 0) process.exit(compiled);
const tests = readdirSync(`${out}/tests`).filter((name) => name.endsWith('.test.js'));
process.exit(run(process.execPath, ['--test', ...tests.map((name) => `${out}/tests/${name}`)]));
