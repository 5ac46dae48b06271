/** What the insights of a session hold. */

export interface Count {
  words: string;
  n?: number | null;
  of: number;
  least: number;
  most: number;
}
export interface Line {
  conversation: string;
  turn: number;
  from: number;
  to: number;
}
export interface Quote {
  words: string;
  line?: Line | null;
}
export interface Edited {
  by: string;
  at: number;
}
export interface Sentiment {
  positive: Count;
  negative: Count;
  mixed: Count;
  neutral: Count;
}
export interface Report {
  summary: {
    words: string;
    edited?: Edited | null;
    made: string;
    health?: { score: number; label: string; how: string } | null;
    sentiment: Sentiment;
    sentiment_how: string;
    quotes: Quote[];
    quotes_withheld?: string | null;
    actions: { text: string; because: string; theme: string; count: Count }[];
  };
  patterns: Pattern[];
  topics: TopicFound[];
  saturation: { people: number; themes: number }[];
}
export interface Pattern {
  key: string;
  label: string;
  made_label: string;
  kind: string;
  signal?: string | null;
  stance?: string | null;
  topic?: string | null;
  polarity: string;
  count: Count;
  voice?: string | null;
  departments: { name: string; count: Count }[];
  against?: Count | null;
  quotes: Quote[];
  counter_quotes: Quote[];
  edited?: Edited | null;
  hidden: boolean;
  merged: { key: string; label: string }[];
}
export interface TopicFound {
  id: string;
  label: string;
  coverage: Count;
  sentiment: Sentiment;
  agreement: string;
  disagreement?: string | null;
  themes: string[];
  quotes: Quote[];
  dissent: Quote[];
}
export interface Insights {
  status: 'nobody' | 'withheld' | 'making' | 'failed' | 'suppressed' | 'ready';
  explanation: string;
  confidential: boolean;
  version?: number | null;
  batch?: number | null;
  made_at?: number | null;
  behind: boolean;
  coder?: string | null;
  department?: string | null;
  role?: string | null;
  people: number;
  conversations: string[];
  filters: {
    departments: { name: string; people: number }[];
    roles: { name: string; people: number }[];
    both: { department: string; role: string; people: number }[];
  };
  report?: Report | null;
}
export interface Edits {
  summary?: null | { words: string; by: string; at: number };
  themes: { key: string; label?: string | null; hidden: boolean; into?: string | null; by: string; at: number }[];
}
export interface EditsSent {
  summary?: string | null;
  themes: { key: string; label?: string | null; hidden?: boolean; into?: string | null }[];
}
export interface AskAnswer {
  explanation: string;
  found: { theme?: string | null; label: string; count: Count; quotes: Quote[] }[];
}
export interface Side {
  people: number;
  coverage: Count;
  sentiment: Sentiment;
}
export interface Trend {
  parent?: { id: string; title: string } | null;
  explanation: string;
  topics: { id: string; label: string; before_label: string; changed_wording: boolean; now: Side; before: Side }[];
}
export interface Transcript {
  id: string;
  session: string;
  title: string;
  person: { name: string; department?: string | null; role: string | null };
  completed_at: number;
  turns: { turn: number; speaker: string; text: string; at_ms: number; quotable: boolean; audio: boolean }[];
}

declare module '../../wire/api_types.ts' {
  interface Routes {
    'GET /sessions/{id}/insights': { path: { id: string }; query: { department?: string; role?: string }; headers: undefined; body: undefined; answer: Insights };
    'GET /sessions/{id}/insights/edits': { path: { id: string }; query: undefined; headers: undefined; body: undefined; answer: Edits };
    'PUT /sessions/{id}/insights/edits': { path: { id: string }; query: undefined; headers: { 'if-match'?: string }; body: EditsSent; answer: Edits };
    'POST /sessions/{id}/insights/ask': { path: { id: string }; query: undefined; headers: undefined; body: { question: string; department?: string; role?: string }; answer: AskAnswer };
    'GET /sessions/{id}/insights/trend': { path: { id: string }; query: undefined; headers: undefined; body: undefined; answer: Trend };
    'GET /conversations/{id}/transcript': { path: { id: string }; query: undefined; headers: undefined; body: undefined; answer: Transcript };
  }
}
