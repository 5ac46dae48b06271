//! A conversation's row follows its events, in the same transaction.

use colloquy_core::event::{Event, Outcome, PauseCause};
use colloquy_store::testing::Database;
use colloquy_store::{Conversation, ConversationState as State};

use crate::scene::{NOW, Scene, ended};

async fn after(scene: &Scene, before: &Conversation, event: Event) -> Conversation {
    scene.append(before.id, &[event]).await;
    scene.store.conversations().find(before.id).await.unwrap().unwrap()
}

async fn the_row_follows_the_events(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let mut row = scene.participant("ada").await;
    let guide = row.guide;
    for (event, state) in [
        (Event::Started { guide }, State::InProgress),
        (
            Event::Paused {
                cause: PauseCause::Drain,
            },
            State::Paused,
        ),
        (Event::Resumed, State::InProgress),
        (ended(Outcome::EndedEarly), State::EndedEarly),
        (Event::Disconnected, State::EndedEarly),
        (ended(Outcome::Withdrawn), State::Withdrawn),
    ] {
        let next = after(&scene, &row, event).await;
        assert_eq!(
            (next.state, next.last_seq, next.updated),
            (state, row.last_seq + 1, NOW + 1_000)
        );
        assert_eq!(next.ended, state.is_over().then_some(NOW + 1_000));
        row = next;
    }
}

async fn several_events_at_once_leave_the_last_state(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let row = scene.participant("ada").await;
    scene
        .append(
            row.id,
            &[
                Event::Resumed,
                Event::Paused {
                    cause: PauseCause::Asked,
                },
                Event::Connected,
            ],
        )
        .await;
    assert_eq!(
        db.store().conversations().find(row.id).await.unwrap().unwrap().state,
        State::Paused
    );
}

both!(the_row_follows_the_events, several_events_at_once_leave_the_last_state);
