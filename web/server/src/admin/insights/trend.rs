//! `GET /api/v1/sessions/{id}/insights/trend`: a session beside the one that it was cloned from.

use axum::Json;
use axum::extract::State;
use colloquy_core::guide::{Confidentiality, Probe};
use colloquy_core::insights::gate::{Count, QUOTES_MIN};
use colloquy_core::insights::report::{Sentiment, TopicFound};
use colloquy_store::SessionTopic;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::Wanted;
use super::view::{WITHHELD, newest, part};
use crate::admin::caller::Caller;
use crate::admin::input::Id;
use crate::admin::permissions::Action;
use crate::admin::problem::Problem;
use crate::admin::sessions;
use crate::app::AppState;

/// On either side must be so many people: fewer differ by chance.
const COMPARED_MIN: u32 = QUOTES_MIN;

/// A session beside the one that it was cloned from.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Trend {
    /// What it was cloned from; none: nothing, or it was deleted.
    parent: Option<Parent>,
    /// Why there is nothing to compare; else empty.
    explanation: String,
    /// The topics that both have.
    topics: Vec<TopicTrend>,
}

/// What a session was cloned from.
#[derive(Debug, Serialize, ToSchema)]
struct Parent {
    /// Which session.
    id: Uuid,
    /// Its title.
    title: String,
}

/// A topic that both have.
#[derive(Debug, Serialize, ToSchema)]
struct TopicTrend {
    /// Its name within both.
    id: String,
    /// As it is called.
    label: String,
    /// As it was called.
    before_label: String,
    /// It is asked for in other words than before: a difference may come from that.
    changed_wording: bool,
    /// In this session.
    now: TopicPoint,
    /// In the one before.
    before: TopicPoint,
}

/// A topic in one of the two.
#[derive(Debug, Serialize, ToSchema)]
struct TopicPoint {
    /// People in the report.
    people: u32,
    /// Who said something on it.
    coverage: Count,
    /// How they speak of it.
    sentiment: Sentiment,
}

impl TopicPoint {
    fn of(people: u32, topic: &TopicFound) -> Self {
        Self {
            people,
            coverage: topic.coverage.clone(),
            sentiment: topic.sentiment.clone(),
        }
    }
}

/// Compare a session with the one that it was cloned from, topic by topic
#[utoipa::path(
    get, path = "/sessions/{id}/insights/trend", tag = "insights", params(("id" = Uuid, Path)),
    responses(
        (status = OK, body = Trend),
        (status = UNAUTHORIZED, description = "`unauthenticated`", body = Problem),
        (status = FORBIDDEN, description = "`role_lacks_permission`, `plan_lacks_sessions`", body = Problem),
        (status = NOT_FOUND, description = "`not_found`", body = Problem),
    )
)]
pub(crate) async fn trend(State(state): State<AppState>, caller: Caller, Id(id): Id) -> Result<Json<Trend>, Problem> {
    caller.may(Action::ReadInsights)?;
    let (session, topics) = sessions::own(&state, &caller, id).await?;
    let parent = match session.parent {
        Some(parent) => sessions::own(&state, &caller, parent.0).await.ok(),
        None => None,
    };
    let Some((parent, topics_before)) = parent else {
        return Ok(Json(Trend {
            parent: None,
            explanation: "This session was not cloned from another one, so that there is nothing to compare it with."
                .to_owned(),
            topics: Vec::new(),
        }));
    };
    let mut trend = Trend {
        parent: Some(Parent {
            id: parent.id.0,
            title: parent.title.clone(),
        }),
        explanation: String::new(),
        topics: Vec::new(),
    };
    if [&session, &parent]
        .iter()
        .any(|side| side.confidentiality == Confidentiality::Confidential)
    {
        trend.explanation = WITHHELD.to_owned();
        return Ok(Json(trend));
    }
    let mut sides = Vec::new();
    for session in [&session, &parent] {
        if let Some((_, published)) = newest(&state, session).await?
            && let Some(shown) = part(&state, &caller, session, &published, &Wanted::default()).await?
            && shown.people >= COMPARED_MIN
        {
            sides.push(shown);
        }
    }
    let [now, before] = sides.as_slice() else {
        trend.explanation =
            format!("Sessions are compared once at least {COMPARED_MIN} people have taken part in each.");
        return Ok(Json(trend));
    };
    for topic in &now.report.topics {
        if let Some(same) = before.report.topics.iter().find(|before| before.id == topic.id) {
            trend.topics.push(TopicTrend {
                id: topic.id.clone(),
                label: topic.label.clone(),
                before_label: same.label.clone(),
                changed_wording: worded(&topics, &topic.id) != worded(&topics_before, &topic.id),
                now: TopicPoint::of(now.people, topic),
                before: TopicPoint::of(before.people, same),
            });
        }
    }
    if trend.topics.is_empty() {
        trend.explanation = "The two sessions have no topic in common.".to_owned();
    }
    Ok(Json(trend))
}

/// All that decides in which words a topic is asked for.
#[derive(PartialEq)]
struct Wording<'t> {
    label: &'t str,
    description: &'t str,
    guidance: &'t str,
    openings: &'t [String],
    probes: &'t [Probe],
}

fn worded<'t>(topics: &'t [SessionTopic], id: &str) -> Option<Wording<'t>> {
    let found = topics.iter().find(|topic| topic.topic.id.0 == id);
    found.map(|SessionTopic { topic, .. }| Wording {
        label: &topic.label,
        description: &topic.description,
        guidance: &topic.guidance,
        openings: &topic.openings,
        probes: &topic.probes,
    })
}
