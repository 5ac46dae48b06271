//! A large workspace, straight into the database: as many people, sessions and invitations as a list must bear.

use std::fmt::Write;

use colloquy_core::id::{SessionId, WorkspaceId};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use crate::people::{self, NewPerson};
use crate::pool::{Link, Store, on};
use crate::testing::study::Study;
use crate::{InvitationState, guides};

/// Rows of one statement: their values stay under SQLite's limit of 32,766.
const ROWS: usize = 500;
const GIVEN: [&str; 20] = [
    "Amara", "Bo", "Chiara", "Dmitri", "Esra", "Finn", "Grace", "Henrik", "Ivo", "Jana", "Kofi", "Lena", "Mateo",
    "Nour", "Olga", "Pat", "Quentin", "Rosa", "Sven", "Tomás",
];
const WARDS: [&str; 8] = [
    "Ward 1",
    "Ward 2",
    "Pharmacy",
    "Kitchen",
    "Radiology",
    "Payroll",
    "Reception",
    "Theatre",
];

/// What was made.
#[derive(Clone, Debug)]
pub struct Crowd {
    /// Whose it is.
    pub workspace: WorkspaceId,
    /// The session with most to tell: people of every status.
    pub session: SessionId,
}

impl Crowd {
    /// A workspace with so many people and open sessions, to each of which so many are invited by a mail that was sent; of those a
    /// third has taken part.
    pub async fn gather(store: &Store, people: usize, sessions: usize, invited: usize, now: i64) -> Self {
        let study = Study::open(store, 8, 3).await;
        let first = store
            .sessions()
            .find(study.session)
            .await
            .ok()
            .flatten()
            .expect("the session");
        let workspace = first.workspace;
        let mut tx = store.write().await.expect("a transaction");
        let link = &mut tx.link();
        let mut all = Vec::with_capacity(people);
        for n in 0..people {
            let given = GIVEN[n % GIVEN.len()];
            let person = NewPerson {
                workspace,
                email: format!("{}.{n}@northwind.example", given.to_lowercase()).into(),
                name: format!("{given} Person{n}").into(),
                role: Some("Nurse".to_owned()),
                department: Some(WARDS[n % WARDS.len()].to_owned()),
            };
            all.push(people::keep(link, &person).await.expect("a person").id.0);
        }
        let guide = guides::freeze(link, study.session).await.expect("a guide").id.0;
        let mut studies = vec![study.session.0];
        for n in 1..sessions {
            let id = Uuid::now_v7();
            on!(&mut *link, conn => {
                sqlx::query(
                    "INSERT INTO sessions (id, workspace, title, kind, mode, confidentiality, recording, length_min, language, state,
                         welcome, version, created)
                     SELECT $1, workspace, $3, kind, mode, confidentiality, recording, length_min, language, state, welcome, version,
                         created FROM sessions WHERE id = $2",
                )
                .bind(id).bind(study.session.0).bind(format!("Pulse {n} of {}", WARDS[n % WARDS.len()]))
                .execute(conn).await.map(drop)
            })
            .expect("a session");
            studies.push(id);
        }
        for (at, session) in studies.iter().enumerate() {
            let guests = (0..invited).map(|n| all[(at * 7 + n) % all.len()]);
            let rows: Vec<_> = guests.map(|person| (Uuid::now_v7(), person)).collect();
            insert(link, workspace.0, *session, guide, &rows, now).await;
        }
        tx.commit().await.expect("it is stored");
        Self {
            workspace,
            session: study.session,
        }
    }
}

async fn insert(link: &mut Link<'_>, workspace: Uuid, session: Uuid, guide: Uuid, rows: &[(Uuid, Uuid)], now: i64) {
    for (chunk, some) in rows.chunks(ROWS).enumerate() {
        let mut invitations =
            "INSERT INTO invitations (id, session, person, state, created, expires_at) VALUES ".to_owned();
        let mut mails =
            "INSERT INTO outbox (id, workspace, invitation, kind, state, created, due, attempts, settled_at) VALUES "
                .to_owned();
        let mut talks = "INSERT INTO conversations (id, invitation, session, guide, state, preview, last_seq, created, updated, ended) VALUES ".to_owned();
        let mut talking = Vec::new();
        for (n, _) in some.iter().enumerate() {
            let comma = if n > 0 { ", " } else { "" };
            let state = crate::word::word(if n % 3 == 0 {
                &InvitationState::Opened
            } else {
                &InvitationState::Sent
            });
            // Numbers and words of ours need no placeholder.
            let _ = write!(
                invitations,
                "{comma}(${}, $1, ${}, '{state}', {now}, {})",
                2 * n + 2,
                2 * n + 3,
                now + crate::LINK_LIFETIME_MS
            );
            let _ = write!(
                mails,
                "{comma}(${}, $1, ${}, 'invitation', 'sent', {now}, {now}, 1, {now})",
                2 * n + 2,
                2 * n + 3
            );
            if (chunk * ROWS + n).is_multiple_of(3) {
                let comma = if talking.is_empty() { "" } else { ", " };
                let place = 2 * talking.len() + 3;
                let state = if n % 2 == 0 { "completed" } else { "paused" };
                let _ = write!(
                    talks,
                    "{comma}(${place}, ${}, $1, $2, '{state}', FALSE, 0, {now}, {now}, {now})",
                    place + 1
                );
                talking.push(some[n].0);
            }
        }
        on!(&mut *link, conn => {
            let mut query = sqlx::query(AssertSqlSafe(invitations)).bind(session);
            for (id, person) in some {
                query = query.bind(*id).bind(*person);
            }
            query.execute(conn).await.map(drop)
        })
        .expect("invitations");
        on!(&mut *link, conn => {
            let mut query = sqlx::query(AssertSqlSafe(mails)).bind(workspace);
            for (id, _) in some {
                query = query.bind(Uuid::now_v7()).bind(*id);
            }
            query.execute(conn).await.map(drop)
        })
        .expect("mails");
        on!(&mut *link, conn => {
            let mut query = sqlx::query(AssertSqlSafe(talks)).bind(session).bind(guide);
            for id in talking {
                query = query.bind(Uuid::now_v7()).bind(id);
            }
            query.execute(conn).await.map(drop)
        })
        .expect("conversations");
    }
}
