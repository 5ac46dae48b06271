//! `colloquy simulate`: interviews with simulated people, graded.

mod hearing;
mod voice;

use std::io::Write;
use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context, ensure};
use clap::Args;
use colloquy_core::event::Event;
use colloquy_core::guide::library;
use colloquy_core::report_card::Summary;
use colloquy_core::simulation::{Case, Grade, Held, cases, cases_apart, personas};
use colloquy_models::ModelsConfig;
use serde::Serialize;

use super::stage::{Ensemble, Pace};
use hearing::Hearing;

/// Interviews in writing, and by voice: one with each persona.
const INTERVIEWS: u32 = 1_000;
const INTERVIEWS_BY_VOICE: u32 = 19;

/// Hold interviews with simulated people and grade them: how every change of the interviewer is judged.
#[derive(Debug, Args)]
#[command(after_help = "\
Every session type of the library is talked about with every persona, in text and at full speed: no server, no models, no
language model. The same seed gives the same interviews. A missed target is named with interviews that show it, and the
command fails. By voice the models decide what is heard and when somebody has finished, faster than real time; a voice
never sounds the same twice, so that the same seed gives what is meant to be said, and not what is heard.

Examples:
  A thousand interviews:
    colloquy simulate
  One with each persona, heard by the real recognizer in the synthetic voice of each:
    colloquy simulate --voice
  Read what was said in one that was named:
    colloquy simulate --only-seed 9973741211255329673 --template stay --persona terse --transcript")]
pub struct SimulateArgs {
    /// How many interviews; 1,000 by default, by voice 19.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub interviews: Option<u32>,
    /// Have them speak, through a synthetic voice, and hear them.
    #[arg(long)]
    pub voice: bool,
    /// What chance is drawn from.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// Only this session type, such as `stay`.
    #[arg(long, value_name = "ID")]
    pub template: Option<String>,
    /// Only this persona, such as `terse`.
    #[arg(long, value_name = "ID")]
    pub persona: Option<String>,
    /// Only the interview that this seed was named for.
    #[arg(long, value_name = "SEED", requires_all = ["template", "persona"])]
    pub only_seed: Option<u64>,
    /// Write out what was said.
    #[arg(long)]
    pub transcript: bool,
    /// Write the grade as JSON; `-` is standard output, in the table's place.
    #[arg(long, value_name = "OUT.json")]
    pub json: Option<PathBuf>,
}

/// What interviews amount to, and by voice how they were heard.
#[derive(Serialize)]
struct Told {
    #[serde(flatten)]
    grade: Grade,
    #[serde(skip_serializing_if = "Option::is_none")]
    hearing: Option<Hearing>,
}

/// Holds the interviews and tells what they amount to. `models`: which are to hear and to speak, by voice.
///
/// # Errors
/// A template or persona that does not exist, a file that cannot be written, weights that are missing, and any missed target.
pub fn simulate(models: &ModelsConfig, args: &SimulateArgs) -> anyhow::Result<()> {
    let chosen = choose(args)?;
    let began = Instant::now();
    let (held, hearing) = if args.voice {
        let (held, hearing) = speak(models, &chosen, args.transcript)?;
        (held, Some(hearing))
    } else {
        let held = hold(&chosen);
        if args.transcript {
            held.iter().for_each(transcript);
        }
        (held, None)
    };
    let took = began.elapsed();
    let told = Told {
        grade: Grade::of(&held),
        hearing,
    };
    match &args.json {
        Some(path) => write(path, &told)?,
        None => {
            table(&told.grade);
            if let Some(hearing) = &told.hearing {
                println!("\n{hearing}");
            }
            println!("\n{} interviews in {:.1} s", held.len(), took.as_secs_f64());
        }
    }
    let mut missed: Vec<String> = told.grade.failings().iter().map(ToString::to_string).collect();
    missed.extend(told.hearing.iter().flat_map(Hearing::failings));
    for failing in &missed {
        println!("MISSED {failing}");
    }
    ensure!(
        missed.is_empty(),
        "{} targets were missed; `--template`, `--persona`, `--only-seed` and `--transcript` show one of the interviews",
        missed.len()
    );
    Ok(())
}

/// Holds `chosen` by voice, one after the other: the models work on all cores.
fn speak(models: &ModelsConfig, chosen: &[Case], transcripts: bool) -> anyhow::Result<(Vec<Held>, Hearing)> {
    let mut ensemble = Ensemble::whole(models, Pace::Assumed)?;
    let mut hearing = Hearing::default();
    let mut all = Vec::new();
    for case in chosen {
        let voice::Spoken { held, uttered } = voice::hold(*case, &mut ensemble)?;
        if transcripts {
            transcript(&held);
            hearing::wrong(&uttered).iter().for_each(|line| println!("{line}"));
        }
        hearing.add(&uttered, held.card.length_ms);
        all.push(held);
        ensemble.forget();
    }
    Ok((all, hearing))
}

fn choose(args: &SimulateArgs) -> anyhow::Result<Vec<Case>> {
    if let Some(id) = &args.template {
        let known: Vec<&str> = library::templates().iter().map(|t| t.id.as_str()).collect();
        ensure!(
            known.contains(&id.as_str()),
            "there is no template {id}, only {}",
            known.join(", ")
        );
    }
    if let Some(id) = &args.persona {
        ensure!(
            personas().contains(&id.as_str()),
            "there is no persona {id}, only {}",
            personas().join(", ")
        );
    }
    let wanted = |case: &Case| {
        args.template.as_ref().is_none_or(|id| *id == case.template.id)
            && args.persona.as_ref().is_none_or(|id| id == case.persona())
    };
    let (all, usual): (Box<dyn Iterator<Item = Case>>, u32) = if args.voice {
        (Box::new(cases_apart(args.seed, u32::MAX)), INTERVIEWS_BY_VOICE)
    } else {
        (Box::new(cases(args.seed, u32::MAX)), INTERVIEWS)
    };
    let mut chosen = all.filter(wanted);
    if let Some(seed) = args.only_seed {
        let mut case = chosen.next().context("there is no such interview")?;
        case.seed = seed;
        return Ok(vec![case]);
    }
    Ok(chosen.take(args.interviews.unwrap_or(usual) as usize).collect())
}

/// Holds `chosen` on all cores; the order stays.
fn hold(chosen: &[Case]) -> Vec<Held> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let share = chosen.len().div_ceil(cores).max(1);
    std::thread::scope(|scope| {
        let threads: Vec<_> = chosen
            .chunks(share)
            .map(|part| scope.spawn(move || part.iter().map(|case| case.hold()).collect::<Vec<_>>()))
            .collect();
        threads
            .into_iter()
            .flat_map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    })
}

fn transcript(held: &Held) {
    println!(
        "\n{} with {}, seed {}",
        held.case.template.id,
        held.case.persona(),
        held.case.seed
    );
    for recorded in &held.events {
        let (who, text) = match &recorded.event {
            Event::Spoken { text, .. } => ("interviewer", text),
            Event::SegmentHeard { text, .. } => ("participant", text),
            _ => continue,
        };
        let seconds = recorded.at.0 / 1_000;
        println!("{:>3}:{:02}  {who}: {}", seconds / 60, seconds % 60, text.expose());
    }
    println!();
}

fn table(grade: &Grade) {
    println!(
        "{:<18} {:>5} {:>6} {:>6} {:>7} {:>7} {:>6} {:>6} {:>7} {:>6} {:>7} {:>9}",
        "", "held", "single", "open", "words/q", "ours", "their", "high", "time", "length", "again", "care"
    );
    let rows = grade.by_persona.iter().map(|(id, summary)| (id.as_str(), summary));
    let sums = [("cooperative ones", &grade.cooperative), ("all", &grade.all)];
    for (name, summary) in rows.chain(sums) {
        row(name, summary);
    }
    println!(
        "\nsingle: turns with one question of those that ask; ours: our share of the words; their: follow-ups in their words;\n\
         high: interviews that reach all high topics; time: topics' shares against the plan; length: in percent of the plan;\n\
         again: questions that were asked before; care: disclosures that were met with care"
    );
}

fn row(name: &str, s: &Summary) {
    let percent = |share: f64| format!("{:.0} %", share * 100.0);
    println!(
        "{name:<18} {:>5} {:>6} {:>6} {:>7.1} {:>7} {:>6} {:>6} {:>7.2} {:>6} {:>7} {:>9}",
        s.conversations,
        percent(s.single),
        percent(s.open),
        s.words_per_question,
        percent(s.our_words.mean),
        percent(s.in_their_words),
        percent(s.all_high),
        s.time_deviation.mean,
        percent(s.length_percent.mean / 100.0),
        s.repeated,
        format!("{}/{}", s.concerns_handled, s.concerns),
    );
}

fn write(path: &std::path::Path, told: &Told) -> anyhow::Result<()> {
    let json = serde_json::to_string_pretty(told)?;
    if path.as_os_str() == "-" {
        println!("{json}");
        return Ok(());
    }
    let mut file = std::fs::File::create(path).with_context(|| format!("cannot write {}", path.display()))?;
    file.write_all(json.as_bytes())
        .with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::{SimulateArgs, simulate};

    fn args(template: &str, persona: &str) -> SimulateArgs {
        SimulateArgs {
            interviews: Some(2),
            voice: false,
            seed: 1,
            template: Some(template.to_owned()),
            persona: Some(persona.to_owned()),
            only_seed: None,
            transcript: false,
            json: None,
        }
    }

    #[test]
    fn interviews_are_held_and_unknown_names_are_refused() {
        let models = colloquy_models::ModelsConfig::default();
        simulate(&models, &args("pulse", "wants-to-stop")).unwrap();
        let error = simulate(&models, &args("pulse", "nobody")).unwrap_err().to_string();
        assert!(
            error.contains("no persona nobody") && error.contains("terse"),
            "{error}"
        );
    }
}
