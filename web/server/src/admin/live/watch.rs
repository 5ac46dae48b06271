//! `GET /api/v1/sessions/{id}/live`: conversations as they are held, as server-sent events.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use colloquy_core::conversation::transcript::{Log, Speaker};
use colloquy_core::event::{Mode, Recorded};
use colloquy_core::guide::Confidentiality;
use colloquy_core::id::{ConversationId, SessionId, UserId};
use colloquy_runtime::actor::unix_ms;
use colloquy_store::{Conversation, ConversationState, Store, StoreError};
use futures::Stream;
use serde::Serialize;
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout};
use tracing::warn;
use utoipa::ToSchema;
use uuid::Uuid;

use super::course::Course;
use crate::admin::caller::{Caller, Pass};
use crate::admin::input::Id;
use crate::admin::permissions::Action;
use crate::admin::problem::Problem;
use crate::admin::sessions;
use crate::admin::words;
use crate::app::AppState;

/// Those who look on at once: each asks the database once in [`LOOK_EVERY`].
const WATCHERS: usize = 16;
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Then the stream ends, and a browser opens it again by itself.
const STREAM_LASTS: Duration = Duration::from_secs(300);
/// Events that wait for a slow reader; then we wait for it, and see in between whether it may still read.
const EVENTS_AHEAD: usize = 16;

/// Of those so many by one person, in as many windows: the others get theirs.
const OF_ONE: usize = 6;

/// Lets so many look on.
#[derive(Clone, Debug, Default)]
pub(in crate::admin) struct Watchers(Arc<Mutex<HashMap<UserId, usize>>>);

impl Watchers {
    /// A place for this user, if there is one.
    fn place(&self, user: UserId) -> Option<Place> {
        let mut taken = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if taken.values().sum::<usize>() >= WATCHERS || taken.get(&user).is_some_and(|theirs| *theirs >= OF_ONE) {
            return None;
        }
        *taken.entry(user).or_default() += 1;
        Some(Place {
            user,
            watchers: self.clone(),
        })
    }
}

/// Somebody's place among those who look on, until it is dropped.
struct Place {
    user: UserId,
    watchers: Watchers,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.watchers.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(theirs) = taken.get_mut(&self.user) {
            *theirs -= 1;
            if *theirs == 0 {
                taken.remove(&self.user);
            }
        }
    }
}

/// Whether this person was told that their words are seen, when they agreed: what the session says now may be something else.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Corrupt`].
pub(in crate::admin) async fn identified(store: &Store, talk: &Conversation) -> Result<bool, StoreError> {
    let guide = store.guides().find(talk.guide).await?;
    Ok(guide.is_some_and(|guide| guide.confidentiality == Confidentiality::Identified))
}

/// A conversation that has begun, or has changed since the event before.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Live {
    /// Which one.
    id: Uuid,
    /// By which invitation; `/invitations/{id}` says whose.
    invitation: Uuid,
    /// Where it stands.
    #[schema(schema_with = words::talk)]
    state: ConversationState,
    /// How the person takes part: `voice` or `text`.
    #[schema(value_type = Option<String>)]
    mode: Option<Mode>,
    /// When it began, in unix milliseconds.
    created: i64,
    /// When something last happened in it, in unix milliseconds.
    updated: i64,
    /// So many of the turns that were told before stay as they are: `turns` come after them, in place of all others. 0: all are
    /// told anew, and where `turns` is empty, none are left.
    from: u32,
    /// How far it has come. None where there are no words.
    course: Option<Course>,
    /// What was said, from the first turn that is new or has grown. None where the person agreed to a confidential conversation, or
    /// the session is confidential now.
    turns: Option<Vec<LiveTurn>>,
}

/// One contribution by one side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
struct LiveTurn {
    /// Its number; there are gaps.
    turn: u32,
    /// `person` or `interviewer`.
    speaker: &'static str,
    /// The words so far.
    text: String,
    /// When it began, in milliseconds of conversation time.
    at_ms: u64,
}

/// Follow the conversations of a session as they are held: server-sent events called `conversation`, one for each that has begun
/// and is not over, then one for each change. After five minutes the stream ends, and is to be opened again; it ends within a second
/// where the login or API token by which it was opened does, or where its owner may not follow conversations any more
#[utoipa::path(
    get, path = "/sessions/{id}/live", tag = "live", params(("id" = Uuid, Path)),
    responses(
        (status = OK, description = "Each event's data is a `Live`", body = Live, content_type = "text/event-stream"),
        (status = UNAUTHORIZED, description = "`unauthenticated`", body = Problem),
        (status = FORBIDDEN, description = "`role_lacks_permission`, `plan_lacks_sessions`", body = Problem),
        (status = NOT_FOUND, description = "`not_found`", body = Problem),
        (status = SERVICE_UNAVAILABLE, description = "`too_many_watchers`", body = Problem),
    )
)]
pub(crate) async fn watch(
    State(state): State<AppState>,
    pass: Pass,
    caller: Caller,
    Id(id): Id,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    caller.may(Action::Watch)?;
    let session = sessions::known(&state, &caller, id).await?;
    let place = state.desk.watchers.place(caller.user.id).ok_or_else(|| {
        let detail = "As many follow conversations as this server can serve. Try again later.";
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "too_many_watchers", detail)
    })?;
    caller.store(&state).sessions().watching(session.id).await?;
    let (events, coming) = mpsc::channel(EVENTS_AHEAD);
    let look = Look {
        pass,
        session: session.id,
        known: HashMap::new(),
        state,
    };
    tokio::spawn(look.until_nobody_looks(events, place));
    let stream = futures::stream::unfold(coming, |mut coming| async move {
        let event: Live = coming.recv().await?;
        // It is JSON of our own.
        let event = Event::default()
            .event("conversation")
            .json_data(event)
            .unwrap_or_default();
        Some((Ok(event), coming))
    });
    Ok(Sse::new(stream).keep_alive(KeepAlive::default()))
}

/// Somebody's look at a session.
struct Look {
    state: AppState,
    pass: Pass,
    session: SessionId,
    known: HashMap<ConversationId, Known>,
}

/// What was told of a conversation.
struct Known {
    state: ConversationState,
    last_seq: u64,
    /// Whether a server holds it.
    held: bool,
    /// None where nobody may see them.
    turns: Option<Vec<LiveTurn>>,
}

impl Look {
    async fn until_nobody_looks(mut self, events: mpsc::Sender<Live>, _place: Place) {
        let end = Instant::now() + STREAM_LASTS;
        let lifecycle = self.state.registry.lifecycle().clone();
        while Instant::now() < end && !lifecycle.is_draining() {
            match self.look().await {
                Ok(None) => return,
                Ok(Some(changes)) => {
                    for live in changes {
                        // Who reads no more keeps nobody's place, and no server from stopping.
                        tokio::select! {
                            told = self.tell(&events, live, end) => if !told {
                                return;
                            },
                            () = lifecycle.draining() => return,
                        }
                    }
                }
                Err(error) => warn!(%error, "what is live cannot be read; it is tried again"),
            }
            tokio::select! {
                () = tokio::time::sleep(LOOK_EVERY) => {}
                () = events.closed() => return,
                () = lifecycle.draining() => return,
            }
        }
    }

    /// What has changed since the last time; none where whoever looks may not any more: they were signed out or removed, or are
    /// something else now.
    async fn look(&mut self) -> Result<Option<Vec<Live>>, StoreError> {
        if !self.admitted().await? {
            return Ok(None);
        }
        self.changes().await.map(Some)
    }

    async fn admitted(&self) -> Result<bool, StoreError> {
        let caller = self.pass.caller(&self.state).await?;
        Ok(caller.is_some_and(|caller| caller.may(Action::Watch).is_ok()))
    }

    /// Hands an event over, once there is room; false where nobody reads it, or may read it, until `end`.
    async fn tell(&self, events: &mpsc::Sender<Live>, live: Live, end: Instant) -> bool {
        while Instant::now() < end {
            match timeout(LOOK_EVERY, events.reserve()).await {
                Ok(Ok(room)) => {
                    room.send(live);
                    return true;
                }
                Ok(Err(_)) => return false,
                // Where that cannot be known, nothing is told either.
                Err(_) => {
                    if !self.admitted().await.unwrap_or(false) {
                        return false;
                    }
                }
            }
        }
        false
    }

    /// What has changed since the last time.
    async fn changes(&mut self) -> Result<Vec<Live>, StoreError> {
        let talks = self.state.store().conversations().live(self.session).await?;
        let gone = |id: &&ConversationId| !talks.iter().any(|talk| talk.id == **id);
        let over: Vec<ConversationId> = self.known.keys().filter(gone).copied().collect();
        let mut changes = Vec::new();
        for talk in talks {
            let known = self.known.get(&talk.id);
            let now = (talk.state, talk.last_seq, held(&talk));
            if known.is_none_or(|known| (known.state, known.last_seq, known.held) != now) {
                changes.push(self.changed(&talk).await?);
            }
        }
        // Those that are over are told once more, and forgotten.
        for id in over {
            if let Some(talk) = self.state.store().conversations().find(id).await? {
                changes.push(self.changed(&talk).await?);
            }
            self.known.remove(&id);
        }
        Ok(changes)
    }

    async fn changed(&mut self, talk: &Conversation) -> Result<Live, StoreError> {
        let session = self.state.store().sessions().find(self.session).await?;
        let words = session.is_some_and(|session| session.confidentiality == Confidentiality::Identified);
        let guide = self.state.store().guides().find(talk.guide).await?;
        // What they were told when they agreed holds, whatever the session says now.
        let guide = guide.filter(|guide| words && guide.confidentiality == Confidentiality::Identified);
        let held = held(talk);
        let (course, turns) = match &guide {
            Some(guide) => {
                let events = self.state.store().events().read(talk.id, 0).await?;
                (Some(Course::of(guide, &events, held)), Some(turns(&events)))
            }
            None => (None, None),
        };
        let before = self.known.get(&talk.id).and_then(|known| known.turns.as_deref());
        let told = turns.iter().flatten().zip(before.unwrap_or_default());
        let same = told.take_while(|(now, then)| now == then).count();
        let live = Live {
            id: talk.id.0,
            invitation: talk.invitation.0,
            state: talk.state,
            mode: talk.consent.as_ref().map(|consent| consent.mode),
            created: talk.created,
            updated: talk.updated,
            from: u32::try_from(same).unwrap_or(u32::MAX),
            course,
            turns: turns.as_ref().map(|turns| turns[same..].to_vec()),
        };
        let known = Known {
            state: talk.state,
            last_seq: talk.last_seq,
            held,
            turns,
        };
        self.known.insert(talk.id, known);
        Ok(live)
    }
}

/// Whether a server holds it: one that is killed gives no sign of life any more.
fn held(talk: &Conversation) -> bool {
    talk.lease.as_ref().is_some_and(|lease| unix_ms() < lease.until)
}

fn turns(events: &[Recorded]) -> Vec<LiveTurn> {
    let mut log = Log::default();
    for recorded in events {
        log.apply(recorded.at, &recorded.event);
    }
    let turns = log.turns().iter().filter(|turn| !turn.text.expose().is_empty());
    turns
        .map(|turn| LiveTurn {
            turn: turn.id.0,
            speaker: match turn.speaker {
                Speaker::Participant => "person",
                Speaker::Interviewer => "interviewer",
            },
            text: turn.text.expose().to_owned(),
            at_ms: turn.at.0,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_person_does_not_take_every_place() {
        let watchers = Watchers::default();
        let (ada, ben) = (UserId(Uuid::from_u128(1)), UserId(Uuid::from_u128(2)));
        let mut theirs: Vec<_> = (0..OF_ONE).map(|_| watchers.place(ada).unwrap()).collect();
        assert!(watchers.place(ada).is_none());
        assert!(watchers.place(ben).is_some());
        theirs.pop();
        assert!(watchers.place(ada).is_some());
    }
}
