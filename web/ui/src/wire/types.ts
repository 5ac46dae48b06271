/**
 * What goes over the wire, by the names of the server's structs: `web/server/src/participant/*.rs` and
 * `media/transport/src/proto/*.rs`. Written by hand for now; it will be generated from them, and the build will then fail
 * where they differ.
 */

/** How a participant takes part. */
export type Mode = 'voice' | 'text';

/** What a link is good for. `withdrawn` and `declined` are states of the conversation behind it. */
export type LinkState = 'usable' | 'expired' | 'revoked' | 'session_closed' | 'finished' | 'withdrawn';

/** Whom to turn to. */
export interface HelpContact {
  name: string;
  /** A telephone number, an address for mail or the web, or a sentence. */
  reach: string;
}

/** The study, as its participants may see it. */
export interface ShownSession {
  title: string;
  organisation: string;
  length_min: number;
  topics: string[];
  confidentiality: 'identified' | 'confidential';
  mode: Mode | 'participant';
  recording: boolean;
  help: HelpContact | null;
}

/** What was agreed to. */
export interface ShownConsent {
  mode: Mode;
  recording: boolean;
  text_version: string;
}

/** `GET /api/participant/{token}`. */
export interface Shown {
  state: LinkState;
  session: ShownSession;
  consent: ShownConsent | null;
  text_version: string;
}

/** `POST /api/participant/{token}/consent`. */
export interface ConsentBody {
  mode: Mode;
  recording: boolean;
  text_version: string;
}

/** A STUN or TURN server. */
export interface IceServer {
  urls: string | string[];
  username?: string;
  credential?: string;
}

/** `POST /api/participant/{token}/client_secret`. */
export interface ClientSecret {
  value: string;
  /** Unix seconds. */
  expires_at: number;
  ice_servers?: IceServer[];
}

/** One contribution in a person's own copy. */
export interface CopyTurn {
  turn: number;
  speaker: 'you' | 'interviewer';
  text: string;
  /** Conversation time. */
  at_ms: number;
  /** Whether it may be quoted. */
  quotable: boolean;
}

/** `GET /api/participant/{token}/copy`. */
export interface OwnCopy {
  title: string;
  organisation: string;
  /** Unix milliseconds. */
  completed_at: number | null;
  /** Whether sound was kept. */
  recording: boolean;
  turns: CopyTurn[];
}

/** Why the conversation rests. */
export type PauseCause = 'asked' | 'silence' | 'disconnected' | 'drain';

/** How it ended. */
export type EndOutcome = 'completed' | 'ended_early' | 'withdrawn';

/** A button of the participant's page. */
export type Control = 'skip' | 'repeat' | 'pause' | 'resume' | 'end';

/** Where the interview is, beside its topics. */
export type Stage = 'welcome' | 'asking' | 'care' | 'recap' | 'correction' | 'closing';

/** What a client says. */
export type ClientEvent =
  | { type: 'input_audio_buffer.append'; audio: string }
  | { type: 'input_audio_buffer.commit' }
  | {
      type: 'conversation.item.create';
      item: { id: string; type: 'message'; role: 'user'; content: [{ type: 'input_text'; text: string }] };
    }
  | { type: 'conversation.item.truncate'; item_id: string; content_index: 0; audio_end_ms: number }
  | { type: 'colloquy.control'; action: Control };
