//! `GET /api/v1/people`: who was invited before, for the field in which somebody is invited.

use axum::Json;
use axum::extract::{FromRequestParts, Query, State};
use axum::http::request::Parts;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::admin::caller::Caller;
use crate::admin::input::optional;
use crate::admin::invitations::PersonShown;
use crate::admin::permissions::Action;
use crate::admin::problem::Problem;
use crate::app::AppState;

/// People that are shown, unless the caller wants fewer: who is not among them is found by one letter more.
const SHOWN: u32 = 10;
const SHOWN_MAX: u32 = 50;
/// In characters.
const QUERY_MAX: usize = 100;

/// Whom to look for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Sought {
    /// Words or their beginnings, of name, address, role or department; whatever their case and accents.
    #[param(max_length = 100)]
    q: String,
    /// At most so many people: 1 to 50, else 10.
    #[param(minimum = 1, maximum = 50)]
    limit: Option<u32>,
}

impl<S: Send + Sync> FromRequestParts<S> for Sought {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let read = Query::<Self>::from_request_parts(parts, state).await;
        let Query(sought) = read.map_err(|rejection| Problem::field("q or limit", rejection.body_text()))?;
        Ok(sought)
    }
}

/// People who were found.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Found {
    /// The likeliest first.
    items: Vec<PersonShown>,
}

/// Look for people who were invited before; none where `q` has no word
#[utoipa::path(
    get, path = "/people", tag = "invitations", params(Sought),
    responses(
        (status = OK, body = Found),
        (status = UNAUTHORIZED, description = "`unauthenticated`", body = Problem),
        (status = FORBIDDEN, description = "`role_lacks_permission`, `plan_lacks_sessions`", body = Problem),
        (status = UNPROCESSABLE_ENTITY, description = "`invalid_field`", body = Problem),
    )
)]
pub(crate) async fn search(
    State(state): State<AppState>,
    caller: Caller,
    sought: Sought,
) -> Result<Json<Found>, Problem> {
    caller.may(Action::SeeInvitations)?;
    let text = optional("q", &sought.q, QUERY_MAX)?;
    let limit = sought.limit.unwrap_or(SHOWN);
    if !(1..=SHOWN_MAX).contains(&limit) {
        return Err(Problem::field("limit", format!("1 to {SHOWN_MAX} people are shown.")));
    }
    let people = state.store().people();
    let found = people.search(caller.workspace.id, &text, limit).await?;
    Ok(Json(Found {
        items: found.into_iter().map(PersonShown::from).collect(),
    }))
}
