//! While we speak: somebody takes the floor, somebody listens, something is heard that is no speech, our own voice comes
//! back.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, ensure};
use colloquy_core::ports::VOICE_FRAME;

use super::material::{self, Turn};
use super::measure::{Over, Sound};
use super::play::{Echo, play};
use crate::cli::stage::{Course, Ensemble, PER_MS};
use crate::client::samples_of;

/// What we are saying meanwhile: some 15 s.
const OURS: &str = "Thank you for taking the time today. I would like to hear how the last months have been for you and \
    your team, what helped you to do good work, and what stood in your way. There are no right answers here, and you \
    can skip whatever you do not want to talk about. Where would you like to begin?";
/// Where the sound is heard: the first 3 s of a call are told apart, by the echo.
const AT_MS: usize = 5_000;
/// How long we listen to it, and after it: longer than it takes to judge a short sound.
const LONGEST_MS: usize = 4_000;
const AFTER_MS: usize = 3_000;
/// How many people take the floor.
const INTERRUPTIONS: usize = 60;
/// Signs of listening, as they are pronounced by a synthetic voice that is not ours.
const SIGNS: &[&str] = &[
    "mm hmm", "yeah", "okay", "right", "uh huh", "I see", "sure", "oh okay", "yes", "hmm",
];
const VOICES: &[&str] = &["en-us", "en-gb", "en-us+f3", "en-gb-scotland+m4", "en-us+f2"];
/// What is left of our voice in the microphone, in decibels: from a browser that has not yet found the echo to one that
/// has.
const ECHO_DB: &[f32] = &[-6.0, -15.0, -24.0, -33.0];
/// A room's answer is cut off after this.
const ROOM_MS: usize = 250;

/// All of it.
pub(super) fn all(ensemble: &mut Ensemble, folder: &Path, turns: &[Turn], every: usize) -> anyhow::Result<Vec<Over>> {
    let mut found = Vec::new();
    let spread = (turns.len() / INTERRUPTIONS).max(1);
    for turn in turns.iter().step_by(spread).take(INTERRUPTIONS) {
        let spoken = turn.pcm.chunks(LONGEST_MS * PER_MS).next().unwrap_or_default();
        found.push(over(ensemble, Sound::Interruption, &turn.name, spoken)?);
    }
    for sign in signs()?.iter().step_by(every) {
        found.push(over(ensemble, Sound::Backchannel, &sign.name, &sign.pcm)?);
    }
    for noise in material::noises(folder, LONGEST_MS)?.iter().step_by(every) {
        found.push(over(ensemble, Sound::Noise, &noise.name, &noise.pcm)?);
    }
    for (name, echo) in echoes(folder)?.into_iter().step_by(every) {
        let silence = vec![0.0; (AT_MS + LONGEST_MS) * PER_MS];
        let course = play(ensemble, OURS, &silence, Some(&echo), |_| false)?;
        found.push(told(Sound::Echo, &name, &course, 0));
    }
    Ok(found)
}

fn over(ensemble: &mut Ensemble, kind: Sound, name: &str, sound: &[f32]) -> anyhow::Result<Over> {
    let before = vec![0.0; AT_MS * PER_MS];
    let after = vec![0.0; AFTER_MS * PER_MS + VOICE_FRAME];
    let course = play(ensemble, OURS, &[&before, sound, &after].concat(), None, |_| false)?;
    Ok(told(kind, name, &course, AT_MS as u64 + material::onset_ms(sound)))
}

fn told(kind: Sound, name: &str, course: &Course, onset_ms: u64) -> Over {
    Over {
        name: name.to_owned(),
        kind,
        silent_after_ms: course.held.first().map(|at| at.saturating_sub(onset_ms)),
        gave_way: !course.dropped.is_empty(),
        voice_after_ms: course.voices.first().map(|at| at.saturating_sub(onset_ms)),
        heard: course.contested.clone(),
    }
}

/// Each sign by each voice.
fn signs() -> anyhow::Result<Vec<Turn>> {
    let folder = tempfile::tempdir().context("no folder for synthetic voices")?;
    let mut found = Vec::new();
    for (n, voice) in VOICES.iter().enumerate() {
        for (m, sign) in SIGNS.iter().enumerate() {
            let file = folder.path().join(format!("{n}-{m}.wav"));
            let made = Command::new("espeak-ng")
                .args(["-v", voice, "-w"])
                .arg(&file)
                .arg(sign)
                .status();
            let made = made.context("espeak-ng did not start; install the package espeak-ng")?;
            ensure!(made.success(), "espeak-ng does not speak with the voice {voice}");
            found.push(Turn {
                name: format!("{sign} ({voice})"),
                pcm: samples_of(&file, (PER_MS * 1_000) as u32)?,
            });
        }
    }
    Ok(found)
}

fn echoes(folder: &Path) -> anyhow::Result<Vec<(String, Echo)>> {
    let mut found = Vec::new();
    for (name, room) in material::rooms(folder)? {
        let cut = &room[..room.len().min(ROOM_MS * PER_MS)];
        let energy: f32 = cut.iter().map(|s| s * s).sum();
        for db in ECHO_DB {
            let gain = 10f32.powf(db / 20.0) / energy.sqrt().max(f32::MIN_POSITIVE);
            let response = cut.iter().map(|s| s * gain).collect();
            found.push((format!("{name} {db} dB"), Echo { response }));
        }
    }
    Ok(found)
}
