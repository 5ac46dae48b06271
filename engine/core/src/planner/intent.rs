//! What a participant wants of the interviewer, as opposed to what they tell: a repetition, a moment, to skip, to stop, to know something.

use super::lexicon::{Lexicon, english};
use super::words::{self, Pattern, Token};
use crate::event::Inquiry;

/// Tokens of the longest sentence that is taken for a request: longer ones tell something.
const REQUEST_MAX_TOKENS: usize = 16;
/// Tokens of the longest answer that is taken as "I don't know" as a whole.
const UNKNOWN_MAX_TOKENS: usize = 14;
/// Tokens of the longest answer that is taken to be about something else than work.
const STRAY_MAX_TOKENS: usize = 40;
/// Content words of the longest answer that is taken to be vague as a whole.
const HEDGE_MAX_WORDS: u32 = 5;
/// Tokens of the longest answer that is a bare yes or no.
const POLARITY_MAX_TOKENS: usize = 9;
/// Content words in a bare yes or no at the most.
const BARE_MAX_WORDS: usize = 2;
/// Content words from which on an answer tells something, whatever it asks besides.
const TELLING_MIN_WORDS: usize = 8;

/// What an answer asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Intent {
    /// To end the interview.
    Stop,
    /// To rest.
    Pause,
    /// A moment to think.
    Hold,
    /// The question again.
    Repeat,
    /// The question again, at leisure.
    Slower,
    /// To come back to what was talked about before.
    Back,
    /// The next question.
    Skip,
    /// Not to answer this.
    Decline,
    /// An answer of ours.
    Inquire(Inquiry),
    /// Nothing comes to mind.
    Unknown,
    /// To have their displeasure with the interview heard.
    Protest,
    /// To talk of something that has nothing to do with work.
    Stray,
    /// To stay vague.
    Hedge,
    /// Nothing: it tells something.
    Tell,
}

/// Reads what `tokens` ask for.
pub(crate) fn read(tokens: &[Token]) -> Intent {
    let lexicon = english();
    let ask = &lexicon.ask;
    let sentences: Vec<&[Token]> = words::sentences(tokens).collect();
    let telling = tells(tokens);
    let short = |s: &&&[Token]| s.len() <= REQUEST_MAX_TOKENS;
    let any = |patterns: &[Pattern]| sentences.iter().filter(short).any(|s| words::any(patterns, s));
    let ends = |patterns: &[Pattern]| sentences.last().filter(short).is_some_and(|s| words::any(patterns, s));

    // In a long answer only its end is spoken to us; "I had to stop there" in the middle of a story is not.
    let wants = |patterns: &[Pattern]| if telling { ends(patterns) } else { any(patterns) };
    // A break is meant where both fit: "can we stop and go on tomorrow".
    for (patterns, intent) in [
        (&ask.pause, Intent::Pause),
        (&ask.stop, Intent::Stop),
        (&ask.decline, Intent::Decline),
    ] {
        if wants(&patterns.0) {
            return intent;
        }
    }
    if !telling {
        for (patterns, intent) in [
            (&ask.slower, Intent::Slower),
            (&ask.skip, Intent::Skip),
            (&ask.back, Intent::Back),
            (&ask.protest, Intent::Protest),
        ] {
            if any(&patterns.0) {
                return intent;
            }
        }
    }
    if !telling && any(&lexicon.inquiry.language.0) {
        return Intent::Inquire(Inquiry::Language);
    }
    if strays(tokens, lexicon) {
        return Intent::Stray;
    }
    if let Some(about) = inquiry(tokens, telling, lexicon) {
        return Intent::Inquire(about);
    }
    if !telling && any(&ask.repeat.0) {
        return Intent::Repeat;
    }
    if !telling && any(&ask.hold.0) {
        return Intent::Hold;
    }
    if tokens.len() <= UNKNOWN_MAX_TOKENS && any(&ask.unknown.0) {
        return Intent::Unknown;
    }
    if hedges(tokens, lexicon) {
        return Intent::Hedge;
    }
    Intent::Tell
}

/// Whether an answer is about anything but work.
fn strays(tokens: &[Token], lexicon: &Lexicon) -> bool {
    let list = &lexicon.off_topic;
    let words = || tokens.iter().filter(|t| !t.is_end());
    words().count() <= STRAY_MAX_TOKENS
        && !words().any(|t| list.work.contains(&t.text))
        && words::any(&list.leisure, tokens)
}

/// Whether an answer hardly says more than that it will not be pinned down.
fn hedges(tokens: &[Token], lexicon: &Lexicon) -> bool {
    let holds = super::assess::evidence(tokens, &std::collections::BTreeSet::new(), lexicon);
    holds.words <= HEDGE_MAX_WORDS
        && !(holds.example || holds.reason || holds.change)
        && words::any(&lexicon.ask.hedge.0, tokens)
}

/// Whether an answer tells enough to count, whatever it asks besides.
pub(crate) fn tells(tokens: &[Token]) -> bool {
    words::content_words(tokens, &english().function_words).count() >= TELLING_MIN_WORDS
}

fn inquiry(tokens: &[Token], telling: bool, lexicon: &Lexicon) -> Option<Inquiry> {
    let asks = tokens.last().is_some_and(|t| t.text == words::ASK);
    let last = words::sentences(tokens)
        .last()
        .filter(|s| s.len() <= REQUEST_MAX_TOKENS)?;
    // Without a question mark (recognizers drop them) only a question's first word counts, or not having understood.
    let opens = last.iter().take(3).any(|t| {
        [
            "who", "why", "how", "what", "is", "are", "will", "does", "do", "can", "where", "am",
        ]
        .contains(&t.text.as_str())
    });
    let list = &lexicon.inquiry;
    let puzzled = !telling && words::any(&list.meaning.0, last);
    if !(asks || puzzled || (opens && !telling && last[0].text != "i")) {
        return None;
    }
    let known = [
        (&list.anonymous, Inquiry::Anonymous),
        (&list.kept, Inquiry::Kept),
        (&list.time_left, Inquiry::TimeLeft),
        (&list.recording, Inquiry::Recording),
        (&list.nature, Inquiry::Nature),
        (&list.who_sees, Inquiry::WhoSees),
        (&list.purpose, Inquiry::Purpose),
        (&list.meaning, Inquiry::Meaning),
    ];
    let about = known
        .into_iter()
        .find(|(patterns, _)| words::any(&patterns.0, last))
        .map(|(_, about)| about);
    let request = words::any(&lexicon.ask.repeat.0, last) || words::any(&lexicon.ask.hold.0, last);
    about.or((asks && opens && !telling && !request).then_some(Inquiry::Other))
}

/// Whether an answer to a question of yes or no says yes (`Some(true)`), no, or something else (`None`).
pub(crate) fn polarity(tokens: &[Token]) -> Option<bool> {
    let list = &english().polarity;
    let first: Vec<Token> = tokens
        .iter()
        .filter(|t| !t.is_end())
        .take(POLARITY_MAX_TOKENS)
        .cloned()
        .collect();
    if words::any(&list.no.0, &first) {
        return Some(false);
    }
    words::any(&list.yes.0, &first).then_some(true)
}

/// Whether an answer is a yes or no and hardly more.
pub(crate) fn is_bare(tokens: &[Token]) -> bool {
    let lexicon = english();
    tokens.iter().filter(|t| !t.is_end()).count() <= POLARITY_MAX_TOKENS
        && words::content_words(tokens, &lexicon.function_words).count() <= BARE_MAX_WORDS
}

/// Whether an answer holds nothing that could be asked about: "No.", "Nothing comes to mind."
pub(crate) fn says_nothing(tokens: &[Token], intent: Intent) -> bool {
    intent == Intent::Unknown || (is_bare(tokens) && polarity(tokens) == Some(false))
}

/// Whether a question is put off, and not refused.
pub(crate) fn defers(tokens: &[Token]) -> bool {
    !tells(tokens) && words::any(&english().ask.defer.0, tokens)
}

/// Whether an answer to the recap says that all is well.
pub(crate) fn confirms(tokens: &[Token]) -> bool {
    words::any(&english().polarity.fine.0, tokens) || (polarity(tokens) == Some(true) && !objects(tokens))
}

/// Whether a yes goes on with a "but".
fn objects(tokens: &[Token]) -> bool {
    let objection = tokens
        .iter()
        .any(|t| ["but", "except", "although", "though", "only"].contains(&t.text.as_str()));
    objection && !is_bare(tokens)
}

#[cfg(test)]
mod tests {
    use super::{Intent, confirms, polarity, read};
    use crate::event::Inquiry;
    use crate::planner::words::tokens;

    const LABELLED: &[(&str, Intent)] = &[
        ("I want to stop.", Intent::Stop),
        ("Can we end here?", Intent::Stop),
        ("Sorry, I have to go now.", Intent::Stop),
        ("Please stop the interview.", Intent::Stop),
        ("That's enough for today.", Intent::Stop),
        ("I don't want to continue.", Intent::Stop),
        ("Let's stop here.", Intent::Stop),
        (
            "I wanted to stop working there long before the merger happened and my colleagues knew.",
            Intent::Tell,
        ),
        (
            "They want to end the night shifts in the warehouse by next spring, which I welcome.",
            Intent::Tell,
        ),
        ("Can we take a short break?", Intent::Pause),
        ("Could we pause for a minute?", Intent::Pause),
        ("Let me think.", Intent::Hold),
        ("Hmm, give me a second.", Intent::Hold),
        ("Just a moment.", Intent::Hold),
        ("Could you say that again?", Intent::Repeat),
        ("Sorry, I didn't hear you.", Intent::Repeat),
        ("Can you repeat the question please?", Intent::Repeat),
        ("Pardon?", Intent::Repeat),
        ("What was the question?", Intent::Repeat),
        ("Can we skip this one?", Intent::Skip),
        ("Next question please.", Intent::Skip),
        ("Let's move on.", Intent::Skip),
        ("I'd rather not say.", Intent::Decline),
        ("I don't want to talk about that.", Intent::Decline),
        ("I would prefer not to answer this.", Intent::Decline),
        ("That's private.", Intent::Decline),
        ("I'm not comfortable answering that.", Intent::Decline),
        ("Who will see this?", Intent::Inquire(Inquiry::WhoSees)),
        ("Does my manager get to read that?", Intent::Inquire(Inquiry::WhoSees)),
        ("Is this confidential?", Intent::Inquire(Inquiry::WhoSees)),
        (
            "What will you do with my answers, and who will read them?",
            Intent::Inquire(Inquiry::WhoSees),
        ),
        ("What will happen with my answers?", Intent::Inquire(Inquiry::Kept)),
        ("How long are my answers kept?", Intent::Inquire(Inquiry::Kept)),
        ("How long will my answers be stored?", Intent::Inquire(Inquiry::Kept)),
        ("Can I delete my answers later?", Intent::Inquire(Inquiry::Kept)),
        ("Is this anonymous?", Intent::Inquire(Inquiry::Anonymous)),
        ("Will my name be shown?", Intent::Inquire(Inquiry::Anonymous)),
        ("Ich spreche lieber Deutsch", Intent::Inquire(Inquiry::Language)),
        ("¿Podemos hablar en español?", Intent::Inquire(Inquiry::Language)),
        ("Could we do this in French?", Intent::Inquire(Inquiry::Language)),
        ("The German customers are great.", Intent::Tell),
        ("Is this being recorded?", Intent::Inquire(Inquiry::Recording)),
        ("Are you an AI?", Intent::Inquire(Inquiry::Nature)),
        ("Am I talking to a real person?", Intent::Inquire(Inquiry::Nature)),
        ("How long will this take?", Intent::Inquire(Inquiry::TimeLeft)),
        ("How many questions are left?", Intent::Inquire(Inquiry::TimeLeft)),
        ("What do you mean?", Intent::Inquire(Inquiry::Meaning)),
        ("I don't understand the question.", Intent::Inquire(Inquiry::Meaning)),
        ("Why are you asking this?", Intent::Inquire(Inquiry::Purpose)),
        ("What is this for?", Intent::Inquire(Inquiry::Purpose)),
        ("Will there be bonuses this year?", Intent::Inquire(Inquiry::Other)),
        ("I don't know.", Intent::Unknown),
        ("No idea, honestly.", Intent::Unknown),
        ("Hmm, I'm not sure.", Intent::Unknown),
        ("I can't think of anything.", Intent::Unknown),
        ("My manager is supportive and patient.", Intent::Tell),
        (
            "I don't know who decides, but the budget was cut twice and our projects suffered badly.",
            Intent::Tell,
        ),
        ("We had to stop the project because the customer left.", Intent::Tell),
        ("What I like is the freedom.", Intent::Tell),
        ("Why people leave is a mystery to me, the work is great.", Intent::Tell),
        ("The team is good.", Intent::Tell),
    ];

    #[test]
    fn requests_are_told_from_answers() {
        let wrong: Vec<String> = LABELLED
            .iter()
            .map(|(text, intent)| (text, intent, read(&tokens(text))))
            .filter(|(_, intent, got)| *intent != got)
            .map(|(text, intent, got)| format!("{text}: {got:?} instead of {intent:?}"))
            .collect();
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn yes_and_no_are_read_from_their_beginning() {
        for (text, expected) in [
            ("Yes, that's right.", Some(true)),
            ("Yeah, go on.", Some(true)),
            ("Okay.", Some(true)),
            ("No, I'd rather stop.", Some(false)),
            ("Not now.", Some(false)),
            ("I would rather not.", Some(false)),
            ("My manager is kind.", None),
        ] {
            assert_eq!(polarity(&tokens(text)), expected, "{text}");
        }
    }

    #[test]
    fn a_recap_is_confirmed_or_corrected() {
        for text in [
            "Yes.",
            "That's right.",
            "No, that's fine.",
            "Nothing to add.",
            "Yes, that is a fair summary",
        ] {
            assert!(confirms(&tokens(text)), "{text}");
        }
        for text in [
            "No, I said the pay was fair.",
            "Yes, but it was the training that I meant, never the pay.",
            "It was rather the shift plan.",
        ] {
            assert!(!confirms(&tokens(text)), "{text}");
        }
    }
}
