//! Reports, their quotes, edits, questions and exports.

use super::*;

async fn of_three() -> (Heard, Vec<ConversationId>) {
    let heard = Heard::set(Confidentiality::Identified).await;
    let (nights, pay) = (MATTERS[0].0, MATTERS[1].0);
    let mut ids = Vec::new();
    for (name, department, said) in [
        (
            "Ada Lund",
            "Care",
            format!("Well, {nights} when Ben Okafor is away. {pay}."),
        ),
        ("Ben Okafor", "Care", format!("Über all, {nights}.")),
        (
            "Cleo Marsh",
            "Labs",
            format!("{nights}. Write to me at cleo@harbour.example."),
        ),
    ] {
        ids.push(heard.complete(name, Some(department), None, &said).await);
    }
    (heard, ids)
}

#[tokio::test]
async fn an_identified_report_leads_to_the_words_and_their_line() {
    let heard = Heard::set(Confidentiality::Identified).await;
    assert_eq!(heard.read("").await["status"], "nobody");
    heard.desk.database.remove().await;

    let (heard, ids) = of_three().await;
    let insights = heard.read("").await;
    assert_eq!(
        (&insights["status"], &insights["people"]),
        (&json!("ready"), &json!(3)),
        "{insights}"
    );
    let patterns = insights["report"]["patterns"].as_array().unwrap();
    assert_eq!(patterns[0]["count"]["words"], "3 of 3 people");
    assert_eq!(
        (&patterns[1]["count"]["words"], &patterns[1]["voice"]),
        (&json!("one person's account"), &json!("one_person"))
    );
    let quotes = patterns[0]["quotes"].as_array().unwrap();
    assert_eq!(quotes.len(), 3);
    assert!(insights.to_string().contains("when [name] is away") && !insights.to_string().contains("Okafor"));
    for quote in quotes {
        let line = &quote["line"];
        let id = line["conversation"].as_str().unwrap();
        let told = heard
            .desk
            .get(&heard.analyst, &format!("/api/v1/conversations/{id}/transcript"))
            .await;
        assert_eq!(told.status, StatusCode::OK, "{}", told.body);
        let turns = told.body["turns"].as_array().unwrap();
        let turn = turns.iter().find(|turn| turn["turn"] == line["turn"]).unwrap();
        let (from, to) = (
            line["from"].as_u64().unwrap() as usize,
            line["to"].as_u64().unwrap() as usize,
        );
        let marked: String = turn["text"]
            .as_str()
            .unwrap()
            .chars()
            .skip(from)
            .take(to - from)
            .collect();
        assert!(marked.starts_with(MATTERS[0].0), "{marked}");
    }
    let care = heard.read("?department=Care").await;
    assert_eq!(
        (&care["people"], &care["report"]["patterns"][0]["count"]["words"]),
        (&json!(2), &json!("2 of 2 people"))
    );
    assert_eq!(heard.read("?department=Nowhere").await["status"], "suppressed");
    let sound = format!("/api/v1/conversations/{}/turns/2/audio", ids[0]);
    assert_eq!(heard.desk.get(&heard.analyst, &sound).await.code(), "no_audio");
    heard.desk.database.remove().await;
}

#[tokio::test]
async fn words_that_are_not_to_be_quoted_and_who_leaves_vanish_at_once() {
    let (heard, ids) = of_three().await;
    let conversations = heard.desk.store().conversations();
    conversations
        .allow_quoting(ids[1], TurnId(2), false, unix_ms())
        .await
        .unwrap();
    let quotes = heard.read("").await["report"]["patterns"][0]["quotes"].clone();
    assert_eq!(quotes.as_array().unwrap().len(), 2);
    conversations.withdraw(ids[0], unix_ms()).await.unwrap();
    assert_eq!(heard.read("").await["status"], "making");
    assert!(heard.analysts.catch_up().await.unwrap());
    let insights = heard.read("").await;
    assert_eq!((&insights["people"], &insights["version"]), (&json!(2), &json!(4)));
    let told = heard
        .desk
        .get(&heard.analyst, &format!("/api/v1/conversations/{}/transcript", ids[0]))
        .await;
    assert_eq!(told.status, StatusCode::NOT_FOUND);
    heard.desk.database.remove().await;
}

#[tokio::test]
async fn admins_have_the_last_word_and_it_is_marked() {
    let (heard, _) = of_three().await;
    let at = heard.at("/edits");
    let read = heard.desk.get(&heard.owner, &at).await;
    let edits = json!({
        "summary": "We hire.",
        "themes": [{"key": "workload", "label": "Long nights"}, {"key": "pay", "hidden": true}],
    });
    let put = async |etag: &str, edits: &Value| {
        let headers = [("origin", OURS), ("if-match", etag)];
        heard.desk.ask_with(&heard.owner, "PUT", &at, &headers, edits).await
    };
    let told = put(&read.etag(), &edits).await;
    assert_eq!(told.status, StatusCode::OK, "{}", told.body);
    assert_eq!(put(&read.etag(), &edits).await.code(), "outdated");
    let report = heard.read("").await["report"].clone();
    let patterns = report["patterns"].as_array().unwrap();
    assert_eq!(
        (patterns.len(), &patterns[0]["label"]),
        (1, &json!("Long nights")),
        "analysts do not see what is hidden"
    );
    assert_eq!(patterns[0]["edited"]["by"], "owner");
    assert_eq!(report["summary"]["words"], "We hire.");
    assert!(
        report["summary"]["made"]
            .as_str()
            .unwrap()
            .contains("long nights (3 of 3 people)")
    );
    let owners = heard.desk.get(&heard.owner, &heard.at("")).await.body;
    assert_eq!(owners["report"]["patterns"][1]["hidden"], true);

    let merged = json!({"summary": null, "themes": [{"key": "pay", "into": "workload"}]});
    let told = put(&told.etag(), &merged).await;
    assert_eq!(told.status, StatusCode::OK, "{}", told.body);
    let pattern = heard.read("").await["report"]["patterns"][0].clone();
    assert_eq!(
        (&pattern["count"]["n"], &pattern["merged"][0]["key"]),
        (&json!(3), &json!("pay"))
    );
    let circle =
        json!({"summary": null, "themes": [{"key": "pay", "into": "workload"}, {"key": "workload", "into": "pay"}]});
    assert_eq!(put(&told.etag(), &circle).await.code(), "invalid_field");
    heard.desk.database.remove().await;
}

#[tokio::test]
async fn questions_are_answered_with_counts_and_words() {
    let (heard, _) = of_three().await;
    let ask = async |question: &str| {
        let told = heard
            .desk
            .post(&heard.analyst, &heard.at("/ask"), json!({"question": question}))
            .await;
        assert_eq!(told.status, StatusCode::OK, "{}", told.body);
        told.body
    };
    let told = ask("nights nobody comes help").await;
    assert_eq!(
        (&told["found"][0]["theme"], &told["found"][0]["count"]["n"]),
        (&json!("workload"), &json!(3)),
        "{told}"
    );
    assert_eq!(told["found"][0]["quotes"].as_array().unwrap().len(), 3);
    let nothing = ask("zzzz").await;
    assert!(nothing["found"].as_array().unwrap().is_empty() && nothing["explanation"] != "");
    heard.desk.database.remove().await;
}

#[tokio::test]
async fn a_clone_is_compared_with_its_parent_from_ten_people_on_either_side() {
    let heard = Heard::set(Confidentiality::Identified).await;
    for number in 0..10 {
        heard
            .complete(&format!("Person{number}"), None, None, MATTERS[0].0)
            .await;
    }
    assert_eq!(heard.read("/trend").await["parent"], Value::Null);
    let sessions = heard.desk.store().sessions();
    let clone = sessions.clone_of(heard.session, "Again", unix_ms()).await.unwrap().id;
    sessions.set_state(clone, SessionState::Open, unix_ms()).await.unwrap();
    let parent = heard.session;
    let again = Heard {
        session: clone,
        ..heard
    };
    for number in 10..20 {
        let few = again.read("/trend").await;
        assert!(few["topics"].as_array().unwrap().is_empty() && few["explanation"] != "");
        again
            .complete(&format!("Person{number}"), None, None, MATTERS[2].0)
            .await;
    }
    let trend = again.read("/trend").await;
    assert_eq!(trend["parent"]["id"], parent.to_string());
    let topic = &trend["topics"][0];
    assert_eq!(
        (&topic["now"]["sentiment"]["positive"]["n"], &topic["changed_wording"]),
        (&json!(10), &json!(false)),
        "{trend}"
    );
    assert_eq!(topic["before"]["sentiment"]["negative"]["n"], 10);
    again.desk.database.remove().await;
}

#[tokio::test]
async fn a_report_says_which_engine_has_read_how_many_conversations() {
    let (heard, ids) = of_three().await;
    let insights = heard.desk.store().insights();
    let told = heard.read("").await;
    assert_eq!(
        (&told["coder"], &told["explanation"]),
        (&json!("planted 1"), &json!(""))
    );
    let model = CoderVersion {
        name: "language model small".to_owned(),
        version: 2,
    };
    let mut people = insights.counted(heard.session, &version()).await.unwrap();
    for one in people.iter_mut().filter(|one| one.participant.conversation != ids[2]) {
        let mut coded = one.coded.take().unwrap();
        coded.coder = model.clone();
        assert!(insights.keep_coding(&coded, unix_ms()).await.unwrap());
    }
    let kept = insights.report(heard.session).await.unwrap().unwrap();
    let published = kept.published.unwrap();
    let made = (&model, &published);
    assert!(
        insights
            .keep_report(heard.session, kept.version, made, &ids, unix_ms())
            .await
            .unwrap()
    );
    let told = heard.read("").await;
    assert_eq!(
        told["coder"],
        "language model small 2 (2 conversations), planted 1 (1 conversation)"
    );
    let stood_in = told["explanation"].as_str().unwrap();
    assert!(stood_in.contains("has not read one conversation"), "{stood_in}");
    let asked = json!({"question": MATTERS[0].0});
    let answer = heard.desk.post(&heard.analyst, &heard.at("/ask"), asked).await;
    assert_eq!(answer.body["found"][0]["count"]["n"], 3, "{}", answer.body);
    heard.desk.database.remove().await;
}
