// A network's way for UDP, which can be cut: what comes to 127.0.0.2 goes to the same port of 127.0.0.1, and back.
import { createSocket } from 'node:dgram';

/** Where the server tells browsers to send. */
export const RELAYED = '127.0.0.2';

const listening = (socket, port, address) => new Promise((resolve, reject) => {
  socket.once('error', reject);
  socket.bind(port, address, resolve);
});

/** Starts it for the server's `port`. `open: false` lets nothing through, as many a company's network does. */
export async function startRelay(port, { open = true } = {}) {
  const outside = createSocket('udp4');
  const ways = new Map();
  let through = open;
  await listening(outside, port, RELAYED);
  outside.on('message', (packet, from) => {
    const name = `${from.address}:${from.port}`;
    if (!ways.has(name)) {
      const inside = createSocket('udp4');
      inside.on('message', (answer) => through && outside.send(answer, from.port, from.address));
      ways.set(name, inside);
    }
    if (through) ways.get(name).send(packet, port, '127.0.0.1');
  });
  return {
    let: (packets) => (through = packets),
    stop: () => {
      for (const socket of [outside, ...ways.values()]) socket.close();
    },
  };
}
