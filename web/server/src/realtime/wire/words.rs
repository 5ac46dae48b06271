//! Names and values, word for word.

use colloquy_core::event::{LatencyParts, Mode, Move, Outcome, PauseCause};
use colloquy_core::id::TurnId;
use colloquy_transport::error::{ErrorCode, ProtocolError};
use colloquy_transport::proto as wire;
use colloquy_transport::proto::{EndOutcome, Modality, ServerEvent, Stage};

pub(super) fn error(code: ErrorCode, message: String) -> ServerEvent {
    ServerEvent::Error {
        error: ProtocolError::new(code, message),
    }
}

pub(super) fn item_id(turn: TurnId) -> String {
    format!("item_{turn}")
}

pub(super) fn response_id(turn: TurnId) -> String {
    format!("resp_{turn}")
}

pub(super) fn ids(turn: TurnId) -> (String, String) {
    (response_id(turn), item_id(turn))
}

pub(super) fn outcome_of(outcome: Outcome) -> EndOutcome {
    match outcome {
        Outcome::Completed => EndOutcome::Completed,
        Outcome::EndedEarly => EndOutcome::EndedEarly,
        Outcome::Withdrawn => EndOutcome::Withdrawn,
    }
}

pub(super) fn parts_of(parts: &LatencyParts) -> wire::LatencyParts {
    wire::LatencyParts {
        endpoint_wait: parts.endpoint_wait,
        stt_tail: parts.stt_tail,
        plan: parts.plan,
        llm_first_token: parts.llm_first_token,
        chunk_wait: parts.chunk_wait,
        tts_first_audio: parts.tts_first_audio,
        send: parts.send,
    }
}

pub(super) fn mode_of(mode: Mode) -> wire::Mode {
    match mode {
        Mode::Voice => wire::Mode::Voice,
        Mode::Text => wire::Mode::Text,
    }
}

pub(super) fn modality_of(mode: Mode) -> Modality {
    match mode {
        Mode::Voice => Modality::Audio,
        Mode::Text => Modality::Text,
    }
}

pub(super) fn cause_of(cause: PauseCause) -> wire::PauseCause {
    match cause {
        PauseCause::Asked => wire::PauseCause::Asked,
        PauseCause::Silence => wire::PauseCause::Silence,
        PauseCause::Disconnected => wire::PauseCause::Disconnected,
        PauseCause::Drain => wire::PauseCause::Drain,
    }
}

/// Which part of the interview a move belongs to; `None` where it stays as it is.
pub(super) fn stage_of(mv: &Move) -> Option<Stage> {
    match mv {
        Move::Welcome { .. } => Some(Stage::Welcome),
        Move::OpenTopic { .. } | Move::ReturnTo { .. } | Move::Probe { .. } => Some(Stage::Asking),
        Move::Care { .. } => Some(Stage::Care),
        Move::Recap => Some(Stage::Recap),
        Move::AcceptCorrection => Some(Stage::Correction),
        Move::Close => Some(Stage::Closing),
        Move::Repeat | Move::Inform { .. } | Move::Hold | Move::Nudge | Move::OfferPause | Move::Reconvene { .. } => {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use colloquy_core::event::Concern;

    #[test]
    fn the_help_contact_is_shown_for_care_and_goes_when_questions_go_on() {
        let topic = colloquy_core::id::TopicId::from("pay");
        assert_eq!(
            stage_of(&Move::Care {
                concern: Concern::Harassment
            }),
            Some(Stage::Care)
        );
        assert_eq!(
            stage_of(&Move::Repeat),
            None,
            "the same question again belongs where it stood"
        );
        assert_eq!(stage_of(&Move::OpenTopic { topic }), Some(Stage::Asking));
    }
}
