//! A conversation keeps the guide that it started with, whatever becomes of the topics.

use colloquy_core::guide::Guide;
use colloquy_core::id::GuideId;
use colloquy_store::testing::Database;
use colloquy_store::{Store, StoreError};

use crate::scene::{NOW, Scene, new_session, topic};

fn ids(guide: &Guide) -> Vec<&str> {
    guide.topics.iter().map(|topic| topic.id.0.as_str()).collect()
}

async fn a_guide_holds_the_enabled_topics_in_order(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let guide = db.store().sessions().freeze_guide(scene.session.id).await.unwrap();
    assert_eq!(ids(&guide), ["draw", "change"]);
    assert_eq!(
        (guide.title.as_str(), guide.organisation.as_str()),
        ("Why people stay", "Harbour Clinic")
    );
    assert_eq!((guide.length_min, guide.mode), (15, scene.session.mode));
    assert_eq!(
        (guide.confidentiality, &guide.help),
        (scene.session.confidentiality, &scene.workspace.help)
    );
    assert_eq!(guide.topics[1], topic("change", true).topic);
    assert_eq!(db.store().guides().find(guide.id).await, Ok(Some(guide)));
    assert_eq!(db.store().guides().find(GuideId(scene.session.id.0)).await, Ok(None));
}

async fn a_conversation_keeps_its_guide_while_topics_change(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let early = scene.participant("early").await;
    let before = db.store().guides().find(early.guide).await.unwrap().unwrap();

    let topics = [topic("pay", true), topic("draw", true)];
    db.store().topics().replace(scene.session.id, &topics).await.unwrap();
    let late = scene.participant("late").await;

    assert_ne!(late.guide, early.guide);
    assert_eq!(db.store().guides().find(early.guide).await, Ok(Some(before.clone())));
    assert_eq!(ids(&before), ["draw", "change"]);
    assert_eq!(
        ids(&db.store().guides().find(late.guide).await.unwrap().unwrap()),
        ["pay", "draw"]
    );
    let kept = db.store().conversations().find(early.id).await.unwrap().unwrap();
    assert_eq!(kept.guide, early.guide);
}

async fn a_version_is_reused_until_something_in_it_changes(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let sessions = db.store().sessions();
    let first = sessions.freeze_guide(scene.session.id).await.unwrap();
    assert_eq!(sessions.freeze_guide(scene.session.id).await, Ok(first.clone()));

    let mut topics = db.store().topics().of_session(scene.session.id).await.unwrap();
    topics[1].topic.label = "Nobody is asked about it".to_owned();
    db.store().topics().replace(scene.session.id, &topics).await.unwrap();
    assert_eq!(
        sessions.freeze_guide(scene.session.id).await,
        Ok(first.clone()),
        "a disabled topic is not in it"
    );

    topics[0].topic.label = "Another label".to_owned();
    db.store().topics().replace(scene.session.id, &topics).await.unwrap();
    assert_ne!(sessions.freeze_guide(scene.session.id).await.unwrap().id, first.id);
}

async fn freezing_at_once_makes_one_version(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let id = scene.session.id;
    let other_node = Store::connect(db.url()).await.unwrap();
    let mut starts = tokio::task::JoinSet::new();
    for n in 0..8 {
        let store = if n % 2 == 0 {
            db.store().clone()
        } else {
            other_node.clone()
        };
        starts.spawn(async move { store.sessions().freeze_guide(id).await.unwrap().id });
    }
    let mut guides = starts.join_all().await;
    guides.dedup();
    assert_eq!(guides.len(), 1);
    other_node.close().await;
}

async fn a_session_without_topics_has_no_guide(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let mut new = new_session(&scene.workspace);
    new.topics.iter_mut().for_each(|topic| topic.enabled = false);
    let session = db.store().sessions().create(&new, NOW).await.unwrap();
    assert_eq!(
        db.store().sessions().freeze_guide(session.id).await,
        Err(StoreError::NoTopics)
    );
}

both!(
    a_guide_holds_the_enabled_topics_in_order,
    a_conversation_keeps_its_guide_while_topics_change,
    a_version_is_reused_until_something_in_it_changes,
    freezing_at_once_makes_one_version,
    a_session_without_topics_has_no_guide,
);
