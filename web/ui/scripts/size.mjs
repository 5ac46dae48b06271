// What a participant's browser loads, compressed: at most 60 kB.
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';

const LIMIT = 60_000;
const dist = fileURLToPath(new URL('../dist/', import.meta.url));
const files = ['participant.html', ...readdirSync(`${dist}assets`).map((name) => `assets/${name}`)];
let total = 0;
for (const file of files.filter((name) => !name.endsWith('.map'))) {
  const bytes = readFileSync(dist + file);
  const gzip = gzipSync(bytes, { level: 9 }).length;
  total += gzip;
  console.log(`${String(bytes.length).padStart(8)}  gzip ${String(gzip).padStart(6)}  brotli ${String(brotliCompressSync(bytes).length).padStart(6)}  ${file}`);
}
console.log(`participant: ${total} bytes with gzip, limit ${LIMIT}`);
process.exit(total <= LIMIT ? 0 : 1);
