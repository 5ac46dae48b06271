// A server that does what it is told to, in the page's own network: for screens that a real one shows rarely.

const SESSION = {
  title: 'Stay interview',
  organisation: 'Northwind',
  length_min: 15,
  topics: [
    'What draws you to work',
    'Why you stay',
    'Thoughts of leaving',
    'Learning and career',
    'Support from your manager',
    'Recognition and fair pay',
    'One thing to change',
  ],
  confidentiality: 'identified',
  mode: 'participant',
  recording: false,
  welcome: '',
  help: { name: 'Robin Hale, People and Culture', reach: 'robin.hale@northwind.example' },
};

const COPY = {
  title: SESSION.title,
  organisation: SESSION.organisation,
  completed_at: Date.UTC(2026, 10, 20),
  recording: false,
  turns: [
    [1, 'interviewer', 'When you think about the working day ahead, what do you look forward to?'],
    [2, 'you', 'Mostly the people. We had a rough release in March, and the whole team stayed calm and helped each other out.'],
    [3, 'interviewer', 'You mentioned the rough release. What was behind that?'],
    [4, 'you', 'The deadline was set before anybody had looked at the work. My manager pushed back in the end, which I valued a lot.'],
    [5, 'interviewer', 'What would have to change for you there?'],
    [6, 'you', 'I would like us to be asked before a date is promised to a customer.'],
  ].map(([turn, speaker, text]) => ({ turn, speaker, text, at_ms: turn * 20_000, quotable: turn !== 4, audio: false })),
};

/** The same of somebody who agreed that the sound is kept. */
export const RECORDED = {
  ...COPY,
  recording: true,
  turns: COPY.turns.map((turn) => ({ ...turn, audio: turn.speaker === 'you' })),
};

/** Mocks the server. Every answer can be changed by `set`; `calls` are the requests that came. */
export async function mockServer(page, { shown = {}, session = {} } = {}) {
  const state = {
    shown: { state: 'usable', session: { ...SESSION, ...session }, consent: null, language_model: null, text_version: '2026-11', ...shown },
    answers: {},
    copy: COPY,
  };
  const calls = [];
  const sockets = [];
  await page.route('**/api/participant/**', async (route) => {
    const request = route.request();
    const path = new URL(request.url()).pathname.split('/').slice(4).join('/');
    const name = `${request.method()} ${path}`;
    calls.push({ name, body: request.postDataJSON() });
    const told = state.answers[name];
    if (told === 'offline') return route.abort('internetdisconnected');
    if (told) return route.fulfill({ status: told.status, json: told.json ?? {} });
    if (name === 'GET ') return route.fulfill({ json: state.shown });
    if (name === 'POST consent') return route.fulfill({ json: { conversation_id: 'c' } });
    if (name === 'POST client_secret') return route.fulfill({ json: { value: 'ek_test', expires_at: 2_000_000_000, ice_servers: [] } });
    if (name === 'GET copy') return route.fulfill({ json: state.copy });
    return route.fulfill({ status: 204 });
  });
  await page.route('**/v1/realtime/calls', (route) => route.fulfill({ status: 405 }));
  await page.routeWebSocket('**/v1/realtime', (socket) => {
    const heard = [];
    const connection = {
      heard,
      at: performance.now(),
      open: true,
      tell: (...events) => events.forEach((event) => socket.send(JSON.stringify(event))),
      close: (code) => {
        connection.open = false;
        void socket.close({ code });
      },
    };
    socket.onMessage((message) => {
      const event = JSON.parse(message);
      heard.push(event);
      // A typed answer is taken under its own name.
      if (event.type === 'conversation.item.create' && state.takes) {
        connection.tell({ type: 'conversation.item.done', item: { role: 'user', status: 'completed', ...event.item } });
      }
    });
    socket.onClose(() => (connection.open = false));
    sockets.push(connection);
    socket.send(JSON.stringify({ type: 'session.created', session: { output_modalities: [state.modality ?? 'audio'] } }));
    if (state.refusal) {
      connection.tell({ type: 'error', error: { code: state.refusal } });
      connection.close(1013);
    }
  });
  return {
    calls,
    sockets,
    /** The newest connection. */
    socket: async (count = 1) => {
      while (sockets.length < count) await new Promise((resolve) => setTimeout(resolve, 20));
      return sockets.at(-1);
    },
    set: (name, answer) => (state.answers[name] = answer),
    refuse: (name, status, code) => (state.answers[name] = { status, json: { error: { code, message: '' } } }),
    copies: (copy) => (state.copy = copy),
    shows: (more) => Object.assign(state.shown, more),
    written: () => (state.modality = 'text'),
    spoken: () => (state.modality = 'audio'),
    /** Greets every connection, and refuses it. */
    refuseConnections: (code) => (state.refusal = code),
    /** Takes typed answers, from now on. */
    take: () => (state.takes = true),
  };
}

let number = 0;

/** What the interviewer says, as the server tells it. */
export function says(text, { done = true } = {}) {
  const item = `item_${++number}`;
  const base = { response_id: 'resp', item_id: item };
  const whole = { id: item, role: 'assistant', status: 'completed', content: [{ type: 'output_text', text }] };
  const begun = [
    { type: 'response.output_item.added', response_id: 'resp', item: { id: item, role: 'assistant', content: [] } },
    { type: 'response.output_text.delta', ...base, delta: text },
  ];
  if (!done) return begun;
  return [
    ...begun,
    { type: 'response.output_text.done', ...base, text },
    { type: 'response.output_item.done', response_id: 'resp', item: whole },
    { type: 'response.done', response: { status: 'completed' } },
  ];
}

/** What the person says: while they speak, and after. */
export function heard(text, { done = true } = {}) {
  const item = `item_${++number}`;
  const growing = [
    { type: 'input_audio_buffer.speech_started', item_id: item },
    { type: 'conversation.item.input_audio_transcription.delta', item_id: item, delta: text },
  ];
  if (!done) return growing;
  return [
    ...growing,
    { type: 'input_audio_buffer.speech_stopped', item_id: item },
    { type: 'conversation.item.input_audio_transcription.completed', item_id: item, transcript: text },
  ];
}

/** The conversation is at a topic. */
export function topic(label, number, of = 7) {
  return [
    { type: 'colloquy.topic', topic_id: 't', label, number, of },
    { type: 'colloquy.progress', elapsed_ms: 0, planned_ms: 0, topics_done: number - 1, topics: of },
  ];
}
