//! One participant of a bench.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use colloquy_transport::proto::Mode;

use super::speech::Clip;
use crate::client::call::{CallOptions, What};
use crate::client::{Answer, Carrier, Interview, Link, Meter, Participant, Recording, Step, Trust};

/// How long a server may be away.
const BACK_WITHIN: Duration = Duration::from_secs(60);

/// What one participant is to do.
#[derive(Clone, Debug)]
pub(super) struct Role {
    /// From 0.
    pub(super) participant: usize,
    pub(super) link: Link,
    /// What to say, in order.
    pub(super) lines: Vec<Arc<(Clip, Recording)>>,
    /// When to join, after the bench began.
    pub(super) joins_after: Duration,
    pub(super) way: Way,
}

/// How to connect.
#[derive(Clone, Debug, Default)]
pub(super) struct Way {
    pub(super) carrier: Carrier,
    pub(super) trust: Trust,
}

/// What became of it.
#[derive(Debug)]
pub(super) struct Played {
    pub(super) participant: usize,
    /// Each answer with what was said in it.
    pub(super) answers: Vec<(Arc<(Clip, Recording)>, Answer)>,
    /// Times that the connection was lost and found again.
    pub(super) reconnects: u32,
    /// The interviewer closed before all answers were given.
    pub(super) ended: bool,
    /// What stopped it.
    pub(super) error: Option<String>,
}

impl Role {
    /// Plays it in real time. What goes wrong is part of the result: the others go on.
    pub(super) async fn play(self) -> Played {
        let mut played = Played {
            participant: self.participant,
            answers: Vec::new(),
            reconnects: 0,
            ended: false,
            error: None,
        };
        tokio::time::sleep(self.joins_after).await;
        let mut meter = Meter::default();
        let mut said = Vec::new();
        let done = self.speak(&mut meter, &mut said, &mut played).await;
        played.error = done.err().map(|error| format!("{error:#}"));
        // Numbers of answers count from 1 in the order in which they were said.
        let line = |answer: Answer| {
            Some((
                said.get(usize::try_from(answer.id).ok()?.checked_sub(1)?)?.clone(),
                answer,
            ))
        };
        played.answers = meter
            .finish()
            .into_iter()
            .filter_map(|answer| line(answer.clone()))
            .collect();
        played
    }

    async fn speak(
        &self,
        meter: &mut Meter,
        said: &mut Vec<Arc<(Clip, Recording)>>,
        played: &mut Played,
    ) -> anyhow::Result<()> {
        let participant = Participant::trusting(self.link.clone(), &self.way.trust)?;
        let options = CallOptions {
            carrier: self.way.carrier,
            ..CallOptions::default()
        };
        let joined = Interview::join(participant, Mode::Voice, false, options).await;
        let (_, mut interview) = joined.with_context(|| format!("participant {} cannot join", self.participant + 1))?;
        let mut lines = self.lines.iter();
        while !interview.is_ended() {
            match interview.step().await {
                Step::OurTurn => {
                    let Some(line) = lines.next() else {
                        interview.leave().await;
                        return Ok(());
                    };
                    said.push(line.clone());
                    // A connection that breaks now says so by its next step.
                    let _ = interview.say(&line.1).await;
                }
                Step::Happened(moment) => {
                    meter.on(&moment);
                    if let What::Closed { reason, .. } = moment.what {
                        anyhow::ensure!(interview.may_come_back(), "the server ended it: {reason}");
                        interview.rejoin(BACK_WITHIN).await?;
                        played.reconnects += 1;
                    }
                }
            }
        }
        played.ended = lines.next().is_some();
        interview.leave().await;
        Ok(())
    }
}

/// When an answer began, in seconds after the bench.
pub(super) fn seconds_after(began: Instant, answer: &Answer) -> f64 {
    answer.began.saturating_duration_since(began).as_secs_f64()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::testing::{Fake, Manner, tone};

    fn line(ms: usize) -> Arc<(Clip, Recording)> {
        let clip = Clip {
            path: "tone.wav".into(),
            name: "tone".into(),
            words: Some(vec!["a".into(), "tone".into()]),
            baseline_errors: None,
        };
        Arc::new((clip, Recording::new("tone".into(), tone(ms)).unwrap()))
    }

    #[tokio::test]
    async fn a_participant_says_its_lines_and_leaves() {
        let fake = Fake::start(Manner {
            answers: 100,
            ..Manner::default()
        })
        .await;
        let role = Role {
            participant: 0,
            link: Link::parse(&fake.link).unwrap(),
            lines: vec![line(200), line(300)],
            joins_after: Duration::ZERO,
            way: Way::default(),
        };
        let played = role.play().await;
        assert_eq!(
            (played.error.as_deref(), played.answers.len(), played.ended),
            (None, 2, false)
        );
        assert!(played.answers.iter().all(|(_, a)| a.answered() && !a.taken_over()));
    }

    #[tokio::test]
    async fn one_who_cannot_join_says_why() {
        let role = Role {
            participant: 3,
            link: Link::parse("http://127.0.0.1:9/i/x").unwrap(),
            lines: vec![line(200)],
            joins_after: Duration::ZERO,
            way: Way::default(),
        };
        let error = role.play().await.error.unwrap();
        assert!(
            error.contains("participant 4 cannot join") && error.contains("cannot be reached"),
            "{error}"
        );
    }
}
