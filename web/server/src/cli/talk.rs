//! `colloquy talk`: an interview from the terminal, by files, by typing, or by microphone.

mod save;
mod screen;

// Microphone and speaker need a system library, and are therefore a feature.
#[cfg_attr(feature = "mic", path = "talk/live.rs")]
#[cfg_attr(not(feature = "mic"), path = "talk/no_live.rs")]
mod live;

use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, bail};
use clap::Args;
use colloquy_transport::proto::{Control, Mode, PauseCause, ServerEvent};

use crate::client::call::{CallOptions, Moment, Voice, What};
use crate::client::trust::TrustArgs;
use crate::client::{Carrier, Interview, Invitation, Link, Participant, Recording, Step};
use live::Devices;
use save::Recorder;
use screen::{Screen, Style};

/// How long a server may be away: a restart with all weights takes about ten seconds.
const BACK_WITHIN: Duration = Duration::from_secs(60);

/// Take part in an interview from the terminal.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  Speak files as answers, over and over, and keep the conversation to listen to:
    colloquy talk --link http://localhost:8080/i/TOKEN --wav one.wav two.flac --save conversation.wav
  Type, one answer after the other:
    colloquy talk --link http://localhost:8080/i/TOKEN --text \"I like the people.\" --text \"Nothing comes to mind.\"
  Speak into the microphone (wear headphones; needs a build with `--features mic`):
    colloquy talk --link http://localhost:8080/i/TOKEN")]
pub struct TalkArgs {
    /// The participant's link, as in the invitation.
    #[arg(long, value_name = "URL")]
    pub link: String,
    /// WAV or FLAC files to speak as answers, in real time, from the first again after the last.
    #[arg(long, value_name = "FILE", num_args = 1.., conflicts_with = "text")]
    pub wav: Vec<PathBuf>,
    /// Answers to type instead, from the first again after the last.
    #[arg(long, value_name = "ANSWER", num_args = 1..)]
    pub text: Vec<String>,
    /// Keep the conversation as stereo WAV in real time: left the participant, right the interviewer.
    #[arg(long, value_name = "OUT.wav", conflicts_with = "text")]
    pub save: Option<PathBuf>,
    /// Agree that the server keeps the audio, where the session offers it.
    #[arg(long)]
    pub recording: bool,
    /// Call over WebRTC, as a browser does, instead of a WebSocket.
    #[arg(long)]
    pub webrtc: bool,
    /// Whose word is taken that the server is the one it says.
    #[command(flatten)]
    pub trust: TrustArgs,
    /// Print one JSON object a line for everything that happens, instead of the transcript.
    #[arg(long)]
    pub json: bool,
}

/// Where answers come from.
enum Answers {
    Spoken(Vec<Recording>),
    Typed(Vec<String>),
    Live(Box<Devices>),
}

impl Answers {
    fn choose(args: &TalkArgs) -> anyhow::Result<Self> {
        if !args.text.is_empty() {
            return Ok(Self::Typed(args.text.clone()));
        }
        if args.wav.is_empty() {
            return Ok(Self::Live(Box::new(Devices::open()?)));
        }
        let files: Result<Vec<Recording>, _> = args.wav.iter().map(|path| Recording::open(path)).collect();
        Ok(Self::Spoken(files?))
    }

    fn mode(&self) -> Mode {
        match self {
            Self::Typed(_) => Mode::Text,
            Self::Spoken(_) | Self::Live(_) => Mode::Voice,
        }
    }

    fn voice(&self) -> Voice {
        match self {
            Self::Spoken(_) => Voice::Paced,
            Self::Typed(_) => Voice::None,
            Self::Live(_) => Voice::Live,
        }
    }

    fn are_live(&self) -> bool {
        matches!(self, Self::Live(_))
    }

    /// What a microphone hears next; for ever nothing where there is none.
    async fn heard(&mut self) -> Vec<f32> {
        match self {
            Self::Live(devices) => devices.heard().await,
            Self::Spoken(_) | Self::Typed(_) => std::future::pending().await,
        }
    }
}

/// Holds the interview until it ends, or until Ctrl-C.
///
/// # Errors
/// A link, a file or a server that cannot be used, and what to do about it.
pub async fn talk(args: TalkArgs) -> anyhow::Result<()> {
    let style = match (args.json, std::io::stdout().is_terminal()) {
        (true, _) => Style::Json,
        (false, true) => Style::Terminal,
        (false, false) => Style::Plain,
    };
    // Files first: a wrong name must not cost the person a started conversation.
    let answers = Answers::choose(&args)?;
    talk_with(args, answers, Screen::new(std::io::stdout(), style)).await
}

async fn talk_with<W: Write>(args: TalkArgs, answers: Answers, mut screen: Screen<W>) -> anyhow::Result<()> {
    let participant = Participant::trusting(Link::parse(&args.link)?, &args.trust.clone().into())?;
    let recorder = args.save.as_deref().map(Recorder::create).transpose()?;
    let options = CallOptions {
        voice: answers.voice(),
        tap: recorder.is_some(),
        carrier: Carrier::chosen(args.webrtc),
        relay: None,
    };
    let joined = Interview::join(participant, answers.mode(), args.recording, options).await;
    let (invitation, interview) = joined.context("the interview could not be joined")?;
    greet(&mut screen, &invitation)?;
    let mut talk = Talk {
        interview,
        answers,
        screen,
        recorder,
        next: 0,
    };
    let done = talk.run().await;
    talk.screen.summary()?;
    if let Some(recorder) = talk.recorder {
        recorder.finish()?;
    }
    talk.interview.leave().await;
    done
}

fn greet<W: Write>(screen: &mut Screen<W>, invitation: &Invitation) -> std::io::Result<()> {
    let session = &invitation.session;
    screen.note(&format!(
        "{} · {} · {} minutes · {}",
        session.title, session.organisation, session.length_min, session.confidentiality
    ))?;
    screen.note(&format!("Topics: {}", session.topics.join("; ")))
}

struct Talk<W> {
    interview: Interview,
    answers: Answers,
    screen: Screen<W>,
    recorder: Option<Recorder>,
    /// Which answer comes next.
    next: usize,
}

impl<W: Write> Talk<W> {
    async fn run(&mut self) -> anyhow::Result<()> {
        let mut interrupted = std::pin::pin!(tokio::signal::ctrl_c());
        while !self.interview.is_ended() {
            tokio::select! {
                step = self.interview.step() => match step {
                    Step::OurTurn => self.answer().await?,
                    Step::Happened(moment) => self.on_moment(&moment).await?,
                },
                // A connection that breaks says so by its next step.
                samples = self.answers.heard() => { let _ = self.interview.live(samples).await; }
                _ = &mut interrupted => {
                    self.screen.note("Left. The same link goes on where you were.")?;
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    async fn answer(&mut self) -> anyhow::Result<()> {
        // A connection that breaks meanwhile says so by its next step, and the answer is given again after it.
        match &self.answers {
            Answers::Spoken(files) => {
                let _ = self.interview.say(&files[self.next % files.len()]).await;
            }
            Answers::Typed(texts) => {
                let text = &texts[self.next % texts.len()];
                if self.interview.write(text).await.is_ok() {
                    self.next += 1;
                    self.screen.typed(text)?;
                }
            }
            Answers::Live(_) => {}
        }
        Ok(())
    }

    async fn on_moment(&mut self, moment: &Moment) -> anyhow::Result<()> {
        self.screen.on(moment)?;
        if let Some(recorder) = &mut self.recorder {
            recorder.on(moment)?;
        }
        match &moment.what {
            What::Finished(_) => self.next += 1,
            What::Sound { samples, .. } => {
                if let Answers::Live(devices) = &mut self.answers {
                    devices.play(samples);
                }
            }
            What::Event(event) => self.on_event(event).await,
            What::Closed { reason, .. } if self.interview.may_come_back() => {
                self.screen.note(&format!(
                    "The connection is lost ({reason}). Coming back by the same link …"
                ))?;
                self.interview.rejoin(BACK_WITHIN).await?;
                self.screen.note("Back.")?;
            }
            What::Closed { reason, .. } if !self.interview.is_ended() => bail!("the server ended it: {reason}"),
            _ => {}
        }
        Ok(())
    }

    async fn on_event(&mut self, event: &ServerEvent) {
        match event {
            ServerEvent::SpeechStarted { .. } => {
                if let Answers::Live(devices) = &mut self.answers {
                    devices.hush();
                }
            }
            // Files need no break. A connection that breaks now says so by its next step.
            ServerEvent::Paused {
                cause: PauseCause::Asked | PauseCause::Silence,
            } if !self.answers.are_live() => {
                let _ = self.interview.press(Control::Resume).await;
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::testing::{Fake, Manner, tone};

    fn args(link: &str) -> TalkArgs {
        TalkArgs {
            link: link.to_owned(),
            wav: Vec::new(),
            text: Vec::new(),
            save: None,
            recording: false,
            webrtc: false,
            trust: TrustArgs::default(),
            json: false,
        }
    }

    #[tokio::test]
    async fn files_are_spoken_to_the_end_and_the_whole_is_kept() {
        let fake = Fake::start(Manner {
            answers: 2,
            ..Manner::default()
        })
        .await;
        let folder = tempfile::tempdir().unwrap();
        let saved = folder.path().join("out.wav");
        let args = TalkArgs {
            save: Some(saved.clone()),
            ..args(&fake.link)
        };
        let answers = Answers::Spoken(vec![Recording::new("tone".into(), tone(300)).unwrap()]);
        let mut told = Vec::new();
        talk_with(args, answers, Screen::new(&mut told, Style::Plain))
            .await
            .unwrap();
        let told = String::from_utf8(told).unwrap();
        assert!(told.contains("Stay interview · Acme"), "{told}");
        assert_eq!(told.matches("a tone of some length").count(), 2, "{told}");
        assert!(told.contains("300 ms: endpoint 300"), "{told}");
        assert!(told.contains("2 answers"), "{told}");
        let reader = hound::WavReader::open(&saved).unwrap();
        assert_eq!((reader.spec().channels, reader.spec().sample_rate), (2, 24_000));
        let samples: Vec<i16> = reader.into_samples().map(Result::unwrap).collect();
        let loud = |side: usize| samples.chunks(2).filter(|both| both[side].abs() > 3_000).count();
        // Two answers of 300 ms; a greeting of 200 ms and a reply of 100 ms.
        assert!(
            (7_000..16_000).contains(&loud(0)) && loud(1) > 3_000,
            "{} {}",
            loud(0),
            loud(1)
        );
    }

    #[tokio::test]
    async fn json_is_one_object_a_line() {
        let fake = Fake::start(Manner {
            answers: 1,
            ..Manner::default()
        })
        .await;
        let args = TalkArgs {
            json: true,
            ..args(&fake.link)
        };
        let mut told = Vec::new();
        let answers = Answers::Typed(vec!["the people".into()]);
        talk_with(args, answers, Screen::new(&mut told, Style::Json))
            .await
            .unwrap();
        let lines: Vec<serde_json::Value> = told
            .split(|b| *b == b'\n')
            .filter(|l| !l.is_empty())
            .map(|l| serde_json::from_slice(l).unwrap())
            .collect();
        assert!(lines.iter().any(|line| line["event"]["type"] == "colloquy.ended"));
        assert_eq!(lines.last().unwrap()["summary"]["answers"], 1);
    }

    #[cfg(not(feature = "mic"))]
    #[test]
    fn without_answers_it_says_what_to_give() {
        let error = Answers::choose(&args("http://x/i/y")).err().unwrap().to_string();
        assert!(
            error.contains("--wav") && error.contains("--text") && error.contains("--features mic"),
            "{error}"
        );
    }
}
