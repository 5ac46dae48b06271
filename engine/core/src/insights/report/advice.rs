//! What might be done about a named matter. Each is something that a people team can begin on by itself.

use crate::insights::{Signal, Signalled, Stance};

/// What to do where people speak so of it.
pub(super) fn advice(signalled: Signalled) -> &'static str {
    match signalled.stance {
        Stance::Strain => strain(signalled.signal),
        Stance::Strength => strength(signalled.signal),
    }
}

fn strain(signal: Signal) -> &'static str {
    match signal {
        Signal::FlightRisk => {
            "Take up now what makes people think of leaving: name the two causes that are heard most, and say who will answer them by when."
        }
        Signal::Burnout => {
            "Give recovery a place in the plan: agree how long peaks may last, and what is left undone while they do."
        }
        Signal::ManagerTrust => {
            "Have managers ask their teams what they need to speak up, and follow up on one thing that is heard, visibly."
        }
        Signal::Growth => {
            "Make the next step visible: agree with each person what they want to learn this half-year, and what opens when they have."
        }
        Signal::Pay => {
            "Explain how pay is set, and compare the roles that are named with the market before the next round."
        }
        Signal::Workload => {
            "Go through what each team carries, and decide with the people who do the work what stops, what waits and what needs more hands."
        }
        Signal::Recognition => "Agree on a habit by which good work is seen: who thanks whom, for what, and how often.",
        Signal::Belonging => "Give people who feel apart a fixed person and a fixed place in the team's week.",
        Signal::Tools => "Collect the three tools or systems that cost most time, and give each an owner and a date.",
        Signal::Clarity => {
            "Write down for each team what matters this quarter and what does not, and go through it together."
        }
        Signal::Flexibility => "Agree in each team which hours and places are fixed, and leave the rest to the people.",
        Signal::Change => {
            "Slow down or bundle what is changing, and say for each change why it is made and what stays as it is."
        }
        Signal::Leadership => {
            "Have those who decide explain the last decisions in person, with time for questions and honest answers."
        }
    }
}

fn strength(signal: Signal) -> &'static str {
    match signal {
        Signal::FlightRisk => "Ask those who want to stay what keeps them, and protect it when plans are made.",
        Signal::Burnout => "Find out what lets people recover here, and keep it when work peaks.",
        Signal::ManagerTrust => "Let managers whom people trust show others what they do.",
        Signal::Growth => "Keep the time for learning that people value, and offer it where it is missing.",
        Signal::Pay => "Keep explaining pay as you do.",
        Signal::Workload => "Keep the way in which work is shared out here.",
        Signal::Recognition => "Keep the ways in which people are thanked here.",
        Signal::Belonging => "Keep what makes people feel part of their team, also when teams are reshaped.",
        Signal::Tools => "Keep the tools that people praise when systems are replaced.",
        Signal::Clarity => "Keep the way in which goals are set and explained here.",
        Signal::Flexibility => "Keep the say that people have over their hours and place of work.",
        Signal::Change => "Keep explaining changes as you do.",
        Signal::Leadership => "Keep the openness that people see in those who lead.",
    }
}
