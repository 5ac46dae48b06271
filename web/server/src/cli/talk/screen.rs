//! What the terminal shows: who says what, as it is said, and how long one waited for it.

use std::collections::HashSet;
use std::io::{self, Write};
use std::time::Instant;

use colloquy_transport::proto::{LatencyParts, PauseCause, ResponseStatus, ServerEvent};
use serde_json::json;

use crate::cli::bench::stats::quantile;
use crate::client::Meter;
use crate::client::call::{Moment, What};

const DIM: &str = "\x1b[2m";
const BOLD: &str = "\x1b[1m";
const PLAIN: &str = "\x1b[0m";

/// How to show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// For people, with dim and bold.
    Terminal,
    /// For people, into a file.
    Plain,
    /// For programs.
    Json,
}

/// Shows a conversation.
pub(super) struct Screen<W> {
    out: W,
    style: Style,
    began: Instant,
    /// The interviewer's line is being written.
    open: bool,
    /// Remarks that wait for the end of that line.
    waiting: Vec<String>,
    meter: Meter,
    /// What was answered: spoken items, or typed ones by their number. One that went on after a take-over comes twice.
    answers: HashSet<String>,
    totals_ms: Vec<f64>,
    /// Answers are typed, and counted and shown as they are; the server confirms them like spoken ones.
    typing: bool,
}

impl<W: Write> Screen<W> {
    pub(super) fn new(out: W, style: Style) -> Self {
        Self {
            out,
            style,
            began: Instant::now(),
            open: false,
            waiting: Vec::new(),
            meter: Meter::default(),
            answers: HashSet::new(),
            totals_ms: Vec::new(),
            typing: false,
        }
    }

    /// A remark of our own.
    pub(super) fn note(&mut self, text: &str) -> io::Result<()> {
        if self.style == Style::Json {
            return self.line(&json!({"at_ms": self.ms(Instant::now()), "note": text}).to_string());
        }
        self.close_line()?;
        let text = self.dim(text);
        self.line(&text)
    }

    /// What we typed.
    pub(super) fn typed(&mut self, text: &str) -> io::Result<()> {
        self.answers.insert(format!("typed {}", self.answers.len()));
        self.typing = true;
        if self.style == Style::Json {
            return self.line(&json!({"at_ms": self.ms(Instant::now()), "typed": text}).to_string());
        }
        self.said("you", text)
    }

    /// Shows what happened.
    pub(super) fn on(&mut self, moment: &Moment) -> io::Result<()> {
        self.meter.on(moment);
        match &moment.what {
            What::Event(event) => {
                self.count(event);
                if self.style == Style::Json {
                    return self.line(&json!({"at_ms": self.ms(moment.at), "event": event}).to_string());
                }
                self.event(event)
            }
            What::Began(id) => self.mark(moment.at, "began", *id),
            What::LastVoiced(id) => self.mark(moment.at, "last_voiced", *id),
            What::Finished(id) => self.mark(moment.at, "finished", *id),
            What::Unknown(kind) => self.note(&format!("an event that this client does not know: {kind}")),
            What::Sound { .. } | What::Sent(_) | What::Closed { .. } => Ok(()),
        }
    }

    /// How it went.
    pub(super) fn summary(&mut self) -> io::Result<()> {
        let minutes = self.began.elapsed().as_secs_f64() / 60.0;
        let meter = std::mem::take(&mut self.meter);
        let waits: Vec<f64> = meter
            .finish()
            .iter()
            .filter_map(|a| a.voice_to_voice)
            .map(|v| v.as_secs_f64() * 1000.0)
            .collect();
        let (server, client) = (quantile(&self.totals_ms, 0.5), quantile(&waits, 0.5));
        if self.style == Style::Json {
            let summary = json!({
                "answers": self.answers.len(), "minutes": minutes, "median_latency_ms": server, "median_voice_to_voice_ms": client,
            });
            return self.line(&json!({"at_ms": self.ms(Instant::now()), "summary": summary}).to_string());
        }
        let mut text = format!("{} answers in {minutes:.1} minutes", self.answers.len());
        if let Some(server) = server {
            text.push_str(&format!("; median latency {server:.0} ms on the server"));
        }
        if let Some(client) = client {
            text.push_str(&format!(", {client:.0} ms from voice to voice here"));
        }
        self.close_line()?;
        self.line(&text)
    }

    fn count(&mut self, event: &ServerEvent) {
        match event {
            ServerEvent::Committed { item_id, .. } if !self.typing => {
                self.answers.insert(item_id.clone());
            }
            ServerEvent::Latency { total_ms, .. } => self.totals_ms.push(f64::from(*total_ms)),
            _ => {}
        }
    }

    fn event(&mut self, event: &ServerEvent) -> io::Result<()> {
        match event {
            ServerEvent::OutputTranscriptDelta { delta, .. } | ServerEvent::OutputTextDelta { delta, .. } => {
                if !self.open {
                    let who = self.who("interviewer");
                    write!(self.out, "{who}")?;
                    self.open = true;
                }
                write!(self.out, "{}", delta.0)?;
                self.out.flush()
            }
            ServerEvent::ResponseDone { response } => {
                if self.open && response.status == ResponseStatus::Cancelled {
                    write!(self.out, " — (interrupted)")?;
                }
                self.close_line()
            }
            ServerEvent::TranscriptionCompleted { transcript, .. } if !self.typing => self.said("you", &transcript.0),
            ServerEvent::Latency { parts, total_ms, .. } => {
                let text = format!("             {}", waited(parts, *total_ms));
                self.remark(text)
            }
            ServerEvent::Topic { label, number, of, .. } => self.remark(format!("── {label} ({number} of {of})")),
            ServerEvent::Paused { cause } => self.remark(format!("paused: {}", why(*cause))),
            ServerEvent::Resumed => self.remark("goes on".to_owned()),
            ServerEvent::Error { error } => self.remark(format!("error {:?}: {}", error.code, error.message)),
            ServerEvent::Ended { outcome } => self.remark(format!("The interview is over ({outcome:?}).")),
            _ => Ok(()),
        }
    }

    fn mark(&mut self, at: Instant, what: &str, id: u64) -> io::Result<()> {
        if self.style == Style::Json {
            return self.line(&json!({"at_ms": self.ms(at), "answer": id, "speech": what}).to_string());
        }
        Ok(())
    }

    fn said(&mut self, who: &str, text: &str) -> io::Result<()> {
        self.close_line()?;
        let who = self.who(who);
        self.line(&format!("{who}{text}"))
    }

    /// A remark that does not break into the interviewer's line.
    fn remark(&mut self, text: String) -> io::Result<()> {
        if self.open {
            self.waiting.push(text);
            return Ok(());
        }
        let text = self.dim(&text);
        self.line(&text)
    }

    fn close_line(&mut self) -> io::Result<()> {
        if std::mem::take(&mut self.open) {
            writeln!(self.out)?;
        }
        for text in std::mem::take(&mut self.waiting) {
            let text = self.dim(&text);
            self.line(&text)?;
        }
        Ok(())
    }

    fn line(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "{text}")?;
        self.out.flush()
    }

    fn who(&self, who: &str) -> String {
        match self.style {
            Style::Terminal => format!("{BOLD}{who:<11}{PLAIN}  "),
            Style::Plain | Style::Json => format!("{who:<11}  "),
        }
    }

    fn dim(&self, text: &str) -> String {
        match self.style {
            Style::Terminal => format!("{DIM}{text}{PLAIN}"),
            Style::Plain | Style::Json => text.to_owned(),
        }
    }

    fn ms(&self, at: Instant) -> u64 {
        at.saturating_duration_since(self.began).as_millis() as u64
    }
}

/// `812 ms: endpoint 320, transcription 120, …`, without the parts that took no time.
fn waited(parts: &LatencyParts, total_ms: u32) -> String {
    let named = [
        ("endpoint", parts.endpoint_wait),
        ("transcription", parts.stt_tail),
        ("plan", parts.plan),
        ("language model", parts.llm_first_token),
        ("sentence", parts.chunk_wait),
        ("speech", parts.tts_first_audio),
        ("sending", parts.send),
    ];
    let told: Vec<String> = named
        .iter()
        .filter(|(_, ms)| *ms > 0)
        .map(|(name, ms)| format!("{name} {ms}"))
        .collect();
    match told.as_slice() {
        [] => format!("{total_ms} ms"),
        told => format!("{total_ms} ms: {}", told.join(", ")),
    }
}

fn why(cause: PauseCause) -> &'static str {
    match cause {
        PauseCause::Asked => "as asked",
        PauseCause::Silence => "nobody answered",
        PauseCause::Disconnected => "the connection was lost",
        PauseCause::Drain => "the server is being restarted",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use colloquy_transport::proto::{CancelReason, Item, ItemStatus, Modality, Response, Role, TranscriptionUsage};

    fn shown(events: Vec<ServerEvent>) -> String {
        let mut out = Vec::new();
        let mut screen = Screen::new(&mut out, Style::Plain);
        for event in events {
            screen
                .on(&Moment {
                    at: Instant::now(),
                    what: What::Event(Box::new(event)),
                })
                .unwrap();
        }
        String::from_utf8(out).unwrap()
    }

    fn delta(text: &str) -> ServerEvent {
        ServerEvent::OutputTranscriptDelta {
            response_id: "r".into(),
            item_id: "i".into(),
            output_index: 0,
            content_index: 0,
            delta: text.into(),
        }
    }

    fn response() -> (Response, Item) {
        let item = Item::message("i", Role::Assistant, ItemStatus::Completed, Vec::new());
        (Response::begun("r", Modality::Audio), item)
    }

    #[test]
    fn remarks_wait_until_the_interviewer_has_finished() {
        let parts = LatencyParts {
            endpoint_wait: 300,
            send: 4,
            ..LatencyParts::default()
        };
        let (begun, item) = response();
        let text = shown(vec![
            delta("What keeps"),
            ServerEvent::Latency {
                response_id: "r".into(),
                parts,
                total_ms: 304,
            },
            delta(" you here?"),
            ServerEvent::ResponseDone {
                response: begun.completed(item),
            },
        ]);
        assert_eq!(
            text,
            "interviewer  What keeps you here?\n             304 ms: endpoint 300, sending 4\n"
        );
    }

    #[test]
    fn an_answer_that_took_no_time_has_no_parts() {
        assert_eq!(waited(&LatencyParts::default(), 0), "0 ms");
    }

    #[test]
    fn an_interruption_is_seen() {
        let (begun, item) = response();
        let done = begun.cancelled(item, CancelReason::TurnDetected);
        let heard = ServerEvent::TranscriptionCompleted {
            item_id: "u".into(),
            content_index: 0,
            transcript: "wait".into(),
            usage: TranscriptionUsage::Duration { seconds: 1.0 },
        };
        let text = shown(vec![
            delta("And what"),
            ServerEvent::ResponseDone { response: done },
            heard,
        ]);
        assert_eq!(text, "interviewer  And what — (interrupted)\nyou          wait\n");
    }
}
