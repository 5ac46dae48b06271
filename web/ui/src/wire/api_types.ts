/** Made from openapi.json by scripts/api_types.mjs; not to be edited. */

/** Somebody who was added. */
export type Added = {
  /** To be handed on: it is shown this once. */
  password: string;
  /** Who. */
  user: Colleague;
};

/** What was said about it. */
export type Answer = {
  /** Why nothing is answered; else empty. */
  explanation: string;
  /** What was found, closest first. */
  found: AnswerFound[];
};

/** Something that was found. */
export type AnswerFound = {
  /** Who says so. */
  count: Count;
  /** What it is called. */
  label: string;
  /** Their words. */
  quotes: Quote[];
  /** The pattern, by its key; none: statements that are part of none. */
  theme?: string | null;
};

/** The marks of one interview. */
export type CardShown = {
  /** Their answers. */
  answers: number;
  /** Turns of ours that ask. */
  asking_turns: number;
  /** Turns of ours that the language model phrased. */
  by_model: number;
  /** Answers that called for care. */
  concerns: number;
  /** Those that were met with it at once. */
  concerns_handled: number;
  /** Which conversation. */
  conversation: string;
  /** Times that the person cut us short. */
  cut_short: number;
  /** When it was over, in unix milliseconds. */
  ended?: number | null;
  /** Times that the built-in words took its place. */
  fell_back: number;
  /** Questions within a topic. */
  follow_ups: number;
  /** Those that carry a word of the answer which they follow. */
  in_their_words: number;
  /** Times that we took the floor from somebody who had not finished. */
  interruptions: number;
  /** By which invitation; `/invitations/{id}` says whose. */
  invitation: string;
  /** The median of the latency in milliseconds, where it was measured. */
  latency_p50_ms?: number | null;
  /** Its 95th percentile. */
  latency_p95_ms?: number | null;
  /** Those that lead. */
  leading: number;
  /** How long it took, in milliseconds. */
  length_ms: number;
  /** Words of the longest. */
  longest: number;
  /** What stands out, the gravest first. */
  notes: string[];
  /** Those that are open. */
  open: number;
  /** Words that we spoke. */
  our_words: number;
  /** How long it was to take. */
  planned_ms: number;
  /** Words in all of them. */
  question_words: number;
  /** Questions in all, those that were said again left out. */
  questions: number;
  recap: 'none' | 'given' | 'confirmed' | 'corrected';
  /** Those that had been asked before. */
  repeated: number;
  /** Those that ask one thing. */
  single: number;
  state: 'consented' | 'in_progress' | 'paused' | 'completed' | 'ended_early' | 'withdrawn' | 'erased' | 'declined';
  /** Words that the person spoke. */
  their_words: number;
  /** Each topic, in the order of the guide. */
  topics: TopicMarks[];
};

/** Somebody who works here. */
export type Colleague = {
  /** Since when, in unix milliseconds. */
  created: number;
  /** Address. */
  email: string;
  /** Who. */
  id: string;
  /** Full name. */
  name: string;
  role: 'owner' | 'admin' | 'analyst' | 'viewer';
};

/** Everybody who works here. */
export type Colleagues = {
  /** Oldest first. */
  items: Colleague[];
};

/** A number of people, as it may be shown. */
export type Count = {
  /** The words allow no fewer. */
  least: number;
  /** The words allow no more. */
  most: number;
  /** Exactly; `None` where that is not shown. */
  n?: number | null;
  /** Of how many. */
  of: number;
  /** In words, such as `7 of 23 people` or `fewer than 5 of 23 people`. */
  words: string;
};

/** How far a conversation has come. */
export type Course = {
  /** Whether the person's device is connected. */
  connected: boolean;
  /** How long they have talked, pauses left out, in milliseconds. */
  elapsed_ms: number;
  /** From their last word to our first, the last time, in milliseconds; none where they write. */
  latency_ms?: number | null;
  /** How long they are to talk, in milliseconds. */
  planned_ms: number;
  /** What is talked about; none before the first topic. */
  topic?: string | null;
  /** Topics in all. */
  topics: number;
  /** Topics that were opened before it. */
  topics_done: number;
};

/** A page of the audit log. */
export type Deeds = {
  /** Newest first. */
  items: Entry[];
  /** The cursor of the next page, if there is one. */
  next?: string | null;
};

/** A draft for a goal. */
export type Described = {
  /** Who made it. */
  by: Maker;
  /** The draft. Nothing of it is saved. */
  draft: Draft;
  /** Whether the library has anything for this goal; where it has not and no language model helps, the draft is its closest template as it stands. */
  fits: boolean;
};

/** What is different in the clone. */
export type Different = {
  /** Title; none: the original's. */
  title?: string | null;
};

/** A session that is not saved. It is saved by `POST /sessions` with its `template` and, as `content`, the rest as it shall be. */
export type Draft = {
  confidentiality: 'identified' | 'confidential';
  /** Planned length in minutes. */
  length_min: number;
  mode: 'voice' | 'text' | 'participant';
  /** The template that it is made from, or closest to. */
  template: string;
  /** As participants will see it. */
  title: string;
  /** In the order in which they are talked about. */
  topics: DraftTopic[];
};

/** A topic that is not saved. */
export type DraftTopic = {
  /** Background that only the interviewer knows and never says. */
  context: string;
  /** What it is about, in a sentence. */
  description: string;
  /** Whether it is talked about. */
  enabled: boolean;
  /** What the interviewer listens for. */
  guidance: string;
  /** Which one of the library's; none: a new one. It is sent back, so that its curated questions are kept. */
  id?: string | null;
  /** A few plain words, shown to participants. */
  label: string;
  priority: 'low' | 'medium' | 'high';
};

/** A new API token. */
export type Drawn = {
  /** `cqy_…`: it is shown this once. */
  secret: string;
  /** What is kept of it. */
  token: Key;
};

/** What an admin changed. */
export type Edited = {
  /** When, in unix milliseconds. */
  at: number;
  /** Their name. */
  by: string;
};

/** All that is changed. A theme that is left out stands as it was made. */
export type EditsSent = {
  /** The summary's words; none: as they are made. */
  summary?: string | null;
  /** What is changed of themes. */
  themes: ThemeSent[];
};

/** What somebody did. */
export type Entry = {
  /** To which API token, by its name. */
  api_token?: string | null;
  /** When, in unix milliseconds. */
  at: number;
  /** What, such as `session.create`. */
  deed: string;
  /** Which entry. */
  id: string;
  /** To whom, or whose invitation or conversation it was. The log keeps no names: these are today's, and who was erased has none. */
  person?: string | null;
  /** To which session, or to which the invitation led, by its title of today. */
  session?: string | null;
  /** To what. */
  subject?: string | null;
  /** The API token that acted for them, if one did. */
  token?: string | null;
  /** Who; none: somebody at the server's command line. */
  user?: string | null;
  /** Their name, also where they were removed since. */
  who?: string | null;
};

/** What is known of one person. */
export type Export = {
  /** When this was written, in unix milliseconds. */
  exported: number;
  /** To what they were invited, oldest first. */
  invitations: ExportedInvitation[];
  /** Who they are. */
  person: PersonShown;
};

/** A conversation. */
export type ExportedConversation = {
  /** When it began, in unix milliseconds. */
  created: number;
  /** When it was over, in unix milliseconds. */
  ended?: number | null;
  /** Which one. */
  id: string;
  /** For how many days it was kept, where it was erased because they were over. */
  kept_days?: number | null;
  /** Whether they agreed that sound is kept. */
  recording: boolean;
  /** What was said, in order. None in a confidential session: there nobody but the person reads it, by their own link. */
  turns?: ExportedTurn[] | null;
};

/** An invitation, and what came of it. */
export type ExportedInvitation = {
  conversation?: ExportedConversation | null;
  /** When it was made, in unix milliseconds. */
  created: number;
  /** From when on its links no longer work, in unix milliseconds. */
  expires_at: number;
  /** Which one. */
  id: string;
  /** To which session. */
  session: string;
  status: 'queued' | 'sent' | 'bounced' | 'opened' | 'in_progress' | 'completed' | 'ended_early' | 'declined' | 'withdrawn' | 'erased' | 'expired' | 'revoked';
  /** That session's title. */
  title: string;
};

/** One contribution by one side. */
export type ExportedTurn = {
  /** When it began, in milliseconds of conversation time. */
  at_ms: number;
  /** Whether it may be quoted. */
  quotable: boolean;
  /** `person` or `interviewer`. */
  speaker: string;
  /** The words. */
  text: string;
};

/** A role within a department. */
export type FilterBoth = {
  /** The department. */
  department: string;
  /** How many people. */
  people: number;
  /** The role. */
  role: string;
};

/** A department or a role. */
export type FilterName = {
  /** Its name. */
  name: string;
  /** How many people. */
  people: number;
};

/** What may be asked for. */
export type Filters = {
  /** Roles within departments. */
  both: FilterBoth[];
  /** Departments. */
  departments: FilterName[];
  /** Roles. */
  roles: FilterName[];
};

/** The workspace and its owner. */
export type FirstRun = {
  /** What the server printed when it started, or `colloquy admin setup-code` did: `setup_…`. */
  code: string;
  /** The owner's address. */
  email: string;
  /** The owner's name. */
  name: string;
  /** At least 12 characters. */
  password: string;
  /** The organisation's name, as participants see it. */
  workspace: string;
};

/** Who has forgotten their password. */
export type Forgotten = {
  /** By which they sign in. */
  email: string;
};

/** People who were found. */
export type Found = {
  /** The likeliest first. */
  items: PersonShown[];
};

/** What somebody wants to understand. */
export type Goal = {
  /** In a sentence or two, such as "I want to understand why our mid-level engineers are leaving". */
  goal: string;
};

/** Somebody to invite. Who was invited to another session before is known by the address; what is told here goes before what was told then. */
export type Guest = {
  /** Department, such as "Ward 3". */
  department?: string | null;
  /** Address. */
  email: string;
  /** Whether they are told by mail, and reminded; else the link is to be handed on. */
  mail?: boolean;
  /** Full name. */
  name: string;
  /** Role, such as "Nurse". */
  role?: string | null;
};

/** How people are, all in all. */
export type Health = {
  /** How it is computed. */
  how: string;
  /** `strong`, `steady`, `mixed` or `strained`. */
  label: string;
  /** 0 (everybody speaks mostly ill of it) to 100 (everybody speaks mostly well of it). */
  score: number;
};

/** Somebody to turn to. */
export type Help = {
  /** A person or a service. */
  name: string;
  /** How to reach them. */
  reach: string;
};

/** A workspace. */
export type Home = {
  /** Which one. */
  id: string;
  /** The organisation's name. */
  name: string;
  plan: 'basic' | 'sessions';
};

/** What was heard in a session. */
export type Insights = {
  /** How many times something was published, in a confidential session. */
  batch?: number | null;
  /** Finished conversations are not in it yet. Never true of a confidential session, where that would tell who has finished. */
  behind: boolean;
  /** By which engine it was made. */
  coder?: string | null;
  /** Whether only groups are shown. */
  confidential: boolean;
  /** Their conversations; none where nobody may know them. */
  conversations: string[];
  /** The department that was asked for. */
  department?: string | null;
  /** The same in plain words, and what is withheld; may be empty. */
  explanation: string;
  /** What may be asked for. */
  filters: Filters;
  /** When it was made, in unix milliseconds. */
  made_at?: number | null;
  /** On how many people it stands. */
  people: number;
  report?: Report | null;
  /** The role that was asked for. */
  role?: string | null;
  /** Whether there is a report, and if not, why. */
  status: Status;
  /** Which version of the report. */
  version?: number | null;
};

/** A page of invitations. */
export type InvitationPage = {
  /** Newest first. */
  items: InvitationShown[];
  /** The cursor of the next page, if there is one. */
  next?: string | null;
};

/** One person's way into one session. */
export type InvitationShown = {
  /** When it was made, in unix milliseconds. */
  created: number;
  /** From when on its links no longer work, in unix milliseconds. */
  expires_at: number;
  /** Which one. */
  id: string;
  /** For how many days what was said was kept, where it is `erased` because they were over. */
  kept_days?: number | null;
  /** Who is invited. */
  person: PersonShown;
  /** To which session. */
  session: string;
  status: 'queued' | 'sent' | 'bounced' | 'opened' | 'in_progress' | 'completed' | 'ended_early' | 'declined' | 'withdrawn' | 'erased' | 'expired' | 'revoked';
};

/** For how many days things are kept; none: for good. */
export type Kept = {
  /** What was said in conversations, from their end on, or since they rest and cannot be gone on with. Then they are erased, and their invitations say so. */
  conversations?: number | null;
  /** The list of mails that were sent. */
  mails?: number | null;
  /** Sound, where the server's own setting does not delete it earlier. */
  recordings?: number | null;
};

/** For how many days things are to be kept; null: for good; what is not named is kept as long as before. */
export type KeptEdit = {
  /** What was said in conversations. */
  conversations?: number | null;
  /** The list of mails that were sent. */
  mails?: number | null;
  /** Sound. */
  recordings?: number | null;
};

/** An API token, without its secret. */
export type Key = {
  /** When it was made, in unix milliseconds. */
  created: number;
  /** Which one. */
  id: string;
  /** What its user calls it. */
  name: string;
  /** Since when it is good for nothing, in unix milliseconds. */
  revoked_at?: number | null;
  scope: 'read' | 'write';
};

/** One's own API tokens. */
export type Keys = {
  /** Newest first, the revoked ones too. */
  items: Key[];
};

/** The library. */
export type Library = {
  /** In the order in which they are offered. */
  items: TemplateShown[];
};

/** A place in a conversation. */
export type Line = {
  /** The conversation. */
  conversation: string;
  /** Where the words begin: as bytes in what is kept, as characters in what is shown. */
  from: number;
  /** Where they end. */
  to: number;
  /** The turn. */
  turn: number;
};

/** A link to hand on. */
export type LinkDrawn = {
  /** From when on it no longer works, in unix milliseconds. */
  expires_at: number;
  /** It is shown this once. */
  link: string;
};

/** Somebody in the file. */
export type Listed = {
  /** Department, such as "Ward 3". */
  department?: string | null;
  /** Address. */
  email: string;
  /** In which line, from 1. */
  line: number;
  /** Full name; where the file has no column for it, what stands before the address's @. */
  name: string;
  /** Role, such as "Nurse". */
  role?: string | null;
};

/** A conversation that has begun, or has changed since the event before. */
export type Live = {
  course?: Course | null;
  /** When it began, in unix milliseconds. */
  created: number;
  /** So many of the turns that were told before stay as they are: `turns` come after them, in place of all others. 0: all are told anew, and where `turns` is empty, none are left. */
  from: number;
  /** Which one. */
  id: string;
  /** By which invitation; `/invitations/{id}` says whose. */
  invitation: string;
  /** How the person takes part: `voice` or `text`. */
  mode?: string | null;
  state: 'consented' | 'in_progress' | 'paused' | 'completed' | 'ended_early' | 'withdrawn' | 'erased' | 'declined';
  /** What was said, from the first turn that is new or has grown. None where the person agreed to a confidential conversation, or the session is confidential now. */
  turns?: LiveTurn[] | null;
  /** When something last happened in it, in unix milliseconds. */
  updated: number;
};

/** One contribution by one side. */
export type LiveTurn = {
  /** When it began, in milliseconds of conversation time. */
  at_ms: number;
  /** `person` or `interviewer`. */
  speaker: string;
  /** The words so far. */
  text: string;
  /** Its number; there are gaps. */
  turn: number;
};

/** Who, and their password. */
export type Login = {
  /** The address. */
  email: string;
  /** The password. */
  password: string;
};

/** For how long. */
export type Longer = {
  /** Days from now, else 7. */
  days?: number | null;
};

/** How mails leave. */
export type MailBy = 'smtp' | 'files';

/** A page of the outbox. */
export type MailPage = {
  /** How mails leave this server. */
  by: MailBy;
  /** Newest first; reminders from the day on which they are due. */
  items: MailShown[];
  /** The cursor of the next page, if there is one. */
  next?: string | null;
};

/** A mail. */
export type MailShown = {
  /** How often it was tried. */
  attempts: number;
  /** When it was stored, in unix milliseconds. */
  created: number;
  /** When it is tried next, while it is queued, in unix milliseconds. Mails wait besides until their session is open. */
  due: number;
  /** Their address. */
  email: string;
  /** Why the last attempt failed: the mail server's code, such as `550`, or a word, such as `connection`. */
  error?: string | null;
  /** Which one. */
  id: string;
  /** By which invitation. A link to hand on is drawn by `/invitations/{id}/link`. */
  invitation: string;
  kind: 'invitation' | 'reminder';
  /** To whom. */
  name: string;
  /** To which session. */
  session: string;
  /** When it was sent or given up, in unix milliseconds. */
  settled_at?: number | null;
  state: 'queued' | 'sent' | 'written' | 'failed' | 'dropped';
  /** What it is called. */
  subject: string;
};

/** Who made a draft. */
export type Maker = 'library' | 'model';

/** People to invite. */
export type Many = {
  /** Whether they are told by mail, and reminded; else links are to be handed on. */
  mail?: boolean;
  /** 1 to 500 of them. */
  people: OneOfMany[];
};

/** What was done. */
export type ManyInvited = {
  /** So many were invited to this session before, and nothing was done. */
  already: number;
  /** So many people were invited. */
  invited: number;
};

/** Who asks. */
export type Me = {
  /** How mails leave this server. */
  mails: MailBy;
  may: ('see_oneself' | 'keep_keys' | 'see_colleagues' | 'keep_colleagues' | 'read_audit' | 'read_sessions' | 'edit_sessions' | 'see_invitations' | 'invite' | 'keep_people' | 'watch' | 'read_insights' | 'edit_insights' | 'read_quality' | 'keep_workspace')[];
  /** Who. */
  user: Colleague;
  /** Where. */
  workspace: Home;
};

/** Interviews taken together. */
export type Means = {
  /** Conversations in which every topic of high priority was reached; none of confidential conversations. */
  all_high?: number | null;
  /** Answers that called for care; none of confidential conversations. */
  concerns?: number | null;
  /** Those that were met with it at once; none of confidential conversations. */
  concerns_handled?: number | null;
  /** How many. */
  conversations: number;
  /** Percent of the follow-ups that carry the person's words. */
  in_their_words_percent: number;
  /** Times that the person was interrupted. */
  interruptions: number;
  /** The 95th percentile of the latency, in milliseconds; none where nobody spoke. */
  latency_p95_ms?: number | null;
  /** Questions that lead. */
  leading: number;
  /** Length in percent of what was planned. */
  length_percent: number;
  /** Percent of the questions that are open. */
  open_percent: number;
  /** The interviewer's part of the words, in percent. */
  our_words_percent: number;
  /** Conversations that took more than their length and a tenth; none of confidential conversations. */
  ran_over?: number | null;
  /** Questions that were asked before. */
  repeated: number;
  /** Percent of the questions of at most 30 words. */
  short_percent: number;
  /** Percent of our turns that ask which ask one thing. */
  single_percent: number;
  /** Sum over topics of |actual − planned share| of the time. */
  time_deviation: number;
  /** Words a question. */
  words_per_question: number;
};

/** A theme that was merged into another one. */
export type Merged = {
  /** Its key. */
  key: string;
  /** Its label as it was made. */
  label: string;
};

/** Somebody to add. */
export type NewColleague = {
  /** Address, which nobody signs in by yet. */
  email: string;
  /** Full name. */
  name: string;
  role: 'owner' | 'admin' | 'analyst' | 'viewer';
};

/** A session to make. */
export type NewFromTemplate = {
  content?: SessionSent | null;
  /** The template, such as `stay`. */
  template: string;
  /** Title; none: the template's. */
  title?: string | null;
};

/** An API token to make. */
export type NewKey = {
  /** What to call it. */
  name: string;
  scope: 'read' | 'write';
};

/** A link's secret and the new password. */
export type NewPassword = {
  /** At least 12 characters. */
  password: string;
  /** What stands behind the `#` of the link: `reset_…`. */
  token: string;
};

/** Somebody of many. */
export type OneOfMany = {
  /** Department, such as "Ward 3". */
  department?: string | null;
  /** Address. */
  email: string;
  /** Full name. */
  name: string;
  /** Role, such as "Nurse". */
  role?: string | null;
};

/** What a session was cloned from. */
export type Parent = {
  /** Which session. */
  id: string;
  /** Its title. */
  title: string;
};

/** The old password and the new one. */
export type PasswordSent = {
  /** By which one signs in now. */
  current: string;
  /** At least 12 characters. */
  password: string;
};

/** Something that several people say. */
export type Pattern = {
  against?: Count | null;
  /** Who says so. */
  count: Count;
  /** Words that say the opposite. */
  counter_quotes: Quote[];
  /** Who says so by department, where the groups are large enough. */
  departments: Spread[];
  edited?: Edited | null;
  /** An admin has hidden it. */
  hidden: boolean;
  /** Its name over versions. */
  key: string;
  /** `signal`, `topic` or `emergent`. */
  kind: string;
  /** A few words: as they were made, or an admin's. */
  label: string;
  /** As they were made. */
  made_label: string;
  /** What an admin merged into it. */
  merged: Merged[];
  /** How most of its statements speak: `positive`, `negative`, `mixed` or `neutral`. */
  polarity: string;
  /** Words that say so, of different people. */
  quotes: Quote[];
  /** Which matter, where it is a named one. */
  signal?: string | null;
  /** Which side of it: `strain` or `strength`. */
  stance?: string | null;
  /** Which topic, where it is a part of what was said on one. */
  topic?: string | null;
  /** `one_person` or `single_voice` (two), where so few say it that it is no pattern yet. */
  voice?: string | null;
};

/** So many people of a session stand there. */
export type People = {
  /** How many. */
  count: number;
  status: 'queued' | 'sent' | 'bounced' | 'opened' | 'in_progress' | 'completed' | 'ended_early' | 'declined' | 'withdrawn' | 'erased' | 'expired' | 'revoked';
};

/** Somebody who was invited. */
export type PersonShown = {
  /** Department, such as "Ward 3". */
  department?: string | null;
  /** Address. */
  email: string;
  /** Who. */
  id: string;
  /** Full name. */
  name: string;
  /** Role, such as "Nurse". */
  role?: string | null;
};

/** What a file would do. */
export type Preview = {
  /** What the file was read as: `utf-8`, `utf-16` or `windows-1252`. */
  encoding: string;
  /** Lines that name somebody who is invited to this session. */
  invited: Twice[];
  /** Who would be invited, in the file's order: to be sent, as many as `/invitations/many` takes at once, when they are confirmed. */
  people: Listed[];
  /** What stands between its cells. */
  separator: string;
  /** Lines that name somebody again. */
  twice: Twice[];
  /** Lines that cannot be taken, with the reason. */
  wrong: Wrong[];
};

/** Why something was not done. */
export type Problem = {
  /** For programs, such as `session_locked`. */
  code: string;
  /** For people. */
  detail: string;
  /** Which field of the body is wrong, if one is. */
  field?: string | null;
  /** The status. */
  status: number;
  /** The status in words. */
  title: string;
  /** `about:blank`: the status says what kind of problem it is, and `code` which. */
  type: string;
};

/** How well the interviews of a session were held. */
export type Quality = {
  /** Each of them, newest first; of confidential ones none. */
  cards: CardShown[];
  /** Whether they are shown all together alone. */
  confidential: boolean;
  /** Why nothing is shown; else empty. */
  explanation: string;
  means?: Means | null;
};

/** A question. */
export type Question = {
  /** Of people of this department. */
  department?: string | null;
  /** In one's own words. */
  question: string;
  /** Of people in this role. */
  role?: string | null;
};

/** Words that were said. */
export type Quote = {
  line?: Line | null;
  /** A slice of a stored turn, names masked. Empty where it was not cut yet, as in what is kept. */
  words: string;
};

/** Something that might be done, and why. */
export type Recommended = {
  /** Why: what so many people say. */
  because: string;
  /** How many people that is. */
  count: Count;
  /** What. */
  text: string;
  /** The pattern that it rests on, by its key. */
  theme: string;
};

/** What was heard from some people. */
export type Report = {
  /** What several people say, most people first. */
  patterns: Pattern[];
  /** How many different themes were known after so many interviews. */
  saturation: Saturation[];
  /** The whole in short. */
  summary: ReportSummary;
  /** What was said on each topic, in the guide's order. */
  topics: TopicFound[];
};

/** What admins changed of a session's insights, as a whole. */
export type ReportEdits = {
  summary?: SummaryEdit | null;
  /** What was changed of themes; of one that is not named nothing was. */
  themes: ThemeEdit[];
};

/** The whole in short. */
export type ReportSummary = {
  /** What might be done. */
  actions: Recommended[];
  edited?: Edited | null;
  health?: Health | null;
  /** The sentences as they were made. */
  made: string;
  /** Words of several people on what most speak of. */
  quotes: Quote[];
  /** Why there are none. */
  quotes_withheld?: string | null;
  /** People by how they mostly speak. */
  sentiment: Sentiment;
  /** How that is told. */
  sentiment_how: string;
  /** Some sentences: as they were made, or an admin's. */
  words: string;
};

/** What somebody shall be. */
export type RoleSent = {
  role: 'owner' | 'admin' | 'analyst' | 'viewer';
};

/** How many different themes were known after so many interviews. */
export type Saturation = {
  /** Interviews. */
  people: number;
  /** Themes. */
  themes: number;
};

/** People by how they mostly speak. Each is in one of the groups. */
export type Sentiment = {
  /** Both. */
  mixed: Count;
  /** Mostly ill. */
  negative: Count;
  /** Neither. */
  neutral: Count;
  /** Mostly well. */
  positive: Count;
};

/** A page of sessions. */
export type SessionPage = {
  /** Newest first. */
  items: Summary[];
  /** The cursor of the next page, if there is one. */
  next?: string | null;
};

/** All that can be edited of a session. What is left out of `topics` is removed. */
export type SessionSent = {
  confidentiality: 'identified' | 'confidential';
  help?: Help | null;
  /** Planned length in minutes. */
  length_min: number;
  mode: 'voice' | 'text' | 'participant';
  /** Whether audio is kept from those who agree to it. */
  recording: boolean;
  /** As participants see it. */
  title: string;
  /** In the order in which they are talked about. */
  topics: TopicSent[];
  /** How participants are greeted on their page; may be empty. */
  welcome?: string;
};

/** A session with its topics. Its `ETag` is to be sent as `If-Match` with an edit. */
export type SessionShown = Summary & {
  help?: Help | null;
  /** In the order in which they are talked about, the disabled ones too. */
  topics: TopicShown[];
  /** How participants are greeted on their page; may be empty. */
  welcome: string;
};

/** What all sessions have alike. Its `ETag` is to be sent as `If-Match` with a change. */
export type Settings = {
  help?: Help | null;
  /** How long things are kept. */
  keep_days: Kept;
  /** Before that nothing is let go of, in unix milliseconds, because less is to be kept than before; none where that is over. */
  let_go_from?: number | null;
  /** The organisation's name: participants see it, and mails come in it. */
  name: string;
};

/** What all sessions are to have alike. */
export type SettingsEdit = {
  help?: Help | null;
  /** How long things are to be kept. Only who is signed in may change it, no API token. */
  keep_days?: KeptEdit;
  /** As in what was read, or not at all: it follows from the rest. */
  let_go_from?: number | null;
  /** As in what was read. */
  name: string;
};

/** Whether the first run is still to come. */
export type Setup = {
  /** How mails leave this server: where they lie in files, nobody gets a link to set a new password. */
  mails: MailBy;
  /** Whether nobody owns this installation yet. */
  needed: boolean;
};

/** How many say so in a department. */
export type Spread = {
  /** Its people who say so. */
  count: Count;
  /** The department. */
  name: string;
};

/** Whether there is a report. */
export type Status = 'nobody' | 'withheld' | 'making' | 'failed' | 'suppressed' | 'ready';

/** A session. */
export type Summary = {
  confidentiality: 'identified' | 'confidential';
  /** When it was made, in unix milliseconds. */
  created: number;
  /** Which one. */
  id: string;
  /** Language of the conversations. */
  language: string;
  /** Planned length in minutes. */
  length_min: number;
  /** When the first participant completed it, in unix milliseconds: since then it cannot be edited, only cloned. */
  locked_at?: number | null;
  mode: 'voice' | 'text' | 'participant';
  /** What it was cloned from. */
  parent?: string | null;
  /** In the list, in pages of at most 50, for who may see invitations: how many people stand where. Statuses that nobody has are left out. */
  people?: People[] | null;
  /** Whether audio is kept from those who agree to it. */
  recording: boolean;
  state: 'draft' | 'open' | 'closed';
  /** The template that it was made from. */
  template: string;
  /** As participants see it. */
  title: string;
};

/** An admin's summary. */
export type SummaryEdit = {
  /** When, in unix milliseconds. */
  at: number;
  /** Their name. */
  by: string;
  /** Their words. */
  words: string;
};

/** A session type to start from. */
export type TemplateShown = {
  confidentiality: 'identified' | 'confidential';
  /** Its name, such as `stay`. */
  id: string;
  /** Planned length in minutes. */
  length_min: number;
  mode: 'voice' | 'text' | 'participant';
  /** What it is good for. */
  summary: string;
  /** Title that a session begins with. */
  title: string;
  /** What it asks about, in order. */
  topics: string[];
};

/** What an admin changed of a theme. */
export type ThemeEdit = {
  /** When, in unix milliseconds. */
  at: number;
  /** Their name. */
  by: string;
  /** It is not shown. */
  hidden: boolean;
  /** The key of the theme that it is part of. */
  into?: string | null;
  /** The theme's name over versions. */
  key: string;
  /** How it is called; none: as it was made. */
  label?: string | null;
};

/** What is changed of a theme. */
export type ThemeSent = {
  /** It is not shown. */
  hidden?: boolean;
  /** The key of the theme that it is part of, which is part of none itself. */
  into?: string | null;
  /** Its key. */
  key: string;
  /** How it is called; none: as it is made. */
  label?: string | null;
};

/** What was said on a topic. */
export type TopicFound = {
  /** On what they agree, in sentences. */
  agreement: string;
  /** Who said something on it. */
  coverage: Count;
  /** On what they do not, if they do not. */
  disagreement?: string | null;
  /** Words for the other side. */
  dissent: Quote[];
  /** Its name within the session. */
  id: string;
  /** As it is called. */
  label: string;
  /** Words for what most say. */
  quotes: Quote[];
  /** How those speak of it. */
  sentiment: Sentiment;
  /** Keys of the patterns that are part of it. */
  themes: string[];
};

/** One topic: what it was to get, and what it got. */
export type TopicMarks = {
  /** Milliseconds that it got. */
  actual_ms: number;
  /** The person would rather not speak about it. */
  declined: boolean;
  /** A concrete event was told. */
  example: boolean;
  /** What it is called. */
  label: string;
  /** Milliseconds that it was to get. */
  planned_ms: number;
  priority: 'low' | 'medium' | 'high';
  /** It was spoken about. */
  reached: boolean;
  /** A reason was given. */
  reason: boolean;
};

/** A topic in one of the two. */
export type TopicPoint = {
  /** Who said something on it. */
  coverage: Count;
  /** People in the report. */
  people: number;
  /** How they speak of it. */
  sentiment: Sentiment;
};

/** A topic to keep. */
export type TopicSent = {
  /** Background that only the interviewer knows and never says. */
  context?: string;
  /** What it is about, in a sentence. */
  description?: string;
  /** Whether it is talked about. */
  enabled: boolean;
  /** What the interviewer listens for. */
  guidance?: string;
  /** Which one of the session's; none: a new one. */
  id?: string | null;
  /** A few plain words, shown to participants. */
  label: string;
  priority: 'low' | 'medium' | 'high';
};

/** A topic of a session. */
export type TopicShown = {
  /** Background that only the interviewer knows and never says. */
  context: string;
  /** What it is about, in a sentence. */
  description: string;
  /** Whether it is talked about. */
  enabled: boolean;
  /** What the interviewer listens for. */
  guidance: string;
  /** Its name within the session and its clones. */
  id: string;
  /** A few plain words, shown to participants. */
  label: string;
  priority: 'low' | 'medium' | 'high';
};

/** A topic that both have. */
export type TopicTrend = {
  /** In the one before. */
  before: TopicPoint;
  /** As it was called. */
  before_label: string;
  /** It is asked for in other words than before: a difference may come from that. */
  changed_wording: boolean;
  /** Its name within both. */
  id: string;
  /** As it is called. */
  label: string;
  /** In this session. */
  now: TopicPoint;
};

/** A conversation that is over. */
export type Transcript = {
  /** When it was over, in unix milliseconds. */
  completed_at: number;
  /** Which one. */
  id: string;
  /** Whose. */
  person: Whose;
  /** In which session. */
  session: string;
  /** That session's title. */
  title: string;
  /** What was said, in order. */
  turns: TranscriptTurn[];
};

/** One contribution by one side. */
export type TranscriptTurn = {
  /** When it began, in milliseconds of conversation time. */
  at_ms: number;
  /** Whether its sound is kept and can be listened to. */
  audio: boolean;
  /** Whether it may be quoted. */
  quotable: boolean;
  /** `person` or `interviewer`. */
  speaker: string;
  /** The words. */
  text: string;
  /** Its number; there are gaps. */
  turn: number;
};

/** A session beside the one that it was cloned from. */
export type Trend = {
  /** Why there is nothing to compare; else empty. */
  explanation: string;
  parent?: Parent | null;
  /** The topics that both have. */
  topics: TopicTrend[];
};

/** A link to try a session out by. */
export type Trial = {
  /** From when on it no longer works, in unix milliseconds. */
  expires_at: number;
  /** It is shown this once, and leads to a conversation as participants have it. */
  link: string;
};

/** A line that is not needed. */
export type Twice = {
  /** Whom it names. */
  email: string;
  /** Which one, from 1. */
  line: number;
};

/** Whose conversation it is. */
export type Whose = {
  /** Their department. */
  department?: string | null;
  /** Their name. */
  name: string;
  /** Their role. */
  role?: string | null;
};

/** What would go. */
export type WouldGo = {
  /** Conversations that would be erased. */
  conversations: number;
  /** When that would begin, in unix milliseconds: a day after it is set. */
  from: number;
  /** Mails that would not be listed any more. */
  mails: number;
  /** Stretches of sound that would be deleted. */
  recordings: number;
};

/** A line that cannot be taken. */
export type Wrong = {
  /** For people. */
  detail: string;
  /** What of it: `name`, `email`, `role` or `department`. */
  field: string;
  /** Which one, from 1. */
  line: number;
};

/** Every request under /api/v1: what it takes, and what it answers. */
export interface Routes {
  /** Who did what, newest first */
  'GET /audit': {
    path: undefined;
    query: { cursor?: string; limit?: number };
    headers: undefined;
    body: undefined;
    answer: Deeds;
  };
  /** Have the interviewer end a conversation that is being held: it says goodbye as if the person had asked for that, and what was said is kept */
  'POST /conversations/{id}/end': {
    path: { id: string };
    query: undefined;
    headers: undefined;
    body: undefined;
    answer: undefined;
  };
  /** How well one interview was held, as far as it has come; of identified ones alone */
  'GET /conversations/{id}/quality': {
    path: { id: string };
    query: undefined;
    headers: undefined;
    body: undefined;
    answer: CardShown;
  };
  /** Read a conversation that is over, in a session whose people are known by name. It is noted in the audit log */
  'GET /conversations/{id}/transcript': {
    path: { id: string };
    query: undefined;
    headers: undefined;
    body: undefined;
    answer: Transcript;
  };
  /** Listen to a turn of a conversation that may be read: a WAV file */
  'GET /conversations/{id}/turns/{turn}/audio': {
    path: { id: string; turn: number };
    query: undefined;
    headers: undefined;
    body: undefined;
    answer: string;
  };
  /** An invitation */
  'GET /invitations/{id}': {
    path: { id: string };
    query: undefined;
    headers: undefined;
    body: undefined;
    answer: InvitationShown;
  };
  /** Let the links of an invitation work so many days from now, those sent already too; never shorter than before */
  'POST /invitations/{id}/extend': {
    path: { id: string };
    query: undefined;
    headers: undefined;
    body: Longer;
    answer: InvitationShown;
  };
  /** Draw a new link for the person, beside the earlier ones. Refused once they have agreed to take part: from then on a link leads to what they said. The drawn ones end then, but the one by which they agreed: whoever handed that on can read the same */
  'POST /invitations/{id}/link': {
    path: { id: string };
    query: undefined;
    headers: undefined;
    body: undefined;
    answer: LinkDrawn;
  };
  /** Take an invitation back for good: none of its links admits anybody any more; twice is once */
  'POST /invitations/{id}/revoke': {
    path: { id: string };
    query: undefined;
    headers: undefined;
    body: undefined;
    answer: InvitationShown;
  };
  /** Mail the invitation again, with a link of its own; where a mail of it waits to be sent, that one will do */
  'POST /invitations/{id}/send': {
    path: { id: string };
    query: undefined;
    headers: undefined;
    body: undefined;
    answer: InvitationShown;
  };
  /** Sign in: the answer sets a cookie for 7 days */
  'POST /login': {
    path: undefined;
    query: undefined;
    headers: undefined;
    body: Login;
    answer: Me;
  };
  /** Sign this browser out */
  'POST /logout': {
    path: undefined;
    query: undefined;
    headers: undefined;
    body: undefined;
    answer: undefined;
  };
  /** Sign out everywhere: every browser, but not API tokens */
  'POST /logout/everywhere': {
    path: undefined;
    query: undefined;
    headers: undefined;
    body: undefined;
    answer: undefined;
  };
  /** Who I am, where, and what I may do */
  'GET /me': {
    path: undefined;
    query: undefined;
    headers: undefined;
    body: undefined;
    answer: Me;
  };
  /** Change my password: every other browser is signed out. API tokens go on working */
  'PUT /me/password': {
    path: undefined;
    query: undefined;
    headers: undefined;
    body: PasswordSent;
    answer: undefined;
  };
  /** Mails to be sent, and those that were, newest first */
  'GET /outbox': {
    path: undefined;
    query: { cursor?: string; limit?: number };
    headers: undefined;
    body: undefined;
    answer: MailPage;
  };
  /** Set a new password by the link that was mailed: every browser is signed out, and all API tokens are revoked */
  'PUT /password-reset': {
    path: undefined;
    query: undefined;
    headers: undefined;
    body: NewPassword;
    answer: undefined;
  };
  /** Have a link mailed by which a new password is set, within an hour and once. The answer is the same whether or not somebody signs in by this address; at most three mails an hour go to one */
  'POST /password-reset': {
    path: undefined;
    query: undefined;
    headers: undefined;
    body: Forgotten;
    answer: undefined;
  };
  /** Look for people who were invited before; none where `q` has no word */
  'GET /people': {
    path: undefined;
    query: { q: string; limit?: number };
    headers: undefined;
    body: undefined;
    answer: Found;
  };
  /** Erase everything about a person for good: name and address, what they said in every session, links, mails and sound */
  'DELETE /people/{id}': {
    path: { id: string };
    query: undefined;
    headers: undefined;
    body: undefined;
    answer: undefined;
  };
  /** What is known of a person, as a file to hand to them. What they said in confidential sessions is not in it: that they read by their own link */
  'GET /people/{id}/export': {
    path: { id: string };
    query: undefined;
    headers: undefined;
    body: undefined;
    answer: Export;
  };
  /** The workspace's sessions, newest first */
  'GET /sessions': {
    path: undefined;
    query: { cursor?: string; limit?: number; q?: string };
    headers: undefined;
    body: undefined;
    answer: SessionPage;
  };
  /** Make a draft out of a template, or out of what an admin made of it; its topics are copies */
  'POST /sessions': {
    path: undefined;
    query: undefined;
    headers: { 'idempotency-key'?: string | null };
    body: NewFromTemplate;
    answer: SessionShown;
  };
  /** Draft a session for a goal: by the language model where one is configured, else out of the library's topics. Nothing is saved */
  'POST /sessions/describe': {
    path: undefined;
    query: undefined;
    headers: undefined;
    body: Goal;
    answer: Described;
  };
  /** A session with its topics */
  'GET /sessions/{id}': {
    path: { id: string };
    query: undefined;
    headers: undefined;
    body: undefined;
    answer: SessionShown;
  };
  /** Edit a session. Conversations that have started keep the guide that they started with */
  'PUT /sessions/{id}': {
    path: { id: string };
    query: undefined;
    headers: { 'if-match': string };
    body: SessionSent;
    answer: SessionShown;
  };
  /** Delete a session that is not open, with every conversation in it: nothing of what anybody said is kept */
  'DELETE /sessions/{id}': {
    path: { id: string };
    query: undefined;
    headers: undefined;
    body: undefined;
    answer: undefined;
  };
  /** Make a draft with all that a session has but people and results */
  'POST /sessions/{id}/clone': {
    path: { id: string };
    query: undefined;
    headers: undefined;
    body: Different;
    answer: SessionShown;
  };
  /** Close an open session: nobody can start or go on; twice is once */
  'POST /sessions/{id}/close': {
    path: { id: string };
    query: undefined;
    headers: undefined;
    body: undefined;
    answer: SessionShown;
  };
  /** Read what was heard in a session, of all its people or of a part of them */
  'GET /sessions/{id}/insights': {
    path: { id: string };
    query: { department?: string; role?: string };
    headers: undefined;
    body: undefined;
    answer: Insights;
  };
  /** Ask what was said about something */
  'POST /sessions/{id}/insights/ask': {
    path: { id: string };
    query: undefined;
    headers: undefined;
    body: Question;
    answer: Answer;
  };
  /** Read what admins changed of a session's insights */
  'GET /sessions/{id}/insights/edits': {
    path: { id: string };
    query: undefined;
    headers: undefined;
    body: undefined;
    answer: ReportEdits;
  };
  /** Rename, merge and hide themes, and write the summary's words. Nothing of what was made is lost: what is left out stands as it was made */
  'PUT /sessions/{id}/insights/edits': {
    path: { id: string };
    query: undefined;
    headers: { 'if-match': string };
    body: EditsSent;
    answer: ReportEdits;
  };
  /** What was heard in a session, as a file. It is noted in the audit log */
  'GET /sessions/{id}/insights/export': {
    path: { id: string };
    query: { format: string; department?: string; role?: string };
    headers: undefined;
    body: undefined;
    answer: Insights;
  };
  /** Compare a session with the one that it was cloned from, topic by topic */
  'GET /sessions/{id}/insights/trend': {
    path: { id: string };
    query: undefined;
    headers: undefined;
    body: undefined;
    answer: Trend;
  };
  /** Who is invited to a session, newest first */
  'GET /sessions/{id}/invitations': {
    path: { id: string };
    query: { cursor?: string; limit?: number };
    headers: undefined;
    body: undefined;
    answer: InvitationPage;
  };
  /** Invite somebody, or somebody who was revoked anew. The mail that says so is stored together with the invitation; while the session is a draft it waits */
  'POST /sessions/{id}/invitations': {
    path: { id: string };
    query: undefined;
    headers: { 'idempotency-key'?: string | null };
    body: Guest;
    answer: InvitationShown;
  };
  /** Invite up to 500 people at once: all of them, or none where anything is wrong. Who is invited already stays as they are */
  'POST /sessions/{id}/invitations/many': {
    path: { id: string };
    query: undefined;
    headers: { 'idempotency-key'?: string | null };
    body: Many;
    answer: ManyInvited;
  };
  /** Read a CSV file with a heading or without: addresses, names, roles, departments. Nothing is stored, and nobody is invited */
  'POST /sessions/{id}/invitations/preview': {
    path: { id: string };
    query: undefined;
    headers: undefined;
    body: Blob;
    answer: Preview;
  };
  /** Follow the conversations of a session as they are held: server-sent events called `conversation`, one for each that has begun and is not over, then one for each change. After five minutes the stream ends, and is to be opened again; it ends within a second where the login or API token by which it was opened does, or where its owner may not follow conversations any more */
  'GET /sessions/{id}/live': {
    path: { id: string };
    query: undefined;
    headers: undefined;
    body: undefined;
    answer: string;
  };
  /** Open a draft, or reopen a session that was closed; twice is once */
  'POST /sessions/{id}/open': {
    path: { id: string };
    query: undefined;
    headers: undefined;
    body: undefined;
    answer: SessionShown;
  };
  /** How well the interviews of a session were held: together, and where the session is identified, each */
  'GET /sessions/{id}/quality': {
    path: { id: string };
    query: undefined;
    headers: undefined;
    body: undefined;
    answer: Quality;
  };
  /** The same as a table: a line for each interview of an identified session, one line of means for a confidential one */
  'GET /sessions/{id}/quality/export': {
    path: { id: string };
    query: undefined;
    headers: undefined;
    body: undefined;
    answer: string;
  };
  /** Try a session out, a draft too: by the link one takes part as it was last saved. What is said is in no list and no result, locks nothing, and is erased after a week. Of each session 20 trials are kept at most; the oldest that nobody has begun makes room */
  'POST /sessions/{id}/trial': {
    path: { id: string };
    query: undefined;
    headers: undefined;
    body: undefined;
    answer: Trial;
  };
  /** Whether the first run is still to come */
  'GET /setup': {
    path: undefined;
    query: undefined;
    headers: undefined;
    body: undefined;
    answer: Setup;
  };
  /** Make the workspace and its owner, and sign in */
  'POST /setup': {
    path: undefined;
    query: undefined;
    headers: undefined;
    body: FirstRun;
    answer: Me;
  };
  /** The library of session types */
  'GET /templates': {
    path: undefined;
    query: undefined;
    headers: undefined;
    body: undefined;
    answer: Library;
  };
  /** A template of the library with all its topics, as a draft that nobody has saved */
  'GET /templates/{name}': {
    path: { name: string };
    query: undefined;
    headers: undefined;
    body: undefined;
    answer: Draft;
  };
  /** My API tokens */
  'GET /tokens': {
    path: undefined;
    query: undefined;
    headers: undefined;
    body: undefined;
    answer: Keys;
  };
  /** Make an API token: the answer has its secret, once */
  'POST /tokens': {
    path: undefined;
    query: undefined;
    headers: undefined;
    body: NewKey;
    answer: Drawn;
  };
  /** Revoke one of my API tokens for good; twice is once */
  'DELETE /tokens/{id}': {
    path: { id: string };
    query: undefined;
    headers: undefined;
    body: undefined;
    answer: undefined;
  };
  /** Who works here */
  'GET /users': {
    path: undefined;
    query: undefined;
    headers: undefined;
    body: undefined;
    answer: Colleagues;
  };
  /** Add a colleague: the answer has their first password, once */
  'POST /users': {
    path: undefined;
    query: undefined;
    headers: undefined;
    body: NewColleague;
    answer: Added;
  };
  /** Remove a colleague: their logins and API tokens end at once, and their address is free. A workspace keeps an owner */
  'DELETE /users/{id}': {
    path: { id: string };
    query: undefined;
    headers: undefined;
    body: undefined;
    answer: undefined;
  };
  /** Change what a colleague is; a workspace keeps an owner */
  'PUT /users/{id}/role': {
    path: { id: string };
    query: undefined;
    headers: undefined;
    body: RoleSent;
    answer: Colleague;
  };
  /** What all sessions of the workspace have alike */
  'GET /workspace': {
    path: undefined;
    query: undefined;
    headers: undefined;
    body: undefined;
    answer: Settings;
  };
  /** Change what all sessions of the workspace have alike. Conversations that have started keep what they started with. Where less is to be kept than before, nothing is let go of for a day */
  'PUT /workspace': {
    path: undefined;
    query: undefined;
    headers: { 'if-match': string };
    body: SettingsEdit;
    answer: Settings;
  };
  /** What would be let go of, and when, if things were kept for so many days from now on. Nothing is changed */
  'GET /workspace/keep': {
    path: undefined;
    query: { conversations?: number; recordings?: number; mails?: number };
    headers: undefined;
    body: undefined;
    answer: WouldGo;
  };
}
