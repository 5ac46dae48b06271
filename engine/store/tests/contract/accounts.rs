//! Who signs in is known by their address, one login or key at a time, and what they did is noted.

use colloquy_core::id::UserId;
use colloquy_store::testing::Database;
use colloquy_store::{
    LOGIN_LIFETIME_MS, NewDeed, NewUser, PasswordHash, Plan, Role, Scope, Store, StoreError, User, Workspace,
};
use uuid::Uuid;

use crate::scene::NOW;

fn new_user(name: &str, role: Role) -> NewUser {
    NewUser {
        email: format!(" {name}@Harbour.example").into(),
        name: name.into(),
        role,
        password: PasswordHash::new("$argon2id$…".to_owned()),
    }
}

async fn owner(store: &Store) -> (Workspace, User) {
    let ada = new_user("Ada", Role::Owner);
    store.users().set_up("Harbour Clinic", &ada, NOW).await.unwrap()
}

async fn there_is_one_first_run(db: &Database) {
    let users = db.store().users();
    assert_eq!(users.any().await, Ok(false));
    // Whoever sets up owns, whatever was asked for.
    let (ada, ben) = (new_user("Ada", Role::Viewer), new_user("Ben", Role::Owner));
    let (first, second) = tokio::join!(
        users.set_up("Harbour Clinic", &ada, NOW),
        users.set_up("Mill", &ben, NOW)
    );
    let (won, lost) = match (first, second) {
        (Ok(won), Err(lost)) | (Err(lost), Ok(won)) => (won, lost),
        other => panic!("one of two succeeds: {other:?}"),
    };
    assert_eq!(lost, StoreError::AlreadySetUp);
    assert_eq!((won.1.role, won.1.workspace), (Role::Owner, won.0.id));
    assert_eq!(
        db.store().workspaces().all().await,
        Ok(vec![won.0]),
        "no workspace is left over"
    );
    assert_eq!(users.any().await, Ok(true));
}

async fn a_user_is_found_by_any_spelling_and_an_address_signs_in_once(db: &Database) {
    let (workspace, ada) = owner(db.store()).await;
    let users = db.store().users();
    assert_eq!(ada.email.expose(), "ada@harbour.example");
    let (found, password) = users
        .credentials(&"ADA@harbour.example ".into())
        .await
        .unwrap()
        .unwrap();
    assert_eq!((&found, password.expose()), (&ada, "$argon2id$…"));
    assert_eq!(users.credentials(&"ben@harbour.example".into()).await, Ok(None));
    let elsewhere = db.store().workspaces().create("Mill", None, NOW).await.unwrap();
    let again = users.create(elsewhere.id, &new_user("ADA", Role::Viewer), NOW).await;
    assert_eq!(again, Err(StoreError::UserTaken));
    let ben = users
        .create(workspace.id, &new_user("Ben", Role::Analyst), NOW + 1)
        .await
        .unwrap();
    assert_eq!(users.of_workspace(workspace.id).await, Ok(vec![ada, ben.clone()]));
    assert_eq!(users.of_workspace(elsewhere.id).await, Ok(vec![]));
    assert_eq!(users.find(ben.id).await, Ok(Some(ben)));
    assert_eq!(users.find(UserId(elsewhere.id.0)).await, Ok(None));
}

async fn a_login_lasts_until_it_runs_out_or_is_ended(db: &Database) {
    let (workspace, ada) = owner(db.store()).await;
    let logins = db.store().logins();
    let [desk, phone, tablet] = [
        logins.begin(ada.id, NOW).await.unwrap(),
        logins.begin(ada.id, NOW).await.unwrap(),
        logins.begin(ada.id, NOW).await.unwrap(),
    ];
    let who = Ok(Some((ada.clone(), workspace)));
    let end = NOW + LOGIN_LIFETIME_MS;
    assert_eq!(logins.who(desk.expose(), end - 1).await, who);
    assert_eq!(logins.who(desk.expose(), end).await, Ok(None));
    logins.end(desk.expose()).await.unwrap();
    assert_eq!(logins.who(desk.expose(), NOW).await, Ok(None));
    assert_eq!(logins.who(phone.expose(), NOW).await, who);
    logins.end_all(ada.id).await.unwrap();
    for token in [&phone, &tablet] {
        assert_eq!(logins.who(token.expose(), NOW).await, Ok(None));
    }
    assert_eq!(logins.who("login_none", NOW).await, Ok(None));
}

async fn an_api_token_acts_for_its_user_until_it_is_revoked(db: &Database) {
    let (workspace, ada) = owner(db.store()).await;
    let ben = new_user("Ben", Role::Admin);
    let ben = db.store().users().create(workspace.id, &ben, NOW).await.unwrap();
    let tokens = db.store().api_tokens();
    let (row, token) = tokens.create(ada.id, "payroll", Scope::Read, NOW).await.unwrap();
    assert!(token.expose().starts_with("cqy_"));
    let (found, user, home) = tokens.who(token.expose()).await.unwrap().unwrap();
    assert_eq!((found, user, home), (row.clone(), ada.clone(), workspace));
    assert_eq!(tokens.revoke(ben.id, row.id, NOW).await, Ok(false), "not his");
    assert_eq!(tokens.revoke(ada.id, row.id, NOW + 5).await, Ok(true));
    assert_eq!(tokens.revoke(ada.id, row.id, NOW + 9).await, Ok(true));
    assert_eq!(tokens.who(token.expose()).await, Ok(None));
    let kept = tokens.of_user(ada.id).await.unwrap();
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0].revoked_at, Some(NOW + 5), "the first time counts");
    let login = db.store().logins().begin(ada.id, NOW).await.unwrap();
    assert_eq!(tokens.who(login.expose()).await, Ok(None), "a login is no key");
}

async fn the_audit_log_is_read_newest_first_in_pages_of_one_workspace(db: &Database) {
    let (workspace, ada) = owner(db.store()).await;
    let elsewhere = db.store().workspaces().create("Mill", None, NOW).await.unwrap();
    let audit = db.store().audit();
    let note = |workspace, user, deed, at| async move {
        let new = NewDeed {
            workspace,
            user,
            api_token: None,
            deed,
            subject: Some(Uuid::nil()),
        };
        audit.note(&new, at).await.unwrap();
    };
    note(workspace.id, None, "user.create", NOW).await;
    note(elsewhere.id, None, "user.create", NOW).await;
    note(workspace.id, Some(ada.id), "session.create", NOW + 1).await;
    note(workspace.id, Some(ada.id), "session.open", NOW + 2).await;
    let first = audit.of_workspace(workspace.id, None, 2).await.unwrap();
    let deeds: Vec<&str> = first.iter().map(|deed| deed.deed.as_str()).collect();
    assert_eq!(deeds, ["session.open", "session.create"]);
    assert_eq!((first[0].user_id, first[0].at_ms), (Some(ada.id.0), NOW + 2));
    let rest = audit.of_workspace(workspace.id, Some(first[1].id), 2).await.unwrap();
    assert_eq!(rest.len(), 1);
    assert_eq!((rest[0].deed.as_str(), rest[0].user_id), ("user.create", None));
}

async fn a_plan_is_kept(db: &Database) {
    let workspaces = db.store().workspaces();
    let mill = workspaces.create("Mill", None, NOW).await.unwrap();
    assert_eq!(mill.plan, Plan::Sessions);
    workspaces.set_plan(mill.id, Plan::Basic).await.unwrap();
    assert_eq!(workspaces.find(mill.id).await.unwrap().unwrap().plan, Plan::Basic);
    let missing = workspaces
        .set_plan(colloquy_core::id::WorkspaceId(Uuid::nil()), Plan::Basic)
        .await;
    assert_eq!(missing, Err(StoreError::Missing("workspace")));
}

both!(
    there_is_one_first_run,
    a_user_is_found_by_any_spelling_and_an_address_signs_in_once,
    a_login_lasts_until_it_runs_out_or_is_ended,
    an_api_token_acts_for_its_user_until_it_is_revoked,
    the_audit_log_is_read_newest_first_in_pages_of_one_workspace,
    a_plan_is_kept,
);
