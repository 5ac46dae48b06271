//! A personal link works for 7 days, unless it is extended, revoked, or used up.

use colloquy_core::event::Outcome;
use colloquy_core::id::InvitationId;
use colloquy_store::testing::Database;
use colloquy_store::{InvitationState, LinkState, OWN_COPY_MS, SessionState, Store, StoreError};

use crate::scene::{DAY_MS, NOW, Scene, ended, new_session, person, voice};

async fn state_of(store: &Store, token: &str, now: i64) -> LinkState {
    store.invitations().by_token(token, now).await.unwrap().unwrap().state
}

async fn a_token_leads_to_everything_it_stands_for(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let invitation = scene.invite("ada").await;
    let token = db.store().invitations().mint_token(invitation.id, NOW).await.unwrap();
    let invited = db
        .store()
        .invitations()
        .by_token(token.expose(), NOW)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (invited.invitation, &invited.session, &invited.workspace),
        (invitation, &scene.session, &scene.workspace)
    );
    assert_eq!(
        (invited.person.id, invited.person.name.expose()),
        (invitation.person, "ada")
    );
    assert_eq!((invited.conversation, invited.state), (None, LinkState::Usable));

    let conversation = db
        .store()
        .conversations()
        .open(invitation.id, &voice(), NOW)
        .await
        .unwrap();
    let invited = db
        .store()
        .invitations()
        .by_token(token.expose(), NOW)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (invited.conversation, invited.state),
        (Some(conversation), LinkState::Usable)
    );
    let of_person = db
        .store()
        .invitations()
        .of_person(scene.session.id, invitation.person)
        .await;
    assert_eq!(of_person, Ok(Some(invitation)));
}

async fn what_is_no_token_leads_nowhere(db: &Database) {
    let scene = Scene::set(db.store()).await;
    scene.invite("ada").await;
    for wrong in ["", "x", "' OR 1=1 --", &"A".repeat(43), &"A".repeat(100_000)] {
        assert!(db.store().invitations().by_token(wrong, NOW).await.unwrap().is_none());
    }
    let nobody = InvitationId(scene.workspace.id.0);
    let minted = db.store().invitations().mint_token(nobody, NOW).await;
    assert_eq!(minted, Err(StoreError::Missing("invitation")));
}

async fn a_link_works_for_seven_days(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let invitation = scene.invite("ada").await;
    let token = db.store().invitations().mint_token(invitation.id, NOW).await.unwrap();
    assert_eq!(
        state_of(db.store(), token.expose(), NOW + 7 * DAY_MS - 1).await,
        LinkState::Usable
    );
    assert_eq!(
        state_of(db.store(), token.expose(), NOW + 7 * DAY_MS).await,
        LinkState::Expired
    );
}

async fn extending_revives_the_links_already_sent(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let invitation = scene.invite("ada").await;
    let invitations = db.store().invitations();
    let token = invitations.mint_token(invitation.id, NOW).await.unwrap();
    invitations
        .set_state(invitation.id, InvitationState::Expired)
        .await
        .unwrap();
    invitations.extend(invitation.id, NOW + 10 * DAY_MS).await.unwrap();
    assert_eq!(
        state_of(db.store(), token.expose(), NOW + 9 * DAY_MS).await,
        LinkState::Usable
    );
    assert_eq!(
        state_of(db.store(), token.expose(), NOW + 10 * DAY_MS).await,
        LinkState::Expired
    );
    let found = invitations.find(invitation.id).await.unwrap().unwrap();
    assert_eq!(found.state, InvitationState::Sent);
}

async fn revoking_kills_every_token_for_good(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let (ada, ben) = (scene.invite("ada").await, scene.invite("ben").await);
    let invitations = db.store().invitations();
    let first = invitations.mint_token(ada.id, NOW).await.unwrap();
    let second = invitations.mint_token(ada.id, NOW + 1).await.unwrap();
    let other = invitations.mint_token(ben.id, NOW).await.unwrap();
    for token in [&first, &second] {
        assert_eq!(state_of(db.store(), token.expose(), NOW).await, LinkState::Usable);
    }
    invitations.revoke(ada.id).await.unwrap();
    for token in [&first, &second] {
        assert_eq!(state_of(db.store(), token.expose(), NOW).await, LinkState::Revoked);
    }
    assert_eq!(state_of(db.store(), other.expose(), NOW).await, LinkState::Usable);

    let refused = StoreError::Link(LinkState::Revoked);
    assert_eq!(invitations.mint_token(ada.id, NOW).await.unwrap_err(), refused);
    assert_eq!(invitations.extend(ada.id, NOW + DAY_MS).await.unwrap_err(), refused);
    assert_eq!(
        invitations
            .set_state(ada.id, InvitationState::Opened)
            .await
            .unwrap_err(),
        refused
    );
    assert_eq!(invitations.revoke(ada.id).await, Ok(()), "twice is once");
    assert_eq!(
        invitations.revoke(InvitationId(scene.workspace.id.0)).await,
        Err(StoreError::Missing("invitation"))
    );
}

async fn a_finished_conversation_shows_its_copy_for_thirty_days(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let conversation = scene.participant("ada").await;
    let invitations = db.store().invitations();
    let token = invitations.mint_token(conversation.invitation, NOW).await.unwrap();
    scene.append(conversation.id, &[ended(Outcome::EndedEarly)]).await;
    let over = NOW + 1_000;
    assert_eq!(state_of(db.store(), token.expose(), over).await, LinkState::Finished);
    assert_eq!(
        state_of(db.store(), token.expose(), over + OWN_COPY_MS - 1).await,
        LinkState::Finished
    );
    assert_eq!(
        state_of(db.store(), token.expose(), over + OWN_COPY_MS).await,
        LinkState::Expired
    );
    invitations.revoke(conversation.invitation).await.unwrap();
    assert_eq!(state_of(db.store(), token.expose(), over).await, LinkState::Revoked);
}

async fn only_an_open_session_admits(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let draft = db
        .store()
        .sessions()
        .create(&new_session(&scene.workspace), NOW)
        .await
        .unwrap();
    let ada = db
        .store()
        .people()
        .create(&person(&scene.workspace, "ada"))
        .await
        .unwrap();
    let invitation = db.store().invitations().create(draft.id, ada.id, NOW).await.unwrap();
    let token = db.store().invitations().mint_token(invitation.id, NOW).await.unwrap();
    assert_eq!(
        state_of(db.store(), token.expose(), NOW).await,
        LinkState::SessionClosed
    );
    for (session, link) in [
        (SessionState::Open, LinkState::Usable),
        (SessionState::Closed, LinkState::SessionClosed),
        (SessionState::Open, LinkState::Usable),
    ] {
        db.store().sessions().set_state(draft.id, session, NOW).await.unwrap();
        assert_eq!(state_of(db.store(), token.expose(), NOW).await, link);
    }
}

both!(
    a_token_leads_to_everything_it_stands_for,
    what_is_no_token_leads_nowhere,
    a_link_works_for_seven_days,
    extending_revives_the_links_already_sent,
    revoking_kills_every_token_for_good,
    a_finished_conversation_shows_its_copy_for_thirty_days,
    only_an_open_session_admits,
);
