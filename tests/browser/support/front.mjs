// The built page as the server serves it: /i/{token} is participant.html, /assets/… its files, under a policy that allows
// nothing inline. Everything else goes to `upstream`, or is not found.
import { createReadStream, existsSync } from 'node:fs';
import { createServer, request as ask } from 'node:http';
import { connect } from 'node:net';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

const DIST = fileURLToPath(new URL('../../../web/ui/dist/', import.meta.url));
const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };

/** What the page needs, and nothing more. */
export const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "media-src 'self' blob:",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const HEADERS = {
  'content-security-policy': POLICY,
  'referrer-policy': 'no-referrer',
  'permissions-policy': 'microphone=(self), camera=(), geolocation=()',
  'cache-control': 'no-store',
};

/** Starts it. `upstream` is `host:port`, or null. Returns its address and how to stop it. */
export async function startFront(upstream = null) {
  if (!existsSync(`${DIST}participant.html`)) throw new Error('build web/ui first: npm run build');
  const [host, port] = upstream?.split(':') ?? [];
  const sockets = new Set();
  let open = true;
  const server = createServer((request, response) => {
    const path = new URL(request.url, 'http://front').pathname;
    const file = path.startsWith('/i/') ? 'participant.html' : path.startsWith('/assets/') ? path.slice(1) : null;
    if (file && !file.includes('..') && existsSync(DIST + file)) {
      response.writeHead(200, { ...HEADERS, 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' });
      createReadStream(DIST + file).pipe(response);
    } else if (upstream && !path.startsWith('/assets/')) {
      const onward = ask({ host, port, method: request.method, path: request.url, headers: request.headers }, (answer) => {
        response.writeHead(answer.statusCode, answer.headers);
        answer.pipe(response);
      });
      onward.on('error', () => response.writeHead(502).end());
      request.pipe(onward);
    } else {
      response.writeHead(404).end();
    }
  });
  server.on('connection', (socket) => {
    if (!open) return socket.destroy();
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('upgrade', (request, socket, head) => {
    if (!upstream) return socket.destroy();
    const onward = connect(Number(port), host, () => {
      const lines = [`${request.method} ${request.url} HTTP/1.1`];
      for (let i = 0; i < request.rawHeaders.length; i += 2) lines.push(`${request.rawHeaders[i]}: ${request.rawHeaders[i + 1]}`);
      onward.write(`${lines.join('\r\n')}\r\n\r\n`);
      onward.write(head);
      onward.pipe(socket).pipe(onward);
    });
    const end = () => {
      onward.destroy();
      socket.destroy();
    };
    onward.on('error', end).on('close', end);
    socket.on('error', end).on('close', end);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    // A microphone needs a secure context, and by this name it has one.
    url: `http://localhost:${server.address().port}`,
    stop: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(resolve));
    },
    /** Breaks every connection, as a lost network does, and takes none until it is told to. */
    let: (connections) => {
      open = connections;
      if (!open) sockets.forEach((socket) => socket.destroy());
    },
  };
}
