//! An analyst of a confidential session tries everything that the API offers, before and after each completion.

use std::collections::{BTreeMap, BTreeSet};

use super::*;

/// Departments and roles of those who complete, in order; small ones among them.
const PEOPLE: [(&str, &str); 23] = [
    ("Care", "Nurse"),
    ("Care", "Nurse"),
    ("Care", "Nurse"),
    ("Labs", "Lead"),
    ("Care", "Nurse"),
    ("Care", "Nurse"),
    ("Care", "Lead"),
    ("Labs", "Lead"),
    ("Labs", "Nurse"),
    ("Night", "Porter"),
    ("Care", "Nurse"),
    ("Labs", "Lead"),
    ("Labs", "Lead"),
    ("Labs", "Lead"),
    ("Labs", "Lead"),
    ("Care", "Nurse"),
    ("Care", "Nurse"),
    ("Care", "Nurse"),
    ("Care", "Nurse"),
    ("Labs", "Lead"),
    ("Night", "Porter"),
    ("Care", "Lead"),
    ("Care", "Nurse"),
];
/// After whom somebody takes their conversation back, and who.
const LEAVES: (usize, usize) = (17, 3);

/// What tells of nobody's words: it is the same whoever says what. Everything else that can be read is attacked; an operation
/// that stands in neither list fails.
const HARMLESS: [(&str, &str); 31] = [
    ("/api/v1/setup", "the installation"),
    ("/api/v1/login", "signing in"),
    ("/api/v1/logout", "signing in"),
    ("/api/v1/logout/everywhere", "signing in"),
    ("/api/v1/me", "oneself"),
    ("/api/v1/me/password", "oneself"),
    ("/api/v1/password-reset", "signing in"),
    ("/api/v1/users", "colleagues"),
    ("/api/v1/users/{id}", "colleagues"),
    ("/api/v1/users/{id}/role", "colleagues"),
    ("/api/v1/tokens", "oneself"),
    ("/api/v1/tokens/{id}", "oneself"),
    ("/api/v1/templates", "the library"),
    ("/api/v1/templates/{name}", "the library"),
    ("/api/v1/sessions/describe", "the library"),
    ("/api/v1/sessions/{id}/clone", "topics"),
    ("/api/v1/sessions/{id}/trial", "a link to try it out"),
    ("/api/v1/sessions/{id}/open", "states"),
    ("/api/v1/sessions/{id}/close", "states"),
    ("/api/v1/sessions/{id}/invitations/preview", "what is sent"),
    ("/api/v1/sessions/{id}/invitations/many", "what is sent"),
    ("/api/v1/invitations/{id}/extend", "invitations"),
    ("/api/v1/invitations/{id}/revoke", "invitations"),
    ("/api/v1/invitations/{id}/link", "invitations"),
    ("/api/v1/invitations/{id}/send", "invitations"),
    ("/api/v1/workspace", "settings"),
    (
        "/api/v1/workspace/keep",
        "how many conversations are older than a month",
    ),
    ("/api/v1/conversations/{id}/end", "states"),
    (
        "/api/v1/sessions/{id}/quality",
        "how we asked, by batches; its own tests attack it",
    ),
    ("/api/v1/sessions/{id}/quality/export", "the same"),
    ("/api/v1/conversations/{id}/quality", "the same"),
];
/// What is read in the attack.
const ATTACKED: [&str; 16] = [
    "/api/v1/audit",
    "/api/v1/outbox",
    "/api/v1/people",
    "/api/v1/people/{id}",
    "/api/v1/people/{id}/export",
    "/api/v1/invitations/{id}",
    "/api/v1/sessions",
    "/api/v1/sessions/{id}",
    "/api/v1/sessions/{id}/invitations",
    "/api/v1/sessions/{id}/live",
    "/api/v1/sessions/{id}/insights",
    "/api/v1/sessions/{id}/insights/export",
    "/api/v1/sessions/{id}/insights/edits",
    "/api/v1/sessions/{id}/insights/ask",
    "/api/v1/sessions/{id}/insights/trend",
    "/api/v1/conversations/{id}/transcript",
];
/// Needs a turn, too.
const AUDIO: &str = "/api/v1/conversations/{id}/turns/{turn}/audio";

#[tokio::test]
async fn every_operation_is_known_to_the_attack() {
    let desk = Desk::set().await;
    let document = desk.get(&As::Nobody, "/api/v1/openapi.json").await.body;
    let documented: BTreeSet<&str> = document["paths"]
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    let harmless = HARMLESS.iter().map(|(path, _)| *path);
    let known: BTreeSet<&str> = harmless.chain(ATTACKED).chain([AUDIO]).collect();
    assert_eq!(
        documented, known,
        "say whether a new operation can tell what somebody said, and attack it if so"
    );
    desk.database.remove().await;
}

/// What an analyst has seen.
#[derive(Default)]
struct Seen {
    /// All answers of one moment.
    answers: BTreeMap<String, String>,
    /// On how many people each report stood, where one was shown.
    sizes: BTreeMap<String, u64>,
    /// Somebody has taken their conversation back.
    left: bool,
}

impl Seen {
    /// Asks for everything.
    async fn look(&mut self, heard: &Heard, talks: &[ConversationId]) {
        self.answers.clear();
        let earlier = std::mem::take(&mut self.sizes);
        let mut parts = vec![String::new()];
        for department in ["", "Care", "Labs", "Night", "Nowhere"] {
            for role in ["", "Nurse", "Lead", "Porter"] {
                parts.push(format!("department={department}&role={role}"));
            }
        }
        for part in &parts {
            self.read(heard, &heard.at(&format!("?{part}"))).await;
            for format in ["json", "csv"] {
                self.read(heard, &heard.at(&format!("/export?format={format}&{part}")))
                    .await;
            }
        }
        self.read(heard, &heard.at("/trend")).await;
        self.read(heard, &heard.at("/edits")).await;
        self.read(heard, "/api/v1/sessions").await;
        self.read(heard, &format!("/api/v1/sessions/{}", heard.session)).await;
        for question in [
            "nights nobody comes help",
            "lower than next door",
            "marker7 marker11",
            "everybody knows",
        ] {
            for (department, role) in [(None, None), (Some("Care"), None), (Some("Night"), Some("Porter"))] {
                let body = json!({"question": question, "department": department, "role": role});
                let told = heard.desk.post(&heard.analyst, &heard.at("/ask"), body.clone()).await;
                assert_eq!(told.status, StatusCode::OK);
                self.answers.insert(format!("ask {body}"), told.body.to_string());
            }
        }
        // What is left when one report is subtracted from another, over filters and over time.
        let few = |a: u64, b: u64| (1..=4).contains(&a.abs_diff(b));
        for (path, people) in &self.sizes {
            assert!(!few(*people, self.sizes[&heard.at("?")]), "{path} leaves {people}");
            // Who has left and five who are new make four more: nobody of them is alone in it.
            let before = earlier.get(path).filter(|_| !self.left);
            assert!(
                before.is_none_or(|before| !few(*people, *before)),
                "{path}: {before:?}, then {people}"
            );
        }
        // What is refused, whoever asks for insights.
        for who in [&heard.analyst, &heard.owner] {
            for talk in talks {
                for rest in ["transcript", "turns/2/audio"] {
                    let told = heard
                        .desk
                        .get(who, &format!("/api/v1/conversations/{talk}/{rest}"))
                        .await;
                    assert_eq!((told.status, told.code()), (StatusCode::FORBIDDEN, "confidential"));
                }
            }
        }
        for path in [
            "/api/v1/audit".to_owned(),
            "/api/v1/outbox".to_owned(),
            "/api/v1/people?q=person".to_owned(),
            format!("/api/v1/sessions/{}/live", heard.session),
            format!("/api/v1/sessions/{}/invitations", heard.session),
            format!("/api/v1/invitations/{}", heard.session),
            format!("/api/v1/people/{}/export", heard.session),
        ] {
            assert_eq!(
                heard.desk.get(&heard.analyst, &path).await.status,
                StatusCode::FORBIDDEN,
                "{path}"
            );
        }
    }

    async fn read(&mut self, heard: &Heard, path: &str) {
        let told = heard.desk.raw(&heard.analyst, path).await;
        if let Ok(value) = serde_json::from_str::<Value>(&told) {
            counts(&value);
            if let Some(people) = value["people"].as_u64().filter(|people| *people > 0) {
                self.sizes.insert(path.to_owned(), people);
            }
        }
        self.answers.insert(path.to_owned(), told);
    }
}

/// Every number of people in an answer passed the gate.
fn counts(value: &Value) {
    match value {
        Value::Object(fields) => {
            if let (Some(of), Some(words)) = (fields.get("of").and_then(Value::as_u64), fields.get("words")) {
                assert!(of >= 5, "{value}");
                if let Some(n) = fields["n"].as_u64() {
                    assert!(n >= 5 && !(1..=4).contains(&(of - n)), "{value}");
                    assert!(words.as_str().unwrap().starts_with(&format!("{n} of {of}")));
                } else {
                    assert!(fields["least"] != fields["most"], "{value}");
                }
            }
            if let Some(line) = fields.get("line") {
                assert_eq!(line, &Value::Null, "a quote leads nowhere");
            }
            fields.values().for_each(counts);
        }
        Value::Array(items) => items.iter().for_each(counts),
        _ => {}
    }
}

#[tokio::test]
async fn an_analyst_isolates_nobody_whatever_they_ask_and_whenever() {
    let heard = Heard::set(Confidentiality::Confidential).await;
    let mut seen = Seen::default();
    let mut talks = Vec::new();
    // Everything that was ever shown, by how many had completed.
    let mut before: Option<BTreeMap<String, String>> = None;
    let mut published = Vec::new();
    for (number, (department, role)) in PEOPLE.iter().enumerate() {
        // Each says something that nobody else does, names a colleague, and where to find them.
        let said = format!(
            "{} marker{number} said Person{number} Surname{} to boss@harbour.example or 0170 55501{number:02}. {}",
            MATTERS[number % 2].0,
            number + 1,
            MATTERS[2 + number % 2].0
        );
        let name = format!("Person{number} Surname{number}");
        let running = heard.begin(&name, Some(department), Some(role), &said).await;
        seen.look(&heard, &talks).await;
        if let Some(before) = &before {
            assert_eq!(&seen.answers, before, "somebody has begun, and it shows");
        }
        heard
            .append(
                running,
                &[Event::Ended {
                    outcome: Outcome::Completed,
                }],
            )
            .await;
        talks.push(running);
        // Before the insights are made, and after.
        seen.look(&heard, &talks).await;
        let locked = number == 0;
        if let Some(before) = &before {
            assert!(
                locked || &seen.answers == before,
                "somebody has completed, and it shows at once"
            );
        }
        assert!(heard.analysts.catch_up().await.unwrap());
        seen.look(&heard, &talks).await;
        if before.as_ref() != Some(&seen.answers) {
            published.push((number + 1, seen.answers[&heard.at("?")].clone()));
        }
        let all: String = seen.answers.values().map(String::as_str).collect();
        for tell in ["Person", "Surname", "boss@", "0170"] {
            assert!(!all.contains(tell), "{tell} after {number}");
        }
        assert!(!talks.iter().any(|talk| all.contains(&talk.to_string())));
        let insights: Value = serde_json::from_str(&seen.answers[&heard.at("?")]).unwrap();
        let people = insights["people"].as_u64().unwrap();
        assert!(people == 0 || people >= 5);
        assert!(people >= 10 || !all.contains("marker"), "words are quoted of {people}");
        before = Some(seen.answers.clone());

        if number == LEAVES.0 {
            heard.withdraw(talks.remove(LEAVES.1)).await;
            seen.left = true;
            seen.look(&heard, &talks).await;
            let now: Value = serde_json::from_str(&seen.answers[&heard.at("?")]).unwrap();
            assert_eq!(now["people"], insights["people"], "counts change with the next batch");
            assert!(
                !seen.answers.values().any(|told| told.contains("marker")),
                "quotes vanish at once, and all of them"
            );
            before = Some(seen.answers.clone());
        }
    }
    let now: Value = serde_json::from_str(&seen.answers[&heard.at("?")]).unwrap();
    assert_eq!(
        (&now["status"], &now["report"], &now["people"]),
        (&json!("withheld"), &Value::Null, &json!(0)),
        "{now}"
    );
    let told: String = seen.answers.values().map(String::as_str).collect();
    for (_, signal, _) in MATTERS {
        let key = format!("{signal:?}").to_lowercase();
        assert!(!told.contains(&format!("\"{key}\"")), "{key}");
    }
    assert!(!told.contains("marker"));
    // At close nothing more is published.
    let sessions = heard.desk.store().sessions();
    sessions
        .set_state(heard.session, SessionState::Closed, unix_ms())
        .await
        .unwrap();
    assert!(heard.analysts.catch_up().await.unwrap());
    let last = heard.desk.raw(&heard.analyst, &heard.at("?")).await;
    assert_eq!(last, seen.answers[&heard.at("?")]);
    assert!(
        published.len() <= 2 + PEOPLE.len() / 5,
        "{} moments at which something changed",
        published.len()
    );
    heard.desk.database.remove().await;
}
