//! Recorded people: where they pause, where they end, and what is no speech at all.

use std::path::Path;

use anyhow::{Context, ensure};
use colloquy_audio::level::rms;
use colloquy_core::conversation::voicing::{Change, Voicing};
use colloquy_core::ports::{SpeechToText, VOICE_FRAME, VoiceActivity};
use colloquy_core::time::{HEARING_RATE_HZ, Ms};
use serde_json::Value;

use crate::cli::stage::{FRAME_MS, PER_MS};
use crate::client::{samples_of, voiced_level};

/// A turn shorter than this is a sign of listening.
const SHORTEST_TURN_S: f64 = 1.0;
/// Other people may speak so long into a turn and it still counts.
const OVERLAP_S: f64 = 0.2;
/// A silence shorter than this is part of speaking.
pub(super) const PAUSE_MS: u64 = 300;
/// The room is what a recording sounds like where it is quietest, for so long.
const ROOM_MS: usize = 120;
/// How long the pauses are that are put between words, one after the other.
const INSERTED_MS: [u64; 5] = [300, 500, 800, 1_100, 1_500];
/// A recognizer knows a word's end about so well: the quietest moment this near is the gap.
const GAP_SEARCH_MS: u64 = 150;
/// How quiet the gap must be against the recording's loud level, in decibels.
const GAP_DB: f32 = 22.0;
/// Words before and after an inserted pause.
const WORDS_AROUND: usize = 2;
/// A recognizer takes so much at once: in a longer turn the gaps are sought at its beginning.
const RECOGNIZED_MS: usize = 30_000;

/// One person's turn, with nothing before it and nothing after it.
#[derive(Clone, Debug)]
pub(super) struct Turn {
    pub(super) name: String,
    /// Mono at 16 kHz.
    pub(super) pcm: Vec<f32>,
}

/// A silence inside a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pause {
    /// Milliseconds from the turn's beginning: where the voice fell silent, and where it came back.
    pub(super) from: u64,
    pub(super) to: u64,
}

impl Pause {
    pub(super) fn ms(self) -> u64 {
        self.to - self.from
    }
}

/// Mono at 16 kHz.
fn read(path: &Path) -> anyhow::Result<Vec<f32>> {
    Ok(samples_of(path, HEARING_RATE_HZ)?)
}

fn rows(path: &Path) -> anyhow::Result<Vec<Value>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
    text.lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(n, line)| {
            serde_json::from_str(line).with_context(|| format!("line {} of {} is not JSON", n + 1, path.display()))
        })
        .collect()
}

fn path_of(folder: &Path, row: &Value) -> anyhow::Result<std::path::PathBuf> {
    Ok(folder.join(row["path"].as_str().context("a line has no path")?))
}

/// Turns that were labelled (`eot.jsonl`), long enough and with nobody else in them; and utterances that were said freely
/// or read (`manifest.jsonl`). Of each, every `every`th.
pub(super) fn turns(folder: &Path, every: usize) -> anyhow::Result<Vec<Turn>> {
    let mut found = Vec::new();
    for row in rows(&folder.join("eot.jsonl"))? {
        found.extend(labelled(folder, &row)?);
    }
    for row in rows(&folder.join("manifest.jsonl"))? {
        let style = row["style"].as_str().unwrap_or_default();
        if row["in_wer"] == true && matches!(style, "spontaneous" | "read") {
            found.push(Turn {
                name: row["id"].as_str().unwrap_or_default().to_owned(),
                pcm: read(&path_of(folder, &row)?)?,
            });
        }
    }
    ensure!(!found.is_empty(), "{} holds no turns", folder.display());
    Ok(found.into_iter().step_by(every.max(1)).collect())
}

fn labelled(folder: &Path, row: &Value) -> anyhow::Result<Vec<Turn>> {
    let mut times: Vec<(&String, f64, f64)> = Vec::new();
    for (speaker, list) in row["turns"].as_object().into_iter().flatten() {
        for turn in list.as_array().into_iter().flatten() {
            let time = |name: &str| turn[name].as_f64().unwrap_or_default();
            times.push((speaker, time("start"), time("end")));
        }
    }
    let audio = read(&path_of(folder, row)?)?;
    let ends_s = row["duration_s"].as_f64().unwrap_or_default();
    let alone = |speaker: &String, start: f64, end: f64| {
        let others = times.iter().filter(|(other, ..)| *other != speaker);
        others
            .into_iter()
            .all(|(_, from, to)| to.min(end) - from.max(start) < OVERLAP_S)
    };
    // A turn that the recording cuts off has no end.
    let whole = |end: f64| end < ends_s - 0.05;
    let counts = |(speaker, start, end): &&(&String, f64, f64)| {
        end - start >= SHORTEST_TURN_S && whole(*end) && alone(speaker, *start, *end)
    };
    let sample = |s: f64| ((s * 1_000.0) as usize * PER_MS).min(audio.len());
    let turn = |(speaker, start, end): &(&String, f64, f64)| Turn {
        name: format!("{}/{speaker}@{start:.2}", row["id"].as_str().unwrap_or_default()),
        pcm: audio[sample(*start)..sample(*end)].to_vec(),
    };
    Ok(times.iter().filter(counts).map(turn).collect())
}

/// Sounds that are no speech to us, each cut into stretches of at most `longest_ms`: `noise.jsonl`'s noises and sounds of
/// people and rooms.
pub(super) fn noises(folder: &Path, longest_ms: usize) -> anyhow::Result<Vec<Turn>> {
    let mut found = Vec::new();
    for row in rows(&folder.join("noise.jsonl"))? {
        if !matches!(row["kind"].as_str(), Some("noise" | "nonspeech")) {
            continue;
        }
        let name = row["id"].as_str().unwrap_or_default();
        let pcm = read(&path_of(folder, &row)?)?;
        let stretches = pcm.chunks(longest_ms * PER_MS).take(4);
        found.extend(stretches.enumerate().map(|(n, stretch)| Turn {
            name: format!("{name}.{n}"),
            pcm: stretch.to_vec(),
        }));
    }
    Ok(found)
}

/// Rooms' answers to a click (`noise.jsonl`), from where they begin.
pub(super) fn rooms(folder: &Path) -> anyhow::Result<Vec<(String, Vec<f32>)>> {
    let mut found = Vec::new();
    for row in rows(&folder.join("noise.jsonl"))?
        .iter()
        .filter(|row| row["kind"] == "rir")
    {
        let pcm = read(&path_of(folder, row)?)?;
        let loudest = pcm.iter().fold(0.0f32, |loudest, s| loudest.max(s.abs()));
        let begin = pcm.iter().position(|s| s.abs() >= 0.1 * loudest).unwrap_or_default();
        found.push((row["id"].as_str().unwrap_or_default().to_owned(), pcm[begin..].to_vec()));
    }
    Ok(found)
}

/// What a recording's room sounds like: its quietest stretch, there and back again, for `ms`.
pub(super) fn room(pcm: &[f32], ms: u64) -> Vec<f32> {
    let length = (ROOM_MS * PER_MS).min(pcm.len());
    let quietest = pcm
        .windows(length.max(1))
        .step_by(PER_MS * 5)
        .min_by(|a, b| rms(a).total_cmp(&rms(b)))
        .unwrap_or_default();
    let there_and_back = quietest.iter().chain(quietest.iter().rev()).copied();
    let wanted = ms as usize * PER_MS;
    let mut sound: Vec<f32> = there_and_back.cycle().take(wanted).collect();
    sound.resize(wanted, 0.0);
    sound
}

/// Where a voice is, as the detector hears it: the silences between its stretches, and the moment when it ends.
pub(super) fn silences(voice: &mut dyn VoiceActivity, pcm: &[f32]) -> anyhow::Result<(Vec<Pause>, Option<u64>)> {
    let mut voicing = Voicing::default();
    let (mut pauses, mut fell) = (Vec::new(), None);
    // What follows a recording lets the detector hear its end.
    let tail = vec![0.0; VOICE_FRAME * 16];
    let sound = [pcm, &tail].concat();
    for (index, frame) in sound.chunks_exact(VOICE_FRAME).enumerate() {
        let now = Ms((index as u64 + 1) * FRAME_MS);
        match voicing.frame(now, voice.probability(frame)?) {
            Some(Change::Started(onset)) => {
                if let Some(from) = fell.take().filter(|from| onset.0 > *from) {
                    pauses.push(Pause { from, to: onset.0 });
                }
            }
            Some(Change::Fell(from)) => fell = Some(from.0),
            None => {}
        }
    }
    pauses.retain(|pause| pause.ms() >= PAUSE_MS);
    Ok((pauses, fell))
}

/// The turn with a pause put between two of its words, and that pause; `None` where no gap is quiet enough. `n` chooses
/// the length, and the gap among those that there are.
pub(super) fn with_pause(
    turn: &Turn,
    recognizer: &mut dyn SpeechToText,
    n: usize,
) -> anyhow::Result<Option<(Turn, Pause)>> {
    let beginning = &turn.pcm[..turn.pcm.len().min(RECOGNIZED_MS * PER_MS)];
    let heard = recognizer.transcribe(beginning, &|| false)?;
    let inner = heard.words.len().saturating_sub(2 * WORDS_AROUND);
    let gaps: Vec<u64> = heard
        .words
        .iter()
        .skip(WORDS_AROUND - 1)
        .take(inner)
        .filter_map(|word| quiet_near(&turn.pcm, u64::from(word.end_ms)))
        .collect();
    let Some(&at) = gaps.get((n * 7) % gaps.len().max(1)) else {
        return Ok(None);
    };
    let ms = INSERTED_MS[n % INSERTED_MS.len()];
    let (before, after) = turn.pcm.split_at((at as usize * PER_MS).min(turn.pcm.len()));
    let pcm = [before, &room(&turn.pcm, ms), after].concat();
    let name = format!("{}+{ms}@{at}", turn.name);
    Ok(Some((Turn { name, pcm }, Pause { from: at, to: at + ms })))
}

/// The quietest moment near a word's end, if it is quiet enough to be a gap.
fn quiet_near(pcm: &[f32], at_ms: u64) -> Option<u64> {
    const WINDOW_MS: u64 = 40;
    let level = |ms: u64| {
        let from = ms as usize * PER_MS;
        pcm.get(from..from + WINDOW_MS as usize * PER_MS).map(rms)
    };
    let near = (at_ms.saturating_sub(GAP_SEARCH_MS)..at_ms + GAP_SEARCH_MS).step_by(10);
    let (quiet, ms) = near
        .filter_map(|ms| Some((level(ms)?, ms)))
        .min_by(|a, b| a.0.total_cmp(&b.0))?;
    let mut levels: Vec<f32> = pcm.chunks(WINDOW_MS as usize * PER_MS).map(rms).collect();
    levels.sort_by(f32::total_cmp);
    let loud = *levels.get(levels.len() * 95 / 100)?;
    (quiet <= loud * 10f32.powf(-GAP_DB / 20.0)).then_some(ms + WINDOW_MS / 2)
}

/// Where speech begins: the first 20 ms that are within 25 dB of the recording's loud level and out of its room, as the next
/// 80 ms are; a click or a breath is over sooner.
pub(super) fn onset_ms(pcm: &[f32]) -> u64 {
    const WINDOW_MS: usize = 20;
    const WINDOWS: usize = 5;
    const BELOW_LOUD_DB: f32 = 25.0;
    let levels: Vec<f32> = pcm.chunks(WINDOW_MS * PER_MS).map(rms).collect();
    let Some(voiced) = voiced_level(&levels, BELOW_LOUD_DB) else {
        return 0;
    };
    let begins = |levels: &[f32]| levels.iter().all(|level| *level >= voiced);
    levels.windows(WINDOWS).position(begins).unwrap_or_default() as u64 * WINDOW_MS as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use colloquy_core::ports::{InferenceError, Transcript, Word};

    /// 200 ms of tone, 160 ms of almost nothing, and so on.
    fn words(count: usize) -> Vec<f32> {
        let tone = |n: usize| (n as f32 * 0.3).sin() * 0.5;
        (0..count)
            .flat_map(|_| {
                (0..200 * PER_MS)
                    .map(tone)
                    .chain((0..160 * PER_MS).map(|n| tone(n) * 0.002))
            })
            .collect()
    }

    struct Reader;
    impl SpeechToText for Reader {
        fn transcribe(&mut self, pcm: &[f32], _: &dyn Fn() -> bool) -> Result<Transcript, InferenceError> {
            assert!(pcm.len() <= 30_000 * PER_MS, "more than the real one takes");
            let count = pcm.len() / (360 * PER_MS);
            let word = |n: usize| Word {
                text: "word".to_owned().into(),
                start_ms: n as u32 * 360,
                end_ms: n as u32 * 360 + 180,
                probability: 1.0,
            };
            Ok(Transcript {
                words: (0..count).map(word).collect(),
                ..Transcript::default()
            })
        }
    }

    #[test]
    fn a_pause_is_put_where_it_is_quiet_between_two_words() {
        let turn = Turn {
            name: "t".to_owned(),
            pcm: words(6),
        };
        let (longer, pause) = with_pause(&turn, &mut Reader, 1).unwrap().unwrap();
        assert_eq!(pause.ms(), 500);
        assert_eq!(longer.pcm.len(), turn.pcm.len() + 500 * PER_MS);
        assert!((200..360).contains(&(pause.from % 360)), "{pause:?}");
        let inside = &longer.pcm[pause.from as usize * PER_MS..pause.to as usize * PER_MS];
        assert!(rms(inside) < 0.01, "{}", rms(inside));
    }

    #[test]
    fn in_a_long_turn_the_gaps_of_its_beginning_count() {
        let turn = Turn {
            name: "t".to_owned(),
            pcm: words(100),
        };
        let (longer, pause) = with_pause(&turn, &mut Reader, 3).unwrap().unwrap();
        assert_eq!(longer.pcm.len(), turn.pcm.len() + pause.ms() as usize * PER_MS);
        assert!(pause.from < 30_000, "{pause:?}");
    }

    #[test]
    fn two_words_have_no_room_for_a_pause() {
        let turn = Turn {
            name: "t".to_owned(),
            pcm: words(2),
        };
        assert!(with_pause(&turn, &mut Reader, 0).unwrap().is_none());
    }

    #[test]
    fn the_room_is_what_is_heard_where_nobody_speaks() {
        let sound = room(&words(3), 1_000);
        assert_eq!(sound.len(), 1_000 * PER_MS);
        assert!(rms(&sound) < 0.2 * rms(&words(3)));
        assert_eq!(room(&[], 10), vec![0.0; 10 * PER_MS]);
    }

    #[test]
    fn speech_begins_where_it_is_loud() {
        let quiet = vec![0.0005; 400 * PER_MS];
        let click = vec![0.9; 20 * PER_MS];
        assert_eq!(onset_ms(&[click, quiet, words(2)].concat()), 420);
        // A loud room is no speech, although it lies within 25 dB of it.
        let room: Vec<f32> = (0..600 * PER_MS)
            .map(|n| if n % 2 == 0 { 0.03 } else { -0.03 })
            .collect();
        assert_eq!(onset_ms(&[room, words(1)[..200 * PER_MS].to_vec()].concat()), 600);
    }
}
