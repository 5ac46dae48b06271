//! What conversations at work promise, on models that are told what to say. One file per promise.
#![allow(clippy::unwrap_used)]

mod admits_no_more_than_it_can_serve;
mod cares_by_meaning;
mod drains;
mod forgets_who_withdraws;
mod gives_up_its_place;
mod goes_on_when_the_consent_changes;
mod judges_while_they_speak;
mod keeps_what_was_agreed_to;
mod mails_what_lies_in_the_outbox;
mod makes_insights;
mod outlives_a_panicking_model;
mod reads_by_a_language_model;
mod rig;
mod scripted_model;
mod yields_to_a_newer_connection;
mod yields_to_another_node;
