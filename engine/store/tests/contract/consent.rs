//! A conversation begins with the person's answer at the door, once.

use colloquy_core::event::{Event, Mode, Outcome};
use colloquy_core::guide::Confidentiality;
use colloquy_core::id::InvitationId;
use colloquy_core::time::Ms;
use colloquy_store::testing::Database;
use colloquy_store::{Consent, ConversationState, LinkState, SessionState, Store, StoreError};

use crate::editing::edit;
use crate::scene::{NOW, Scene, ended, voice};

async fn consent_makes_the_conversation_and_its_first_event(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let invitation = scene.invite("ada").await;
    let conversations = db.store().conversations();
    assert_eq!(conversations.by_invitation(invitation.id).await, Ok(None));

    let conversation = conversations.open(invitation.id, &voice(), NOW).await.unwrap();
    assert_eq!(conversation.state, ConversationState::Consented);
    assert_eq!(
        (
            conversation.consent.clone(),
            conversation.preview,
            conversation.last_seq
        ),
        (Some(voice()), false, 1)
    );
    assert_eq!((conversation.created, conversation.ended), (NOW, None));
    assert_eq!(
        conversations.find(conversation.id).await,
        Ok(Some(conversation.clone()))
    );
    assert_eq!(
        conversations.by_invitation(invitation.id).await,
        Ok(Some(conversation.clone()))
    );
    assert_eq!(
        conversations.of_session(scene.session.id).await,
        Ok(vec![conversation.clone()])
    );

    let log = db.store().events().read(conversation.id, 0).await.unwrap();
    let consented = Event::Consented {
        mode: Mode::Voice,
        recording: false,
        text_version: "2026-11".to_owned(),
    };
    assert_eq!(
        (log.len(), log[0].seq, log[0].at, &log[0].event),
        (1, 1, Ms::ZERO, &consented)
    );
}

async fn consenting_twice_is_consenting_once(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let first = scene.participant("ada").await;
    let again = db
        .store()
        .conversations()
        .open(first.invitation, &voice(), NOW + 5)
        .await
        .unwrap();
    assert_eq!(again, first);
    assert_eq!(db.store().events().read(first.id, 0).await.unwrap().len(), 1);
}

async fn many_consents_at_once_make_one_conversation(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let invitation = scene.invite("ada").await.id;
    let other_node = Store::connect(db.url()).await.unwrap();
    let mut devices = tokio::task::JoinSet::new();
    for n in 0..8 {
        let store = if n % 2 == 0 {
            db.store().clone()
        } else {
            other_node.clone()
        };
        devices.spawn(async move { store.conversations().open(invitation, &voice(), NOW).await.unwrap().id });
    }
    let mut ids = devices.join_all().await;
    ids.dedup();
    assert_eq!(ids.len(), 1);
    assert_eq!(db.store().events().read(ids[0], 0).await.unwrap().len(), 1);
    other_node.close().await;
}

async fn a_changed_mind_is_another_event(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let conversation = scene.participant("ada").await;
    scene.append(conversation.id, &[Event::Resumed]).await;
    let typed = Consent {
        mode: Mode::Text,
        ..voice()
    };
    let changed = db
        .store()
        .conversations()
        .open(conversation.invitation, &typed, NOW + 9)
        .await
        .unwrap();
    assert_eq!((changed.id, changed.consent), (conversation.id, Some(typed)));
    assert_eq!((changed.state, changed.last_seq), (ConversationState::InProgress, 3));
    let log = db.store().events().read(conversation.id, 2).await.unwrap();
    assert!(
        matches!(log[0].event, Event::Consented { mode: Mode::Text, .. }),
        "{log:?}"
    );
    assert_eq!(log[0].at, Ms(1_000), "conversation time does not run backwards");
}

async fn declining_is_kept_and_can_be_thought_over(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let invitation = scene.invite("ada").await.id;
    let conversations = db.store().conversations();
    let declined = conversations.decline(invitation, NOW).await.unwrap();
    assert_eq!(
        (declined.state, declined.consent.clone()),
        (ConversationState::Declined, None)
    );
    assert_eq!(conversations.decline(invitation, NOW).await, Ok(declined.clone()));
    let agreed = conversations.open(invitation, &voice(), NOW + 1).await.unwrap();
    assert_eq!((agreed.id, agreed.state), (declined.id, ConversationState::Consented));
    let log = db.store().events().read(agreed.id, 0).await.unwrap();
    assert!(
        matches!(
            (&log[0].event, &log[1].event),
            (Event::Declined, Event::Consented { .. })
        ),
        "{log:?}"
    );
}

async fn a_link_that_does_not_admit_opens_nothing(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let conversations = db.store().conversations();
    let refused = |state| Err(StoreError::Link(state));

    let late = scene.invite("late").await;
    assert_eq!(
        conversations.open(late.id, &voice(), late.expires_at).await,
        refused(LinkState::Expired)
    );

    let revoked = scene.invite("revoked").await;
    db.store().invitations().revoke(revoked.id).await.unwrap();
    assert_eq!(
        conversations.open(revoked.id, &voice(), NOW).await,
        refused(LinkState::Revoked)
    );

    let done = scene.participant("done").await;
    scene.append(done.id, &[ended(Outcome::Completed)]).await;
    assert_eq!(
        conversations.open(done.invitation, &voice(), NOW).await,
        refused(LinkState::Finished)
    );

    let waiting = scene.invite("waiting").await;
    db.store()
        .sessions()
        .set_state(scene.session.id, SessionState::Closed, NOW)
        .await
        .unwrap();
    assert_eq!(
        conversations.open(waiting.id, &voice(), NOW).await,
        refused(LinkState::SessionClosed)
    );
    assert_eq!(conversations.by_invitation(waiting.id).await, Ok(None));

    let nobody = InvitationId(scene.workspace.id.0);
    assert_eq!(
        conversations.open(nobody, &voice(), NOW).await,
        Err(StoreError::Missing("invitation"))
    );
}

async fn nobody_agrees_to_another_confidentiality_than_that_of_their_guide(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let (conversations, invitations) = (db.store().conversations(), db.store().invitations());
    let ada = scene.invite("ada").await.id;
    let token = invitations.mint_token(ada, NOW).await.unwrap();
    let agrees = async |consent: &Consent, shown| conversations.open_by(ada, consent, shown, token.expose(), NOW).await;
    let early = agrees(&voice(), Confidentiality::Identified).await;
    assert_eq!(early, Err(StoreError::ShownOtherwise));
    assert_eq!(conversations.by_invitation(ada).await, Ok(None));
    agrees(&voice(), Confidentiality::Confidential).await.unwrap();
    // The session is changed: what Ada goes on with stays what it was.
    let sessions = db.store().sessions();
    let edited = sessions
        .edit(scene.session.id, scene.session.version, &edit())
        .await
        .unwrap();
    assert_eq!(edited.confidentiality, Confidentiality::Identified);
    let text = Consent {
        mode: Mode::Text,
        ..voice()
    };
    let other = agrees(&text, Confidentiality::Identified).await;
    assert_eq!(other, Err(StoreError::ShownOtherwise));
    agrees(&text, Confidentiality::Confidential).await.unwrap();
}

both!(
    nobody_agrees_to_another_confidentiality_than_that_of_their_guide,
    consent_makes_the_conversation_and_its_first_event,
    consenting_twice_is_consenting_once,
    many_consents_at_once_make_one_conversation,
    a_changed_mind_is_another_event,
    declining_is_kept_and_can_be_thought_over,
    a_link_that_does_not_admit_opens_nothing,
);
