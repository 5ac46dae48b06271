//! A whole conversation from the participant's side: listens, takes turns, yields when it is interrupted, comes back.

use std::time::{Duration, Instant};

use colloquy_transport::error::ErrorCode;
use colloquy_transport::proto::{ClientEvent, Control, Mode, NewItem, NewPart, ServerEvent};

use super::call::{Call, CallOptions, Moment, Speech, Voice, What};
use super::ear::Ear;
use super::error::ClientError;
use super::participant::{Invitation, Participant};
use super::recording::Recording;
use super::turns::Turns;

/// A conversation.
#[derive(Debug)]
pub struct Interview {
    participant: Participant,
    options: CallOptions,
    call: Call,
    ear: Ear,
    turns: Turns,
    spoken: u64,
    ended: bool,
    /// The last thing that went wrong, which says whether coming back makes sense.
    error: Option<ErrorCode>,
}

/// What to do next.
#[derive(Debug)]
pub enum Step {
    /// Something happened; it is taken into account already.
    Happened(Moment),
    /// It is our turn: speak, or type.
    OurTurn,
}

impl Interview {
    /// Agrees and connects.
    ///
    /// # Errors
    /// As [`Participant::join`].
    pub async fn join(
        participant: Participant,
        mode: Mode,
        recording: bool,
        options: CallOptions,
    ) -> Result<(Invitation, Self), ClientError> {
        let (invitation, call) = participant.join(mode, recording, options).await?;
        let interview = Self {
            participant,
            options,
            call,
            ear: Ear::default(),
            turns: Turns::new(Instant::now()),
            spoken: 0,
            ended: false,
            error: None,
        };
        Ok((invitation, interview))
    }

    /// Waits for the next thing that happens, or for our turn. Safe to drop and call again.
    pub async fn step(&mut self) -> Step {
        // A person with a microphone takes their turn without being told.
        let ours_at = match self.options.voice {
            Voice::Live => None,
            Voice::Paced | Voice::None => self.turns.ours_at(self.ear.heard_at()),
        };
        let ours = async {
            match ours_at {
                Some(at) => tokio::time::sleep_until(at.into()).await,
                None => std::future::pending().await,
            }
        };
        let moment = tokio::select! {
            moment = self.call.next() => moment,
            () = ours => return Step::OurTurn,
        };
        self.on_moment(&moment).await;
        Step::Happened(moment)
    }

    async fn on_moment(&mut self, moment: &Moment) {
        match &moment.what {
            What::Sound { item_id, samples, .. } => {
                self.ear.take(moment.at, item_id, samples.len());
            }
            What::Finished(_) => self.turns.finish(moment.at),
            What::Event(event) => {
                self.turns.on_event(moment.at, event);
                match event.as_ref() {
                    ServerEvent::SpeechStarted { .. } => self.yield_floor(moment.at).await,
                    ServerEvent::Ended { .. } => self.ended = true,
                    ServerEvent::Error { error } => self.error = Some(error.code),
                    _ => {}
                }
            }
            _ => {}
        }
    }

    /// We were heard while the interviewer spoke: as a browser does, drop what was not played yet, and say how much was.
    async fn yield_floor(&mut self, at: Instant) {
        if let Some(cut) = self.ear.flush(at) {
            let truncate = ClientEvent::ItemTruncate {
                item_id: cut.item_id,
                content_index: 0,
                audio_end_ms: cut.heard_ms,
            };
            // A connection that breaks now says so by itself.
            let _ = self.call.send(truncate).await;
        }
    }

    /// Says an answer, and its number; [`What::Finished`] with it follows.
    ///
    /// # Errors
    /// [`ClientError::Closed`].
    pub async fn say(&mut self, recording: &Recording) -> Result<u64, ClientError> {
        self.spoken += 1;
        self.turns.begin();
        let speech = Speech {
            id: self.spoken,
            samples: recording.samples.clone(),
            last_voiced_frame: recording.last_voiced_frame,
        };
        self.call.speak(speech).await?;
        Ok(self.spoken)
    }

    /// Types an answer.
    ///
    /// # Errors
    /// [`ClientError::Closed`].
    pub async fn write(&mut self, text: &str) -> Result<(), ClientError> {
        self.turns.begin();
        let part = NewPart {
            kind: "input_text".to_owned(),
            text: Some(text.into()),
        };
        let item = NewItem {
            id: None,
            kind: "message".to_owned(),
            role: Some("user".to_owned()),
            content: vec![part],
        };
        self.call.send(ClientEvent::ItemCreate { item }).await?;
        self.turns.finish(Instant::now());
        Ok(())
    }

    /// Sends what a microphone just heard: mono at 24 kHz.
    ///
    /// # Errors
    /// [`ClientError::Closed`].
    pub async fn live(&self, samples: Vec<f32>) -> Result<(), ClientError> {
        self.call.live(samples).await
    }

    /// Says that we can hold what we play when we are told to.
    ///
    /// # Errors
    /// [`ClientError`] when the line is gone.
    pub async fn hold_when_told(&self) -> Result<(), ClientError> {
        self.call.send(ClientEvent::Playback { holds: true }).await
    }

    /// Presses a button.
    ///
    /// # Errors
    /// [`ClientError::Closed`].
    pub async fn press(&self, action: Control) -> Result<(), ClientError> {
        self.call.send(ClientEvent::Control { action }).await
    }

    /// Whether the interview is over, and not only the connection.
    #[must_use]
    pub fn is_ended(&self) -> bool {
        self.ended
    }

    /// Whether coming back by the same link makes sense after the connection closed.
    #[must_use]
    pub fn may_come_back(&self) -> bool {
        use ErrorCode as Code;
        let for_good = matches!(
            self.error,
            Some(
                Code::ConversationTakenOver
                    | Code::Idle
                    | Code::ConversationEnded
                    | Code::ConsentRequired
                    | Code::LinkRevoked
                    | Code::TooManyErrors
            )
        );
        !self.ended && !for_good
    }

    /// Comes back by the same link, within at most `within`.
    ///
    /// # Errors
    /// As [`Participant::rejoin`].
    pub async fn rejoin(&mut self, within: Duration) -> Result<(), ClientError> {
        self.call = self.participant.rejoin(self.options, within).await?;
        let now = Instant::now();
        self.ear = Ear::default();
        self.turns.rejoined(now);
        self.error = None;
        Ok(())
    }

    /// Closes the connection; the interview can be continued by the same link.
    pub async fn leave(self) {
        self.call.close().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::testing::{Fake, Manner, tone};
    use crate::client::{Answer, Link, Meter};

    fn answer(ms: usize) -> Recording {
        Recording::new("tone".into(), tone(ms)).unwrap()
    }

    async fn join(fake: &Fake, mode: Mode, voice: Voice) -> Interview {
        let participant = Participant::new(Link::parse(&fake.link).unwrap()).unwrap();
        let options = CallOptions {
            voice,
            ..CallOptions::default()
        };
        Interview::join(participant, mode, false, options).await.unwrap().1
    }

    async fn hold(interview: &mut Interview, recording: &Recording) -> (Vec<Answer>, u32) {
        let (mut meter, mut restarts) = (Meter::default(), 0);
        while !interview.is_ended() {
            match interview.step().await {
                Step::OurTurn => {
                    interview.say(recording).await.unwrap();
                }
                Step::Happened(moment) => {
                    meter.on(&moment);
                    if matches!(moment.what, What::Closed { .. }) {
                        assert!(interview.may_come_back());
                        interview.rejoin(Duration::from_secs(5)).await.unwrap();
                        restarts += 1;
                    }
                }
            }
        }
        (meter.finish(), restarts)
    }

    #[tokio::test]
    async fn an_interview_is_held_to_its_end_and_each_answer_measured() {
        let fake = Fake::start(Manner {
            answers: 3,
            ..Manner::default()
        })
        .await;
        let mut interview = join(&fake, Mode::Voice, Voice::Paced).await;
        let (answers, _) = hold(&mut interview, &answer(400)).await;
        assert_eq!(answers.len(), 3);
        for answer in &answers {
            // The fake waits for 300 ms of silence.
            let waited = answer.voice_to_voice.unwrap().as_millis();
            assert!((280..900).contains(&waited), "{waited}");
            assert!(!answer.taken_over() && answer.answered());
            assert_eq!(answer.parts.unwrap().endpoint_wait, 300);
            assert_eq!(answer.transcript(), "a tone of some length");
        }
    }

    #[tokio::test]
    async fn a_take_over_in_a_pause_is_noticed() {
        let fake = Fake::start(Manner {
            answers: 1,
            ..Manner::default()
        })
        .await;
        let mut interview = join(&fake, Mode::Voice, Voice::Paced).await;
        let halting = [tone(300), vec![0.0; 12_000], tone(300)].concat();
        let (answers, _) = hold(&mut interview, &Recording::new("halting".into(), halting).unwrap()).await;
        assert!(answers[0].taken_over() && answers[0].committed_inside);
    }

    #[tokio::test]
    async fn the_same_link_leads_back_after_a_restart() {
        let fake = Fake::start(Manner {
            answers: 2,
            drain_after: Some(1),
            ..Manner::default()
        })
        .await;
        let mut interview = join(&fake, Mode::Voice, Voice::Paced).await;
        let (answers, restarts) = hold(&mut interview, &answer(300)).await;
        assert_eq!((answers.len(), restarts), (2, 1));
    }

    #[tokio::test]
    async fn typed_answers_go_on_to_the_end() {
        let fake = Fake::start(Manner {
            answers: 2,
            ..Manner::default()
        })
        .await;
        let mut interview = join(&fake, Mode::Text, Voice::None).await;
        let mut written = 0;
        while !interview.is_ended() {
            if let Step::OurTurn = interview.step().await {
                interview.write("because of the people").await.unwrap();
                written += 1;
            }
        }
        assert_eq!((written, fake.typed().len()), (2, 2));
        assert_eq!(fake.typed()[0], "because of the people");
    }

    #[tokio::test]
    async fn who_is_interrupted_says_how_much_was_heard() {
        let fake = Fake::start(Manner {
            answers: 1,
            greeting_ms: 3_000,
            ..Manner::default()
        })
        .await;
        let mut interview = join(&fake, Mode::Voice, Voice::Paced).await;
        // Speaks into the greeting, as soon as it begins.
        while !matches!(
            interview.step().await,
            Step::Happened(Moment {
                what: What::Sound { .. },
                ..
            })
        ) {}
        interview.say(&answer(300)).await.unwrap();
        while !interview.is_ended() {
            interview.step().await;
        }
        let heard_ms = fake.truncated().expect("a truncation");
        assert!(heard_ms < 2_000, "{heard_ms}");
    }
}
