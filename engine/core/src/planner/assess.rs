//! What one answer holds, told from its words alone: a concrete event, a reason, what would have to change, anything new.

use std::collections::BTreeSet;

use super::lexicon::Lexicon;
use super::words::{self, Token};
use crate::event::Evidence;

/// Content words that make an example or a reason believable.
const SUBSTANCE_MIN_WORDS: u32 = 3;
/// Past forms that make a story where no word places it in time.
const STORY_MIN_PAST: usize = 2;
/// Tokens that a story without a time has at the least.
const STORY_MIN_TOKENS: usize = 8;
/// New content words that make an answer add something.
const NEW_MIN_WORDS: usize = 3;

/// Reads the evidence in `tokens`. `earlier`: stems of the content words already said on the topic.
pub(crate) fn evidence(tokens: &[Token], earlier: &BTreeSet<String>, lexicon: &Lexicon) -> Evidence {
    let words = u32::try_from(words::content_words(tokens, &lexicon.function_words).count()).unwrap_or(u32::MAX);
    let stems = words::content(tokens, &lexicon.function_words);
    let fresh = stems.difference(earlier).count();
    let substance = words >= SUBSTANCE_MIN_WORDS;
    Evidence {
        words,
        answered: words >= 1,
        example: substance && example(tokens, lexicon),
        reason: words >= 1 && found_without(tokens, &lexicon.reason, &lexicon.not_reason),
        change: words >= 2 && found_without(tokens, &lexicon.change, &lexicon.not_change),
        // The first answer to a topic is new by itself.
        new: if earlier.is_empty() {
            words >= 1
        } else {
            fresh >= NEW_MIN_WORDS || (fresh >= 2 && fresh * 5 >= stems.len() * 2)
        },
        declined: false,
    }
}

fn example(tokens: &[Token], lexicon: &Lexicon) -> bool {
    let strong = tokens.iter().filter(|t| is_past(&t.text, lexicon)).count();
    let state = tokens
        .iter()
        .any(|t| ["was", "were", "had", "did"].contains(&t.text.as_str()));
    let placed = words::any(&lexicon.example, tokens);
    if placed {
        return strong > 0
            || state
            || tokens
                .windows(2)
                .any(|w| w[0].text == "for" && matches!(&*w[1].text, "example" | "instance"));
    }
    let habit = words::any(&lexicon.habit, tokens);
    strong >= STORY_MIN_PAST && tokens.len() >= STORY_MIN_TOKENS && !habit
}

fn is_past(word: &str, lexicon: &Lexicon) -> bool {
    lexicon.past.contains(word) || (word.ends_with("ed") && word.len() > 4 && !lexicon.not_past.contains(word))
}

/// Whether a pattern of `hits` matches in a place where none of `except` does.
fn found_without(tokens: &[Token], hits: &[words::Pattern], except: &[words::Pattern]) -> bool {
    words::sentences(tokens).any(|sentence| {
        let spared: Vec<(usize, usize)> = except.iter().filter_map(|p| p.find(sentence, 0)).collect();
        hits.iter().any(|p| {
            let mut from = 0;
            while let Some((start, end)) = p.find(sentence, from) {
                if !spared.iter().any(|(a, b)| start < *b && *a < end) {
                    return true;
                }
                from = start + 1;
            }
            false
        })
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::evidence;
    use crate::planner::lexicon::english;
    use crate::planner::words::{content, tokens};

    /// Sentence; then whether it holds an example (e), a reason (r), a wish for change (c).
    const LABELLED: &[(&str, &str)] = &[
        ("Last week my manager cancelled our one to one for the third time.", "e"),
        ("We shipped the release in March and nobody mentioned it at all.", "e"),
        ("One day I stayed until midnight fixing the billing system.", "e"),
        ("For example the training budget was cut without a word.", "e"),
        ("I remember the customer from Leeds who called to thank me.", "e"),
        ("Two months ago I asked for a transfer and got no reply.", "e"),
        ("On my first day the laptop was missing and nobody expected me.", "e"),
        ("She took me aside, showed me the plan and gave me the project.", "e"),
        ("In January they moved our whole department to another floor.", "e"),
        ("Yesterday we lost four hours on a broken deployment.", "e"),
        ("The moment I heard about the reorganisation I called my partner.", "e"),
        (
            "There was a meeting where my proposal was presented by someone else.",
            "e",
        ),
        ("My colleagues are friendly and the office is nice.", ""),
        ("The pay is fair, I suppose.", ""),
        ("It is usually busy and people generally help each other.", ""),
        ("Communication is poor in this department.", ""),
        ("I feel tired most of the time.", ""),
        ("I am always interested in new tools.", ""),
        ("The workload is heavy.", ""),
        ("Good team, good product.", ""),
        ("I like my team a lot.", ""),
        ("My manager is supportive and patient.", ""),
        ("It is fine.", ""),
        ("Yes.", ""),
        ("Nothing special.", ""),
        ("I stay because the people in my team care about quality.", "r"),
        ("It is hard since we never get clear priorities.", "r"),
        ("The reason is the salary, plain and simple.", "r"),
        ("I chose it so that I could see my children grow up.", "r"),
        ("Mostly due to the long commute.", "r"),
        ("We have no tester, which is why every release is stressful.", "r"),
        ("The unclear strategy makes me doubt the whole project.", "r"),
        ("It comes down to trust between the departments.", "r"),
        ("That led to a lot of frustration in the group.", "r"),
        ("The constant interruptions, that is what wears people down.", "r"),
        ("Thanks to the mentoring programme I feel confident.", "r"),
        ("I have been on this team since January.", ""),
        ("Since I joined the company the office is quieter.", ""),
        ("If they gave us two more people the deadlines would be realistic.", "c"),
        ("They would have to pay people for being on call.", "c"),
        ("I wish somebody asked us before deciding.", "c"),
        ("Managers should get proper training.", "c"),
        ("The onboarding needs to be shorter and clearer.", "c"),
        ("A clear career ladder would help a great deal.", "c"),
        ("Ideally decisions come with an explanation.", "c"),
        ("I would like to see honest numbers from leadership.", "c"),
        ("It would be better with fewer meetings.", "c"),
        ("We ought to test before we release.", "c"),
        ("What I need is a quiet room.", "c"),
        ("I would change the shift plan.", "c"),
        ("I should say that the canteen is nice.", ""),
        ("Last month I worked two weekends because the migration failed.", "er"),
        ("We lost a customer last year since nobody answered the phone.", "er"),
        (
            "When the server failed last Tuesday I wished for a runbook, they should write one.",
            "ec",
        ),
        (
            "I left my previous job because my boss shouted, and it taught me to listen.",
            "er",
        ),
        ("They should explain decisions because silence breeds rumours.", "rc"),
        (
            "If my manager asked me once a month it would help, because I never hear how I am doing.",
            "rc",
        ),
        ("Three years ago they promoted me, which made me stay.", "er"),
        ("The tools are slow and old.", ""),
        ("Meetings, meetings and more meetings.", ""),
        ("I trust my colleagues.", ""),
        ("My manager rarely gives feedback.", ""),
        ("Leadership talks about values constantly.", ""),
        (
            "Last autumn our budget was frozen and I paid for the course myself.",
            "e",
        ),
        ("He said he would check and came back a day later with an answer.", "e"),
        ("It is so far away that I spend two hours a day in trains.", ""),
    ];

    #[test]
    fn labelled_answers_are_read_rightly() {
        assert!(LABELLED.len() >= 60);
        let mut wrong = Vec::new();
        for (text, label) in LABELLED {
            let e = evidence(&tokens(text), &BTreeSet::new(), english());
            let got: String = [(e.example, 'e'), (e.reason, 'r'), (e.change, 'c')]
                .iter()
                .filter(|(b, _)| *b)
                .map(|(_, c)| *c)
                .collect();
            if got != *label {
                wrong.push(format!("{text}: {got} instead of {label}"));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn saying_it_again_adds_nothing() {
        let lexicon = english();
        let first = tokens("My manager cancels our meetings and the priorities change every week");
        let earlier = content(&first, &lexicon.function_words);
        assert!(
            !evidence(
                &tokens("Well, the manager cancelled meetings, priorities changing"),
                &earlier,
                lexicon
            )
            .new
        );
        assert!(
            evidence(
                &tokens("Besides, the salary stagnates and colleagues resign"),
                &earlier,
                lexicon
            )
            .new
        );
    }
}
