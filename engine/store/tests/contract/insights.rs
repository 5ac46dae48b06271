//! What is heard in a session is kept without words, made once, and forgotten with who said it.

use std::collections::BTreeSet;

use colloquy_core::event::Outcome;
use colloquy_core::guide::Confidentiality;
use colloquy_core::id::{ConversationId, TurnId};
use colloquy_core::insights::publish::Published;
use colloquy_core::insights::report::{ReportEdits, SummaryEdit};
use colloquy_core::insights::{
    Claim, Coded, CoderVersion, Concreteness, Interview, Place, Polarity, PolarityCounts, Span, Statement, Theme,
    ThemeKind,
};
use colloquy_store::testing::Database;
use colloquy_store::{Author, ReadBy, StoreError};

use crate::scene::{NOW, Scene, ended, heard};

const NODE: &str = "a";
const LEASE_MS: i64 = 60_000;
const ATTEMPTS: u32 = 3;

fn coder(version: u32) -> CoderVersion {
    CoderVersion {
        name: "planted".to_owned(),
        version,
    }
}

fn coded(conversation: ConversationId, version: u32) -> Coded {
    let statement = Statement {
        span: Span {
            turn: TurnId(2),
            from: 0,
            to: 8,
        },
        topic: None,
        signals: Vec::new(),
        polarity: Polarity::Negative,
        concreteness: Concreteness::General,
        claim: Claim::Fact,
        sensitive: None,
        meaning: None,
    };
    Coded {
        conversation,
        coder: coder(version),
        statements: vec![statement],
    }
}

async fn complete(scene: &Scene, name: &str) -> ConversationId {
    let id = scene.participant(name).await.id;
    scene.append(id, &[heard(0, "the nights are long")]).await;
    scene.append(id, &[ended(Outcome::Completed)]).await;
    id
}

fn everybody_says_so(people: &[(&Interview, &Coded)], _: &[Theme]) -> Vec<Theme> {
    let place = |(_, coded): &(&Interview, &Coded)| Place {
        conversation: coded.conversation,
        statement: 0,
    };
    vec![Theme {
        key: "nights".to_owned(),
        label: "Nights".to_owned(),
        kind: ThemeKind::Emergent,
        statements: people.iter().map(place).collect(),
        against: Vec::new(),
        polarity: PolarityCounts::default(),
    }]
}

/// Codes what is not coded, and keeps the next version after `after`.
async fn make(scene: &Scene, terms: Confidentiality, after: i64) -> bool {
    let insights = scene.store.insights();
    for counted in insights.counted(scene.session.id, &coder(1)).await.unwrap() {
        if counted.coded.is_none() {
            let made = coded(counted.participant.conversation, 1);
            assert!(insights.keep_coding(&made, NOW).await.unwrap());
        }
    }
    let counted = insights.counted(scene.session.id, &coder(1)).await.unwrap();
    let mut all = Vec::new();
    for one in counted {
        let events = scene
            .store
            .events()
            .read(one.participant.conversation, 0)
            .await
            .unwrap();
        all.push((Interview::of(&events, &one.guide, one.participant), one.coded.unwrap()));
    }
    let before = insights.report(scene.session.id).await.unwrap();
    let before = before.and_then(|kept| kept.published);
    let published = Published::next(terms, before.as_ref(), &all, everybody_says_so).unwrap();
    let of: Vec<ConversationId> = all.iter().map(|(_, coded)| coded.conversation).collect();
    insights
        .keep_report(scene.session.id, after, (&coder(1), &published), &of, NOW)
        .await
        .unwrap()
}

/// A session in which people are known by name; its conversations were begun under those terms.
async fn identified(db: &Database) -> Scene {
    let mut scene = Scene::set(db.store()).await;
    let mut new = crate::scene::new_session(&scene.workspace);
    new.confidentiality = Confidentiality::Identified;
    let session = scene.store.sessions().create(&new, NOW).await.unwrap();
    let open = colloquy_store::SessionState::Open;
    scene.store.sessions().set_state(session.id, open, NOW).await.unwrap();
    scene.session = session;
    scene
}

async fn a_completion_asks_for_insights_once(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let insights = db.store().insights();
    let claim = async |now: i64| insights.claim(NODE, now, now + LEASE_MS, ATTEMPTS).await.unwrap();
    let running = scene.participant("eve").await;
    scene.append(running.id, &[heard(0, "not yet")]).await;
    assert_eq!(claim(NOW + 9_000).await, None);

    complete(&scene, "ada").await;
    let job = claim(NOW + 9_000).await.unwrap();
    assert_eq!((job.session, job.attempt), (scene.session.id, 1));
    assert_eq!(claim(NOW + 9_001).await, None, "it is claimed");
    // Somebody else completes while it is made.
    complete(&scene, "ben").await;
    insights.done(job, NOW + 10_000).await.unwrap();
    let again = claim(NOW + 10_000).await.unwrap();
    insights.done(again, NOW + 11_000).await.unwrap();
    assert_eq!(claim(NOW + 9 * LEASE_MS).await, None);
    assert_eq!(insights.attempts(scene.session.id).await, Ok(None));
}

async fn what_a_dead_node_had_claimed_is_made_by_another_and_not_for_ever(db: &Database) {
    let scene = Scene::set(db.store()).await;
    complete(&scene, "ada").await;
    let insights = db.store().insights();
    let mut now = NOW + 9_000;
    for attempt in 1..=ATTEMPTS {
        let job = insights
            .claim("b", now, now + LEASE_MS, ATTEMPTS)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(job.attempt, attempt);
        now += LEASE_MS;
    }
    assert_eq!(insights.claim(NODE, now, now + LEASE_MS, ATTEMPTS).await, Ok(None));
    assert_eq!(insights.attempts(scene.session.id).await, Ok(Some(ATTEMPTS - 1)));
    insights.look_around("b", &coder(1), now).await.unwrap();
    let job = insights
        .claim("b", now, now + LEASE_MS, ATTEMPTS)
        .await
        .unwrap()
        .unwrap();
    insights.put_off(job, "b", "why", now + 5_000).await.unwrap();
    assert_eq!(insights.claim(NODE, now, now + LEASE_MS, ATTEMPTS).await, Ok(None));
    assert!(
        insights
            .claim(NODE, now + 5_000, now + LEASE_MS, ATTEMPTS)
            .await
            .unwrap()
            .is_some()
    );
}

async fn a_new_coder_looks_at_what_it_has_not_coded(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let id = complete(&scene, "ada").await;
    let insights = db.store().insights();
    let now = NOW + 9_000;
    let job = insights.claim(NODE, now, now + 1, ATTEMPTS).await.unwrap().unwrap();
    assert!(insights.keep_coding(&coded(id, 1), now).await.unwrap());
    insights.done(job, now).await.unwrap();
    insights.look_around(NODE, &coder(1), now).await.unwrap();
    assert_eq!(insights.claim(NODE, now, now + 1, ATTEMPTS).await, Ok(None));
    insights.look_around(NODE, &coder(2), now).await.unwrap();
    assert!(insights.claim(NODE, now, now + 1, ATTEMPTS).await.unwrap().is_some());
    let found = insights.counted(scene.session.id, &coder(2)).await.unwrap();
    assert!(found[0].coded.is_none());
    assert!(insights.keep_coding(&coded(id, 2), now).await.unwrap());
    let found = insights.counted(scene.session.id, &coder(2)).await.unwrap();
    assert_eq!(found[0].coded, Some(coded(id, 2)));
    let by_any = insights
        .counted_by(scene.session.id, &[coder(3), coder(2)])
        .await
        .unwrap();
    assert_eq!(by_any[0].coded, Some(coded(id, 2)));
}

async fn a_report_says_who_read_how_many_and_of_a_confidential_one_only_who(db: &Database) {
    for terms in [Confidentiality::Identified, Confidentiality::Confidential] {
        let scene = match terms {
            Confidentiality::Identified => identified(db).await,
            Confidentiality::Confidential => Scene::set(db.store()).await,
        };
        let insights = db.store().insights();
        for n in 0..7 {
            complete(&scene, &format!("p{n}")).await;
        }
        assert!(make(&scene, terms, 0).await);
        let kept = insights.report(scene.session.id).await.unwrap().unwrap();
        let told = |conversations: u32| (terms == Confidentiality::Identified).then_some(conversations);
        let read_by = |version: u32, conversations: u32| ReadBy {
            coder: coder(version),
            conversations: told(conversations),
        };
        assert_eq!(kept.read_by, [read_by(1, 7)]);
        let all = insights.counted(scene.session.id, &coder(1)).await.unwrap();
        let people: Vec<ConversationId> = all.iter().map(|one| one.participant.conversation).collect();
        for id in &people[..2] {
            assert!(insights.keep_coding(&coded(*id, 2), NOW).await.unwrap());
        }
        let published = kept.published.unwrap();
        let made = (&coder(2), &published);
        assert!(
            insights
                .keep_report(scene.session.id, 1, made, &people, NOW)
                .await
                .unwrap()
        );
        let kept = insights.report(scene.session.id).await.unwrap().unwrap();
        assert_eq!(
            (kept.coder, kept.read_by),
            (coder(2), vec![read_by(1, 5), read_by(2, 2)])
        );
    }
}

async fn whoever_makes_it_holds_it_for_as_long_as_it_takes(db: &Database) {
    let scene = Scene::set(db.store()).await;
    complete(&scene, "ada").await;
    let insights = db.store().insights();
    let now = NOW + 9_000;
    let job = insights.claim(NODE, now, now + 10, ATTEMPTS).await.unwrap().unwrap();
    assert_eq!(insights.hold(job, NODE, now + 100).await, Ok(true));
    assert_eq!(insights.claim("b", now + 50, now + 60, ATTEMPTS).await, Ok(None));
    assert!(
        insights
            .claim("b", now + 100, now + 200, ATTEMPTS)
            .await
            .unwrap()
            .is_some()
    );
    assert_eq!(
        insights.hold(job, NODE, now + 300).await,
        Ok(false),
        "somebody else has it"
    );
}

async fn who_takes_it_back_is_heard_no_more(db: &Database) {
    let scene = identified(db).await;
    let (ada, ben) = (complete(&scene, "ada").await, complete(&scene, "ben").await);
    assert!(make(&scene, Confidentiality::Identified, 0).await);
    assert!(
        !make(&scene, Confidentiality::Identified, 0).await,
        "somebody was faster"
    );
    let insights = db.store().insights();
    let now = NOW + 9_000;
    let job = insights.claim(NODE, now, now + 1, ATTEMPTS).await.unwrap().unwrap();
    insights.done(job, now).await.unwrap();

    db.store().conversations().withdraw(ada, now).await.unwrap();
    let kept = insights.report(scene.session.id).await.unwrap().unwrap();
    assert_eq!(
        (kept.version, kept.published),
        (1, None),
        "nothing is left that it stands on"
    );
    assert!(
        insights.claim(NODE, now, now + 1, ATTEMPTS).await.unwrap().is_some(),
        "it is made anew"
    );
    assert!(!insights.keep_coding(&coded(ada, 1), now).await.unwrap());
    assert!(make(&scene, Confidentiality::Identified, 1).await);
    let Some(Published::Identified { basis }) = insights.report(scene.session.id).await.unwrap().unwrap().published
    else {
        panic!("an identified version");
    };
    let heard: Vec<ConversationId> = basis.voices.iter().map(|voice| voice.conversation()).collect();
    assert_eq!(heard, [ben]);
    assert_eq!(
        insights.completed(scene.session.id, Confidentiality::Identified).await,
        Ok(1)
    );
}

async fn what_was_made_with_somebody_who_left_meanwhile_is_not_kept(db: &Database) {
    let scene = identified(db).await;
    let (ada, ben) = (complete(&scene, "ada").await, complete(&scene, "ben").await);
    assert!(make(&scene, Confidentiality::Identified, 0).await);
    let kept = db.store().insights().report(scene.session.id).await.unwrap().unwrap();
    db.store().conversations().withdraw(ada, NOW + 9_000).await.unwrap();
    let late = kept.published.unwrap();
    let insights = db.store().insights();
    let refused = insights
        .keep_report(scene.session.id, 1, (&coder(1), &late), &[ada, ben], NOW)
        .await;
    assert_eq!(refused, Ok(false));
}

async fn of_a_confidential_session_every_quote_goes_at_once_and_counts_stay(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let mut people = Vec::new();
    for number in 0..10 {
        people.push(complete(&scene, &format!("p{number}")).await);
    }
    assert!(make(&scene, Confidentiality::Confidential, 0).await);
    let insights = db.store().insights();
    let shown = async || {
        let kept = insights.report(scene.session.id).await.unwrap().unwrap();
        kept.published
            .unwrap()
            .show(None, None, &ReportEdits::default(), true)
            .unwrap()
            .report
    };
    let before = shown().await;
    assert_eq!(before.patterns[0].quotes.len(), 3);
    db.store()
        .conversations()
        .withdraw(people[7], NOW + 9_000)
        .await
        .unwrap();
    let after = shown().await;
    assert_eq!(after.patterns[0].count, before.patterns[0].count);
    assert!(after.patterns[0].quotes.is_empty() && after.summary.quotes.is_empty());
    let of: BTreeSet<_> = insights
        .counted(scene.session.id, &coder(1))
        .await
        .unwrap()
        .into_iter()
        .collect_ids();
    assert!(!of.contains(&people[7]) && of.len() == 9);
}

trait CollectIds {
    fn collect_ids(self) -> BTreeSet<ConversationId>;
}

impl<I: Iterator<Item = colloquy_store::Counted>> CollectIds for I {
    fn collect_ids(self) -> BTreeSet<ConversationId> {
        self.map(|counted| counted.participant.conversation).collect()
    }
}

async fn terms_are_those_of_the_frozen_guide(db: &Database) {
    let scene = Scene::set(db.store()).await;
    complete(&scene, "ada").await;
    let insights = db.store().insights();
    assert_eq!(
        insights
            .completed(scene.session.id, Confidentiality::Confidential)
            .await,
        Ok(1)
    );
    assert_eq!(
        insights.completed(scene.session.id, Confidentiality::Identified).await,
        Ok(0)
    );
}

async fn a_deleted_session_and_an_erased_person_leave_nothing(db: &Database) {
    let scene = identified(db).await;
    let ada = complete(&scene, "ada").await;
    complete(&scene, "ben").await;
    assert!(make(&scene, Confidentiality::Identified, 0).await);
    let insights = db.store().insights();
    let person = insights.counted(scene.session.id, &coder(1)).await.unwrap()[0]
        .participant
        .person;
    db.store().people().erase(person, NOW).await.unwrap();
    assert_eq!(
        insights.report(scene.session.id).await.unwrap().unwrap().published,
        None
    );
    assert!(!insights.keep_coding(&coded(ada, 1), NOW).await.unwrap());

    let closed = colloquy_store::SessionState::Closed;
    db.store()
        .sessions()
        .set_state(scene.session.id, closed, NOW)
        .await
        .unwrap();
    db.store().sessions().delete(scene.session.id, NOW).await.unwrap();
    assert_eq!(insights.report(scene.session.id).await, Ok(None));
    assert_eq!(insights.claim(NODE, NOW + 9 * LEASE_MS, NOW, ATTEMPTS).await, Ok(None));
}

async fn edits_are_kept_whole_and_only_on_what_was_read(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let session = scene.session.id;
    assert_eq!(
        db.store().insights().edits(session).await,
        Ok((0, ReportEdits::default()))
    );
    let edits = ReportEdits {
        summary: Some(SummaryEdit {
            words: "All is well.".to_owned(),
            by: "Ada".to_owned(),
            at: NOW,
        }),
        themes: Vec::new(),
    };
    let store = db.store().by(Author::operator(NOW));
    assert_eq!(store.insights().edit(session, 0, &edits).await, Ok(1));
    assert_eq!(
        store.insights().edit(session, 0, &edits).await,
        Err(StoreError::Outdated)
    );
    assert_eq!(store.insights().edits(session).await, Ok((1, edits)));
    store.insights().exporting(session).await.unwrap();
    let log = store.audit().of_workspace(scene.workspace.id, None, 9).await.unwrap();
    let deeds: Vec<&str> = log.iter().map(|deed| deed.deed.as_str()).collect();
    assert_eq!(deeds, ["insights.export", "insights.edit"]);
}

both! {
    a_completion_asks_for_insights_once,
    what_a_dead_node_had_claimed_is_made_by_another_and_not_for_ever,
    a_new_coder_looks_at_what_it_has_not_coded,
    a_report_says_who_read_how_many_and_of_a_confidential_one_only_who,
    whoever_makes_it_holds_it_for_as_long_as_it_takes,
    who_takes_it_back_is_heard_no_more,
    what_was_made_with_somebody_who_left_meanwhile_is_not_kept,
    of_a_confidential_session_every_quote_goes_at_once_and_counts_stay,
    terms_are_those_of_the_frozen_guide,
    a_deleted_session_and_an_erased_person_leave_nothing,
    edits_are_kept_whole_and_only_on_what_was_read,
}
