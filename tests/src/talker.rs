//! A participant: listens, answers when it is their turn, and remembers what they were told.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use colloquy::client::call::{CallOptions, Voice};
use colloquy::client::{Answer, Carrier, Interview, Link, Meter, Moment, Participant, Step, Trust, What};
use colloquy_transport::error::ErrorCode;
use colloquy_transport::proto::{Control, Mode, Part, ResponseStatus, ServerEvent};
use tokio::time::timeout;

use crate::clips::Clip;
use crate::story::Said;

/// Someone who answers typed questions.
const TYPED: [&str; 8] = [
    "Mostly good, because the new release went out last week and two customers wrote to say thank you.",
    "For example on Tuesday the build was broken for four hours and nobody could ship anything.",
    "It happens because three teams share one test machine and there is no plan for who uses it.",
    "I would give each team its own machine and one morning a week without meetings.",
    "My manager noticed it and talked to the platform team last month.",
    "That meant a lot to me, since it was the first time somebody followed up.",
    "We lost about two days on it, and I had to explain the delay to the client myself.",
    "There is not much more to say about that.",
];
/// Coming back after the server was away.
const BACK_WITHIN: Duration = Duration::from_secs(60);

/// What somebody answers with, one after the other and over again.
#[derive(Clone, Debug)]
pub enum Answers {
    /// Recordings.
    Spoken(Vec<Clip>),
    /// Words.
    Typed(Vec<String>),
}

impl Answers {
    /// Eight typed answers about work.
    #[must_use]
    pub fn typed() -> Self {
        Self::Typed(TYPED.map(str::to_owned).into())
    }
}

/// One response of the interviewer's, as the client was told it.
#[derive(Clone, Debug, Default)]
pub struct Response {
    /// `resp_N`.
    pub id: String,
    /// `item_N`.
    pub item: String,
    /// The words that began to be said, or were shown.
    pub begun: String,
    /// The words that were heard, once it is over.
    pub heard: String,
    /// How much sound came.
    pub sound: Duration,
    /// How it ended, once it is over.
    pub status: Option<ResponseStatus>,
}

/// A participant in a conversation.
#[derive(Debug)]
pub struct Talker {
    interview: Interview,
    answers: Answers,
    given: usize,
    meter: Meter,
    responses: Vec<Response>,
    heard: Vec<(String, String)>,
    errors: Vec<ErrorCode>,
    typed_at: Option<Instant>,
    waits: Vec<Duration>,
}

impl Talker {
    /// Agrees and connects by WebSocket.
    pub async fn join(link: &Link, answers: Answers) -> Self {
        Self::join_trusting(link, answers, &Trust::System).await
    }

    /// The same, where another one's word is taken that the server is the one it says.
    pub async fn join_trusting(link: &Link, answers: Answers, trust: &Trust) -> Self {
        Self::join_by(link, answers, Carrier::WebSocket, None, trust).await
    }

    /// Agrees and connects over WebRTC, where one is given by a relay: a bad network.
    pub async fn call(link: &Link, answers: Answers, relay: Option<SocketAddr>) -> Self {
        Self::join_by(link, answers, Carrier::WebRtc, relay, &Trust::System).await
    }

    async fn join_by(
        link: &Link,
        answers: Answers,
        carrier: Carrier,
        relay: Option<SocketAddr>,
        trust: &Trust,
    ) -> Self {
        let (mode, voice) = match answers {
            Answers::Spoken(_) => (Mode::Voice, Voice::Paced),
            Answers::Typed(_) => (Mode::Text, Voice::None),
        };
        let participant = Participant::trusting(link.clone(), trust).expect("a client");
        let options = CallOptions {
            voice,
            carrier,
            relay,
            ..CallOptions::default()
        };
        // Whoever is asked agrees.
        let invitation = participant.invitation().await.unwrap_or_else(|e| panic!("asking: {e}"));
        let (_, interview) = Interview::join(participant, mode, invitation.session.recording, options)
            .await
            .unwrap_or_else(|e| panic!("joining: {e}"));
        Self {
            interview,
            answers,
            given: 0,
            meter: Meter::default(),
            responses: Vec::new(),
            heard: Vec::new(),
            errors: Vec::new(),
            typed_at: None,
            waits: Vec::new(),
        }
    }

    /// Talks until `found` says so of something that happened; answers whenever it is our turn. Panics with `what` when it
    /// has not happened after `within`, or when the connection closes before.
    pub async fn until(&mut self, what: &str, within: Duration, mut found: impl FnMut(&Moment) -> bool) -> Moment {
        let by = Instant::now() + within;
        loop {
            let left = by.saturating_duration_since(Instant::now());
            let Ok(step) = timeout(left, self.interview.step()).await else {
                panic!("{what}: not within {within:?}, after {}", self.so_far());
            };
            let moment = match step {
                Step::OurTurn => {
                    self.answer().await;
                    continue;
                }
                Step::Happened(moment) => moment,
            };
            self.note(&moment);
            if found(&moment) {
                return moment;
            }
            if let What::Closed { code, reason } = &moment.what {
                panic!(
                    "{what}: the connection closed ({code:?}, {reason}) after {}",
                    self.so_far()
                );
            }
        }
    }

    /// As [`Talker::until`], for an event.
    pub async fn until_event(&mut self, what: &str, within: Duration, mut found: impl FnMut(&ServerEvent) -> bool) {
        self.until(
            what,
            within,
            |moment| matches!(&moment.what, What::Event(event) if found(event)),
        )
        .await;
    }

    /// Talks until the interviewer has said `count` things, to their end or until cut short.
    pub async fn until_responses(&mut self, count: usize, within: Duration) {
        self.until_responses_after(0, count, within).await;
    }

    /// As [`Talker::until_responses`], leaving out the first `told` responses: a connection that broke leaves one open.
    pub async fn until_responses_after(&mut self, told: usize, count: usize, within: Duration) {
        let over = self.responses.iter().skip(told).filter(|r| r.status.is_some()).count();
        let mut missing = count.saturating_sub(over);
        if missing == 0 {
            return;
        }
        let what = format!("{count} responses");
        let done = |event: &ServerEvent| {
            missing -= usize::from(matches!(event, ServerEvent::ResponseDone { .. }));
            missing == 0
        };
        self.until_event(&what, within, done).await;
    }

    /// Talks until the interview is over and the server has closed the connection.
    pub async fn until_the_end(&mut self, within: Duration) {
        self.until("the closing", within, |moment| {
            matches!(moment.what, What::Closed { .. })
        })
        .await;
        assert!(
            self.interview.is_ended(),
            "the connection closed before the closing, after {}",
            self.so_far()
        );
    }

    /// Gives the next answer, whoever has the floor.
    pub async fn answer(&mut self) {
        let given = match &self.answers {
            Answers::Spoken(clips) => {
                let clip = &clips[self.given % clips.len()];
                self.interview.say(&clip.recording).await.map(|_| ())
            }
            Answers::Typed(texts) => {
                self.typed_at = Some(Instant::now());
                self.interview.write(&texts[self.given % texts.len()]).await
            }
        };
        match given {
            Ok(()) => self.given += 1,
            // The reader tells why; a server that was killed leaves it at that.
            Err(error) => panic!("answering: {error}, after {}", self.so_far()),
        }
    }

    /// Says that it can hold what it plays when it is told to.
    pub async fn hold_when_told(&self) {
        let said = self.interview.hold_when_told().await;
        said.unwrap_or_else(|e| panic!("saying so: {e}, after {}", self.so_far()));
    }

    /// Comes back by the same link.
    pub async fn come_back(&mut self) {
        self.interview
            .rejoin(BACK_WITHIN)
            .await
            .unwrap_or_else(|e| panic!("coming back: {e}"));
    }

    /// Ends the interview, as its button does, and hears the closing.
    pub async fn end(&mut self, within: Duration) {
        self.interview
            .press(Control::End)
            .await
            .unwrap_or_else(|e| panic!("ending: {e}, after {}", self.so_far()));
        self.until_the_end(within).await;
    }

    /// Closes the connection. What the server writes because of it may come later than this returns.
    pub async fn leave(self) {
        self.interview.leave().await;
    }

    /// How many answers were given.
    #[must_use]
    pub fn given(&self) -> usize {
        self.given
    }

    /// The responses so far, in order.
    #[must_use]
    pub fn responses(&self) -> &[Response] {
        &self.responses
    }

    /// The errors so far.
    #[must_use]
    pub fn errors(&self) -> &[ErrorCode] {
        &self.errors
    }

    /// How long the response to each typed answer took to begin.
    #[must_use]
    pub fn waits(&self) -> &[Duration] {
        &self.waits
    }

    /// The transcript as the client was told it: complete answers and responses, without empty ones, in no order.
    #[must_use]
    pub fn told(&self) -> Vec<Said> {
        let answers = self.heard.iter().map(|(item, text)| (item, true, text));
        let responses = self.responses.iter().filter(|r| r.status.is_some());
        let all = answers.chain(responses.map(|r| (&r.item, false, &r.heard)));
        let said = all.map(|(item, participant, text)| Said {
            item: item.clone(),
            participant,
            text: text.clone(),
        });
        said.filter(|said| !said.text.is_empty()).collect()
    }

    /// What was said in each spoken answer, and what is known of it.
    #[must_use]
    pub fn measured(self) -> Vec<(String, Answer)> {
        let Answers::Spoken(clips) = self.answers else {
            panic!("typed answers are not measured");
        };
        let text = |answer: &Answer| clips[(answer.id as usize - 1) % clips.len()].text.clone();
        self.meter
            .finish()
            .into_iter()
            .map(|answer| (text(&answer), answer))
            .collect()
    }

    /// A line for messages: nothing in it was said by anybody.
    fn so_far(&self) -> String {
        let (answers, responses, errors) = (self.given, self.responses.len(), &self.errors);
        format!("{answers} answers, {responses} responses, errors {errors:?}")
    }

    fn note(&mut self, moment: &Moment) {
        self.meter.on(moment);
        match &moment.what {
            What::Event(event) => self.note_event(moment.at, event),
            What::Sound {
                response_id, samples, ..
            } => {
                let length =
                    Duration::from_secs_f64(samples.len() as f64 / f64::from(colloquy::client::sound::RATE_HZ));
                if let Some(response) = self.response(response_id) {
                    response.sound += length;
                }
            }
            _ => {}
        }
    }

    fn note_event(&mut self, at: Instant, event: &ServerEvent) {
        match event {
            ServerEvent::ResponseCreated { response } => {
                let id = response.id.clone();
                self.responses.push(Response {
                    id,
                    ..Response::default()
                });
                self.waits
                    .extend(self.typed_at.take().map(|typed| at.saturating_duration_since(typed)));
            }
            ServerEvent::OutputTranscriptDelta { response_id, delta, .. }
            | ServerEvent::OutputTextDelta { response_id, delta, .. } => {
                if let Some(response) = self.response(response_id) {
                    response.begun.push_str(&delta.0);
                }
            }
            ServerEvent::ResponseDone { response } => {
                let (item, status) = (response.output.first().cloned(), response.status);
                let Some(known) = self.response(&response.id) else {
                    return;
                };
                known.status = Some(status);
                let Some(item) = item else { return };
                known.item = item.id;
                known.heard = item.content.iter().map(words_of).collect();
            }
            ServerEvent::TranscriptionCompleted {
                item_id, transcript, ..
            } => {
                let text = transcript.0.clone();
                match self.heard.iter_mut().find(|(item, _)| item == item_id) {
                    // An answer that went on after a take-over comes again, as a whole.
                    Some((_, known)) => *known = text,
                    None => self.heard.push((item_id.clone(), text)),
                }
            }
            ServerEvent::Error { error } => self.errors.push(error.code),
            _ => {}
        }
    }

    /// The newest response with this id: one whose take-over was undone comes again.
    fn response(&mut self, id: &str) -> Option<&mut Response> {
        self.responses.iter_mut().rev().find(|response| response.id == id)
    }
}

fn words_of(part: &Part) -> &str {
    match part {
        Part::InputText { text } | Part::OutputText { text } => &text.0,
        Part::InputAudio { transcript, .. } | Part::OutputAudio { transcript } => &transcript.0,
    }
}
