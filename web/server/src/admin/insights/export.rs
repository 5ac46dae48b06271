//! `GET /api/v1/sessions/{id}/insights/export`: what the page shows, as a file.

use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use colloquy_core::insights::report::{Count, Quote};
use serde::Deserialize;
use tracing::error;
use utoipa::IntoParams;

use super::view::{Insights, view};
use super::{Part, Wanted};
use crate::admin::caller::Caller;
use crate::admin::input::Id;
use crate::admin::permissions::Action;
use crate::admin::problem::Problem;
use crate::admin::sessions;
use crate::app::AppState;

/// What a spreadsheet takes a cell for a formula by (OWASP, "CSV injection").
const FORMULAS: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];
const COLUMNS: [&str; 9] = [
    "part", "key", "label", "people", "least", "most", "of", "against", "quotes",
];

/// As what.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Format {
    /// What the page reads.
    Json,
    /// A table of patterns and topics.
    Csv,
}

/// As what.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Kind {
    /// `json` or `csv`.
    #[param(value_type = String)]
    format: Format,
}

/// What was heard in a session, as a file. It is noted in the audit log
#[utoipa::path(
    get, path = "/sessions/{id}/insights/export", tag = "insights", params(("id" = Uuid, Path), Kind, Wanted),
    responses(
        (status = OK, content((Insights = "application/json"), (String = "text/csv"))),
        (status = UNAUTHORIZED, description = "`unauthenticated`", body = Problem),
        (status = FORBIDDEN, description = "`role_lacks_permission`, `plan_lacks_sessions`", body = Problem),
        (status = NOT_FOUND, description = "`not_found`", body = Problem),
        (status = UNPROCESSABLE_ENTITY, description = "`invalid_field`", body = Problem),
    )
)]
pub(crate) async fn export(
    State(state): State<AppState>,
    caller: Caller,
    Id(id): Id,
    kind: Result<Query<Kind>, axum::extract::rejection::QueryRejection>,
    Part(wanted): Part,
) -> Result<Response, Problem> {
    caller.may(Action::ReadInsights)?;
    let session = sessions::known(&state, &caller, id).await?;
    let Query(kind) = kind.map_err(|_| Problem::field("format", "It is `json` or `csv`."))?;
    let insights = view(&state, &caller, &session, wanted).await?;
    caller.store(&state).insights().exporting(session.id).await?;
    let file = |name: &'static str| (header::CONTENT_DISPOSITION, name);
    Ok(match kind.format {
        Format::Json => ([file("attachment; filename=\"insights.json\"")], axum::Json(insights)).into_response(),
        Format::Csv => {
            let table = table(&insights).map_err(|error| {
                error!(%error, "insights cannot be written as a table");
                Problem::internal()
            })?;
            let kind = (header::CONTENT_TYPE, "text/csv; charset=utf-8");
            ([file("attachment; filename=\"insights.csv\""), kind], table).into_response()
        }
    })
}

fn table(insights: &Insights) -> Result<Vec<u8>, csv::Error> {
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(COLUMNS)?;
    let quotes = |quotes: &[Quote]| {
        quotes
            .iter()
            .map(|quote| format!("“{}”", quote.words))
            .collect::<Vec<_>>()
            .join(" ")
    };
    let mut row = |cells: [&str; 3], count: &Count, against: &str, quotes: &str| {
        let [part, key, label] = cells.map(harmless);
        let numbers = [count.least, count.most, count.of].map(|n| n.to_string());
        let [least, most, of] = &numbers;
        let (words, against, quotes) = (harmless(&count.words), harmless(against), harmless(quotes));
        table.write_record([&part, &key, &label, &words, least, most, of, &against, &quotes])
    };
    if let Some(report) = &insights.report {
        for pattern in report.patterns.iter().filter(|pattern| !pattern.hidden) {
            let against = pattern.against.as_ref().map_or("", |count| &count.words);
            let cells = [pattern.kind.as_str(), &pattern.key, &pattern.label];
            row(cells, &pattern.count, against, &quotes(&pattern.quotes))?;
        }
        for topic in &report.topics {
            row(
                ["coverage", &topic.id, &topic.label],
                &topic.coverage,
                "",
                &quotes(&topic.quotes),
            )?;
        }
    }
    table.into_inner().map_err(|error| error.into_error().into())
}

/// A cell that no spreadsheet takes for a formula.
fn harmless(cell: &str) -> String {
    if cell.starts_with(FORMULAS) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for cell in ["=1+1", "+1", "-2", "@SUM", "\tx"] {
            assert!(harmless(cell).starts_with('\''), "{cell:?}");
        }
        assert_eq!(harmless("7 of 9 people"), "7 of 9 people");
    }
}
