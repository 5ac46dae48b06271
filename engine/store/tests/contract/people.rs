//! People are known by their address, once in a workspace, and invited once to a session.

use colloquy_core::id::PersonId;
use colloquy_store::testing::Database;
use colloquy_store::{NewPerson, StoreError};

use crate::scene::{NOW, Scene, person};

async fn a_person_is_found_by_any_spelling_of_the_address(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let people = db.store().people();
    let ada = people.create(&person(&scene.workspace, "Ada")).await.unwrap();
    assert_eq!(ada.email.expose(), "ada@harbour.example");
    let found = people
        .by_email(scene.workspace.id, &" ADA@harbour.EXAMPLE ".into())
        .await;
    assert_eq!(found, Ok(Some(ada.clone())));
    assert_eq!(people.find(ada.id).await, Ok(Some(ada)));
    assert_eq!(people.find(PersonId(scene.workspace.id.0)).await, Ok(None));
    assert_eq!(
        people.by_email(scene.workspace.id, &"ben@harbour.example".into()).await,
        Ok(None)
    );
}

async fn an_address_is_taken_once_in_a_workspace(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let people = db.store().people();
    people.create(&person(&scene.workspace, "ada")).await.unwrap();
    assert_eq!(
        people.create(&person(&scene.workspace, "ADA")).await,
        Err(StoreError::EmailTaken)
    );
    let elsewhere = db.store().workspaces().create("Mill", None, NOW).await.unwrap();
    assert!(people.create(&person(&elsewhere, "ada")).await.is_ok());
}

async fn a_person_is_invited_once_to_a_session(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let first = scene.invite("ada").await;
    let again = db
        .store()
        .invitations()
        .create(scene.session.id, first.person, NOW)
        .await;
    assert_eq!(again, Err(StoreError::AlreadyInvited));
}

async fn an_error_says_nothing_of_a_person(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let mut stranger = person(&scene.workspace, "zebulon");
    db.store().people().create(&stranger).await.unwrap();
    let taken = db.store().people().create(&stranger).await.unwrap_err();
    let nowhere = NewPerson {
        workspace: colloquy_core::id::WorkspaceId(scene.session.id.0),
        ..stranger.clone()
    };
    let dangling = db.store().people().create(&nowhere).await.unwrap_err();
    assert!(matches!(dangling, StoreError::Database(_)), "{dangling:?}");
    stranger.name = "zebulon\0".into();
    stranger.email = "zebulon2@harbour.example".into();
    // A NUL is refused by one database and taken by the other.
    let refused = db.store().people().create(&stranger).await.err();
    for error in [Some(taken), Some(dangling), refused].into_iter().flatten() {
        assert!(
            !format!("{error} {error:?}").to_lowercase().contains("zebulon"),
            "{error:?}"
        );
    }
}

both!(
    a_person_is_found_by_any_spelling_of_the_address,
    an_address_is_taken_once_in_a_workspace,
    a_person_is_invited_once_to_a_session,
    an_error_says_nothing_of_a_person,
);
