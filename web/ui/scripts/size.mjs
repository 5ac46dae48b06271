// What a browser may load for a page, compressed: whatever the page names counts, and what that names.
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';

const LIMITS = { 'participant.html': 60_000, 'console.html': 90_000 };
const dist = fileURLToPath(new URL('../dist/', import.meta.url));
const assets = readdirSync(`${dist}assets`).filter((name) => !name.endsWith('.map'));
let over = false;
for (const [page, limit] of Object.entries(LIMITS)) {
  const files = [page];
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
  console.log(`${page}: ${total} bytes with gzip, limit ${limit}`);
  over ||= total > limit;
}
process.exit(over ? 1 : 0);
