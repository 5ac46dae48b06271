//! Sessions that begin as a sentence, or as a template, and are saved when an admin says so.

use super::*;

/// The draft as it is sent back.
fn content(draft: &Value) -> Value {
    json!({
        "title": draft["title"], "mode": draft["mode"], "confidentiality": draft["confidentiality"], "recording": false,
        "length_min": draft["length_min"], "welcome": "Good to see you.", "topics": draft["topics"],
    })
}

#[tokio::test]
async fn a_goal_becomes_a_draft_that_is_saved_only_as_the_admin_leaves_it() {
    let desk = Desk::set().await;
    let ada = desk.set_up().await;
    let goal = json!({"goal": "I want to understand the decision to leave, and what would have kept the person."});
    let told = desk.post(&ada, "/api/v1/sessions/describe", goal).await;
    assert_eq!(
        (told.status, &told.body["by"]),
        (StatusCode::OK, &json!("library")),
        "{}",
        told.body
    );
    let mut draft = told.body["draft"].clone();
    assert_eq!(
        (&draft["template"], &draft["title"]),
        (&json!("exit"), &json!("The decision to leave"))
    );
    let listed = desk.get(&ada, "/api/v1/sessions").await.body;
    assert_eq!(listed["items"], json!([]), "nothing is saved");

    let first = draft["topics"][0]["id"].as_str().unwrap().to_owned();
    draft["topics"][0]["label"] = json!("Where it began");
    let own = json!({"label": "The canteen", "priority": "low", "enabled": true});
    draft["topics"].as_array_mut().unwrap().push(own);
    let body = json!({"template": draft["template"], "content": content(&draft)});
    let made = desk.post(&ada, "/api/v1/sessions", body).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    assert_eq!(
        (
            &made.body["welcome"],
            &made.body["state"],
            &made.body["topics"][0]["label"]
        ),
        (&json!("Good to see you."), &json!("draft"), &json!("Where it began"))
    );
    let id = colloquy_core::id::SessionId(made.body["id"].as_str().unwrap().parse().unwrap());
    let topics = desk.store().topics().of_session(id).await.unwrap();
    assert!(
        topics[0].topic.id.0 == first && !topics[0].topic.openings.is_empty(),
        "its questions are kept"
    );
    assert_eq!(topics.last().unwrap().topic.label, "The canteen");

    let mut foreign = content(&draft);
    foreign["topics"][0]["id"] = json!("nowhere");
    let refused = desk
        .post(
            &ada,
            "/api/v1/sessions",
            json!({"template": "exit", "content": foreign}),
        )
        .await;
    assert_eq!(refused.body["field"], "topics[0].id");
    for (goal, status) in [("", 422), ("zzzz", 200)] {
        let told = desk
            .post(&ada, "/api/v1/sessions/describe", json!({"goal": goal}))
            .await;
        assert_eq!(told.status.as_u16(), status);
        assert!(status != 200 || told.body["fits"] == false, "{}", told.body);
    }
    let long = desk
        .post(&ada, "/api/v1/sessions/describe", json!({"goal": "x".repeat(501)}))
        .await;
    assert_eq!(long.body["field"], "goal");
    desk.database.remove().await;
}

#[tokio::test]
async fn a_template_is_looked_at_whole_before_it_is_taken() {
    let desk = Desk::set().await;
    let ada = desk.set_up().await;
    let draft = desk.get(&ada, "/api/v1/templates/stay").await.body;
    let made = desk
        .post(
            &ada,
            "/api/v1/sessions",
            json!({"template": "stay", "content": content(&draft)}),
        )
        .await;
    let plain = desk.post(&ada, "/api/v1/sessions", json!({"template": "stay"})).await;
    for field in ["title", "mode", "confidentiality", "length_min", "topics"] {
        assert_eq!(made.body[field], plain.body[field], "{field}");
    }
    let none = desk.get(&ada, "/api/v1/templates/none").await;
    assert_eq!((none.status, none.code()), (StatusCode::NOT_FOUND, "not_found"));
    desk.database.remove().await;
}
