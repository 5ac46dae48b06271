// A session as an admin makes one, by the API: shorter than any of the library's.

const OWNER = { workspace: 'Northwind', name: 'Ada Lund', email: 'ada@northwind.example', password: 'a calm harbour at dawn' };

/**
 * On a `fresh` server: makes its workspace, and in it a session of the first `topics` of a template that lasts so many `minutes`.
 * Returns the token of a link by which it is held.
 */
export async function shortSession(server, { template = 'pulse', topics = 2, minutes = 3 } = {}) {
  const base = `http://${server.address}`;
  let cookie = '';
  const ask = async (method, path, body) => {
    const headers = { origin: base, 'content-type': 'application/json', cookie };
    const response = await fetch(`${base}/api/v1${path}`, { method, headers, body: body && JSON.stringify(body) });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    cookie ||= response.headers.get('set-cookie')?.split(';')[0] ?? '';
    return response.json();
  };
  await ask('POST', '/setup', { code: server.setupCode, ...OWNER });
  const { template: _, ...draft } = await ask('GET', `/templates/${template}`);
  const content = { ...draft, recording: false, welcome: '', help: null, length_min: minutes, topics: draft.topics.slice(0, topics) };
  const { id } = await ask('POST', '/sessions', { template, content });
  const { link } = await ask('POST', `/sessions/${id}/trial`);
  return link.split('/').at(-1);
}
