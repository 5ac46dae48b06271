//! The sound of a turn, found by what the log says of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::BufReader;

use colloquy_audio::tape::span;
use colloquy_core::event::{Event, Recorded};
use colloquy_core::id::{ConversationId, TurnId};
use colloquy_core::time::{HEARING_RATE_HZ, Ms, SPEAKING_RATE_HZ};
use colloquy_store::{Recording, Store, StoreError};
use tracing::warn;

use super::{Files, Recordings, Side};

/// A stretch begins where the recognizer was sure; a breath before and behind belongs to it.
const AROUND_MS: u64 = 200;
/// No turn is longer; of one that is, this is its beginning. It bounds what a request takes: 60 MB.
const LONGEST_MS: u64 = 10 * 60 * 1000;

/// What was said in a turn.
#[derive(Clone, Debug, PartialEq)]
pub struct TurnSound {
    /// Samples a second: 16 kHz for the person, 24 kHz for us.
    pub rate_hz: u32,
    /// Mono samples in [-1, 1].
    pub samples: Vec<f32>,
}

/// A part of a recording, in milliseconds from its beginning.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Part {
    recording: usize,
    from_ms: u64,
    to_ms: u64,
}

impl Recordings {
    /// The sound of a turn, of either side; `None` where nothing of it is kept, or not on this node. `log` is the
    /// conversation's.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn turn(
        &self,
        store: &Store,
        conversation: ConversationId,
        log: &[Recorded],
        turn: TurnId,
    ) -> Result<Option<TurnSound>, StoreError> {
        // It is never closed: an error cannot be.
        let _turn = self.listeners.acquire().await;
        let kept = store.recordings().of_conversation(conversation).await?;
        let files: Vec<Files> = kept.iter().map(|one| self.files(conversation, one.id)).collect();
        let (heard, spoken) = (heard(log, turn, &kept), spoken(log, turn, &kept));
        let read = tokio::task::spawn_blocking(move || {
            if heard.is_empty() {
                let parts = spoken
                    .into_iter()
                    .filter_map(|(utterance, end)| utterance_in(&files[end.recording], utterance, end));
                sound(&files, Side::Interviewer, SPEAKING_RATE_HZ, parts)
            } else {
                sound(&files, Side::Participant, HEARING_RATE_HZ, heard.into_iter())
            }
        });
        Ok(read.await.unwrap_or_default())
    }

    /// The participant's turns of which something is kept on this node. `log` is the conversation's.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn answers(
        &self,
        store: &Store,
        conversation: ConversationId,
        log: &[Recorded],
    ) -> Result<BTreeSet<TurnId>, StoreError> {
        let kept = store.recordings().of_conversation(conversation).await?;
        let files: Vec<Files> = kept.iter().map(|one| self.files(conversation, one.id)).collect();
        let said: Vec<(TurnId, usize)> = log
            .iter()
            .filter_map(|recorded| stretch(recorded, &kept))
            .map(|(turn, part)| (turn, part.recording))
            .collect();
        let here = tokio::task::spawn_blocking(move || {
            let here: Vec<bool> = files.iter().map(|one| one.sound(Side::Participant).is_file()).collect();
            said.into_iter()
                .filter(|(_, recording)| here[*recording])
                .map(|(turn, _)| turn)
                .collect()
        });
        Ok(here.await.unwrap_or_default())
    }
}

/// Which recording holds what was said at `at`. One begins where the one before it ends; after a crash it begins where the
/// log ends, which may be a little before the end of the file.
fn holding(kept: &[Recording], at: Ms) -> Option<usize> {
    kept.iter().rposition(|recording| recording.from <= at)
}

/// The stretch of speech that an event tells of, with a breath around it; `None` of what was typed, and of what was said before
/// anything was kept.
fn stretch(recorded: &Recorded, kept: &[Recording]) -> Option<(TurnId, Part)> {
    let Event::SegmentHeard { turn, from, to, .. } = &recorded.event else {
        return None;
    };
    let recording = holding(kept, *from).filter(|_| from < to)?;
    let begin = kept[recording].from;
    let part = Part {
        recording,
        from_ms: from.since(begin).saturating_sub(AROUND_MS),
        to_ms: to.since(begin) + AROUND_MS,
    };
    Some((*turn, part))
}

/// The parts in which the person said it: one for each recording, pauses included.
fn heard(log: &[Recorded], turn: TurnId, kept: &[Recording]) -> Vec<Part> {
    let mut parts: BTreeMap<usize, Part> = BTreeMap::new();
    let of_turn = log
        .iter()
        .filter_map(|recorded| stretch(recorded, kept))
        .filter(|(of, _)| *of == turn);
    for (_, new) in of_turn {
        let part = parts.entry(new.recording).or_insert_with(|| new.clone());
        (part.from_ms, part.to_ms) = (part.from_ms.min(new.from_ms), part.to_ms.max(new.to_ms));
    }
    parts.into_values().collect()
}

/// Our utterances in it, and where they end; where they begin their recording's marks say.
fn spoken(log: &[Recorded], turn: TurnId, kept: &[Recording]) -> Vec<(u32, Part)> {
    let end = |recorded: &Recorded| {
        let Event::Spoken {
            turn: of, utterance, ..
        } = &recorded.event
        else {
            return None;
        };
        // What ends where a recording begins was said in the one before it.
        let recording = holding(kept, recorded.at - 1).filter(|_| *of == turn)?;
        let to_ms = recorded.at.since(kept[recording].from) + AROUND_MS;
        let part = Part {
            recording,
            from_ms: to_ms,
            to_ms,
        };
        Some((utterance.0, part))
    };
    log.iter().filter_map(end).collect()
}

/// The whole of an utterance.
fn utterance_in(files: &Files, utterance: u32, mut part: Part) -> Option<Part> {
    let marks = fs::read_to_string(files.marks()).ok()?;
    let marks = marks.lines().filter_map(|line| {
        let (utterance, at_ms) = line.split_once(' ')?;
        Some((utterance.parse::<u32>().ok()?, at_ms.parse::<u64>().ok()?))
    });
    let mut marks = marks.skip_while(|(of, _)| *of != utterance);
    part.from_ms = marks.next()?.1;
    if let Some((_, next)) = marks.next() {
        part.to_ms = part.to_ms.min(next);
    }
    (part.from_ms < part.to_ms).then_some(part)
}

fn sound(files: &[Files], side: Side, rate_hz: u32, parts: impl Iterator<Item = Part>) -> Option<TurnSound> {
    let mut samples = Vec::new();
    let mut left = LONGEST_MS;
    for part in parts {
        let to_ms = part.to_ms.min(part.from_ms + left);
        left -= to_ms - part.from_ms;
        // It may be on another node, or gone in this moment.
        let Ok(file) = File::open(files[part.recording].sound(side)) else {
            continue;
        };
        match span(BufReader::new(file), rate_hz, part.from_ms, to_ms) {
            Ok(read) => samples.extend(read),
            Err(problem) => warn!(%problem, "a recording cannot be read"),
        }
    }
    (!samples.is_empty()).then_some(TurnSound { rate_hz, samples })
}

#[cfg(test)]
mod tests {
    use colloquy_core::event::Phrasing;
    use colloquy_core::id::{RecordingId, SegmentId, UtteranceId};
    use uuid::Uuid;

    use super::*;

    fn recordings(begins: &[u64]) -> Vec<Recording> {
        let one = |from: &u64| Recording {
            id: RecordingId(Uuid::nil()),
            conversation: ConversationId(Uuid::nil()),
            node: "north".to_owned(),
            from: Ms(*from),
            created: 0,
        };
        begins.iter().map(one).collect()
    }

    fn at(at: u64, event: Event) -> Recorded {
        Recorded {
            seq: 1,
            at: Ms(at),
            wall_ms: 0,
            event,
        }
    }

    fn segment(segment: u32, from: u64, to: u64) -> Recorded {
        let event = Event::SegmentHeard {
            turn: TurnId(2),
            segment: SegmentId(segment),
            from: Ms(from),
            to: Ms(to),
            text: "yes".into(),
            confidence: 1.0,
        };
        at(to, event)
    }

    fn ours(utterance: u32, ends: u64) -> Recorded {
        let event = Event::Spoken {
            turn: TurnId(3),
            utterance: UtteranceId(utterance),
            text: "Why?".into(),
            interrupted: false,
            by: Phrasing::Guided,
        };
        at(ends, event)
    }

    fn part(recording: usize, from_ms: u64, to_ms: u64) -> Part {
        Part {
            recording,
            from_ms,
            to_ms,
        }
    }

    #[test]
    fn an_answer_is_all_of_its_stretches_in_each_recording() {
        let kept = recordings(&[1_000, 20_000]);
        let log = [
            segment(0, 15_000, 17_000),
            segment(1, 17_500, 19_900),
            ours(1, 19_950),
            segment(2, 20_100, 21_000),
        ];
        assert_eq!(
            heard(&log, TurnId(2), &kept),
            [part(0, 13_800, 19_100), part(1, 0, 1_200)]
        );
        assert_eq!(heard(&log, TurnId(4), &kept), []);
        assert_eq!(
            heard(&log, TurnId(2), &recordings(&[16_000])).len(),
            1,
            "what was said before is not kept"
        );
        assert_eq!(
            heard(&[segment(0, 17_000, 17_000)], TurnId(2), &kept),
            [],
            "it was typed"
        );
    }

    #[test]
    fn an_utterance_goes_from_its_mark_to_its_end_or_the_next_mark() {
        let dir = tempfile::tempdir().unwrap();
        let files = Files {
            folder: dir.path().to_owned(),
            id: RecordingId(Uuid::nil()),
        };
        fs::write(files.marks(), "1 0\n2 5000\n3 9100\n4").unwrap();
        let kept = recordings(&[1_000, 20_000]);
        // The second one ends where the next recording begins.
        let log = [ours(1, 5_000), ours(2, 10_000), ours(3, 20_000)];
        let ends = spoken(&log, TurnId(3), &kept);
        let whole: Vec<Part> = ends
            .into_iter()
            .filter_map(|(utterance, end)| utterance_in(&files, utterance, end))
            .collect();
        assert_eq!(
            whole,
            [part(0, 0, 4_200), part(0, 5_000, 9_100), part(0, 9_100, 19_200)]
        );
        assert_eq!(utterance_in(&files, 4, part(0, 9, 9)), None, "cut off");
    }
}
