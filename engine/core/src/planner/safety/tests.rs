//! Sentences that call for care, and sentences that do not.

use super::concern;
use crate::event::Concern::{self, Distress, Harassment, SelfHarm, Violence};
use crate::planner::words::tokens;

const LABELLED: &[(&str, Option<Concern>)] = &[
    ("My team lead keeps making sexual comments about me.", Some(Harassment)),
    ("He harassed me for months.", Some(Harassment)),
    ("I was passed over because I am pregnant.", Some(Harassment)),
    (
        "They make jokes about my accent all the time, it's racist.",
        Some(Harassment),
    ),
    ("A colleague grabbed my waist at the party.", Some(Harassment)),
    ("I'm being bullied by two people in the warehouse.", Some(Harassment)),
    ("She gets discriminated against for her religion.", Some(Harassment)),
    ("He sent me nude pictures.", Some(Harassment)),
    ("Nobody stopped him when he touched me.", Some(Harassment)),
    ("My boss humiliated me in front of everyone.", Some(Harassment)),
    ("My supervisor threatened me.", Some(Violence)),
    ("He hit me in the storage room.", Some(Violence)),
    ("A customer pushed her against the wall and hit her.", Some(Violence)),
    ("He threw a wrench at me.", Some(Violence)),
    ("Somebody brought a knife to work.", Some(Violence)),
    ("I got attacked by a visitor.", Some(Violence)),
    ("I'm scared that he will hurt me.", Some(Violence)),
    ("Sometimes I think about killing myself.", Some(SelfHarm)),
    ("I don't want to live any more.", Some(SelfHarm)),
    ("I have had suicidal thoughts since the winter.", Some(SelfHarm)),
    ("Everyone would be better off without me.", Some(SelfHarm)),
    ("I cut myself when it gets too much.", Some(SelfHarm)),
    ("I just want to die.", Some(SelfHarm)),
    ("I can't stop crying when I think of Monday.", Some(Distress)),
    ("I had a panic attack in the car park.", Some(Distress)),
    ("I'm falling apart, honestly.", Some(Distress)),
    ("I can't take it anymore.", Some(Distress)),
    ("I cry every night after the shift.", Some(Distress)),
    ("I feel completely hopeless.", Some(Distress)),
    ("I had a nervous breakdown last spring.", Some(Distress)),
    ("This deadline is killing me.", None),
    ("I could kill for a coffee.", None),
    ("We killed the project in May.", None),
    ("I was never harassed here.", None),
    ("There's no bullying in our team.", None),
    ("We had a training about harassment last week.", None),
    ("The new policy hit the ground running.", None),
    ("I nearly died laughing.", None),
    ("That presentation blew me away.", None),
    ("The workload is heavy and my manager is strict.", None),
    ("I'm dying to see the new office.", None),
    ("We beat the competition last year.", None),
    ("Price pressure is a threat to the business.", None),
    ("I work on threat detection for customers.", None),
    ("I was not threatened or anything, he was simply annoyed.", None),
    ("It makes me sad that good people leave.", None),
    ("I was stressed before the release.", None),
    ("They shot down my proposal.", None),
    ("I would not say that I feel discriminated against.", None),
    ("He fired me from the project.", None),
    ("We're fighting fires every week.", None),
];

/// Plain disclosures with a negation near by that does not hold for them.
const NOT_TURNED_ROUND: &[(&str, Concern)] = &[
    ("I'm not okay, I want to die.", SelfHarm),
    ("i'm not okay i want to die", SelfHarm),
    ("I can't sleep, I want to die.", SelfHarm),
    ("I have no one, I want to kill myself.", SelfHarm),
    (
        "There is nobody left for me and I think about killing myself.",
        SelfHarm,
    ),
    ("I can't stop thinking about killing myself.", SelfHarm),
    ("I try not to think about killing myself.", SelfHarm),
    ("Nobody noticed that I cut myself.", SelfHarm),
    (
        "I have nothing to look forward to, sometimes I wish I was dead.",
        SelfHarm,
    ),
    ("It's not about the job - I want to end my life.", SelfHarm),
    ("I never told my wife I was suicidal.", SelfHarm),
    ("No, honestly, I hurt myself at night.", SelfHarm),
    ("I would kill myself if it were not for my kids.", SelfHarm),
    ("I don't think I can take it anymore.", Distress),
    ("I'm not well, I cry every night.", Distress),
    ("I'm not myself, I feel worthless.", Distress),
    ("I do not sleep, I had a panic attack on Monday.", Distress),
    ("I don't feel safe, he hit me last week.", Violence),
    ("I never went back because he beat me up.", Violence),
    ("Nobody knows he beats her.", Violence),
    ("He beats me.", Violence),
    ("He hit me that night.", Violence),
    ("I got punched in the face by a driver.", Violence),
    ("He made threats of violence against me.", Violence),
    ("She has made threats against me twice.", Violence),
    ("I have not been at work since a customer attacked me.", Violence),
    ("He did not apologise for hitting me.", Violence),
    ("He shouldn't have hit me.", Violence),
    ("If he had not pushed me I would still work there.", Violence),
    ("No he threatened me.", Violence),
    ("No, my supervisor threatened me.", Violence),
    ("I told HR, nothing happened, he threatened me again.", Violence),
    ("I could never prove my colleague threatened me.", Violence),
    ("It is not a rumour, she was assaulted.", Violence),
    ("I never told anyone he touched me.", Harassment),
    ("I never told anyone my boss touched me.", Harassment),
    ("I never told anyone Mark touched me.", Harassment),
    ("I have not slept since he harassed me.", Harassment),
    ("It's not funny, he keeps touching me.", Harassment),
    ("He does not keep his distance and touches me.", Harassment),
    ("I asked him not to touch me.", Harassment),
    ("I did not want him touching me.", Harassment),
    ("I can't go to work without being harassed.", Harassment),
    ("Not a week goes by without him humiliating me.", Harassment),
    ("He would not stop harassing me.", Harassment),
    ("I do not want to be bullied any more.", Harassment),
    ("I was not only ignored, I was bullied.", Harassment),
    ("Nothing was done about the bullying.", Harassment),
    ("There was no end to the harassment.", Harassment),
    ("No one listened after I was harassed.", Harassment),
    (
        "I'm not the only one who was groped by him, he groped me twice.",
        Harassment,
    ),
    ("I can't believe he called me a slur.", Harassment),
    ("I wish I had not been harassed on my first day.", Harassment),
    ("It wasn't fair, they bullied me out of the team.", Harassment),
    ("I don't know if it counts as harassment.", Harassment),
    ("They never believed I was discriminated against.", Harassment),
    ("I don't have anyone to talk to and I want to end it all.", SelfHarm),
    ("Not a single person believed me when he groped me.", Harassment),
    ("HR never did anything about him threatening me.", Violence),
    ("I don't eat, I don't sleep, I cry every day.", Distress),
    ("We never talk about it but he hits me.", Violence),
    ("I couldn't say no when he kissed me.", Harassment),
    ("I can't be alone with him, he grabs my waist.", Harassment),
    ("There's no way I can cope anymore.", Distress),
    ("There is not a day he does not threaten me.", Violence),
    ("nobody at work knows I am suicidal", SelfHarm),
    ("I'm not safe at home my husband hits me.", Violence),
    ("He never touched me before but last week he touched me.", Harassment),
    ("There is nothing funny about racist comments.", Harassment),
];

/// Denials, and words that only look alike.
const NOTHING_OF_THE_KIND: &[&str] = &[
    "I have never been harassed or bullied at work.",
    "There was no bullying, harassment or violence.",
    "Nobody in my department was ever bullied or threatened.",
    "I don't think he ever threatened anyone.",
    "I do not believe that anyone was harassed here.",
    "I wouldn't call it harassment.",
    "I can't say I was bullied.",
    "It's not that he threatened me, he was only loud.",
    "He never touched me.",
    "No one has ever hit me.",
    "I have not seen any violence in the shop.",
    "I've never seen him hit her.",
    "We don't tolerate harassment here.",
    "I never felt discriminated against.",
    "I'm not aware of any discrimination in our office.",
    "I don't want to die.",
    "I'm not going to kill myself.",
    "I would never hurt myself.",
    "I am not suicidal.",
    "I've never had a panic attack.",
    "I'm not falling apart.",
    "He made threats of layoffs in every meeting.",
    "There was always the threat of closure.",
    "There is a threat of rain for the picnic.",
    "Threats of a strike came up last autumn.",
    "It never felt like harassment to me.",
    "There is no racism in my team.",
    "We worked without any bullying.",
    "He neither hit nor threatened me.",
    "I was not physically attacked.",
    "Why the build fails beats me.",
    "It hit me that I could simply ask.",
    "I hurt myself lifting a box.",
    "I would kill for a quiet office.",
    "I punched in late twice.",
    "I am not saying he harassed me.",
    "I haven't been bullied or anything like that.",
    "I do not feel hopeless.",
    "I wouldn't say I was harassed.",
    "I've not had any panic attacks, thank God.",
    "There have been no incidents of violence at our branch.",
    "We have never had any complaints about harassment.",
    "I haven't experienced any harassment, bullying or discrimination.",
    "Neither my manager nor my team ever bullied me.",
];

#[test]
fn labelled_sentences_are_told_apart() {
    assert!(LABELLED.len() >= 40);
    let wrong: Vec<String> = LABELLED
        .iter()
        .map(|(text, expected)| (text, expected, concern(&tokens(text))))
        .filter(|(_, expected, got)| *expected != got)
        .map(|(text, expected, got)| format!("{text}: {got:?} instead of {expected:?}"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_negation_holds_for_what_it_denies_and_for_nothing_else() {
    let missed = NOT_TURNED_ROUND.iter().map(|(text, expected)| (*text, Some(*expected)));
    let alarms = NOTHING_OF_THE_KIND.iter().map(|text| (*text, None));
    let wrong: Vec<String> = missed
        .chain(alarms)
        .map(|(text, expected)| (text, expected, concern(&tokens(text))))
        .filter(|(_, expected, got)| expected != got)
        .map(|(text, expected, got)| format!("{text}: {got:?} instead of {expected:?}"))
        .collect();
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}
