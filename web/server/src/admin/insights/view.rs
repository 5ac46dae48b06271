//! What a reader is shown of a session's insights.

use colloquy_core::guide::Confidentiality;
use colloquy_core::insights::CoderVersion;
use colloquy_core::insights::gate::{GROUP_MIN, Gate};
use colloquy_core::insights::publish::{Published, Shown};
use colloquy_core::insights::report::Report;
use colloquy_store::{KeptReport, ReadBy, Session};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Wanted, store, words};
use crate::admin::caller::Caller;
use crate::admin::permissions::Action;
use crate::admin::problem::Problem;
use crate::app::AppState;

/// What is said of every confidential session.
pub(super) const WITHHELD: &str = "Results of confidential sessions are withheld, whoever asks and however many people have \
    finished: this version shows no counts, themes or quotes of them, because it cannot yet rule out that somebody's answers \
    are worked out by comparing results. What people have said is kept.";

/// What was heard in a session.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Insights {
    /// Whether there is a report, and if not, why.
    pub(super) status: Status,
    /// The same in plain words, and what is withheld; may be empty.
    pub(super) explanation: String,
    /// Whether only groups are shown.
    pub(super) confidential: bool,
    /// Which version of the report.
    pub(super) version: Option<i64>,
    /// How many times something was published, in a confidential session.
    pub(super) batch: Option<u32>,
    /// When it was made, in unix milliseconds.
    pub(super) made_at: Option<i64>,
    /// Finished conversations are not in it yet. Never true of a confidential session, where that would tell who has finished.
    pub(super) behind: bool,
    /// By which engine it was made.
    pub(super) coder: Option<String>,
    /// The department that was asked for.
    pub(super) department: Option<String>,
    /// The role that was asked for.
    pub(super) role: Option<String>,
    /// On how many people it stands.
    pub(super) people: u32,
    /// Their conversations; none where nobody may know them.
    pub(super) conversations: Vec<Uuid>,
    /// What may be asked for.
    pub(super) filters: Filters,
    /// What was heard.
    pub(super) report: Option<Report>,
}

/// Whether there is a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Status {
    /// Nobody has completed a conversation yet.
    Nobody,
    /// Too few have for anything to be shown of a confidential session.
    Withheld,
    /// The first report is being made.
    Making,
    /// No report could be made so far.
    Failed,
    /// Too few people are in the part that was asked for, or nobody.
    Suppressed,
    /// There is one.
    Ready,
}

/// What may be asked for.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(super) struct Filters {
    /// Departments.
    departments: Vec<FilterName>,
    /// Roles.
    roles: Vec<FilterName>,
    /// Roles within departments.
    both: Vec<FilterBoth>,
}

/// A department or a role.
#[derive(Debug, Serialize, ToSchema)]
struct FilterName {
    /// Its name.
    name: String,
    /// How many people.
    people: u32,
}

/// A role within a department.
#[derive(Debug, Serialize, ToSchema)]
struct FilterBoth {
    /// The department.
    department: String,
    /// The role.
    role: String,
    /// How many people.
    people: u32,
}

impl Filters {
    fn of(published: &Published) -> Self {
        let mut filters = Self::default();
        for offer in published.offers() {
            let people = offer.people;
            match (offer.department, offer.role) {
                (Some(department), Some(role)) => filters.both.push(FilterBoth {
                    department,
                    role,
                    people,
                }),
                (Some(name), None) => filters.departments.push(FilterName { name, people }),
                (None, Some(name)) => filters.roles.push(FilterName { name, people }),
                (None, None) => {}
            }
        }
        filters
    }
}

/// The newest version that may be shown of a session: one that was made by its rules. Of a confidential session none is: the
/// counts of one view, subtracted from those of another or of an earlier batch, may tell what a few people said.
pub(super) async fn newest(state: &AppState, session: &Session) -> Result<Option<(KeptReport, Published)>, Problem> {
    if session.confidentiality == Confidentiality::Confidential {
        return Ok(None);
    }
    let kept = state.store().insights().report(session.id).await?;
    Ok(kept.and_then(|mut kept| {
        let published = kept.published.take()?;
        (published.gate() == Gate::from(session.confidentiality)).then_some((kept, published))
    }))
}

/// A part of what is published, as this reader is shown it: as admins want it, with its words cut from what was said.
pub(super) async fn part(
    state: &AppState,
    caller: &Caller,
    session: &Session,
    published: &Published,
    wanted: &Wanted,
) -> Result<Option<Shown>, Problem> {
    let (_, edits) = state.store().insights().edits(session.id).await?;
    let editor = caller.may(Action::EditInsights).is_ok();
    let shown = published.show(wanted.department.as_deref(), wanted.role.as_deref(), &edits, editor);
    let Some(mut shown) = shown else { return Ok(None) };
    words::cut(state.store(), session.workspace, published.gate(), &mut shown.report)
        .await
        .map_err(store)?;
    Ok(Some(shown))
}

/// What the caller is shown of a session's insights.
pub(super) async fn view(
    state: &AppState,
    caller: &Caller,
    session: &Session,
    wanted: Wanted,
) -> Result<Insights, Problem> {
    let confidential = session.confidentiality == Confidentiality::Confidential;
    let mut insights = Insights {
        status: Status::Withheld,
        explanation: String::new(),
        confidential,
        version: None,
        batch: None,
        made_at: None,
        behind: false,
        coder: None,
        department: wanted.department.clone(),
        role: wanted.role.clone(),
        people: 0,
        conversations: Vec::new(),
        filters: Filters::default(),
        report: None,
    };
    let Some((kept, published)) = newest(state, session).await? else {
        insights.status = missing(state, session).await?;
        insights.explanation = why(insights.status);
        return Ok(insights);
    };
    insights.version = Some(kept.version);
    insights.made_at = Some(kept.made);
    insights.coder = Some(read_by(&kept));
    insights.filters = Filters::of(&published);
    match &published {
        Published::Confidential { batch, .. } => insights.batch = Some(*batch),
        Published::Identified { basis } => {
            let completed = state
                .store()
                .insights()
                .completed(session.id, session.confidentiality)
                .await?;
            insights.behind = completed as usize > basis.voices.len();
        }
    }
    match part(state, caller, session, &published, &wanted).await? {
        None => {
            insights.status = Status::Suppressed;
            insights.explanation = why(Status::Suppressed);
        }
        Some(shown) => {
            insights.status = Status::Ready;
            insights.people = shown.people;
            insights.conversations = shown.conversations.iter().map(|id| id.0).collect();
            insights.report = Some(shown.report);
            let stood_in = stood_in(&kept).unwrap_or_default();
            if confidential {
                insights.explanation = format!(
                    "Results are published whenever {GROUP_MIN} or more further people have finished; up to {} who have are not in \
                     them. Departments and roles are shown where {GROUP_MIN} or more people of one finished together, and count \
                     those alone. {stood_in}",
                    GROUP_MIN - 1
                )
                .trim_end()
                .to_owned();
            } else {
                insights.explanation = stood_in;
            }
        }
    }
    Ok(insights)
}

/// Who has read the conversations, and how many, where it was more than one engine.
fn read_by(kept: &KeptReport) -> String {
    let name = |coder: &CoderVersion| format!("{} {}", coder.name, coder.version);
    let part = |one: &ReadBy| match one.conversations {
        Some(1) => format!("{} (1 conversation)", name(&one.coder)),
        Some(many) => format!("{} ({many} conversations)", name(&one.coder)),
        None => name(&one.coder),
    };
    match kept.read_by.as_slice() {
        [] => name(&kept.coder),
        [one] => name(&one.coder),
        several => several.iter().map(part).collect::<Vec<_>>().join(", "),
    }
}

/// What is to be said where another engine had to stand in for the one that was to read.
fn stood_in(kept: &KeptReport) -> Option<String> {
    let others = || kept.read_by.iter().filter(|one| one.coder != kept.coder);
    others().next()?;
    let many: Option<u32> = others().map(|one| one.conversations).sum();
    Some(match many {
        Some(1) => {
            "The language model has not read one conversation: its participant has not agreed to that, it could not, or its words \
             do not bear out what it read. The built-in engine has read it."
                .to_owned()
        }
        Some(many) => format!(
            "The language model has not read {many} conversations: their participants have not agreed to that, it could not, or \
             their words do not bear out what it read. The built-in engine has read them."
        ),
        None => "Not all conversations were read by the same engine: what was published earlier stays as it was read then, and \
                 the built-in engine stands in for the language model where somebody has not agreed to be read by it, and where \
                 its reading cannot be used."
            .to_owned(),
    })
}

/// Why there is no report.
async fn missing(state: &AppState, session: &Session) -> Result<Status, Problem> {
    if session.confidentiality == Confidentiality::Confidential {
        return Ok(Status::Withheld);
    }
    let insights = state.store().insights();
    if insights.completed(session.id, session.confidentiality).await? == 0 {
        return Ok(Status::Nobody);
    }
    let failed = insights
        .attempts(session.id)
        .await?
        .is_some_and(|attempts| attempts > 0);
    Ok(if failed { Status::Failed } else { Status::Making })
}

fn why(status: Status) -> String {
    match status {
        Status::Nobody => "Nobody has finished a conversation yet.".to_owned(),
        Status::Withheld => WITHHELD.to_owned(),
        Status::Making => "The first results are being made.".to_owned(),
        Status::Failed => {
            "Results could not be made so far. It is tried again by itself; the server's log says what went wrong."
                .to_owned()
        }
        Status::Suppressed => format!(
            "There is nothing to show for this selection. In confidential sessions a group is shown only where it has at least \
             {GROUP_MIN} people and leaves at least {GROUP_MIN}, or nobody, outside."
        ),
        Status::Ready => String::new(),
    }
}
