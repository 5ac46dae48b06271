//! `GET /api/v1/templates`: the library.

use axum::Json;
use colloquy_core::guide::library::{Template, templates};
use colloquy_core::guide::{Confidentiality, ModeChoice};
use serde::Serialize;
use utoipa::ToSchema;

use crate::admin::caller::Caller;
use crate::admin::permissions::Action;
use crate::admin::problem::Problem;
use crate::admin::words;

/// The library.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Library {
    /// In the order in which they are offered.
    items: Vec<TemplateShown>,
}

/// A session type to start from.
#[derive(Debug, Serialize, ToSchema)]
struct TemplateShown {
    /// Its name, such as `stay`.
    id: &'static str,
    /// Title that a session begins with.
    title: &'static str,
    /// What it is good for.
    summary: &'static str,
    /// Planned length in minutes.
    length_min: u16,
    /// How people take part, unless the admin decides otherwise.
    #[schema(schema_with = words::mode)]
    mode: ModeChoice,
    /// Who may see what one person says, unless the admin decides otherwise.
    #[schema(schema_with = words::confidentiality)]
    confidentiality: Confidentiality,
    /// What it asks about, in order.
    topics: Vec<&'static str>,
}

impl From<&'static Template> for TemplateShown {
    fn from(template: &'static Template) -> Self {
        Self {
            id: &template.id,
            title: &template.title,
            summary: &template.summary,
            length_min: template.length_min,
            mode: template.mode,
            confidentiality: template.confidentiality,
            topics: template.topics.iter().map(|topic| topic.label.as_str()).collect(),
        }
    }
}

/// The library of session types
#[utoipa::path(
    get, path = "/templates", tag = "sessions",
    responses(
        (status = OK, body = Library),
        (status = UNAUTHORIZED, description = "`unauthenticated`", body = Problem),
        (status = FORBIDDEN, description = "`role_lacks_permission`, `plan_lacks_sessions`", body = Problem),
    )
)]
pub(crate) async fn list(caller: Caller) -> Result<Json<Library>, Problem> {
    caller.may(Action::ReadSessions)?;
    Ok(Json(Library {
        items: templates().iter().map(TemplateShown::from).collect(),
    }))
}
