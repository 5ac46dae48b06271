//! Somebody, or something, is heard while the floor is ours.
//!
//! Whoever speaks into our turn silences us at once; what it was is decided after that. A cough or a "mm-hmm" gives the
//! floor back, and we go on where we were; words take it. Our own voice can come back too: in the first moments of a call,
//! and after an echo was heard, we speak on until words tell whose voice it is.

use crate::event::Event;
use crate::id::{SegmentId, TurnId};
use crate::planner::Plan;
use crate::ports::Transcript;
use crate::time::Ms;

use super::super::completeness::is_backchannel;
use super::super::echo::is_echo;
use super::super::io::{Notice, Output, Urgency};
use super::super::voicing::{Change, FRAME_MS};
use super::ear::{Ear, PREROLL_MS};
use super::{Phase, Session};

/// Voice that goes on for so long is no sign of listening, whatever its words; where it has none, it may be no voice.
const INTERRUPTION_MS: u64 = 1_000;
/// What goes on for so long has the floor though nobody understands it.
const UNINTELLIGIBLE_MS: u64 = 2_000;
/// Right after a take-over the person is probably not done: less voice undoes it.
const UNDO_MS: u64 = 200;
/// For so long after our first audible sample a take-over can be undone.
const UNDO_WITHIN_MS: u64 = 1_000;
/// Silence after which a short sound is judged by its words.
const SETTLED_MS: u64 = 250;
/// The same after a long one in which nothing was understood: a person who has paused for breath goes on meanwhile.
const LONG_SETTLED_MS: u64 = 800;
/// So many of our words must come back before a long voice is taken for their echo where none was expected.
const ECHO_WORDS_MIN: usize = 4;
/// A judgement that does not come gives the floor back to us.
const GIVE_UP_MS: u64 = 2_500;
/// A browser needs so long, of our voice, to find its echo and take it out.
const ECHO_LEARNED_MS: u64 = 3_000;
/// After an echo was heard, another one is expected for so long.
const ECHO_EXPECTED_MS: u64 = 10_000;
/// A voice that may be our echo is judged by its words after so much of it: two or three words.
const ECHO_JUDGED_MS: u64 = 800;
/// What is left of an echo once we are silent: a voice that lasts longer is a person's.
pub(super) const ECHO_TAIL_MS: u64 = 400;

/// Somebody speaks into our turn.
#[derive(Debug)]
pub(super) struct Contest {
    onset: Ms,
    voiced_ms: u64,
    voiced_until: Ms,
    asked: Option<(TurnId, Ms)>,
    /// Its words were asked for while it went on.
    sought: bool,
    /// It may be our echo: we speak on until we know.
    doubted: bool,
    /// What was said of it was no echo, as far as was understood.
    foreign: bool,
}

impl Contest {
    fn new(onset: Ms, doubted: bool) -> Self {
        Self {
            onset,
            voiced_ms: 0,
            voiced_until: onset,
            asked: None,
            sought: false,
            doubted,
            foreign: false,
        }
    }

    /// How much of a doubted voice is to be heard before it is judged: the second time there is more to go by.
    fn judged_after_ms(&self) -> u64 {
        if self.foreign {
            2 * ECHO_JUDGED_MS
        } else {
            ECHO_JUDGED_MS
        }
    }

    /// Whether this transcription was asked for here.
    pub(super) fn asked(&self, turn: TurnId, to: Ms) -> bool {
        self.asked == Some((turn, to))
    }

    /// Whether our speech is held for it.
    pub(super) fn held(&self) -> bool {
        !self.doubted
    }

    /// When we go on although nothing is known.
    pub(super) fn gives_up_at(&self) -> Ms {
        self.voiced_until + GIVE_UP_MS
    }
}

impl<P: Plan> Session<P> {
    /// Our voice is heard for the first time in this call.
    pub(super) fn learn_echo(&mut self) {
        self.echo_until.get_or_insert(self.now + ECHO_LEARNED_MS);
    }

    fn echo_expected(&self) -> bool {
        self.echo_until.is_some_and(|until| self.now < until)
    }

    /// Whether our turn began so recently that a voice rather goes on with the answer before it.
    fn undoable(&self) -> bool {
        let reply = self.reply.as_ref().filter(|reply| reply.answers.is_some());
        reply.is_some_and(|reply| is_young(reply.audible_since, self.now))
    }

    /// A frame was heard while the floor is ours.
    pub(super) fn voice_while_replying(&mut self, change: Option<Change>) {
        if self.reply.is_none() || self.farewell_stands() {
            return;
        }
        if let Some(Change::Started(onset)) = change {
            if self.unheard() {
                self.undo(onset);
                return;
            }
            let doubted = self.echo_expected();
            self.echo_heard &= doubted;
            let contest = self.contest.get_or_insert_with(|| Contest::new(onset, doubted));
            contest.asked = None;
            if contest.held() {
                self.out.push_back(Output::HoldPlayback);
            }
        }
        let undoable = self.undoable();
        let (speaking, stretch_ms) = (self.voicing.speaking(), self.voicing.voiced_ms());
        let now = self.now;
        let Some(contest) = &mut self.contest else { return };
        if speaking {
            contest.voiced_until = now;
            contest.voiced_ms += FRAME_MS;
            if contest.doubted {
                if contest.voiced_ms >= contest.judged_after_ms() {
                    self.judge();
                }
                return;
            }
            contest.voiced_ms = contest.voiced_ms.max(stretch_ms);
            let onset = contest.onset;
            if undoable && contest.voiced_ms >= UNDO_MS {
                self.undo(onset);
            } else if contest.voiced_ms >= UNINTELLIGIBLE_MS {
                self.give_way();
            } else if contest.voiced_ms >= INTERRUPTION_MS && !contest.sought {
                contest.sought = true;
                self.judge();
            }
            return;
        }
        let settled = if contest.sought { LONG_SETTLED_MS } else { SETTLED_MS };
        if now.since(contest.voiced_until) >= settled {
            self.judge();
        }
    }

    /// Asks what was said, unless that was done.
    fn judge(&mut self) {
        // Stamped with our own turn: if that ends first, this is nobody's answer.
        let Some(turn) = self.reply.as_ref().map(|reply| reply.turn) else {
            return;
        };
        let now = self.now;
        let Some(contest) = self.contest.as_mut().filter(|contest| contest.asked.is_none()) else {
            return;
        };
        contest.asked = Some((turn, now));
        self.out.push_back(Output::Transcribe {
            turn,
            segment: SegmentId(0),
            from: contest.onset - PREROLL_MS,
            to: now,
            urgency: Urgency::Floor,
        });
    }

    /// The words of a sound came.
    pub(super) fn contest_heard(&mut self, heard: Option<Transcript>) {
        let words = heard.map(|t| t.text).unwrap_or_default();
        let words = words.expose();
        let spoken = self.reply.as_ref().map(|reply| reply.utterance.heard_text());
        let Some(contest) = &mut self.contest else { return };
        let (doubted, onset) = (contest.doubted, contest.onset);
        let nothing = words.trim().is_empty();
        let long = !doubted && contest.voiced_ms >= INTERRUPTION_MS;
        if long && nothing && self.voicing.speaking() {
            // Music, or a voice far away: it is asked again when it is over.
            contest.asked = None;
            return;
        }
        let telling = !long || words.split_whitespace().count() >= ECHO_WORDS_MIN;
        if telling && is_echo(words, &spoken.unwrap_or_default()) {
            self.echo_until = Some(self.now + ECHO_EXPECTED_MS);
            self.echo_heard = true;
            self.keep_floor();
        } else if is_backchannel(words) && (nothing || !long) {
            self.keep_floor();
        } else if doubted && self.echo_heard && !contest.foreign {
            // An echo can be misheard. A person goes on, and is understood better then.
            contest.foreign = true;
            contest.asked = None;
            if !self.voicing.speaking() {
                self.keep_floor();
            }
            return;
        } else if doubted && self.undoable() {
            self.undo(onset);
        } else {
            self.give_way();
        }
        if doubted && self.contest.is_none() && self.phase == Phase::Replying && self.voicing.speaking() {
            // The echo goes on as long as we do; somebody may speak into it.
            self.contest = Some(Contest::new(self.now, true));
        }
    }

    /// It was nothing: we go on where we were.
    pub(super) fn keep_floor(&mut self) {
        if self.contest.take().is_some_and(|contest| contest.held()) {
            self.out.push_back(Output::ContinuePlayback);
        }
    }

    /// It was an interruption: the floor is theirs.
    fn give_way(&mut self) {
        if self.contest.is_some() {
            self.end_turn(true);
        }
    }

    /// Opens the participant's turn with a voice that is already there.
    pub(super) fn hear(&mut self, contest: Contest) {
        let mut ear = Ear::new(self.fresh_turn(), contest.onset, Ms::ZERO);
        ear.voiced_until = contest.voiced_until;
        ear.voiced_ms = contest.voiced_ms;
        self.open_ear(ear, contest.onset);
    }

    /// Whether we are saying goodbye for good: what is said into it is no answer any more, and it is said once. A goodbye that
    /// followed an answer is taken back while nothing of it was heard, as that answer goes on; one that was asked for by the
    /// button is not.
    pub(super) fn farewell_stands(&self) -> bool {
        let reply = self.reply.as_ref();
        reply
            .is_some_and(|reply| reply.decision.mv.ends() && (reply.answers.is_none() || reply.audible_since.is_some()))
    }

    /// Whether we answer, and nothing of it was heard or seen.
    pub(super) fn unheard(&self) -> bool {
        let reply = self.reply.as_ref();
        reply.is_some_and(|reply| reply.answers.is_some() && reply.audible_since.is_none())
    }

    /// The take-over was wrong: we were not meant to speak. Both pieces are one answer.
    fn undo(&mut self, onset: Ms) {
        self.reopen(onset);
        let now = self.now;
        self.speech_goes_on(onset);
        if let Some(ear) = &mut self.ear {
            ear.voiced_until = now;
        }
    }

    /// Takes our reply back: the answer before it is open again, and goes on at `onset`.
    pub(super) fn reopen(&mut self, onset: Ms) {
        let Some(answers) = self.reply.as_ref().and_then(|reply| reply.answers) else {
            return;
        };
        let Some(reply) = self.reply.take() else { return };
        self.contest = None;
        let utterance = reply.utterance.id;
        self.out.push_back(Output::Drop { utterance });
        self.record(Event::TurnReopened {
            turn: answers,
            undone: reply.turn,
        });
        self.notify(Notice::Silent {
            utterance,
            interrupted: true,
            heard_ms: reply.utterance.heard_ms(),
        });
        self.phase = Phase::Listening;
        if self.ear.is_none() {
            // The turn was closed by a button, or before the line broke: what is in the log stands.
            let ear = Ear::new(answers, onset, self.earliest);
            self.ear = Some(match self.log.turn(answers) {
                Some(heard) => ear.after(heard),
                None => ear,
            });
        }
    }
}

fn is_young(audible: Option<Ms>, now: Ms) -> bool {
    audible.is_none_or(|since| now.since(since) <= UNDO_WITHIN_MS)
}
