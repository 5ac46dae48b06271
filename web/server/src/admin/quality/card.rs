//! `GET /api/v1/conversations/{id}/quality`: how well one interview was held.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use colloquy_core::guide::{Confidentiality, Priority};
use colloquy_core::id::ConversationId;
use colloquy_core::report_card::{Note, Recap};
use colloquy_store::ConversationState;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Marked, mark};
use crate::admin::caller::Caller;
use crate::admin::input::Id;
use crate::admin::permissions::Action;
use crate::admin::problem::Problem;
use crate::admin::{sessions, words};
use crate::app::AppState;

/// The marks of one interview.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CardShown {
    /// Which conversation.
    pub(super) conversation: Uuid,
    /// By which invitation; `/invitations/{id}` says whose.
    pub(super) invitation: Uuid,
    /// Where it stands.
    #[schema(schema_with = words::talk)]
    pub(super) state: ConversationState,
    /// When it was over, in unix milliseconds.
    pub(super) ended: Option<i64>,
    /// What stands out, the gravest first.
    #[schema(value_type = Vec<String>)]
    pub(super) notes: Vec<Note>,
    /// Turns of ours that ask.
    pub(super) asking_turns: u32,
    /// Those that ask one thing.
    pub(super) single: u32,
    /// Questions in all, those that were said again left out.
    pub(super) questions: u32,
    /// Those that are open.
    pub(super) open: u32,
    /// Those that lead.
    pub(super) leading: u32,
    /// Those that had been asked before.
    pub(super) repeated: u32,
    /// Words in all of them.
    pub(super) question_words: u32,
    /// Words of the longest.
    pub(super) longest: u32,
    /// Words that we spoke.
    pub(super) our_words: u32,
    /// Words that the person spoke.
    pub(super) their_words: u32,
    /// Their answers.
    pub(super) answers: u32,
    /// Questions within a topic.
    pub(super) follow_ups: u32,
    /// Those that carry a word of the answer which they follow.
    pub(super) in_their_words: u32,
    /// Times that we took the floor from somebody who had not finished.
    pub(super) interruptions: u32,
    /// Times that the person cut us short.
    pub(super) cut_short: u32,
    /// The median of the latency in milliseconds, where it was measured.
    pub(super) latency_p50_ms: Option<u32>,
    /// Its 95th percentile.
    pub(super) latency_p95_ms: Option<u32>,
    /// What became of the recap.
    #[schema(schema_with = words::recap)]
    pub(super) recap: Recap,
    /// Answers that called for care.
    pub(super) concerns: u32,
    /// Those that were met with it at once.
    pub(super) concerns_handled: u32,
    /// Turns of ours that the language model phrased.
    pub(super) by_model: u32,
    /// Times that the built-in words took its place.
    pub(super) fell_back: u32,
    /// How long it took, in milliseconds.
    pub(super) length_ms: u64,
    /// How long it was to take.
    pub(super) planned_ms: u64,
    /// Each topic, in the order of the guide.
    pub(super) topics: Vec<TopicMarks>,
}

/// One topic: what it was to get, and what it got.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TopicMarks {
    /// What it is called.
    pub(super) label: String,
    /// Its priority.
    #[schema(schema_with = words::priority)]
    pub(super) priority: Priority,
    /// Milliseconds that it was to get.
    pub(super) planned_ms: u64,
    /// Milliseconds that it got.
    pub(super) actual_ms: u64,
    /// It was spoken about.
    pub(super) reached: bool,
    /// A concrete event was told.
    pub(super) example: bool,
    /// A reason was given.
    pub(super) reason: bool,
    /// The person would rather not speak about it.
    pub(super) declined: bool,
}

impl From<Marked> for CardShown {
    fn from(Marked { talk, guide, card }: Marked) -> Self {
        let notes = card.notes();
        let label = |id| guide.topics.iter().find(|topic| topic.id == id);
        let topics = card.topics.into_iter().map(|topic| TopicMarks {
            label: label(topic.topic).map_or_else(String::new, |topic| topic.label.clone()),
            priority: topic.priority,
            planned_ms: topic.planned_ms,
            actual_ms: topic.actual_ms,
            reached: topic.reached,
            example: topic.example,
            reason: topic.reason,
            declined: topic.declined,
        });
        Self {
            conversation: talk.id.0,
            invitation: talk.invitation.0,
            state: talk.state,
            ended: talk.ended,
            notes,
            asking_turns: card.questions.turns,
            single: card.questions.single,
            questions: card.questions.asked,
            open: card.questions.open,
            leading: card.questions.leading,
            repeated: card.questions.repeated,
            question_words: card.questions.words,
            longest: card.questions.longest,
            our_words: card.our_words,
            their_words: card.their_words,
            answers: card.answers,
            follow_ups: card.follow_ups,
            in_their_words: card.follow_ups_in_their_words,
            interruptions: card.interruptions,
            cut_short: card.cut_short,
            latency_p50_ms: card.latency.map(|latency| latency.p50_ms),
            latency_p95_ms: card.latency.map(|latency| latency.p95_ms),
            recap: card.recap,
            concerns: card.concerns,
            concerns_handled: card.concerns_handled,
            by_model: card.by_model,
            fell_back: card.fell_back,
            length_ms: card.length_ms,
            planned_ms: card.planned_ms,
            topics: topics.collect(),
        }
    }
}

/// How well one interview was held, as far as it has come; of identified ones alone
#[utoipa::path(
    get, path = "/conversations/{id}/quality", tag = "quality", params(("id" = Uuid, Path)),
    responses(
        (status = OK, body = CardShown),
        (status = UNAUTHORIZED, description = "`unauthenticated`", body = Problem),
        (status = FORBIDDEN, description = "`role_lacks_permission`, `plan_lacks_sessions`, `confidential`", body = Problem),
        (status = NOT_FOUND, description = "`not_found`", body = Problem),
    )
)]
pub(crate) async fn read(
    State(state): State<AppState>,
    caller: Caller,
    Id(id): Id,
) -> Result<Json<CardShown>, Problem> {
    caller.may(Action::ReadQuality)?;
    let missing = || Problem::missing("conversation");
    let talk = state.store().conversations().find(ConversationId(id)).await?;
    let talk = talk.ok_or_else(missing)?;
    let session = sessions::known(&state, &caller, talk.session.0)
        .await
        .map_err(|_| missing())?;
    // Of what was taken back, or is kept no longer, nothing is told, and previews count nowhere.
    if matches!(talk.state, ConversationState::Withdrawn | ConversationState::Erased) || talk.preview {
        return Err(missing());
    }
    let guide = state.store().guides().find(talk.guide).await?.ok_or_else(missing)?;
    if [session.confidentiality, guide.confidentiality].contains(&Confidentiality::Confidential) {
        let detail = "This conversation is confidential: its marks are shown together with those of others.";
        return Err(Problem::new(StatusCode::FORBIDDEN, "confidential", detail));
    }
    Ok(Json(mark(&state, talk, Arc::new(guide)).await?.into()))
}
