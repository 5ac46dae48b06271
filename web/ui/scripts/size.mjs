// What a participant's browser may load, compressed: at most 60 kB. Whatever the page names counts, and what that names.
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';

const LIMIT = 60_000;
const dist = fileURLToPath(new URL('../dist/', import.meta.url));
const assets = readdirSync(`${dist}assets`).filter((name) => !name.endsWith('.map'));
const files = ['participant.html'];
// Grows while it is walked.
for (const file of files) {
  const text = readFileSync(dist + file, 'latin1');
  for (const name of assets) {
    if (text.includes(name) && !files.includes(`assets/${name}`)) files.push(`assets/${name}`);
  }
}
let total = 0;
for (const file of files) {
  const bytes = readFileSync(dist + file);
  const gzip = gzipSync(bytes, { level: 9 }).length;
  total += gzip;
  console.log(`${String(bytes.length).padStart(8)}  gzip ${String(gzip).padStart(6)}  brotli ${String(brotliCompressSync(bytes).length).padStart(6)}  ${file}`);
}
console.log(`participant: ${total} bytes with gzip, limit ${LIMIT}`);
process.exit(total <= LIMIT ? 0 : 1);
