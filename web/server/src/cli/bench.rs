//! `colloquy bench`: what participants wait for, measured at their end, with as many at once as wanted.

mod calls;
mod duplex;
mod html;
mod limits;
mod links;
mod plot;
mod process;
mod report;
mod run;
mod speech;
pub mod stats;

use std::collections::HashMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use clap::{Args, ValueEnum};
use serde::Serialize;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::client::trust::TrustArgs;
use crate::client::{Carrier, Link, Recording};
use crate::config::Config;
use limits::Limit;
use report::Report;
use run::{Played, Role, Way};
use speech::Clip;

/// Participants join one after the other, as people do: in lockstep all would end their answers at once.
const JOIN_EVERY: Duration = Duration::from_millis(730);

/// Measure latency and load with many participants at once.
#[derive(Debug, Args)]
#[command(after_help = "\
What is measured, of each answer:
  voice to voice   from the moment when the last 20 ms with speech was sent (within 35 dB of the recording's loud
                   level, the 95th percentile of its 20 ms frames, and 8 dB above its 10th) to the first audible sound (-50 dBFS) of the response
                   that began after it
  taken over       the answer was committed, or a response to it was heard, before that moment
  unanswered       no response within 7 s
  the parts        as the server tells them in `colloquy.latency`

Examples:
  Six participants at once, five answers each, against a running server:
    colloquy demo --invitations 6 --json > links.json
    colloquy bench --links links.json --speech tests/speech --html report.html
  One participant, thirty answers from all over a folder, and the memory of the server too:
    colloquy bench --link URL --answers 30 --speech DIR --filter in_wer=true --every 7 --pid $(pidof colloquy)
  Fifty calls at once over WebRTC that are only carried: stalls, lost packets, and what each takes of the server's memory
  (the server needs max_conversations = 50):
    colloquy bench --webrtc --links links.json --participants 50 --pid $(pidof colloquy)
  Who speaks when, on recordings with their pauses (eot.jsonl, manifest.jsonl and noise.jsonl in DIR):
    colloquy bench --duplex --speech DIR --html turns.html
  The same as a check, which fails where a figure is beyond its limit:
    colloquy bench --duplex --speech DIR --at-most rules.0.real.percent=10 --at-least rules.0.smooth.percent=90
  Links from standard input:
    colloquy demo --invitations 2 --json | colloquy bench --links - --wav answer.wav --json -")]
pub struct BenchArgs {
    /// The server, where it is another one than the links name.
    #[arg(long, value_name = "http://HOST:PORT")]
    pub url: Option<String>,
    /// Links, one participant each: a JSON array or one a line; `-` reads standard input.
    #[arg(long, value_name = "FILE")]
    pub links: Option<PathBuf>,
    /// A link; can be given again for each participant.
    #[arg(long, value_name = "URL")]
    pub link: Vec<String>,
    /// How many participants, of those that have links; all where it is not said.
    #[arg(long, value_name = "N")]
    pub participants: Option<usize>,
    /// Measure turn-taking instead, on the recordings of `--speech`: pauses that are taken for ends, interruptions, signs of
    /// listening, noise and echo, beside a plain rule of 800 ms. It needs the weights, and no server.
    #[arg(long, requires = "speech", conflicts_with_all = ["url", "links", "link", "participants", "webrtc", "pid"])]
    pub duplex: bool,
    /// Call over WebRTC, as browsers do, instead of WebSockets. Without recordings all calls are held at once with sound that was
    /// encoded before, and what is measured is whether anybody's stalls.
    #[arg(long)]
    pub webrtc: bool,
    /// How long calls without recordings are held, once all are there.
    #[arg(long, value_name = "N", default_value_t = 40, requires = "webrtc", conflicts_with_all = ["wav", "speech"])]
    pub seconds: u64,
    /// Whose word is taken that the server is the one it says.
    #[command(flatten)]
    pub trust: TrustArgs,
    /// How many answers each of them gives.
    #[arg(long, value_name = "N", default_value_t = 5)]
    pub answers: usize,
    /// WAV or FLAC files to speak as answers, from the first again after the last.
    #[arg(long, value_name = "FILE", num_args = 1.., conflicts_with = "speech", required_unless_present_any = ["speech", "webrtc"])]
    pub wav: Vec<PathBuf>,
    /// A folder with a `manifest.jsonl` of recordings and their texts, for the word error rate.
    #[arg(long, value_name = "DIR")]
    pub speech: Option<PathBuf>,
    /// Only recordings whose field has one of these values, such as `style=read,spontaneous`; can be given again.
    #[arg(long, value_name = "FIELD=VALUE,…", requires = "speech")]
    pub filter: Vec<String>,
    /// Of those recordings, every Nth: a sample of a large folder that is the same each time.
    #[arg(long, value_name = "N", default_value_t = 1, requires = "speech")]
    pub every: usize,
    /// Which weights of the folder's `asr_baseline.jsonl` the word error rate is compared with.
    #[arg(long, value_enum, default_value_t = Baseline::Tiny)]
    pub baseline: Baseline,
    /// The server's process, on this machine, to measure its memory and processor time.
    #[arg(long, value_name = "PID")]
    pub pid: Option<u32>,
    /// Write everything as JSON; `-` is standard output, in the table's place.
    #[arg(long, value_name = "OUT.json")]
    pub json: Option<PathBuf>,
    /// Write a page with plots.
    #[arg(long, value_name = "OUT.html")]
    pub html: Option<PathBuf>,
    /// Fail where a figure of the JSON report is over this, such as `rules.0.pauses.n=3`; can be given again.
    #[arg(long, value_name = "PATH=NUMBER")]
    pub at_most: Vec<Limit>,
    /// Fail where a figure of the JSON report is under this; can be given again.
    #[arg(long, value_name = "PATH=NUMBER")]
    pub at_least: Vec<Limit>,
}

/// Weights that recordings were decoded with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Baseline {
    /// Whisper tiny.en.
    Tiny,
    /// Whisper base.
    Base,
}

impl Baseline {
    fn name(self) -> &'static str {
        match self {
            Self::Tiny => "tiny",
            Self::Base => "base",
        }
    }
}

/// Runs the bench and tells what it found.
///
/// # Errors
/// Links or recordings that cannot be used, a report that cannot be written, and a bench in which nobody said anything or
/// somebody was lost.
pub async fn bench(config: &Config, args: BenchArgs) -> anyhow::Result<()> {
    if let (true, Some(folder)) = (args.duplex, &args.speech) {
        // Nobody else wants this thread.
        let report = duplex::measure(&config.models, folder, args.every)?;
        return publish(&args, &report, || report.table(), || report.page());
    }
    let links = links::read(&args.link, args.links.as_deref(), args.url.as_deref())?;
    let participants = args.participants.unwrap_or(links.len());
    ensure!(
        (1..=links.len()).contains(&participants),
        "{participants} participants need a link each, and there are {}; `colloquy demo --invitations {participants} --json` \
         makes them",
        links.len()
    );
    if args.webrtc && args.speech.is_none() && args.wav.is_empty() {
        ensure!(
            args.html.is_none(),
            "calls without recordings have no page of plots; leave out --html"
        );
        return calls::bench(&args, &links[..participants]).await;
    }
    let clips = match &args.speech {
        Some(folder) => {
            let clips = speech::of_folder(folder, &args.filter, args.baseline.name())?;
            clips.into_iter().step_by(args.every.max(1)).collect()
        }
        None => speech::of_files(&args.wav),
    };
    let roles = cast(
        &links[..participants],
        &clips,
        args.answers,
        Way {
            carrier: Carrier::chosen(args.webrtc),
            trust: args.trust.clone().into(),
        },
    )?;
    let began = Instant::now();
    let measuring = CancellationToken::new();
    let server = args
        .pid
        .map(|pid| tokio::spawn(process::watch(pid.to_string(), measuring.clone())));
    let ourselves = tokio::spawn(process::watch("self".to_owned(), measuring.clone()));
    let (played, lost) = perform(roles).await;
    measuring.cancel();
    let server = match server {
        Some(watching) => watching.await.context("the server could not be watched")?,
        None => None,
    };
    let ourselves = ourselves.await.context("the bench could not be watched")?;
    let mut report = Report::of(&played, began, process::machine(), server, ourselves);
    report.failures.extend(lost);
    publish(&args, &report, || report.table(), || html::page(&report))?;
    let first = report.failures.first().map_or("", String::as_str);
    ensure!(report.totals.said > 0, "nobody said anything. {first}");
    ensure!(
        report.failures.is_empty(),
        "{} of {participants} participants were lost: {first}",
        report.failures.len()
    );
    Ok(())
}

/// Gives everybody their lines. All recordings are heard equally often, and each participant begins with another one; they
/// are decoded now, because the machine is the server's while the bench runs.
fn cast(links: &[Link], clips: &[Clip], answers: usize, way: Way) -> anyhow::Result<Vec<Role>> {
    let mut decoded: HashMap<&Path, Arc<(Clip, Recording)>> = HashMap::new();
    let mut roles = Vec::with_capacity(links.len());
    for (participant, link) in links.iter().enumerate() {
        let mut lines = Vec::with_capacity(answers);
        for n in 0..answers {
            let clip = &clips[(n * links.len() + participant) % clips.len()];
            let line = match decoded.get(clip.path.as_path()) {
                Some(line) => line.clone(),
                None => Arc::new((clip.clone(), Recording::open(&clip.path)?)),
            };
            decoded.insert(&clip.path, line.clone());
            lines.push(line);
        }
        let joins_after = JOIN_EVERY * u32::try_from(participant).unwrap_or(u32::MAX);
        roles.push(Role {
            participant,
            link: link.clone(),
            lines,
            joins_after,
            way: way.clone(),
        });
    }
    Ok(roles)
}

/// What everybody experienced, and why somebody's is not known.
async fn perform(roles: Vec<Role>) -> (Vec<Played>, Vec<String>) {
    let mut stage: JoinSet<Played> = roles.into_iter().map(Role::play).collect();
    let (mut played, mut lost) = (Vec::new(), Vec::new());
    let mut interrupted = std::pin::pin!(tokio::signal::ctrl_c());
    loop {
        tokio::select! {
            next = stage.join_next() => match next {
                Some(Ok(one)) => played.push(one),
                // Who was interrupted by the user is no failure; a panic of ours was printed.
                Some(Err(error)) if error.is_cancelled() => {}
                Some(Err(_)) => lost.push("a participant's task of this bench panicked".to_owned()),
                None => break,
            },
            _ = &mut interrupted => stage.abort_all(),
        }
    }
    played.sort_by_key(|played| played.participant);
    (played, lost)
}

fn publish(
    args: &BenchArgs,
    report: &impl Serialize,
    table: impl FnOnce() -> String,
    page: impl FnOnce() -> String,
) -> anyhow::Result<()> {
    let json = || serde_json::to_string_pretty(report).context("the report cannot be written as JSON");
    let to_stdout = args.json.as_deref() == Some(Path::new("-"));
    let shown = if to_stdout { json()? + "\n" } else { table() };
    std::io::stdout()
        .write_all(shown.as_bytes())
        .context("standard output cannot be written")?;
    let write = |path: &Path, text: String| {
        std::fs::write(path, text).with_context(|| format!("{} cannot be written", path.display()))
    };
    if let Some(path) = args.json.as_deref().filter(|_| !to_stdout) {
        write(path, json()?)?;
    }
    if let Some(path) = &args.html {
        write(path, page())?;
    }
    limits::check(report, &args.at_most, &args.at_least)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::testing::{Fake, Manner, tone};

    fn wav(folder: &Path, name: &str, ms: usize) -> PathBuf {
        let path = folder.join(name);
        let spec = hound::WavSpec {
            channels: 1,
            sample_rate: 24_000,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let mut writer = hound::WavWriter::create(&path, spec).unwrap();
        for sample in tone(ms) {
            writer.write_sample((sample * 32_767.0) as i16).unwrap();
        }
        writer.finalize().unwrap();
        path
    }

    #[test]
    fn everybody_begins_with_another_recording_and_all_are_heard() {
        let folder = tempfile::tempdir().unwrap();
        let files: Vec<PathBuf> = (0..4).map(|n| wav(folder.path(), &format!("{n}.wav"), 100)).collect();
        let links: Vec<Link> = (0..2)
            .map(|n| Link::parse(&format!("http://x/i/{n}")).unwrap())
            .collect();
        let roles = cast(&links, &speech::of_files(&files), 3, Way::default()).unwrap();
        let names = |n: usize| {
            roles[n]
                .lines
                .iter()
                .map(|line| line.0.name.as_str())
                .collect::<Vec<_>>()
        };
        assert_eq!((names(0), names(1)), (vec!["0", "2", "0"], vec!["1", "3", "1"]));
    }

    #[test]
    fn calls_are_held_without_recordings_and_interviews_only_with_some() {
        use clap::Parser;
        let parsed = |more: &[&str]| {
            let line = [&["colloquy", "bench", "--link", "x"], more].concat();
            crate::cli::Cli::try_parse_from(line).is_ok()
        };
        assert!(parsed(&["--webrtc", "--seconds", "5"]) && parsed(&["--webrtc"]));
        assert!(parsed(&["--webrtc", "--wav", "a.wav"]) && parsed(&["--wav", "a.wav"]));
        assert!(!parsed(&[]) && !parsed(&["--seconds", "5"]));
        assert!(!parsed(&["--webrtc", "--seconds", "5", "--wav", "a.wav"]));
    }

    #[tokio::test]
    async fn a_bench_measures_and_writes_its_reports() {
        let folder = tempfile::tempdir().unwrap();
        let fakes = [
            Fake::start(Manner {
                answers: 9,
                ..Manner::default()
            })
            .await,
            Fake::start(Manner {
                answers: 9,
                ..Manner::default()
            })
            .await,
        ];
        let (json, html) = (folder.path().join("out.json"), folder.path().join("out.html"));
        let args = BenchArgs {
            url: None,
            links: None,
            link: fakes.iter().map(|fake| fake.link.clone()).collect(),
            participants: None,
            duplex: false,
            webrtc: false,
            seconds: 40,
            trust: TrustArgs::default(),
            answers: 2,
            wav: vec![wav(folder.path(), "a.wav", 200), wav(folder.path(), "b.wav", 300)],
            speech: None,
            filter: Vec::new(),
            every: 1,
            baseline: Baseline::Tiny,
            pid: Some(std::process::id()),
            json: Some(json.clone()),
            html: Some(html.clone()),
            at_most: vec!["totals.unanswered=0".parse().unwrap()],
            at_least: Vec::new(),
        };
        bench(&Config::default(), args).await.unwrap();
        let report: serde_json::Value = serde_json::from_slice(&std::fs::read(json).unwrap()).unwrap();
        assert_eq!(
            (
                report["totals"]["said"].as_u64(),
                report["totals"]["unanswered"].as_u64()
            ),
            (Some(4), Some(0))
        );
        assert_eq!(report["parts"][0]["ms"]["p50"], 300.0);
        let median = report["voice_to_voice"]["p50"].as_f64().unwrap();
        assert!((280.0..900.0).contains(&median), "{median}");
        assert!(report["server"]["memory_peak_mb"].as_f64().unwrap() > 1.0);
        let page = std::fs::read_to_string(html).unwrap();
        assert_eq!(page.matches("<svg").count(), 3);
    }

    #[tokio::test]
    async fn a_bench_in_which_nobody_spoke_fails_with_the_reason() {
        let folder = tempfile::tempdir().unwrap();
        let args = BenchArgs {
            url: None,
            links: None,
            link: vec!["http://127.0.0.1:9/i/x".into()],
            participants: None,
            duplex: false,
            webrtc: false,
            seconds: 40,
            trust: TrustArgs::default(),
            answers: 1,
            wav: vec![wav(folder.path(), "a.wav", 100)],
            speech: None,
            filter: Vec::new(),
            every: 1,
            baseline: Baseline::Tiny,
            pid: None,
            json: None,
            html: None,
            at_most: Vec::new(),
            at_least: Vec::new(),
        };
        let error = bench(&Config::default(), args).await.unwrap_err().to_string();
        assert!(
            error.contains("nobody said anything") && error.contains("cannot be reached"),
            "{error}"
        );
    }
}
