//! What a conversation keeps as sound, where session and person agree.

use colloquy_core::conversation::Output;
use colloquy_core::event::{Event, Mode};

use super::{Conversation, unix_ms};
use crate::error::RuntimeError;

impl Conversation {
    /// Begins or ends the recording, as what was agreed to says now.
    pub(super) async fn mind_tape(&mut self) -> Result<(), RuntimeError> {
        if !self.recording {
            self.close_tape().await;
            return Ok(());
        }
        let Some(recordings) = self.services.recordings.clone() else {
            return Ok(());
        };
        // There is nothing to hear in writing; what is heard already goes on being kept.
        if self.mode == Mode::Text || self.tape.is_some() {
            return Ok(());
        }
        let (store, node) = (&self.services.store, &self.services.node);
        let begun = recordings
            .begin(store, node, self.id, self.hearing.now(), unix_ms())
            .await;
        self.tape = begun?;
        Ok(())
    }

    pub(super) async fn close_tape(&mut self) {
        if let Some(tape) = self.tape.take() {
            tape.close().await;
        }
    }

    /// A tape that cannot be written ends, and it is noted; nothing else does.
    pub(super) async fn check_tape(&mut self) -> Result<(), RuntimeError> {
        if !self.tape.as_ref().is_some_and(crate::recording::Tape::has_failed) {
            return Ok(());
        }
        // Not waited for: the disk may hang.
        self.tape = None;
        self.recording = false;
        let event = Event::RecordingFailed;
        let before = self.store(&[Output::Record(event.clone())]).await?;
        self.recorded(before + 1, event);
        Ok(())
    }
}
