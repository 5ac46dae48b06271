//! Many people out of a file, as an admin's page would invite them.

use super::*;

const FILE: &str = "Name;E-mail;Department\nPat Weir;pat@harbour.example;Ward 3\nKim;kim@harbour.example;\n\
    Lee;no address;\nPat;PAT@harbour.example;\n=HYPERLINK(\"x\");lee@harbour.example;\n";

#[tokio::test]
async fn a_file_is_shown_before_anybody_is_invited_and_then_all_are() {
    let desk = Desk::set().await;
    let ada = desk.set_up().await;
    let (path, _) = desk.open_session(&ada).await;
    let kim = json!({"name": "Kim", "email": "kim@harbour.example"});
    desk.post(&ada, &path, kim).await;
    let preview = format!("{path}/preview");
    let shown = desk.post(&ada, &preview, json!(FILE)).await;
    assert_eq!(shown.status, StatusCode::OK, "{}", shown.body);
    let lines = |list: &str| {
        let list = shown.body[list].as_array().unwrap();
        list.iter()
            .map(|entry| entry["line"].as_u64().unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        [lines("people"), lines("invited"), lines("wrong"), lines("twice")],
        [vec![2, 6], vec![3], vec![4], vec![5]]
    );
    assert_eq!(
        (&shown.body["separator"], &shown.body["encoding"]),
        (&json!(";"), &json!("utf-8"))
    );
    let listed = async || {
        let told = desk.get(&ada, &path).await.body;
        told["items"].as_array().unwrap().len()
    };
    assert_eq!(listed().await, 1, "nothing is stored");
    assert!(
        desk.get(&ada, "/api/v1/people?q=weir").await.body["items"]
            .as_array()
            .unwrap()
            .is_empty()
    );

    let people: Vec<Value> = shown.body["people"]
        .as_array()
        .unwrap()
        .iter()
        .map(|person| json!({"name": person["name"], "email": person["email"], "department": person["department"]}))
        .collect();
    let many = format!("{path}/many");
    let mut wrong = people.clone();
    wrong[1]["email"] = json!("lee");
    let refused = desk.post(&ada, &many, json!({"people": wrong})).await;
    assert_eq!(
        (refused.status, &refused.body["field"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!("people[1].email"))
    );
    assert_eq!(listed().await, 1, "all or nobody");
    for _ in 0..2 {
        let headers = [("origin", OURS), ("idempotency-key", "list")];
        let body = json!({"people": people, "mail": false});
        let done = desk.ask_with(&ada, "POST", &many, &headers, &body).await;
        assert_eq!(
            (done.status, done.body),
            (StatusCode::CREATED, json!({"invited": 2, "already": 0}))
        );
    }
    assert_eq!(listed().await, 3);
    let again = desk.post(&ada, &many, json!({"people": people})).await;
    assert_eq!(again.body, json!({"invited": 0, "already": 2}));
    for count in [0, 501] {
        let people = vec![people[0].clone(); count];
        let told = desk.post(&ada, &many, json!({"people": people})).await;
        assert_eq!(
            (told.status, &told.body["field"]),
            (StatusCode::UNPROCESSABLE_ENTITY, &json!("people"))
        );
    }
    desk.database.remove().await;
}

#[tokio::test]
async fn what_is_no_list_or_too_large_is_refused_before_it_is_read() {
    let desk = Desk::set().await;
    let ada = desk.set_up().await;
    let (path, _) = desk.open_session(&ada).await;
    let preview = format!("{path}/preview");
    let send = async |kind: &'static str, body: Vec<u8>| {
        let told = desk
            .send(&ada, ("POST", &preview), &[("origin", OURS)], kind, body)
            .await;
        (told.status.as_u16(), told.code().to_owned())
    };
    let refused = |status: u16, code: &str| (status, code.to_owned());
    assert_eq!(send("text/csv", b"nothing".to_vec()).await, refused(422, "invalid_csv"));
    assert_eq!(
        send("application/json", b"email\na@h.example".to_vec()).await,
        refused(415, "not_csv")
    );
    assert_eq!(
        send("text/csv", vec![b'x'; 20 << 20]).await,
        refused(413, "body_too_large")
    );
    assert_eq!(
        send("text/csv; charset=utf-8", b"email\na@h.example".to_vec()).await.0,
        200
    );
    desk.database.remove().await;
}
