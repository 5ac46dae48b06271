// Where the page is found. With a server it is that server's own page, through a relay that can be cut like a network; without
// one it is the built page from the disk, under the policy of the server's source, for tests that mock the rest. With
// COLLOQUY_PAGES=disk a server's pages come from the disk as well: what `npm run build` made is looked at without building the program.
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { createServer as createHttp, request as askHttp } from 'node:http';
import { connect, createServer as createTcp } from 'node:net';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

const DIST = fileURLToPath(new URL('../../../web/ui/dist/', import.meta.url));
const EMBED = fileURLToPath(new URL('../../../web/server/src/embed.rs', import.meta.url));
const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };

/** The headers of a page as web/server/src/embed.rs has them. */
function headers() {
  const source = readFileSync(EMBED, 'utf8').replace(/\\\n\s*/g, '');
  const policy = source.match(/"(default-src 'none'; [^"]*)"/)?.[1];
  const permissions = source.match(/"(microphone=\(self\)[^"]*)"/)?.[1];
  if (!policy?.includes('{socket}') || !permissions) throw new Error(`the page's policy is not found in ${EMBED}`);
  return {
    'content-security-policy': policy.replace('{socket}', ''),
    'permissions-policy': permissions,
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
  };
}

/** The file of a page's address: /i/{token} is participant.html, /console and what is below it console.html, /assets/… their files. */
function fileOf(path) {
  if (path.startsWith('/i/')) return 'participant.html';
  if (/^\/console(\/|$)/.test(path)) return 'console.html';
  return path.startsWith('/assets/') ? path.slice(1) : null;
}

/** The pages from the disk; what is none of them goes `onward`. */
function disk(broken, onward = (_request, response) => response.writeHead(404).end()) {
  if (!existsSync(`${DIST}participant.html`)) throw new Error('build web/ui first: npm run build');
  const sent = headers();
  return createHttp((request, response) => {
    const file = fileOf(new URL(request.url, 'http://front').pathname);
    if (!file) return onward(request, response);
    if (file.includes('..') || !existsSync(DIST + file)) return response.writeHead(404).end();
    const breaks = [...broken].find((name) => file.startsWith(`assets/${name}`));
    if (breaks) {
      broken.delete(breaks);
      return response.writeHead(502).end();
    }
    response.writeHead(200, { ...sent, 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' });
    createReadStream(DIST + file).pipe(response);
  });
}

/** The pages from the disk, and everything else from `upstream`. */
function before(upstream, broken) {
  const [host, port] = upstream.split(':');
  const server = disk(broken, (request, response) => {
    const { method, url: path, headers: sent } = request;
    const asked = askHttp({ host, port, method, path, headers: sent }, (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    asked.on('error', () => response.destroy());
    request.pipe(asked);
  });
  server.on('upgrade', (request, socket) => {
    const onward = connect(Number(port), host, () => {
      const lines = request.rawHeaders.map((one, i) => (i % 2 ? `${one}\r\n` : `${one}: `));
      onward.write(`${request.method} ${request.url} HTTP/1.1\r\n${lines.join('')}\r\n`);
      onward.pipe(socket).pipe(onward);
    });
    onward.on('error', () => socket.destroy());
    socket.on('error', () => onward.destroy()).on('close', () => onward.destroy());
  });
  return server;
}

/** Every byte goes to `upstream` and back. */
function relay(upstream) {
  const [host, port] = upstream.split(':');
  return createTcp((socket) => {
    const onward = connect(Number(port), host);
    onward.pipe(socket).pipe(onward);
    // An orderly end is passed on by the pipes, after what came before it.
    onward.on('error', () => socket.destroy());
    socket.on('error', () => onward.destroy()).on('close', () => onward.destroy());
  });
}

/** Starts it. `upstream` is a server's `host:port`, or null. Returns its address and how to stop it. */
export async function startFront(upstream = null) {
  const broken = new Set();
  const fromDisk = process.env.COLLOQUY_PAGES === 'disk';
  const server = !upstream ? disk(broken) : fromDisk ? before(upstream, broken) : relay(upstream);
  const sockets = new Set();
  let open = true;
  // Before anything of the connection is passed on.
  server.prependListener('connection', (socket) => {
    if (!open) return socket.destroy();
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    // A microphone needs a secure context, and by this name it has one.
    url: `http://localhost:${server.address().port}`,
    stop: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(resolve));
    },
    /** From the disk: the next file of /assets/ whose name begins so does not come. */
    breakOnce: (name) => broken.add(name),
    /** Breaks every connection, as a lost network does, and takes none until it is told to. */
    let: (connections) => {
      open = connections;
      if (!open) sockets.forEach((socket) => socket.destroy());
    },
  };
}
