//! Every documented operation, asked by everybody: a new one that is not in the matrix fails.

mod scene;
mod table;

use std::collections::BTreeSet;

use colloquy_store::LOGIN_LIFETIME_MS;

use super::*;
use crate::admin::permissions::may;
use scene::Matrix;
use table::all;

#[tokio::test]
async fn every_documented_operation_is_in_the_matrix() {
    let desk = Desk::set().await;
    let document = desk.get(&As::Nobody, "/api/v1/openapi.json").await.body;
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let mut documented = BTreeSet::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for method in operations.as_object().unwrap().keys() {
            documented.insert((method.clone(), path.clone()));
        }
    }
    let known = all().map(|(method, path, _)| (method.to_owned(), path.to_owned()));
    assert_eq!(documented, known.collect());
    desk.database.remove().await;
}

#[tokio::test]
async fn each_role_plan_and_key_may_what_the_table_says() {
    let matrix = Matrix::set().await;
    for (method, path, action) in all() {
        let Some(action) = action else { continue };
        for house in &matrix.houses {
            for user in &house.users {
                let ways = [
                    (matrix.desk.login(user).await, None),
                    (matrix.desk.key(user, Scope::Read).await, Some(Scope::Read)),
                    (matrix.desk.key(user, Scope::Write).await, Some(Scope::Write)),
                ];
                for (who, key) in ways {
                    let at = matrix.at((method, path), house, user).await;
                    let told = matrix.ask(&who, (method, path), &at, Some(OURS)).await;
                    let place = format!(
                        "{method} {path} {:?} {:?} {key:?}: {}",
                        user.role, house.plan, told.body
                    );
                    match may(user.role, house.plan, key, action) {
                        Ok(()) => {
                            // An address is taken from the second time on; nobody here has a password, or is connected.
                            let taken = ["email_taken", "not_live", "not_finished"].contains(&told.code())
                                || told.body["field"] == "current";
                            assert!(told.status.is_success() || taken, "{place}");
                        }
                        Err(problem) => {
                            let problem = serde_json::to_value(&problem).unwrap();
                            assert_eq!(told.status, StatusCode::FORBIDDEN, "{place}");
                            assert_eq!(told.code(), problem["code"], "{place}");
                        }
                    }
                }
            }
        }
        // What was closed is open for the next one.
        let ada = matrix.desk.login(&matrix.houses[0].users[0]).await;
        let open = format!("/api/v1/sessions/{}/open", matrix.houses[0].session);
        assert_eq!(matrix.desk.post(&ada, &open, Value::Null).await.status, StatusCode::OK);
    }
    matrix.desk.database.remove().await;
}

#[tokio::test]
async fn what_changes_anything_is_noted_once_and_what_is_refused_is_not() {
    let matrix = Matrix::set().await;
    let (desk, house) = (&matrix.desk, &matrix.houses[0]);
    let ada = &house.users[0];
    let deeds = async || {
        let log = desk.store().audit();
        log.of_workspace(ada.workspace, None, 1_000).await.unwrap()
    };
    for (method, path, action) in all().filter(|(method, ..)| *method != "get") {
        if action.is_none() {
            continue;
        }
        let who = desk.login(ada).await;
        let at = matrix.at((method, path), house, ada).await;
        if path.ends_with("/open") {
            desk.post(&who, &at.replace("/open", "/close"), Value::Null).await;
        }
        let before = deeds().await;
        let foreign = matrix
            .ask(&who, (method, path), &at, Some("https://evil.example"))
            .await;
        assert_eq!((foreign.code(), deeds().await.len()), ("foreign_origin", before.len()));
        let told = matrix.ask(&who, (method, path), &at, Some(OURS)).await;
        let noted = deeds().await.len() - before.len();
        assert_eq!(
            noted,
            usize::from(
                told.status.is_success()
                    && !path.ends_with("/preview")
                    && !path.ends_with("/describe")
                    && !path.ends_with("/ask")
            ),
            "{method} {path}: {}",
            told.body
        );
        assert!(
            told.status.is_success() || path.ends_with("/password") || told.code() == "not_live",
            "{method} {path}: {}",
            told.body
        );
        if noted == 1 {
            assert_eq!(deeds().await[0].user_id, Some(ada.id.0), "{method} {path}");
        }
    }
    matrix.desk.database.remove().await;
}

#[tokio::test]
async fn who_is_not_known_gets_nothing() {
    let matrix = Matrix::set().await;
    let (house, store) = (&matrix.houses[0], matrix.desk.store());
    let ada = &house.users[0];
    let long_ago = store
        .logins()
        .begin(ada.id, unix_ms() - LOGIN_LIFETIME_MS)
        .await
        .unwrap();
    let (row, revoked) = store
        .api_tokens()
        .create(ada.id, "x", Scope::Write, unix_ms())
        .await
        .unwrap();
    store.api_tokens().revoke(ada.id, row.id, unix_ms()).await.unwrap();
    let As::Login(login) = matrix.desk.login(ada).await else {
        unreachable!()
    };
    let strangers = [
        As::Nobody,
        As::Login("login_x".to_owned()),
        As::Login(long_ago.expose().to_owned()),
        As::Token("cqy_x".to_owned()),
        As::Token(revoked.expose().to_owned()),
        // A login is no key.
        As::Token(login),
    ];
    for (method, path, action) in all() {
        if action.is_none() {
            continue;
        }
        for who in &strangers {
            let at = matrix.at((method, path), house, ada).await;
            let told = matrix.ask(who, (method, path), &at, Some(OURS)).await;
            assert_eq!(
                (told.status, told.code()),
                (StatusCode::UNAUTHORIZED, "unauthenticated"),
                "{method} {path} {who:?}"
            );
        }
    }
    matrix.desk.database.remove().await;
}

#[tokio::test]
async fn a_page_of_another_site_can_do_nothing() {
    let matrix = Matrix::set().await;
    let house = &matrix.houses[0];
    let ada = &house.users[0];
    let foreign = [
        "https://evil.example",
        "null",
        "http://desk.example.evil.example",
        "https://desk.example",
        "http://desk.example:8080",
    ];
    for (method, path, action) in all().filter(|(method, ..)| *method != "get") {
        let who = match action {
            Some(_) => matrix.desk.login(ada).await,
            None => As::Nobody,
        };
        let at = matrix.at((method, path), house, ada).await;
        let missing = action.is_some().then_some(None);
        for origin in foreign.into_iter().map(Some).chain(missing) {
            let told = matrix.ask(&who, (method, path), &at, origin).await;
            assert_eq!(
                (told.status, told.code()),
                (StatusCode::FORBIDDEN, "foreign_origin"),
                "{method} {path} {origin:?}"
            );
        }
        let told = matrix.ask(&who, (method, path), &at, Some(OURS)).await;
        assert_ne!(told.status, StatusCode::FORBIDDEN, "{method} {path}: our own page may");
    }
    matrix.desk.database.remove().await;
}

#[tokio::test]
async fn of_another_workspaces_rows_nobody_learns_that_they_exist() {
    let matrix = Matrix::set().await;
    let (ours, theirs) = (&matrix.houses[0], &matrix.houses[1]);
    let ada = matrix.desk.login(&ours.users[0]).await;
    let mut seen = 0;
    for (method, path, _) in all().filter(|(_, path, _)| path.contains("{id}")) {
        let at = matrix.at((method, path), theirs, &theirs.users[0]).await;
        let told = matrix.ask(&ada, (method, path), &at, Some(OURS)).await;
        assert_eq!(
            (told.status, told.code()),
            (StatusCode::NOT_FOUND, "not_found"),
            "{method} {path}"
        );
        let nowhere = path.replace("{id}", &uuid::Uuid::nil().to_string());
        let none = matrix.ask(&ada, (method, path), &nowhere, Some(OURS)).await;
        assert_eq!(none.body, told.body, "{method} {path}: as if it were not there");
        seen += 1;
    }
    assert_eq!(seen, 34);
    let listed = matrix.desk.get(&ada, "/api/v1/sessions").await.body.to_string();
    assert!(listed.contains(&ours.session) && !listed.contains(&theirs.session));
    matrix.desk.database.remove().await;
}
