//! `POST /api/v1/sessions/{id}/insights/ask`: finds by meaning what was said about a question.
//!
//! In a confidential session only what is published answers: the themes of the part that is asked about, with the counts that
//! the page shows. A question is therefore no way to count people that the page does not count.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State;
use colloquy_core::guide::Confidentiality;
use colloquy_core::id::ConversationId;
use colloquy_core::insights::gate::{Count, Gate};
use colloquy_core::insights::publish::{Published, Shown};
use colloquy_core::insights::report::{Line, Pattern, Quote};
use colloquy_core::insights::{CoderVersion, Meaning, Statement};
use colloquy_store::Session;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::view::{WITHHELD, newest, part};
use super::words::Quoted;
use super::{Wanted, store};
use crate::admin::caller::Caller;
use crate::admin::input::{Body, Id, line};
use crate::admin::permissions::Action;
use crate::admin::problem::Problem;
use crate::admin::sessions;
use crate::app::AppState;

/// Characters of a question.
const QUESTION_MAX: usize = 400;
/// Answers at most.
const FOUND: usize = 5;
/// Quotes of statements that are part of no theme that answers.
const QUOTES: usize = 3;
/// Statements by which a theme is judged: those that are closest.
const CLOSEST: usize = 3;
/// From which cosine on a label or a theme's closest statements answer, and a statement by itself. Of MiniLM's, unrelated
/// sentences about work lie below the first.
const ANSWERS: f32 = 0.3;
const ANSWERS_ALONE: f32 = 0.45;

/// A question.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Question {
    /// In one's own words.
    #[schema(max_length = 400)]
    question: String,
    /// Of people of this department.
    department: Option<String>,
    /// Of people in this role.
    role: Option<String>,
}

/// What was said about it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Answer {
    /// Why nothing is answered; else empty.
    explanation: String,
    /// What was found, closest first.
    found: Vec<AnswerFound>,
}

/// Something that was found.
#[derive(Debug, Serialize, ToSchema)]
struct AnswerFound {
    /// The pattern, by its key; none: statements that are part of none.
    theme: Option<String>,
    /// What it is called.
    label: String,
    /// Who says so.
    count: Count,
    /// Their words.
    quotes: Vec<Quote>,
}

/// Ask what was said about something
#[utoipa::path(
    post, path = "/sessions/{id}/insights/ask", tag = "insights", request_body = Question, params(("id" = Uuid, Path)),
    responses(
        (status = OK, body = Answer),
        (status = UNAUTHORIZED, description = "`unauthenticated`", body = Problem),
        (status = FORBIDDEN, description = "`role_lacks_permission`, `plan_lacks_sessions`, `foreign_origin`", body = Problem),
        (status = NOT_FOUND, description = "`not_found`", body = Problem),
        (status = UNPROCESSABLE_ENTITY, description = "`invalid_body`, `invalid_field`", body = Problem),
    )
)]
pub(crate) async fn ask(
    State(state): State<AppState>,
    caller: Caller,
    Id(id): Id,
    Body(body): Body<Question>,
) -> Result<Json<Answer>, Problem> {
    caller.may(Action::ReadInsights)?;
    let session = sessions::known(&state, &caller, id).await?;
    let question = line("question", &body.question, QUESTION_MAX)?;
    let wanted = Wanted {
        department: body.department,
        role: body.role,
    }
    .checked()?;
    let nothing = |explanation: &str| {
        Ok(Json(Answer {
            explanation: explanation.to_owned(),
            found: Vec::new(),
        }))
    };
    if session.confidentiality == Confidentiality::Confidential {
        return nothing(WITHHELD);
    }
    let Some((kept, published)) = newest(&state, &session).await? else {
        return nothing("There is nothing to search in yet.");
    };
    let Some(shown) = part(&state, &caller, &session, &published, &wanted).await? else {
        return nothing("There is nothing to show for this selection.");
    };
    let mut texts = vec![question];
    texts.extend(shown.report.patterns.iter().map(|pattern| pattern.label.clone()));
    let mut placed = state.desk.librarian.place(texts).await?.into_iter();
    let Some(question) = placed.next() else {
        return Err(Problem::internal());
    };
    let labels: Vec<Meaning> = placed.collect();
    let said = match &published {
        Published::Identified { .. } => {
            let mut coders: Vec<CoderVersion> = kept.read_by.into_iter().map(|one| one.coder).collect();
            coders.push(kept.coder);
            let counted = state.store().insights().counted_by(session.id, &coders).await?;
            let coded = counted.into_iter().filter_map(|one| one.coded);
            coded
                .flat_map(|coded| {
                    coded
                        .statements
                        .into_iter()
                        .enumerate()
                        .map(move |(at, s)| (coded.conversation, at, s))
                })
                .collect()
        }
        Published::Confidential { .. } => Vec::new(),
    };
    let found = found(&state, &session, &published, shown, (&question, &labels), &said).await?;
    if found.is_empty() {
        return nothing("Nothing that may be shown is close to this question. Other words may find it.");
    }
    Ok(Json(Answer {
        explanation: String::new(),
        found,
    }))
}

type Said = (ConversationId, usize, Statement);

async fn found(
    state: &AppState,
    session: &Session,
    published: &Published,
    shown: Shown,
    (question, labels): (&Meaning, &[Meaning]),
    said: &[Said],
) -> Result<Vec<AnswerFound>, Problem> {
    let close = |statement: &Statement| {
        statement
            .meaning
            .as_ref()
            .map_or(0.0, |meaning| question.likeness(meaning))
    };
    let places = |pattern: &Pattern| -> BTreeSet<(ConversationId, usize)> {
        let Published::Identified { basis } = published else {
            return BTreeSet::new();
        };
        let keys: Vec<&String> = std::iter::once(&pattern.key)
            .chain(pattern.merged.iter().map(|m| &m.key))
            .collect();
        let themes = basis.themes.iter().filter(|theme| keys.contains(&&theme.key));
        themes
            .flat_map(|t| &t.statements)
            .map(|place| (place.conversation, place.statement as usize))
            .collect()
    };
    let mut ranked: Vec<(f32, &Pattern)> = shown
        .report
        .patterns
        .iter()
        .zip(labels)
        .filter(|(pattern, _)| !pattern.hidden)
        .map(|(pattern, label)| {
            let places = places(pattern);
            let mut likes: Vec<f32> = said
                .iter()
                .filter(|(id, at, _)| places.contains(&(*id, *at)))
                .map(|(.., s)| close(s))
                .collect();
            likes.sort_by(|a, b| b.total_cmp(a));
            likes.truncate(CLOSEST);
            let by_words = likes.iter().sum::<f32>() / likes.len().max(1) as f32;
            (question.likeness(label).max(by_words), pattern)
        })
        .filter(|(likeness, _)| *likeness >= ANSWERS)
        .collect();
    ranked.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    ranked.truncate(FOUND);
    let mut told: BTreeSet<(ConversationId, usize)> = BTreeSet::new();
    let mut found = Vec::new();
    for (_, pattern) in ranked {
        told.extend(places(pattern));
        found.push(AnswerFound {
            theme: Some(pattern.key.clone()),
            label: pattern.label.clone(),
            count: pattern.count.clone(),
            quotes: pattern.quotes.clone(),
        });
    }
    if found.len() < FOUND
        && let Some(others) = others(state, session, &shown, &told, said, close).await?
    {
        found.push(others);
    }
    Ok(found)
}

/// Statements that are close to the question, and part of nothing that was found.
async fn others(
    state: &AppState,
    session: &Session,
    shown: &Shown,
    told: &BTreeSet<(ConversationId, usize)>,
    said: &[Said],
    close: impl Fn(&Statement) -> f32,
) -> Result<Option<AnswerFound>, Problem> {
    let mut alone: Vec<(f32, &Said)> = said
        .iter()
        .filter(|(id, at, s)| shown.conversations.contains(id) && !told.contains(&(*id, *at)) && s.sensitive.is_none())
        .map(|said| (close(&said.2), said))
        .filter(|(likeness, _)| *likeness >= ANSWERS_ALONE)
        .collect();
    alone.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    let people: BTreeSet<ConversationId> = alone.iter().map(|(_, (id, ..))| *id).collect();
    if people.is_empty() {
        return Ok(None);
    }
    let mut quotes: Vec<Quote> = alone
        .iter()
        .map(|(_, (conversation, _, statement))| Quote {
            words: String::new(),
            line: Some(Line {
                conversation: *conversation,
                turn: statement.span.turn,
                from: statement.span.from,
                to: statement.span.to,
            }),
        })
        .take(2 * QUOTES)
        .collect();
    let from = quotes
        .iter()
        .filter_map(|quote| Some(quote.line.as_ref()?.conversation))
        .collect();
    let mut quoted = Quoted::of(state.store(), session.workspace, Gate::Identified, from)
        .await
        .map_err(store)?;
    quoted.cut(&mut quotes);
    quotes.truncate(QUOTES);
    Ok(Some(AnswerFound {
        theme: None,
        label: "Said by some, and part of no pattern".to_owned(),
        count: Gate::Identified.count(people.len() as u32, shown.people),
        quotes,
    }))
}
