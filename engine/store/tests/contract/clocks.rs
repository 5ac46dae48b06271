//! Clocks that differ, or go back: at its very end a time is over, and nothing is stored half; what was stored goes before what a clock
//! says.

use colloquy_core::event::Outcome;
use colloquy_core::time::Ms;
use colloquy_store::testing::{Database, rows};
use colloquy_store::{
    LINK_LIFETIME_MS, LOGIN_LIFETIME_MS, LinkState, NewUser, PasswordHash, Role, Standing, StoreError,
};

use crate::scene::{NOW, Scene, ended, heard, voice};

/// A server's clock that nobody sets goes wrong by so much.
const SKEW_MS: i64 = 2 * 60 * 1000;

async fn at_its_very_end_a_link_admits_nobody_and_nothing_is_half(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let store = db.store();
    let invitation = scene.invite("ada").await;
    let token = store.invitations().mint_token(invitation.id, NOW).await.unwrap();
    let end = NOW + LINK_LIFETIME_MS;
    let state = async |now: i64| {
        store
            .invitations()
            .by_token(token.expose(), now)
            .await
            .unwrap()
            .unwrap()
            .state
    };
    assert_eq!(
        (state(end - 1).await, state(end).await),
        (LinkState::Usable, LinkState::Expired)
    );
    let before = rows(db.url()).await;
    let late = store.conversations().open(invitation.id, &voice(), end).await;
    assert_eq!(late, Err(StoreError::Link(LinkState::Expired)));
    let late = store.conversations().decline(invitation.id, end).await;
    assert_eq!(late, Err(StoreError::Link(LinkState::Expired)));
    assert!(rows(db.url()).await == before, "nothing was stored");
    // A server whose clock is behind admits them still; the one that is right then goes by what is there.
    let talk = store
        .conversations()
        .open(invitation.id, &voice(), end - SKEW_MS)
        .await
        .unwrap();
    let secrets = store.client_secrets();
    let secret = secrets.mint(talk.id, end - SKEW_MS, SKEW_MS * 2).await.unwrap();
    assert_eq!(
        secrets.redeem(secret.expose(), end).await,
        Ok(None),
        "their link is over"
    );
    store.invitations().extend(invitation.id, end + SKEW_MS).await.unwrap();
    assert_eq!(state(end).await, LinkState::Usable);
    let listed = store.invitations().listed(invitation.id).await.unwrap().unwrap();
    assert_eq!(
        (listed.standing(end), listed.standing(end + SKEW_MS)),
        (Standing::InProgress, Standing::Expired)
    );
}

async fn what_is_written_by_a_clock_that_goes_back_stands_where_it_was_written(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let (store, events) = (db.store(), db.store().events());
    let talk = scene.participant("ada").await;
    let append = async |after: u64, wall: i64, event| events.append(talk.id, after, Ms(1_000), wall, &[event]).await;
    append(1, NOW + SKEW_MS, heard(1, "It was the rota.")).await.unwrap();
    append(2, NOW - SKEW_MS, heard(2, "And the nights.")).await.unwrap();
    append(3, NOW - 2 * SKEW_MS, ended(Outcome::Completed)).await.unwrap();
    let log = events.read(talk.id, 0).await.unwrap();
    assert_eq!(log.iter().map(|row| row.seq).collect::<Vec<_>>(), [1, 2, 3, 4]);
    let session = store.sessions().find(scene.session.id).await.unwrap().unwrap();
    assert!(session.locked_at.is_some(), "it is completed, whenever that was");
    let now = NOW - 2 * SKEW_MS;
    let found = store.invitations().listed(talk.invitation).await.unwrap().unwrap();
    assert_eq!(found.standing(now), Standing::Completed);
}

async fn a_mail_is_claimed_once_by_servers_whose_clocks_differ(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let outbox = db.store().outbox();
    let guest = crate::scene::person(&scene.workspace, "ada");
    let invitations = db.store().invitations();
    invitations
        .invite(scene.session.id, &guest, true, None, NOW)
        .await
        .unwrap();
    let behind = outbox.claim("south", NOW - SKEW_MS, NOW).await.unwrap();
    assert!(behind.is_none(), "by its clock nothing is due yet");
    let ahead = outbox
        .claim("north", NOW + SKEW_MS, NOW + 2 * SKEW_MS)
        .await
        .unwrap()
        .unwrap();
    assert!(outbox.claim("south", NOW, NOW + SKEW_MS).await.unwrap().is_none());
    outbox.sent(ahead.id, NOW + SKEW_MS).await.unwrap();
    assert!(
        outbox
            .claim("south", NOW + 3 * SKEW_MS, NOW + 4 * SKEW_MS)
            .await
            .unwrap()
            .is_none()
    );
}

async fn a_login_ends_with_its_last_millisecond_by_any_clock(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let new = NewUser {
        email: "ada@harbour.example".into(),
        name: "Ada".into(),
        role: Role::Owner,
        password: PasswordHash::new("none".to_owned()),
    };
    let ada = db.store().users().create(scene.workspace.id, &new, NOW).await.unwrap();
    let logins = db.store().logins();
    // Made by a clock that was ahead, it holds by one that is behind, and not for ever.
    let login = logins.begin(ada.id, NOW + SKEW_MS).await.unwrap();
    let end = NOW + SKEW_MS + LOGIN_LIFETIME_MS;
    for (at, known) in [(NOW - SKEW_MS, true), (end - 1, true), (end, false)] {
        assert_eq!(logins.who(login.expose(), at).await.unwrap().is_some(), known);
    }
}

both!(
    at_its_very_end_a_link_admits_nobody_and_nothing_is_half,
    what_is_written_by_a_clock_that_goes_back_stands_where_it_was_written,
    a_mail_is_claimed_once_by_servers_whose_clocks_differ,
    a_login_ends_with_its_last_millisecond_by_any_clock,
);
