//! `POST /api/v1/sessions/describe`: a draft for a goal in a sentence.

use axum::Json;
use axum::extract::State;
use colloquy_core::guide::bank;
use colloquy_core::guide::{ModeChoice, Priority, Topic};
use colloquy_core::pii::Pii;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tracing::warn;
use utoipa::ToSchema;

use super::TITLE_MAX;
use super::draft::{Draft, DraftTopic};
use super::edit::{LENGTH_MAX, LENGTH_MIN};
use super::topic::{TopicSent, merged};
use crate::admin::caller::Caller;
use crate::admin::input::{Body, line, optional};
use crate::admin::permissions::Action;
use crate::admin::problem::Problem;
use crate::app::AppState;

/// In characters.
const GOAL_MAX: usize = 500;
/// Topics that a language model may propose.
const PROPOSED: std::ops::RangeInclusive<usize> = 3..=8;
const INSTRUCTIONS: &str = "You design short interviews with employees, held by a neutral interviewer. For the goal that an HR \
    team gives, propose a session: a title of at most ten words that participants may read without feeling judged, a length in \
    minutes (5 to 30), a mode (voice, text, or participant where people may choose), and 4 to 7 topics in the order in which \
    they are talked about, from easy to hard and back. Each topic has a label of at most five plain words that speaks to the \
    participant, a description in one sentence, guidance for the interviewer in one or two sentences (what to listen for: \
    concrete events, reasons; never a leading, loaded or double question, no names), and a priority (high for at most three). \
    Do not ask about health, family, religion, politics or union membership.";

/// A title that is made out of a goal, in characters: it stands in mails' subjects and in lists.
const DRAWN_TITLE_MAX: usize = 60;

/// What somebody wants to understand.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Goal {
    /// In a sentence or two, such as "I want to understand why our mid-level engineers are leaving".
    #[schema(value_type = String, max_length = 500)]
    goal: Pii,
}

/// A draft for a goal.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Described {
    /// The draft. Nothing of it is saved.
    draft: Draft,
    /// Who made it.
    by: Maker,
    /// Whether the library has anything for this goal; where it has not and no language model helps, the draft is its closest
    /// template as it stands.
    fits: bool,
}

/// Who made a draft.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Maker {
    /// The library's topics that are closest in meaning.
    Library,
    /// The language model.
    Model,
}

/// What the language model proposes.
#[derive(Debug, Deserialize)]
struct Proposal {
    title: String,
    length_min: u16,
    mode: ModeChoice,
    topics: Vec<Proposed>,
}

#[derive(Debug, Deserialize)]
struct Proposed {
    label: String,
    description: String,
    guidance: String,
    priority: Priority,
}

/// Draft a session for a goal: by the language model where one is configured, else out of the library's topics. Nothing is saved
#[utoipa::path(
    post, path = "/sessions/describe", tag = "sessions", request_body = Goal,
    responses(
        (status = OK, body = Described),
        (status = UNAUTHORIZED, description = "`unauthenticated`", body = Problem),
        (status = FORBIDDEN, description = "`role_lacks_permission`, `plan_lacks_sessions`, `token_lacks_scope`, `foreign_origin`", body = Problem),
        (status = UNPROCESSABLE_ENTITY, description = "`invalid_body`, `invalid_field`", body = Problem),
    )
)]
pub(crate) async fn describe(
    State(state): State<AppState>,
    caller: Caller,
    Body(body): Body<Goal>,
) -> Result<Json<Described>, Problem> {
    caller.may(Action::EditSessions)?;
    let goal = optional("goal", body.goal.expose(), GOAL_MAX)?;
    if goal.is_empty() {
        return Err(Problem::field("goal", "Say in a sentence what you want to understand."));
    }
    let found = state.desk.librarian.compose(goal.clone()).await?;
    let mut draft = Draft::of(found.template, &found.topics);
    let (mut by, mut fits) = (Maker::Library, found.fits);
    if let Some(proposal) = proposed(&state, &goal).await {
        draft.title = proposal.title;
        draft.length_min = proposal.length_min;
        draft.mode = proposal.mode;
        draft.topics = proposal
            .topics
            .iter()
            .map(|topic| DraftTopic::of(topic, false))
            .collect();
        (by, fits) = (Maker::Model, true);
    } else if fits {
        let title = bank::title(&goal, DRAWN_TITLE_MAX);
        // What is no line that can be a title stays the template's.
        draft.title = line("title", &title, TITLE_MAX).unwrap_or(draft.title);
    }
    Ok(Json(Described { draft, by, fits }))
}

/// A proposal that can be saved as it stands.
struct Sound {
    title: String,
    length_min: u16,
    mode: ModeChoice,
    topics: Vec<Topic>,
}

/// What the language model proposes, if there is one and it proposes something that can be saved.
async fn proposed(state: &AppState, goal: &str) -> Option<Sound> {
    let model = state.registry.services().model.as_ref()?;
    let text = json!({"type": "string"});
    let choice = |words: &[&str]| json!({"type": "string", "enum": words});
    let topic = json!({
        "type": "object", "additionalProperties": false,
        "required": ["label", "description", "guidance", "priority"],
        "properties": {"label": text, "description": text, "guidance": text, "priority": choice(&["low", "medium", "high"])},
    });
    let schema = json!({
        "type": "object", "additionalProperties": false, "required": ["title", "length_min", "mode", "topics"],
        "properties": {
            "title": text, "length_min": {"type": "integer"}, "mode": choice(&["voice", "text", "participant"]),
            "topics": {"type": "array", "items": topic},
        },
    });
    match model.fill::<Proposal>(INSTRUCTIONS, goal, "session", schema).await {
        Ok(proposal) => {
            let sound = sound(proposal);
            if sound.is_none() {
                warn!("the language model proposed a session that cannot be saved; the library's is shown");
            }
            sound
        }
        Err(cause) => {
            warn!(cause, "the language model proposed no session; the library's is shown");
            None
        }
    }
}

/// The same rules as for what an admin sends, and a length that can be kept.
fn sound(proposal: Proposal) -> Option<Sound> {
    if !PROPOSED.contains(&proposal.topics.len()) || !(LENGTH_MIN..=LENGTH_MAX).contains(&proposal.length_min) {
        return None;
    }
    let sent = proposal
        .topics
        .into_iter()
        .map(|topic: Proposed| TopicSent::proposed(topic.label, topic.description, topic.guidance, topic.priority));
    let topics = merged(&[], sent.collect()).ok()?;
    Some(Sound {
        title: line("title", &proposal.title, TITLE_MAX).ok()?,
        length_min: proposal.length_min,
        mode: proposal.mode,
        topics: topics.into_iter().map(|topic| topic.topic).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proposal(topics: usize, label: &str, length_min: u16) -> Proposal {
        let topic = |_| Proposed {
            label: label.to_owned(),
            description: "What it is like.".to_owned(),
            guidance: "Listen for an event.".to_owned(),
            priority: Priority::High,
        };
        Proposal {
            title: "Night shifts".to_owned(),
            length_min,
            mode: ModeChoice::Participant,
            topics: (0..topics).map(topic).collect(),
        }
    }

    #[test]
    fn what_a_model_proposes_is_held_to_the_rules_of_what_an_admin_sends() {
        assert!(sound(proposal(4, "Your nights", 15)).is_some());
        for wrong in [
            proposal(2, "Your nights", 15),
            proposal(9, "Your nights", 15),
            proposal(4, "", 15),
            proposal(4, &"x".repeat(81), 15),
            proposal(4, "Your nights", 90),
        ] {
            assert!(sound(wrong).is_none());
        }
    }
}
