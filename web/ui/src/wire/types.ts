/** Made from the server's structs by `web/server/src/page_types.rs`; not to be edited. */

/**
 * Why a response was cut short.
 */
export type CancelReason = "turn_detected" | "client_cancelled";

/**
 * An event of a client's. Fields that an interview has no use for are read over.
 */
export type ClientEvent = { "type": "session.update",
/**
 * What is wanted.
 */
session: ClientSession, } | { "type": "input_audio_buffer.append",
/**
 * Base64 in the session's input format.
 */
audio: EncodedAudio, } | { "type": "input_audio_buffer.commit", } | { "type": "input_audio_buffer.clear", } | { "type": "conversation.item.create",
/**
 * The message.
 */
item: NewItem, } | { "type": "conversation.item.truncate",
/**
 * The item.
 */
item_id: string,
/**
 * Its part; always 0 here.
 */
content_index: number,
/**
 * How much was played.
 */
audio_end_ms: number, } | { "type": "response.create",
/**
 * Wishes, of which only empty ones are granted.
 */
response?: ResponseParams | null, } | { "type": "response.cancel",
/**
 * Which response; the present one where it is not said.
 */
response_id?: string | null, } | { "type": "colloquy.control",
/**
 * Which one.
 */
action: Control, } | { "type": "colloquy.playback",
/**
 * Whether it can.
 */
holds: boolean, };

/**
 * A key for the realtime connection.
 */
export type ClientSecret = {
/**
 * `ek_…`.
 */
value: string,
/**
 * Unix seconds.
 */
expires_at: number,
/**
 * STUN and TURN servers for a call over WebRTC (`POST /v1/realtime/calls`); absent where calls are switched off, and
 * the WebSocket is the only way.
 */
ice_servers?: Array<IceServer>, };

/**
 * The session that a client wishes. What it may not wish is kept to be refused by name.
 */
export type ClientSession = {
/**
 * `realtime`.
 */
type?: string | null,
/**
 * Formats.
 */
audio?: unknown,
/**
 * `["audio"]` or `["text"]`.
 */
output_modalities?: Array<string> | null,
/**
 * The server's alone.
 */
instructions?: unknown,
/**
 * The server's alone.
 */
tools?: unknown,
/**
 * The server's alone.
 */
prompt?: unknown, };

/**
 * Who may see what one person said.
 */
export type Confidentiality = "identified" | "confidential";

/**
 * What a participant agrees to.
 */
export type ConsentBody = {
/**
 * By voice or by text.
 */
mode: Mode,
/**
 * Whether audio may be kept.
 */
recording: boolean,
/**
 * Which wording was shown; it names who outside gets what is said, if anybody does.
 */
text_version: string,
/**
 * What was shown of who sees what.
 */
confidentiality: Confidentiality, };

/**
 * A part of an item while it is made.
 */
export type ContentPart = { "type": "text",
/**
 * The words so far.
 */
text: PersonalText, } | { "type": "audio",
/**
 * The words so far.
 */
transcript: PersonalText, };

/**
 * What the participant can press.
 */
export type Control = "skip" | "repeat" | "pause" | "resume" | "end";

/**
 * One contribution by one side.
 */
export type CopyTurn = {
/**
 * Its number, by which [`quotable`](super::quotable) knows it; there are gaps.
 */
turn: number,
/**
 * Who spoke.
 */
speaker: Speaker,
/**
 * The words.
 */
text: string,
/**
 * When it began, in milliseconds of conversation time.
 */
at_ms: number,
/**
 * Whether it may be quoted; true for ours, which nobody quotes.
 */
quotable: boolean,
/**
 * Whether it was said aloud by the person and can be listened to: [`audio`](super::audio).
 */
audio: boolean, };

/**
 * Sound as text. `Debug` shows only its length: a voice is personal too.
 */
export type EncodedAudio = string;

/**
 * How the conversation ended.
 */
export type EndOutcome = "completed" | "ended_early" | "withdrawn";

/**
 * What went wrong, as a name that clients can rely on.
 */
export type ErrorCode = "invalid_json" | "invalid_event" | "unknown_event" | "unsupported_event" | "unsupported_item" | "binary_message" | "message_too_large" | "bad_audio" | "audio_too_large" | "audio_too_fast" | "bad_text" | "instructions_not_allowed" | "unsupported_format" | "conversation_taken_over" | "elsewhere" | "idle" | "conversation_ended" | "capacity" | "consent_required" | "link_revoked" | "too_many_errors" | "draining" | "internal";

/**
 * Whose fault it is.
 */
export type ErrorType = "invalid_request_error" | "server_error";

/**
 * Somebody to turn to.
 */
export type HelpContact = {
/**
 * A person or a service.
 */
name: string,
/**
 * How to reach them.
 */
reach: string, };

/**
 * A STUN or TURN server that browsers are told of.
 */
export type IceServer = {
/**
 * Such as `turn:turn.example.org:3478?transport=tcp`.
 */
urls: Array<string>,
/**
 * For TURN.
 */
username?: string,
/**
 * For TURN.
 */
credential?: string, };

/**
 * A message of one side.
 */
export type Item = {
/**
 * `item_…`.
 */
id: string,
/**
 * Always `realtime.item`.
 */
object: string,
/**
 * Always `message`.
 */
type: string,
/**
 * How far it is.
 */
status: ItemStatus,
/**
 * Whose it is.
 */
role: Role,
/**
 * What it holds.
 */
content: Array<Part>, };

/**
 * How far it is.
 */
export type ItemStatus = "in_progress" | "completed" | "incomplete";

/**
 * The way from the last voiced sample received to the first audible one sent, in milliseconds that sum to the whole.
 */
export type LatencyParts = {
/**
 * Silence until the turn was taken to be over.
 */
endpoint_wait: number,
/**
 * Transcription after that.
 */
stt_tail: number,
/**
 * Planning.
 */
plan: number,
/**
 * Until the language model's first token.
 */
llm_first_token: number,
/**
 * Until its first speakable piece.
 */
chunk_wait: number,
/**
 * Until the first synthesized sample.
 */
tts_first_audio: number,
/**
 * Until that sample was handed to the transport.
 */
send: number, };

/**
 * What a link is good for now. Over HTTP these are the words `usable`, `expired`, `revoked`, `session_closed`, `finished`
 * and `withdrawn`.
 */
export type LinkState = "usable" | "expired" | "revoked" | "session_closed" | "finished" | "withdrawn";

/**
 * How the interviewer answers.
 */
export type Modality = "audio" | "text";

/**
 * How the participant takes part.
 */
export type Mode = "voice" | "text";

/**
 * What the admin allows.
 */
export type ModeChoice = "voice" | "text" | "participant";

/**
 * An item that a client adds.
 */
export type NewItem = {
/**
 * Its id, where the client wants to choose one.
 */
id?: string | null,
/**
 * `message`.
 */
type: string,
/**
 * `user`.
 */
role?: string | null,
/**
 * Its parts.
 */
content: Array<NewPart>, };

/**
 * A part of an item that a client adds.
 */
export type NewPart = {
/**
 * `input_text`.
 */
type: string,
/**
 * What was typed.
 */
text?: PersonalText | null, };

/**
 * A conversation as its person may keep it.
 */
export type OwnCopy = {
/**
 * The study's title.
 */
title: string,
/**
 * Who asked.
 */
organisation: string,
/**
 * When it was over, in unix milliseconds.
 */
completed_at: number,
/**
 * Whether the person agreed that audio is kept.
 */
recording: boolean,
/**
 * What was said, in order; turns in which nothing was understood are left out.
 */
turns: Array<CopyTurn>, };

/**
 * A part of a message. Audio itself is never repeated in an item.
 */
export type Part = { "type": "input_text",
/**
 * What.
 */
text: PersonalText, } | { "type": "input_audio",
/**
 * Always empty: sound is never sent back, but typed clients insist on the field.
 */
audio: string,
/**
 * What was heard; empty until it is transcribed.
 */
transcript: PersonalText, } | { "type": "output_text",
/**
 * What.
 */
text: PersonalText, } | { "type": "output_audio",
/**
 * What.
 */
transcript: PersonalText, };

/**
 * Why the conversation rests.
 */
export type PauseCause = "asked" | "silence" | "disconnected" | "drain";

/**
 * What was said, on the wire a plain string. `Debug` shows only its length.
 */
export type PersonalText = string;

/**
 * An error as a client is told it. It never quotes what a person said or typed.
 */
export type ProtocolError = {
/**
 * Whose fault it is.
 */
type: ErrorType,
/**
 * What went wrong.
 */
code: ErrorCode,
/**
 * What happened and what to do.
 */
message: string,
/**
 * The field that is wrong, such as `session.audio.input.format`.
 */
param: string | null,
/**
 * The `event_id` that the client gave to the event that failed.
 */
event_id: string | null, };

/**
 * A person's word on one answer.
 */
export type QuotableBody = {
/**
 * Whether it may be quoted.
 */
quotable: boolean, };

/**
 * One contribution of the interviewer.
 */
export type Response = {
/**
 * `resp_…`.
 */
id: string,
/**
 * Always `realtime.response`.
 */
object: string,
/**
 * How far it is.
 */
status: ResponseStatus,
/**
 * More about that, once it is over.
 */
status_details: StatusDetails | null,
/**
 * Its item, once it is over.
 */
output: Array<Item>,
/**
 * The conversation, as the caller names it.
 */
conversation_id?: string,
/**
 * Spoken or written.
 */
output_modalities: Array<Modality>,
/**
 * Always `inf`.
 */
max_output_tokens: string,
/**
 * Always null: nothing is billed by tokens.
 */
usage: null, };

/**
 * What a client wishes of one response.
 */
export type ResponseParams = {
/**
 * The server's alone.
 */
instructions?: unknown,
/**
 * The server's alone.
 */
tools?: unknown,
/**
 * The server's alone.
 */
prompt?: unknown,
/**
 * The server's alone: the context is the conversation.
 */
input?: unknown, };

/**
 * How far a response is.
 */
export type ResponseStatus = "in_progress" | "completed" | "cancelled";

/**
 * Whose contribution.
 */
export type Role = "user" | "assistant";

/**
 * An event of the server's. Names and fields are those of the Realtime API; `colloquy.*` is ours.
 */
export type ServerEvent = { "type": "error",
/**
 * What.
 */
error: ProtocolError, } | { "type": "session.created",
/**
 * [`SessionView::to_wire`](super::SessionView::to_wire).
 */
session: unknown, } | { "type": "session.updated",
/**
 * [`SessionView::to_wire`](super::SessionView::to_wire).
 */
session: unknown, } | { "type": "input_audio_buffer.speech_started",
/**
 * Conversation time at which speech began.
 */
audio_start_ms: number,
/**
 * The item that will hold it.
 */
item_id: string, } | { "type": "input_audio_buffer.speech_stopped",
/**
 * Conversation time at which speech ended.
 */
audio_end_ms: number,
/**
 * The item that will hold it.
 */
item_id: string, } | { "type": "input_audio_buffer.committed",
/**
 * The item before it.
 */
previous_item_id: string | null,
/**
 * The item that holds it.
 */
item_id: string, } | { "type": "input_audio_buffer.cleared" } | { "type": "conversation.item.added",
/**
 * The item before it.
 */
previous_item_id: string | null,
/**
 * The item, perhaps still empty.
 */
item: Item, } | { "type": "conversation.item.done",
/**
 * The item before it.
 */
previous_item_id: string | null,
/**
 * The item.
 */
item: Item, } | { "type": "conversation.item.truncated",
/**
 * Which one.
 */
item_id: string,
/**
 * Always 0: our items have one part.
 */
content_index: number,
/**
 * How much of it was heard.
 */
audio_end_ms: number, } | { "type": "conversation.item.input_audio_transcription.delta",
/**
 * The item.
 */
item_id: string,
/**
 * Always 0.
 */
content_index: number,
/**
 * The new words.
 */
delta: PersonalText, } | { "type": "conversation.item.input_audio_transcription.completed",
/**
 * The item.
 */
item_id: string,
/**
 * Always 0.
 */
content_index: number,
/**
 * The words.
 */
transcript: PersonalText,
/**
 * How much was listened to.
 */
usage: TranscriptionUsage, } | { "type": "response.created",
/**
 * In progress, without output.
 */
response: Response, } | { "type": "response.output_item.added",
/**
 * The response.
 */
response_id: string,
/**
 * Always 0: a response has one item.
 */
output_index: number,
/**
 * The item, without content.
 */
item: Item, } | { "type": "response.output_item.done",
/**
 * The response.
 */
response_id: string,
/**
 * Always 0.
 */
output_index: number,
/**
 * The item, with what was heard of it.
 */
item: Item, } | { "type": "response.content_part.added",
/**
 * The response.
 */
response_id: string,
/**
 * The item.
 */
item_id: string,
/**
 * Always 0.
 */
output_index: number,
/**
 * Always 0.
 */
content_index: number,
/**
 * The part, empty.
 */
part: ContentPart, } | { "type": "response.content_part.done",
/**
 * The response.
 */
response_id: string,
/**
 * The item.
 */
item_id: string,
/**
 * Always 0.
 */
output_index: number,
/**
 * Always 0.
 */
content_index: number,
/**
 * The part.
 */
part: ContentPart, } | { "type": "response.output_audio.delta",
/**
 * The response.
 */
response_id: string,
/**
 * The item.
 */
item_id: string,
/**
 * Always 0.
 */
output_index: number,
/**
 * Always 0.
 */
content_index: number,
/**
 * Base64 in the session's output format.
 */
delta: string, } | { "type": "response.output_audio.done",
/**
 * The response.
 */
response_id: string,
/**
 * The item.
 */
item_id: string,
/**
 * Always 0.
 */
output_index: number,
/**
 * Always 0.
 */
content_index: number, } | { "type": "response.output_audio_transcript.delta",
/**
 * The response.
 */
response_id: string,
/**
 * The item.
 */
item_id: string,
/**
 * Always 0.
 */
output_index: number,
/**
 * Always 0.
 */
content_index: number,
/**
 * The words.
 */
delta: PersonalText, } | { "type": "response.output_audio_transcript.done",
/**
 * The response.
 */
response_id: string,
/**
 * The item.
 */
item_id: string,
/**
 * Always 0.
 */
output_index: number,
/**
 * Always 0.
 */
content_index: number,
/**
 * The words.
 */
transcript: PersonalText, } | { "type": "response.output_text.delta",
/**
 * The response.
 */
response_id: string,
/**
 * The item.
 */
item_id: string,
/**
 * Always 0.
 */
output_index: number,
/**
 * Always 0.
 */
content_index: number,
/**
 * The words.
 */
delta: PersonalText, } | { "type": "response.output_text.done",
/**
 * The response.
 */
response_id: string,
/**
 * The item.
 */
item_id: string,
/**
 * Always 0.
 */
output_index: number,
/**
 * Always 0.
 */
content_index: number,
/**
 * The words.
 */
text: PersonalText, } | { "type": "response.done",
/**
 * With its item.
 */
response: Response, } | { "type": "colloquy.topic",
/**
 * The topic's name within the session.
 */
topic_id: string,
/**
 * As the participant may read it.
 */
label: string,
/**
 * Which one it is, from 1.
 */
number: number,
/**
 * How many there are.
 */
of: number, } | { "type": "colloquy.stage",
/**
 * Which one.
 */
stage: Stage, } | { "type": "colloquy.progress",
/**
 * Conversation time so far.
 */
elapsed_ms: number,
/**
 * The planned length.
 */
planned_ms: number,
/**
 * Topics that were opened and left.
 */
topics_done: number,
/**
 * All topics.
 */
topics: number, } | { "type": "colloquy.consent",
/**
 * How the participant takes part.
 */
mode: Mode,
/**
 * Whether audio may be kept.
 */
recording: boolean,
/**
 * The wording that was agreed to.
 */
text_version: string, } | { "type": "colloquy.paused",
/**
 * Why.
 */
cause: PauseCause, } | { "type": "colloquy.hold",
/**
 * Whether it rests.
 */
held: boolean, } | { "type": "colloquy.resumed" } | { "type": "colloquy.ended",
/**
 * How.
 */
outcome: EndOutcome, } | { "type": "colloquy.latency",
/**
 * The response.
 */
response_id: string,
/**
 * The parts.
 */
parts: LatencyParts,
/**
 * Their sum.
 */
total_ms: number, };

/**
 * What a link is for and where it stands.
 */
export type Shown = {
/**
 * What the link is good for.
 */
state: LinkState,
/**
 * The study.
 */
session: ShownSession,
/**
 * What was agreed to, if anything was.
 */
consent: ShownConsent | null,
/**
 * Whether an admin tries the session out by this link, which counts nowhere.
 */
trial: boolean,
/**
 * Who outside gets what is said, too, because a language model helps to hold the conversation; nobody where none does, or
 * where it runs with us. To be told before anybody agrees.
 */
language_model: string | null,
/**
 * The wording that a consent must name.
 */
text_version: string, };

/**
 * What was agreed to.
 */
export type ShownConsent = {
/**
 * How they take part.
 */
mode: Mode,
/**
 * Whether audio may be kept.
 */
recording: boolean,
/**
 * The wording.
 */
text_version: string, };

/**
 * The study, as its participants may see it.
 */
export type ShownSession = {
/**
 * Title.
 */
title: string,
/**
 * Who asks.
 */
organisation: string,
/**
 * Minutes.
 */
length_min: number,
/**
 * What is talked about, in plain words; nothing where the link is good for nothing any more, as with `welcome`.
 */
topics: Array<string>,
/**
 * Who sees what.
 */
confidentiality: Confidentiality,
/**
 * By voice, by text, or as they like.
 */
mode: ModeChoice,
/**
 * Whether audio may be kept, where the person agrees.
 */
recording: boolean,
/**
 * How the session greets them; may be empty.
 */
welcome: string,
/**
 * Whom to turn to.
 */
help: HelpContact | null, };

/**
 * A side, as its person calls it.
 */
export type Speaker = "you" | "interviewer";

/**
 * Which part of the interview it is, so that a client can show what belongs to it.
 */
export type Stage = "welcome" | "asking" | "care" | "recap" | "correction" | "closing";

/**
 * More about a response that is over.
 */
export type StatusDetails = {
/**
 * The status again.
 */
type: ResponseStatus,
/**
 * Why it was cut short.
 */
reason?: CancelReason, };

/**
 * What a transcription cost.
 */
export type TranscriptionUsage = { "type": "duration",
/**
 * How many.
 */
seconds: number, };
