// An interview in writing without its page: as fast as the server asks. What the page itself does is looked at by text.test.mjs.

/**
 * Holds a conversation to its end, from within `page`, which is at the server's address. `answers` are what is said to each topic, by
 * its name; what is asked beyond them is not answered.
 */
export function holdTyped(page, token, answers) {
  return page.evaluate(
    async ({ token, answers }) => {
      const base = `/api/participant/${token}`;
      const sent = async (path, body) => {
        const response = await fetch(base + path, {
          method: body === undefined ? 'GET' : 'POST',
          ...(body ? { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } } : {}),
        });
        if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
        return response.json();
      };
      const shown = await sent('', undefined);
      await sent('/consent', { mode: 'text', recording: false, text_version: shown.text_version });
      const { value } = await sent('/client_secret', null);
      const left = new Map(Object.entries(answers).map(([topic, said]) => [topic, [...said]]));
      let topic = '';
      const address = new URL('/v1/realtime', location.href);
      address.protocol = 'ws:';
      await new Promise((resolve, reject) => {
        const socket = new WebSocket(address, ['realtime', `openai-insecure-api-key.${value}`]);
        const tell = (event) => socket.send(JSON.stringify(event));
        const answer = () => {
          const text = left.get(topic)?.shift() ?? 'I would rather not say.';
          tell({ type: 'conversation.item.create', item: { type: 'message', role: 'user', content: [{ type: 'input_text', text }] } });
          tell({ type: 'response.create' });
        };
        socket.onclose = ({ code }) => reject(new Error(`closed before its end: ${code}`));
        socket.onmessage = ({ data }) => {
          const event = JSON.parse(data);
          if (event.type === 'colloquy.topic') topic = event.label;
          if (event.type === 'response.done') answer();
          if (event.type === 'error') reject(new Error(JSON.stringify(event.error)));
          if (event.type === 'colloquy.ended') {
            socket.onclose = null;
            socket.close();
            resolve();
          }
        };
      });
    },
    { token, answers },
  );
}
