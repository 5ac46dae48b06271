//! The participant's open turn: which stretches of it are transcribed, and what is known of its end.

use crate::id::{SegmentId, TurnId};
use crate::time::Ms;

use super::super::completeness::Ending;
use super::super::transcript::Turn;

/// Audio kept before the first voiced frame: the voice model is late by some frames on soft onsets.
pub(super) const PREROLL_MS: u64 = 250;
/// A stretch this long is closed at the next pause, so that at the end only the tail is left to decode.
const CLOSE_AFTER_MS: u64 = 8_000;
/// A pause of this length may close a stretch.
const CLOSING_PAUSE_MS: u64 = 300;
/// Without any pause, what was said so far is transcribed this often: with the wait and the decoding that is, it is kept at most
/// 8 s after it was said.
const KEEP_EVERY_MS: u64 = 6_000;
/// A stretch without any pause is cut here: the recognizer hears at most 30 s at once.
const CUT_AFTER_MS: u64 = 20_000;

/// A request to transcribe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stretch {
    pub(super) segment: SegmentId,
    pub(super) from: Ms,
    pub(super) to: Ms,
}

/// The participant's open turn.
#[derive(Clone, Debug)]
pub(super) struct Ear {
    pub(super) turn: TurnId,
    pub(super) started: Ms,
    pub(super) voiced_until: Ms,
    /// Voiced time in all.
    pub(super) voiced_ms: u64,
    /// The longest pause after which speech went on, where it could have been the end. A search for the next word could not, and
    /// neither could a moment to think that was asked for: they tell nothing of how somebody pauses between sentences.
    pub(super) longest_pause_ms: u64,
    /// The newest judgement of the voice, and the silence that it was made in.
    score: Option<(Ms, f32)>,
    score_pending: bool,
    next_score_at: Ms,
    segment: SegmentId,
    segment_from: Ms,
    /// Up to here transcription was asked for.
    asked_to: Ms,
    /// What was asked and has not come: the newest request of each stretch. An older one may be dropped unanswered.
    outstanding: Vec<(SegmentId, Ms)>,
    /// "Let me think" was said: the floor is the participant's.
    pub(super) held: bool,
    /// How often the turn was taken and given back.
    pub(super) reopened: u32,
}

impl Ear {
    pub(super) fn new(turn: TurnId, onset: Ms, earliest: Ms) -> Self {
        let started = (onset - PREROLL_MS).max(earliest);
        Self {
            turn,
            started,
            voiced_until: onset,
            voiced_ms: 0,
            longest_pause_ms: 0,
            score: None,
            score_pending: false,
            next_score_at: Ms::ZERO,
            segment: SegmentId(0),
            segment_from: started,
            asked_to: started,
            outstanding: Vec::new(),
            held: false,
            reopened: 0,
        }
    }

    /// The ear of a turn that was closed and is open again: what was heard of it before stays, and this comes after it.
    pub(super) fn after(mut self, heard: &Turn) -> Self {
        self.segment = heard.next_segment();
        self
    }

    /// Speech goes on after a pause that began at `voiced_until`, with words that ended like this.
    pub(super) fn goes_on(&mut self, onset: Ms, ending: Ending) {
        let pause_ms = onset.since(self.voiced_until);
        if !std::mem::take(&mut self.held) && ending != Ending::Hanging {
            self.longest_pause_ms = self.longest_pause_ms.max(pause_ms);
        }
        if pause_ms >= CLOSING_PAUSE_MS && self.voiced_until.since(self.segment_from) >= CLOSE_AFTER_MS {
            self.close_segment((onset - PREROLL_MS).max(self.voiced_until));
        }
    }

    /// A voiced frame ended at `now`. Something to transcribe meanwhile, if it is time.
    pub(super) fn voiced(&mut self, now: Ms, frame_ms: u64) -> Option<Stretch> {
        self.voiced_until = now;
        self.voiced_ms += frame_ms;
        if now.since(self.segment_from) >= CUT_AFTER_MS {
            let stretch = self.ask(now);
            self.close_segment(now);
            return Some(stretch);
        }
        (now.since(self.asked_to) >= KEEP_EVERY_MS).then(|| self.ask(now))
    }

    /// The silence is long enough to transcribe what was said. Once for each silence.
    pub(super) fn paused(&mut self, now: Ms) -> Option<Stretch> {
        (self.asked_to < self.voiced_until).then(|| self.ask(now))
    }

    /// Transcribes whatever is left, now.
    pub(super) fn leave(&mut self, now: Ms) -> Option<Stretch> {
        (self.asked_to < self.voiced_until).then(|| self.ask(now))
    }

    /// A stretch was transcribed, or could not be.
    pub(super) fn heard(&mut self, segment: SegmentId, to: Ms) {
        self.outstanding.retain(|(id, asked)| *id != segment || *asked > to);
    }

    /// What was asked for will not come.
    pub(super) fn give_up(&mut self) {
        self.outstanding.clear();
    }

    /// Whether everything that was voiced is in the text.
    pub(super) fn all_heard(&self) -> bool {
        self.asked_to >= self.voiced_until && self.outstanding.is_empty()
    }

    /// Whether the voice should be judged now.
    pub(super) fn wants_score(&mut self, now: Ms, every_ms: u64) -> bool {
        if self.score_pending || now < self.next_score_at {
            return false;
        }
        self.score_pending = true;
        self.next_score_at = now + every_ms;
        true
    }

    /// The voice was judged in the silence after `voiced_until`.
    pub(super) fn scored(&mut self, voiced_until: Ms, probability: Option<f32>) {
        self.score_pending = false;
        if let Some(p) = probability.filter(|_| voiced_until == self.voiced_until) {
            self.score = Some((voiced_until, p));
        }
    }

    /// The newest judgement of this silence.
    pub(super) fn probability(&self) -> Option<f32> {
        self.score.filter(|(at, _)| *at == self.voiced_until).map(|(_, p)| p)
    }

    /// A segment id that was not used: for typed words.
    pub(super) fn extra_segment(&mut self) -> SegmentId {
        self.close_segment(self.voiced_until);
        let used = self.segment;
        self.segment = used.next();
        used
    }

    fn ask(&mut self, to: Ms) -> Stretch {
        self.asked_to = to;
        self.outstanding.retain(|(id, _)| *id != self.segment);
        self.outstanding.push((self.segment, to));
        Stretch {
            segment: self.segment,
            from: self.segment_from,
            to,
        }
    }

    fn close_segment(&mut self, at: Ms) {
        self.segment = self.segment.next();
        self.segment_from = at;
        self.asked_to = at;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn speak(ear: &mut Ear, from: u64, to: u64) -> Vec<Stretch> {
        (from / 32 + 1..=to / 32)
            .filter_map(|frame| ear.voiced(Ms(frame * 32), 32))
            .collect()
    }

    #[test]
    fn a_long_answer_leaves_only_its_tail() {
        let mut ear = Ear::new(TurnId(2), Ms(0), Ms(0));
        assert!(speak(&mut ear, 0, 5_500).is_empty());
        assert_eq!(ear.paused(Ms(5_700)).unwrap().from, Ms(0));
        ear.goes_on(Ms(6_000), Ending::Whole);
        speak(&mut ear, 6_000, 9_500);
        let second = ear.paused(Ms(9_700)).unwrap();
        assert_eq!(
            (second.segment, second.from),
            (SegmentId(0), Ms(0)),
            "short stretches stay together"
        );
        ear.goes_on(Ms(10_000), Ending::Whole);
        speak(&mut ear, 10_000, 11_000);
        let third = ear.paused(Ms(11_200)).unwrap();
        assert_eq!((third.segment, third.from), (SegmentId(1), Ms(9_750)));
    }

    #[test]
    fn without_a_pause_it_is_kept_every_six_seconds_and_cut_at_twenty() {
        let mut ear = Ear::new(TurnId(2), Ms(0), Ms(0));
        let kept = speak(&mut ear, 0, 30_000);
        let ends: Vec<(u32, u64)> = kept.iter().map(|s| (s.segment.0, s.to.0)).collect();
        assert_eq!(ends, [(0, 6_016), (0, 12_032), (0, 18_048), (0, 20_000), (1, 26_016)]);
    }

    #[test]
    fn the_longest_pause_is_kept_unless_a_word_was_sought_or_a_moment_asked_for() {
        let mut ear = Ear::new(TurnId(2), Ms(0), Ms(0));
        speak(&mut ear, 0, 960);
        ear.goes_on(Ms(1_560), Ending::Whole);
        speak(&mut ear, 1_568, 1_920);
        ear.goes_on(Ms(2_120), Ending::Whole);
        assert_eq!(ear.longest_pause_ms, 600);
        speak(&mut ear, 2_112, 2_400);
        ear.goes_on(Ms(4_000), Ending::Hanging);
        speak(&mut ear, 4_000, 4_800);
        ear.held = true;
        ear.goes_on(Ms(9_000), Ending::Whole);
        assert_eq!((ear.longest_pause_ms, ear.held), (600, false));
    }

    #[test]
    fn each_silence_is_transcribed_once_and_covers_the_voice_before_it() {
        let mut ear = Ear::new(TurnId(2), Ms(300), Ms(0));
        speak(&mut ear, 300, 1_300);
        let stretch = ear.paused(Ms(1_500)).unwrap();
        assert_eq!(ear.paused(Ms(1_600)), None);
        assert!(!ear.all_heard());
        ear.heard(stretch.segment, stretch.to);
        assert!(ear.all_heard());
        speak(&mut ear, 1_600, 2_000);
        assert!(!ear.all_heard());
    }
}
