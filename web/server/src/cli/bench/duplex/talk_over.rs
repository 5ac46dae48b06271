//! While we speak: somebody takes the floor, somebody listens, something is heard that is no speech, our own voice comes
//! back.

use std::ops::Range;
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
        found.push(told(Sound::Echo, &name, &course, 0..0));
    }
    Ok(found)
}

fn over(ensemble: &mut Ensemble, kind: Sound, name: &str, sound: &[f32]) -> anyhow::Result<Over> {
    let before = vec![0.0; AT_MS * PER_MS];
    let after = vec![0.0; AFTER_MS * PER_MS + VOICE_FRAME];
    let course = play(ensemble, OURS, &[&before, sound, &after].concat(), None, |_| false)?;
    let at = AT_MS as u64;
    let heard = at + material::onset_ms(sound)..at + (sound.len() / PER_MS) as u64;
    Ok(told(kind, name, &course, heard))
}

/// What came of a sound that was audible for so long.
fn told(kind: Sound, name: &str, course: &Course, audible: Range<u64>) -> Over {
    Over {
        name: name.to_owned(),
        kind,
        silent_after_ms: silent_since(course, &audible).map(|at| at.saturating_sub(audible.start)),
        gave_way: !course.dropped.is_empty(),
        voice_after_ms: course.voices.first().map(|at| at.saturating_sub(audible.start)),
        heard: course.contested.clone(),
    }
}

/// Since when nothing was said until the sound was over; who goes on in the middle of it has not fallen silent.
fn silent_since(course: &Course, audible: &Range<u64>) -> Option<u64> {
    let given_up = course.dropped.iter().copied().find(|at| audible.contains(at));
    let held = course.held.iter().copied().find(|held| {
        let went_on = course.continued.iter().copied().find(|at| at > held);
        went_on.is_none_or(|at| at >= audible.end || given_up.is_some_and(|given_up| (*held..=at).contains(&given_up)))
    });
    held.filter(|at| *at < audible.end).or(given_up)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn course(held: &[u64], continued: &[u64], dropped: &[u64]) -> Course {
        Course {
            held: held.to_vec(),
            continued: continued.to_vec(),
            dropped: dropped.to_vec(),
            ..Course::default()
        }
    }

    #[test]
    fn who_goes_on_in_the_middle_of_an_interruption_has_not_fallen_silent() {
        let audible = 5_000..9_000;
        let silent = |held: &[u64], continued: &[u64], dropped: &[u64]| {
            silent_since(&course(held, continued, dropped), &audible)
        };
        assert_eq!(silent(&[5_110], &[], &[6_000]), Some(5_110));
        assert_eq!(silent(&[5_110], &[6_000], &[]), None);
        assert_eq!(silent(&[5_110, 6_400], &[6_000], &[7_000]), Some(6_400));
        assert_eq!(silent(&[5_110], &[9_500], &[]), Some(5_110));
        // What held us before anybody spoke, and was over, is no answer to them.
        assert_eq!(silent(&[4_000], &[4_600], &[]), None);
        assert_eq!(silent(&[4_000, 5_200], &[4_600], &[5_900]), Some(5_200));
        assert_eq!(silent(&[], &[], &[5_900]), Some(5_900));
    }
}
