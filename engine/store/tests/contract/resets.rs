//! A forgotten password is set anew by a link that works once, for an hour; who was removed has no way in any more.

use colloquy_store::testing::Database;
use colloquy_store::{
    ClaimedReset, Keep, MailState, NewUser, PasswordHash, RESET_LIFETIME_MS, Role, Scope, Store, StoreError, User,
    Workspace, WorkspaceEdit,
};

use crate::scene::{DAY_MS, NOW};

const CLAIM_MS: i64 = 120_000;

fn new_user(name: &str, role: Role) -> NewUser {
    NewUser {
        email: format!("{name}@harbour.example").into(),
        name: name.into(),
        role,
        password: PasswordHash::new("old".to_owned()),
    }
}

async fn owner(store: &Store) -> (Workspace, User) {
    let workspace = store.workspaces().create("Harbour Clinic", None, NOW).await.unwrap();
    let users = store.users();
    let ada = users.create(workspace.id, &new_user("ada", Role::Owner), NOW).await;
    (workspace, ada.unwrap())
}

async fn claim(store: &Store, now: i64) -> Option<ClaimedReset> {
    store.resets().claim("north", now, now + CLAIM_MS).await.unwrap()
}

fn new() -> PasswordHash {
    PasswordHash::new("new".to_owned())
}

async fn a_link_sets_a_password_once_within_its_hour(db: &Database) {
    let store = db.store();
    let (_, ada) = owner(store).await;
    let resets = store.resets();
    resets.ask(&"nobody@harbour.example".into(), NOW).await.unwrap();
    assert!(claim(store, NOW).await.is_none());
    resets.ask(&" ADA@harbour.example".into(), NOW).await.unwrap();
    let first = claim(store, NOW).await.unwrap();
    assert_eq!(
        (first.email.expose(), first.workspace.as_str()),
        ("ada@harbour.example", "Harbour Clinic")
    );
    assert!(claim(store, NOW).await.is_none(), "it is in somebody's hands");
    // Whoever had it died: the mail goes again, and both links work.
    let later = NOW + CLAIM_MS;
    let again = claim(store, later).await.unwrap();
    assert_eq!((again.id, again.attempt), (first.id, 2));
    resets.settle(again.id, MailState::Sent, None, later).await.unwrap();
    assert!(claim(store, later + CLAIM_MS).await.is_none());
    let end = NOW + RESET_LIFETIME_MS;
    assert_eq!(resets.admits(first.token.expose(), end - 1).await, Ok(true));
    assert_eq!(resets.admits(first.token.expose(), end).await, Ok(false));
    let late = resets.set_password(first.token.expose(), &new(), end).await;
    assert_eq!(late, Err(StoreError::ResetOver));
    let login = store.logins().begin(ada.id, later).await.unwrap();
    let (_, key) = store
        .api_tokens()
        .create(ada.id, "x", Scope::Write, later)
        .await
        .unwrap();
    let hash = new();
    let (one, two) = tokio::join!(
        resets.set_password(again.token.expose(), &hash, later),
        resets.set_password(again.token.expose(), &hash, later),
    );
    assert!(one.is_ok() != two.is_ok(), "once: {one:?} {two:?}");
    assert_eq!(
        resets.admits(first.token.expose(), later).await,
        Ok(false),
        "all links end"
    );
    assert!(store.logins().who(login.expose(), later).await.unwrap().is_none());
    assert!(
        store.api_tokens().who(key.expose()).await.unwrap().is_none(),
        "whoever had the old one may have made it"
    );
    let (_, hash) = store.users().credentials(&ada.email).await.unwrap().unwrap();
    assert_eq!(hash, new());
    for wrong in ["", "reset_", "login_x"] {
        let wrong = resets.set_password(wrong, &new(), later).await;
        assert_eq!(wrong, Err(StoreError::ResetOver));
    }
}

async fn a_mailbox_is_not_flooded_and_old_mails_are_not_sent(db: &Database) {
    let store = db.store();
    let (workspace, ada) = owner(store).await;
    for _ in 0..5 {
        store.resets().ask(&ada.email, NOW).await.unwrap();
    }
    let mut mails = 0;
    while claim(store, NOW).await.is_some() {
        mails += 1;
    }
    assert_eq!(mails, 3);
    let later = NOW + RESET_LIFETIME_MS;
    assert!(claim(store, later).await.is_none(), "they are an hour old");
    store.resets().ask(&ada.email, later).await.unwrap();
    let mail = claim(store, later).await.unwrap();
    // Who changes the password meanwhile needs no link.
    store.users().set_password(ada.id, &new(), later).await.unwrap();
    assert_eq!(store.resets().admits(mail.token.expose(), later).await, Ok(false));
    assert!(claim(store, later + CLAIM_MS).await.is_none());
    let dropped = colloquy_store::testing::rows(db.url()).await;
    assert_eq!(dropped["outbox"].len(), 4);
    let keep = WorkspaceEdit {
        name: "Harbour".to_owned(),
        help: None,
        keep: Keep {
            mails: Some(1),
            ..Keep::default()
        },
    };
    store.workspaces().change(workspace.id, &keep, 1, later).await.unwrap();
    let gone = store.let_go(later + 2 * DAY_MS).await.unwrap();
    assert_eq!(gone.mails, 4, "also of those that were dropped nothing stays");
}

async fn who_is_removed_has_no_way_in(db: &Database) {
    let store = db.store();
    let (workspace, ada) = owner(store).await;
    let users = store.users();
    let ben = users
        .create(workspace.id, &new_user("ben", Role::Owner), NOW)
        .await
        .unwrap();
    store.resets().ask(&ben.email, NOW).await.unwrap();
    let mail = claim(store, NOW).await.unwrap();
    store.resets().ask(&ben.email, NOW).await.unwrap();
    let login = store.logins().begin(ben.id, NOW).await.unwrap();
    let (_, key) = store.api_tokens().create(ben.id, "x", Scope::Write, NOW).await.unwrap();
    assert_eq!(users.remove(ben.id, Role::Admin, NOW).await, Err(StoreError::Outdated));
    // Of two owners who remove each other at once one stays.
    let (one, two) = tokio::join!(
        users.remove(ada.id, Role::Owner, NOW),
        users.remove(ben.id, Role::Owner, NOW)
    );
    assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
    let left = users.of_workspace(workspace.id).await.unwrap();
    assert_eq!(left.len(), 1);
    if left[0].id == ben.id {
        users
            .create(workspace.id, &new_user("eve", Role::Owner), NOW)
            .await
            .unwrap();
        users.remove(ben.id, Role::Owner, NOW).await.unwrap();
    }
    assert!(store.logins().who(login.expose(), NOW).await.unwrap().is_none());
    assert!(store.api_tokens().who(key.expose()).await.unwrap().is_none());
    assert_eq!(users.find(ben.id).await, Ok(None));
    assert_eq!(users.credentials(&ben.email).await, Ok(None));
    let link = store.resets().set_password(mail.token.expose(), &new(), NOW).await;
    assert_eq!(link, Err(StoreError::ResetOver));
    assert!(claim(store, NOW + CLAIM_MS).await.is_none(), "nor is one sent");
    // A login that was being made in this moment is none.
    let late = store.logins().begin(ben.id, NOW).await.unwrap();
    assert!(store.logins().who(late.expose(), NOW).await.unwrap().is_none());
    assert_eq!(
        users.remove(ben.id, Role::Owner, NOW).await,
        Err(StoreError::Missing("user"))
    );
    let back = users.create(workspace.id, &new_user("ben", Role::Viewer), NOW).await;
    assert_eq!(back.unwrap().role, Role::Viewer, "the address is free");
}

both!(
    a_link_sets_a_password_once_within_its_hour,
    a_mailbox_is_not_flooded_and_old_mails_are_not_sent,
    who_is_removed_has_no_way_in,
);
