//! `GET` and `PUT /api/v1/sessions/{id}/insights/edits`: what admins changed of what was made, as a whole.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use colloquy_core::insights::report::{ReportEdits, SummaryEdit, ThemeEdit};
use colloquy_runtime::actor::unix_ms;
use colloquy_store::StoreError;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::admin::caller::Caller;
use crate::admin::input::{Body, Id, line, optional};
use crate::admin::permissions::Action;
use crate::admin::problem::Problem;
use crate::admin::sessions;
use crate::app::AppState;

/// Characters of a summary.
const SUMMARY_MAX: usize = 4_000;
/// Characters of a label.
const LABEL_MAX: usize = 120;
/// Characters of a theme's key.
const KEY_MAX: usize = 200;
/// Themes of which something is changed: more are in no report.
const THEMES_MAX: usize = 200;

/// All that is changed. A theme that is left out stands as it was made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EditsSent {
    /// The summary's words; none: as they are made.
    #[schema(max_length = 4000)]
    summary: Option<String>,
    /// What is changed of themes.
    #[schema(max_items = 200)]
    themes: Vec<ThemeSent>,
}

/// What is changed of a theme.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ThemeSent {
    /// Its key.
    #[schema(max_length = 200)]
    key: String,
    /// How it is called; none: as it is made.
    #[schema(max_length = 120)]
    label: Option<String>,
    /// It is not shown.
    #[serde(default)]
    hidden: bool,
    /// The key of the theme that it is part of, which is part of none itself.
    into: Option<String>,
}

impl EditsSent {
    /// What was sent, made sure of; what is as it was in `had` stays who made it so.
    fn checked(self, had: &ReportEdits, by: &str) -> Result<ReportEdits, Problem> {
        let at = unix_ms();
        if self.themes.len() > THEMES_MAX {
            return Err(Problem::field("themes", format!("At most {THEMES_MAX} are taken.")));
        }
        let summary = match self.summary {
            Some(words) => Some(optional("summary", &words, SUMMARY_MAX)?).filter(|words| !words.is_empty()),
            None => None,
        };
        let summary = summary.map(|words| match &had.summary {
            Some(before) if before.words == words => before.clone(),
            _ => SummaryEdit {
                words,
                by: by.to_owned(),
                at,
            },
        });
        let mut themes = Vec::new();
        for sent in self.themes {
            let label = sent
                .label
                .map(|label| line("themes.label", &label, LABEL_MAX))
                .transpose()?;
            let into = sent.into.map(|into| line("themes.into", &into, KEY_MAX)).transpose()?;
            let mut edit = ThemeEdit {
                key: line("themes.key", &sent.key, KEY_MAX)?,
                label,
                hidden: sent.hidden,
                into,
                by: by.to_owned(),
                at,
            };
            if let Some(before) = had.themes.iter().find(|before| before.key == edit.key) {
                let same = (&before.label, before.hidden, &before.into) == (&edit.label, edit.hidden, &edit.into);
                if same {
                    edit = before.clone();
                }
            }
            themes.push(edit);
        }
        sensible(&themes)?;
        Ok(ReportEdits { summary, themes })
    }
}

/// No theme twice, and none merged into itself or into one that is merged.
fn sensible(themes: &[ThemeEdit]) -> Result<(), Problem> {
    let mut keys = BTreeSet::new();
    if themes.iter().any(|theme| !keys.insert(&theme.key)) {
        return Err(Problem::field("themes.key", "A theme is named twice."));
    }
    let merged: BTreeSet<&String> = themes
        .iter()
        .filter(|theme| theme.into.is_some())
        .map(|theme| &theme.key)
        .collect();
    if themes
        .iter()
        .filter_map(|theme| theme.into.as_ref())
        .any(|into| merged.contains(into))
    {
        let detail = "A theme cannot be merged into one that is merged itself, or into itself.";
        return Err(Problem::field("themes.into", detail));
    }
    Ok(())
}

/// Read what admins changed of a session's insights
#[utoipa::path(
    get, path = "/sessions/{id}/insights/edits", tag = "insights", params(("id" = Uuid, Path)),
    responses(
        (status = OK, body = ReportEdits, headers(("etag" = String))),
        (status = UNAUTHORIZED, description = "`unauthenticated`", body = Problem),
        (status = FORBIDDEN, description = "`role_lacks_permission`, `plan_lacks_sessions`", body = Problem),
        (status = NOT_FOUND, description = "`not_found`", body = Problem),
    )
)]
pub(crate) async fn read(State(state): State<AppState>, caller: Caller, Id(id): Id) -> Result<Response, Problem> {
    caller.may(Action::ReadInsights)?;
    let session = sessions::known(&state, &caller, id).await?;
    let (version, edits) = state.store().insights().edits(session.id).await?;
    Ok(shown(version, edits))
}

/// Rename, merge and hide themes, and write the summary's words. Nothing of what was made is lost: what is left out stands as it
/// was made
#[utoipa::path(
    put, path = "/sessions/{id}/insights/edits", tag = "insights", request_body = EditsSent,
    params(("id" = Uuid, Path), ("if-match" = String, Header, description = "The ETag of what was read")),
    responses(
        (status = OK, body = ReportEdits, headers(("etag" = String))),
        (status = UNAUTHORIZED, description = "`unauthenticated`", body = Problem),
        (status = FORBIDDEN, description = "`role_lacks_permission`, `plan_lacks_sessions`, `token_lacks_scope`, `foreign_origin`", body = Problem),
        (status = NOT_FOUND, description = "`not_found`", body = Problem),
        (status = PRECONDITION_FAILED, description = "`outdated`", body = Problem),
        (status = UNPROCESSABLE_ENTITY, description = "`invalid_body`, `invalid_field`", body = Problem),
        (status = PRECONDITION_REQUIRED, description = "`if_match_required`", body = Problem),
    )
)]
pub(crate) async fn write(
    State(state): State<AppState>,
    caller: Caller,
    Id(id): Id,
    headers: HeaderMap,
    Body(body): Body<EditsSent>,
) -> Result<Response, Problem> {
    caller.may(Action::EditInsights)?;
    let session = sessions::known(&state, &caller, id).await?;
    let (version, had) = state.store().insights().edits(session.id).await?;
    let read = sessions::version(&headers)?.filter(|read| *read == version);
    let read = read.ok_or(StoreError::Outdated)?;
    let edits = body.checked(&had, caller.user.name.expose())?;
    let version = caller.store(&state).insights().edit(session.id, read, &edits).await?;
    Ok(shown(version, edits))
}

fn shown(version: i64, edits: ReportEdits) -> Response {
    let tag = format!("\"{version}\"");
    ([(header::ETAG, tag)], Json(edits)).into_response()
}
