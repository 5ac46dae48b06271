//! `GET /api/v1/me`: who I am, where, and what I may do; the console shows what stands here.

use axum::Json;
use axum::extract::State;
use colloquy_core::pii::Pii;
use colloquy_store::{Plan, Role, User};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::admin::caller::Caller;
use crate::admin::outbox::MailBy;
use crate::admin::permissions::{self, Action};
use crate::admin::problem::Problem;
use crate::admin::words;
use crate::app::AppState;

/// Who asks.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Me {
    /// Who.
    user: Colleague,
    /// Where.
    workspace: Home,
    /// What they may do.
    #[schema(schema_with = may)]
    may: Vec<Action>,
    /// How mails leave this server.
    mails: MailBy,
}

fn may() -> utoipa::openapi::schema::Array {
    utoipa::openapi::schema::Array::new(words::action())
}

/// A workspace.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Home {
    /// Which one.
    id: Uuid,
    /// The organisation's name.
    name: String,
    /// What it has paid for.
    #[schema(schema_with = words::plan)]
    plan: Plan,
}

/// Somebody who works here.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Colleague {
    /// Who.
    pub(super) id: Uuid,
    /// Full name.
    #[schema(value_type = String)]
    name: Pii,
    /// Address.
    #[schema(value_type = String, format = "email")]
    email: Pii,
    /// What they are.
    #[schema(schema_with = words::role)]
    role: Role,
    /// Since when, in unix milliseconds.
    created: i64,
}

impl From<&User> for Colleague {
    fn from(user: &User) -> Self {
        Self {
            id: user.id.0,
            name: user.name.clone(),
            email: user.email.clone(),
            role: user.role,
            created: user.created,
        }
    }
}

impl Me {
    pub(super) fn of(caller: &Caller, state: &AppState) -> Self {
        let mut may = permissions::all(caller.user.role, caller.workspace.plan, caller.scope());
        if !state.desk.insights {
            may.retain(|action| !matches!(action, Action::ReadInsights | Action::EditInsights));
        }
        Self {
            user: (&caller.user).into(),
            workspace: Home {
                id: caller.workspace.id.0,
                name: caller.workspace.name.clone(),
                plan: caller.workspace.plan,
            },
            may,
            mails: state.desk.mails(),
        }
    }
}

/// Who I am, where, and what I may do
#[utoipa::path(
    get, path = "/me", tag = "accounts",
    responses(
        (status = OK, body = Me),
        (status = UNAUTHORIZED, description = "`unauthenticated`", body = Problem),
    )
)]
pub(crate) async fn me(State(state): State<AppState>, caller: Caller) -> Result<Json<Me>, Problem> {
    caller.may(Action::SeeOneself)?;
    Ok(Json(Me::of(&caller, &state)))
}
