//! A client secret admits its device, again after a lost connection, for ten minutes.

use colloquy_store::testing::Database;
use colloquy_store::{CLIENT_SECRET_LIFETIME_MS, SessionState};

use crate::scene::{DAY_MS, NOW, Scene, new_session, voice};

async fn a_secret_admits_as_often_as_needed_until_it_expires(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let (ada, ben) = (scene.participant("ada").await.id, scene.participant("ben").await.id);
    let secrets = db.store().client_secrets();
    let secret = secrets.mint(ada, NOW, CLIENT_SECRET_LIFETIME_MS).await.unwrap();
    let other = secrets.mint(ben, NOW, CLIENT_SECRET_LIFETIME_MS).await.unwrap();
    assert!(secret.expose().starts_with("ek_"));
    assert_eq!(secrets.redeem(secret.expose(), NOW).await, Ok(Some(ada)));
    assert_eq!(secrets.redeem(secret.expose(), NOW + 599_999).await, Ok(Some(ada)));
    assert_eq!(secrets.redeem(secret.expose(), NOW + 600_000).await, Ok(None));
    assert_eq!(secrets.redeem(other.expose(), NOW).await, Ok(Some(ben)));
    for wrong in ["", "ek_", &secret.expose()[3..], &format!("ek_{}", "A".repeat(43))] {
        assert_eq!(secrets.redeem(wrong, NOW).await, Ok(None));
    }
}

async fn a_new_secret_leaves_a_live_one_alone(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let ada = scene.participant("ada").await.id;
    let secrets = db.store().client_secrets();
    let first = secrets.mint(ada, NOW, 1_000).await.unwrap();
    secrets.mint(ada, NOW + 999, 1_000).await.unwrap();
    assert_eq!(secrets.redeem(first.expose(), NOW + 999).await, Ok(Some(ada)));
}

async fn a_revoked_or_expired_invitation_and_a_closed_session_end_their_secrets(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let (ada, ben) = (scene.participant("ada").await, scene.participant("ben").await);
    let secrets = db.store().client_secrets();
    let revoked = secrets.mint(ada.id, NOW, CLIENT_SECRET_LIFETIME_MS).await.unwrap();
    db.store().invitations().revoke(ada.invitation).await.unwrap();
    assert_eq!(secrets.redeem(revoked.expose(), NOW).await, Ok(None));
    let last_day = NOW + 7 * DAY_MS;
    let expiring = secrets
        .mint(ben.id, last_day - 1, CLIENT_SECRET_LIFETIME_MS)
        .await
        .unwrap();
    assert_eq!(secrets.redeem(expiring.expose(), last_day - 1).await, Ok(Some(ben.id)));
    assert_eq!(secrets.redeem(expiring.expose(), last_day).await, Ok(None));
    let closed = secrets.mint(ben.id, NOW, CLIENT_SECRET_LIFETIME_MS).await.unwrap();
    assert_eq!(secrets.redeem(closed.expose(), NOW).await, Ok(Some(ben.id)));
    let sessions = db.store().sessions();
    sessions
        .set_state(scene.session.id, SessionState::Closed, NOW)
        .await
        .unwrap();
    assert_eq!(secrets.redeem(closed.expose(), NOW).await, Ok(None));
}

async fn a_trial_of_a_draft_is_let_in(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let draft = db
        .store()
        .sessions()
        .create(&new_session(&scene.workspace), NOW)
        .await
        .unwrap();
    let invitations = db.store().invitations();
    let token = invitations.trial(draft.id, &"Ada".into(), NOW).await.unwrap();
    let found = invitations.by_token(token.expose(), NOW).await.unwrap().unwrap();
    let talk = db
        .store()
        .conversations()
        .open(found.invitation.id, &voice(), NOW)
        .await
        .unwrap();
    let secret = db.store().client_secrets().mint(talk.id, NOW, 1_000).await.unwrap();
    let redeemed = db.store().client_secrets().redeem(secret.expose(), NOW).await;
    assert_eq!(redeemed, Ok(Some(talk.id)));
}

both!(
    a_trial_of_a_draft_is_let_in,
    a_secret_admits_as_often_as_needed_until_it_expires,
    a_new_secret_leaves_a_live_one_alone,
    a_revoked_or_expired_invitation_and_a_closed_session_end_their_secrets,
);
