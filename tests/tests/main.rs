//! The real server with its real models, from outside: one behaviour a file.
#![allow(clippy::unwrap_used)]

mod answers_in_text;
mod drains_on_sigterm;
mod endures_a_hostile_model;
mod falls_back_when_the_model_fails;
mod holds_a_call_over_webrtc;
mod holds_an_interview;
mod leaves_nothing_behind;
mod refuses_bad_input;
mod resumes_after_a_crash;
mod serves_https;
mod speaks_with_the_openai_client;
mod tells_a_model_only_what_was_agreed_to;
