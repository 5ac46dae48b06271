//! Who signs in is known by their address, one login or key at a time, and what they did is noted.

use colloquy_core::id::UserId;
use colloquy_store::testing::Database;
use colloquy_store::{
    Author, LOGIN_LIFETIME_MS, NewUser, PasswordHash, Plan, Role, SETUP_CODE_LIFETIME_MS, Scope, SessionEdit,
    SessionState, Store, StoreError, User, Workspace,
};
use uuid::Uuid;

use crate::scene::{NOW, new_session};

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
    let code = store.setup_codes().mint(NOW).await.unwrap().unwrap();
    let users = store.users();
    users.set_up(code.expose(), "Harbour Clinic", &ada, NOW).await.unwrap()
}

async fn there_is_one_first_run(db: &Database) {
    let users = db.store().users();
    assert_eq!(users.any().await, Ok(false));
    // Whoever sets up owns, whatever was asked for.
    let (ada, ben) = (new_user("Ada", Role::Viewer), new_user("Ben", Role::Owner));
    let codes = db.store().setup_codes();
    let [one, two] = [
        codes.mint(NOW).await.unwrap().unwrap(),
        codes.mint(NOW).await.unwrap().unwrap(),
    ];
    let (first, second) = tokio::join!(
        users.set_up(one.expose(), "Harbour Clinic", &ada, NOW),
        users.set_up(two.expose(), "Mill", &ben, NOW)
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
    assert_eq!(codes.mint(NOW).await, Ok(None));
    for code in [&one, &two] {
        assert_eq!(codes.admits(code.expose(), NOW).await, Ok(false), "none is left over");
    }
}

async fn the_first_run_asks_for_a_code(db: &Database) {
    let (users, codes) = (db.store().users(), db.store().setup_codes());
    let ada = new_user("Ada", Role::Owner);
    let code = codes.mint(NOW).await.unwrap().unwrap();
    let end = NOW + SETUP_CODE_LIFETIME_MS;
    assert_eq!(codes.admits(code.expose(), end - 1).await, Ok(true));
    assert_eq!(codes.admits(code.expose(), end).await, Ok(false));
    let late = users.set_up(code.expose(), "Mill", &ada, end).await;
    assert_eq!(late, Err(StoreError::WrongSetupCode));
    let login = "login_".to_owned() + &code.expose()["setup_".len()..];
    for wrong in ["", "setup_", &login] {
        let refused = users.set_up(wrong, "Mill", &ada, NOW).await;
        assert_eq!(refused, Err(StoreError::WrongSetupCode));
    }
    assert_eq!(db.store().workspaces().all().await, Ok(vec![]));
    assert!(users.set_up(code.expose(), "Mill", &ada, NOW).await.is_ok());
}

async fn a_workspace_keeps_an_owner(db: &Database) {
    let (workspace, ada) = owner(db.store()).await;
    let users = db.store().users();
    let alone = users.set_role(ada.id, Role::Owner, Role::Viewer).await;
    assert_eq!(alone, Err(StoreError::LastOwner));
    let ben = new_user("Ben", Role::Admin);
    let ben = users.create(workspace.id, &ben, NOW).await.unwrap();
    let stale = users.set_role(ben.id, Role::Viewer, Role::Owner).await;
    assert_eq!(stale, Err(StoreError::Outdated));
    let raised = users.set_role(ben.id, Role::Admin, Role::Owner).await.unwrap();
    assert_eq!(users.find(ben.id).await, Ok(Some(raised.clone())));
    assert_eq!(raised.role, Role::Owner);
    let (one, two) = tokio::join!(
        users.set_role(ada.id, Role::Owner, Role::Viewer),
        users.set_role(ben.id, Role::Owner, Role::Viewer)
    );
    assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
    assert_eq!(one.and(two), Err(StoreError::LastOwner));
    let nobody = users.set_role(UserId(workspace.id.0), Role::Owner, Role::Viewer).await;
    assert_eq!(nobody, Err(StoreError::Missing("user")));
}

async fn a_new_password_ends_the_other_logins(db: &Database) {
    let (_, ada) = owner(db.store()).await;
    let (users, logins) = (db.store().users(), db.store().logins());
    let old = logins.begin(ada.id, NOW).await.unwrap();
    let hash = PasswordHash::new("$argon2id$new".to_owned());
    let new = users.set_password(ada.id, &hash, NOW).await.unwrap();
    assert_eq!(logins.who(old.expose(), NOW).await, Ok(None));
    assert!(logins.who(new.expose(), NOW).await.unwrap().is_some());
    let kept = users.credentials(&ada.email).await.unwrap().unwrap();
    assert_eq!(kept, (ada, hash));
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
    let operator = db.store().by(Author::operator(NOW));
    let mill = operator.workspaces().create("Mill", None, NOW).await.unwrap();
    let ben = new_user("Ben", Role::Admin);
    let ben = operator.users().create(workspace.id, &ben, NOW).await.unwrap();
    let hers = db.store().by(Author::user(ada.id, NOW + 2));
    hers.users().set_role(ben.id, Role::Admin, Role::Viewer).await.unwrap();
    let audit = db.store().audit();
    let first = audit.of_workspace(workspace.id, None, 2).await.unwrap();
    let deeds: Vec<&str> = first.iter().map(|deed| deed.deed.as_str()).collect();
    assert_eq!(deeds, ["user.role", "user.create"]);
    assert_eq!(
        (first[0].user_id, first[0].subject, first[0].at_ms),
        (Some(ada.id.0), Some(ben.id.0), NOW + 2)
    );
    assert_eq!((first[1].user_id, first[1].subject), (None, Some(ben.id.0)));
    let rest = audit.of_workspace(workspace.id, Some(first[1].id), 2).await.unwrap();
    assert_eq!(rest.len(), 1);
    assert_eq!(
        (rest[0].deed.as_str(), rest[0].user_id),
        ("workspace.set_up", Some(ada.id.0))
    );
    let elsewhere = audit.of_workspace(mill.id, None, 9).await.unwrap();
    assert_eq!(elsewhere.len(), 1);
    assert_eq!(elsewhere[0].deed, "workspace.create");
}

async fn what_is_done_is_noted_with_it_and_what_fails_is_not(db: &Database) {
    let (workspace, ada) = owner(db.store()).await;
    let store = db.store().by(Author::user(ada.id, NOW));
    let sessions = store.sessions();
    let session = sessions.create(&new_session(&workspace), NOW).await.unwrap();
    sessions.set_state(session.id, SessionState::Open, NOW).await.unwrap();
    sessions.set_state(session.id, SessionState::Open, NOW).await.unwrap();
    let none = SessionEdit {
        title: "x".to_owned(),
        mode: session.mode,
        confidentiality: session.confidentiality,
        recording: false,
        length_min: 5,
        welcome: String::new(),
        help: None,
        topics: Vec::new(),
    };
    assert_eq!(sessions.edit(session.id, 2, &none).await, Err(StoreError::NoTopics));
    sessions.clone_of(session.id, "Again", NOW).await.unwrap();
    let taken = store
        .users()
        .create(workspace.id, &new_user("Ada", Role::Admin), NOW)
        .await;
    assert_eq!(taken, Err(StoreError::UserTaken));
    let (key, _) = store.api_tokens().create(ada.id, "x", Scope::Read, NOW).await.unwrap();
    for _ in 0..2 {
        store.api_tokens().revoke(ada.id, key.id, NOW).await.unwrap();
    }
    let login = store.logins().begin(ada.id, NOW).await.unwrap();
    for _ in 0..2 {
        store.logins().end(login.expose()).await.unwrap();
    }
    // In nobody's hands, nothing is noted.
    db.store()
        .sessions()
        .create(&new_session(&workspace), NOW)
        .await
        .unwrap();
    let deeds = store.audit().of_workspace(workspace.id, None, 99).await.unwrap();
    let mut deeds: Vec<&str> = deeds.iter().map(|deed| deed.deed.as_str()).collect();
    deeds.reverse();
    let expected = [
        "workspace.set_up",
        "session.create",
        "session.open",
        "session.clone",
        "token.create",
        "token.revoke",
        "user.login",
        "user.logout",
    ];
    assert_eq!(deeds, expected);
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
    the_first_run_asks_for_a_code,
    a_workspace_keeps_an_owner,
    a_new_password_ends_the_other_logins,
    a_user_is_found_by_any_spelling_and_an_address_signs_in_once,
    a_login_lasts_until_it_runs_out_or_is_ended,
    an_api_token_acts_for_its_user_until_it_is_revoked,
    the_audit_log_is_read_newest_first_in_pages_of_one_workspace,
    what_is_done_is_noted_with_it_and_what_fails_is_not,
    a_plan_is_kept,
);
