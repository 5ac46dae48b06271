//! `GET /api/v1/sessions/{id}/quality/export`: the same as a table.

use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use serde_json::Value;
use tracing::error;

use super::quality;
use crate::admin::caller::Caller;
use crate::admin::input::Id;
use crate::admin::permissions::Action;
use crate::admin::problem::Problem;
use crate::admin::sessions;
use crate::app::AppState;

/// The same as a table: a line for each interview of an identified session, one line of means for a confidential one
#[utoipa::path(
    get, path = "/sessions/{id}/quality/export", tag = "quality", params(("id" = uuid::Uuid, Path)),
    responses(
        (status = OK, description = "UTF-8, the first line names the columns; topics are left out", body = String,
            content_type = "text/csv"),
        (status = UNAUTHORIZED, description = "`unauthenticated`", body = Problem),
        (status = FORBIDDEN, description = "`role_lacks_permission`, `plan_lacks_sessions`", body = Problem),
        (status = NOT_FOUND, description = "`not_found`", body = Problem),
    )
)]
pub(crate) async fn export(
    State(state): State<AppState>,
    caller: Caller,
    Id(id): Id,
) -> Result<impl IntoResponse, Problem> {
    caller.may(Action::ReadQuality)?;
    let session = sessions::known(&state, &caller, id).await?;
    let told = quality(&state, &session).await?;
    let rows: Result<Vec<Value>, _> = if told.confidential {
        told.means.iter().map(serde_json::to_value).collect()
    } else {
        told.cards.iter().map(serde_json::to_value).collect()
    };
    let table = rows.map_err(|error| error.to_string()).and_then(|rows| table(&rows));
    let table = table.map_err(|error| {
        error!(error, "a table cannot be written");
        Problem::internal()
    })?;
    let name = format!("attachment; filename=\"interview-quality-{id}.csv\"");
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok((headers, table))
}

/// What is no cell: objects of its own.
const LEFT_OUT: &str = "topics";

/// Objects of the same fields as lines. All of it is numbers, ids and words of ours:
/// nothing that a spreadsheet would take for a formula.
fn table(rows: &[Value]) -> Result<String, String> {
    let mut out = csv::Writer::from_writer(Vec::new());
    let flat = |row: &Value| -> Vec<(String, String)> {
        let fields = row.as_object().into_iter().flatten();
        fields
            .filter(|(name, _)| *name != LEFT_OUT)
            .map(|(name, value)| (name.clone(), cell(value)))
            .collect()
    };
    for (index, row) in rows.iter().enumerate() {
        let fields = flat(row);
        if index == 0 {
            let names = fields.iter().map(|(name, _)| name);
            out.write_record(names).map_err(|error| error.to_string())?;
        }
        let cells = fields.iter().map(|(_, cell)| cell);
        out.write_record(cells).map_err(|error| error.to_string())?;
    }
    let bytes = out.into_inner().map_err(|error| error.to_string())?;
    String::from_utf8(bytes).map_err(|error| error.to_string())
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" "),
        value => value.to_string(),
    }
}
