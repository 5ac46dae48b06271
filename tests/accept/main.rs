//! The long proofs, `make accept`: figures that hold on a machine that does nothing else.
// Figures are for whoever runs the tests.
#![allow(clippy::print_stdout, clippy::unwrap_used)]

mod answers_as_documented;
mod answers_in_time;
mod hears_through_loss;
mod holds_fifty_calls;
mod interviews_by_voice_while_the_model_fails;
mod lists_stay_fast;
mod loses_no_mail;
mod reads_with_a_real_language_model;
mod serves_behind_proxies;
mod simulates_by_voice;
mod stays_small;
mod talks_from_the_terminal;
mod talks_with_a_real_language_model;
mod waits_out_silence;
