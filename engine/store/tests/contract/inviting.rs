//! Somebody is invited once, with what is told of them last, and found again by any beginning of their words.

use colloquy_core::event::Outcome;
use colloquy_core::guide::Confidentiality;
use colloquy_core::id::{InvitationId, SessionId};
use colloquy_store::testing::Database;
use colloquy_store::{
    Author, ConversationState, InvitationState, LinkState, NewPerson, NewUser, ONCE_MS, Once, PasswordHash, Role,
    SessionState, Standing, Store, StoreError, Token,
};
use uuid::Uuid;

use crate::scene::{DAY_MS, NOW, Scene, ended, new_session, voice};

fn guest(scene: &Scene, name: &str, email: &str) -> NewPerson {
    NewPerson {
        workspace: scene.workspace.id,
        email: email.into(),
        name: name.into(),
        role: None,
        department: None,
    }
}

async fn what_is_told_last_of_a_person_is_kept(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let invitations = db.store().invitations();
    let mut pat = guest(&scene, "Pat", "Pat@harbour.example");
    pat.role = Some("Nurse".to_owned());
    pat.department = Some("Ward 3".to_owned());
    let first = invitations
        .invite(scene.session.id, &pat, false, None, NOW)
        .await
        .unwrap();
    let again = invitations.invite(scene.session.id, &pat, false, None, NOW).await;
    assert_eq!(again, Err(StoreError::AlreadyInvited));
    let second = db
        .store()
        .sessions()
        .create(&new_session(&scene.workspace), NOW)
        .await
        .unwrap();
    let mut renamed = guest(&scene, "Pat Weir", "pat@HARBOUR.example");
    renamed.role = Some("Ward sister".to_owned());
    let other = invitations.invite(second.id, &renamed, false, None, NOW).await.unwrap();
    let [first, other] = [
        invitations.listed(first).await.unwrap().unwrap(),
        invitations.listed(other).await.unwrap().unwrap(),
    ];
    assert_eq!(first.person, other.person);
    assert_eq!(first.person.name.expose(), "Pat Weir");
    assert_eq!(
        (first.person.role.as_deref(), first.person.department.as_deref()),
        (Some("Ward sister"), Some("Ward 3"))
    );
    let people = db.store().people();
    for gone in ["nurse", "mill"] {
        assert_eq!(people.search(scene.workspace.id, gone, 9).await, Ok(vec![]), "{gone}");
    }
    assert_eq!(
        people.search(scene.workspace.id, "sister", 9).await,
        Ok(vec![first.person])
    );
}

async fn nobody_is_invited_to_what_is_closed_or_not_there(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let sessions = db.store().sessions();
    sessions
        .set_state(scene.session.id, SessionState::Closed, NOW)
        .await
        .unwrap();
    let pat = guest(&scene, "Pat", "pat@harbour.example");
    let invitations = db.store().invitations();
    let closed = invitations.invite(scene.session.id, &pat, false, None, NOW).await;
    assert_eq!(closed, Err(StoreError::Link(LinkState::SessionClosed)));
    let missing = invitations.invite(SessionId(Uuid::nil()), &pat, false, None, NOW).await;
    assert_eq!(missing, Err(StoreError::Missing("session")));
    let kept = db.store().people().by_email(scene.workspace.id, &pat.email).await;
    assert_eq!(kept, Ok(None), "nothing is stored half");
}

async fn user(store: &Store, scene: &Scene, name: &str) -> colloquy_core::id::UserId {
    let new = NewUser {
        email: format!("{name}@harbour.example").into(),
        name: name.into(),
        role: Role::Admin,
        password: PasswordHash::new("none".to_owned()),
    };
    store.users().create(scene.workspace.id, &new, NOW).await.unwrap().id
}

fn once(user: colloquy_core::id::UserId, request: &'static [u8]) -> Once<'static> {
    Once {
        user,
        key: "k",
        request,
    }
}

async fn a_request_that_comes_again_is_done_once(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let (ada, ben) = (
        user(db.store(), &scene, "ada").await,
        user(db.store(), &scene, "ben").await,
    );
    let invitations = db.store().invitations();
    let pat = guest(&scene, "Pat", "pat@harbour.example");
    let (session, one) = (scene.session.id, once(ada, b"pat"));
    let (first, second) = tokio::join!(
        invitations.invite(session, &pat, false, Some(&one), NOW),
        invitations.invite(session, &pat, false, Some(&one), NOW)
    );
    assert_eq!(first.clone().unwrap(), second.unwrap());
    assert_eq!(invitations.page(session, None, 9).await.unwrap().len(), 1);
    let kim = guest(&scene, "Kim", "kim@harbour.example");
    let other = invitations
        .invite(session, &kim, false, Some(&once(ada, b"kim")), NOW)
        .await;
    assert_eq!(other, Err(StoreError::KeyReused));
    let late = NOW + ONCE_MS - 1;
    assert_eq!(invitations.invite(session, &pat, false, Some(&one), late).await, first);
    // Somebody else's key of that name, and the same one a day later, are others.
    for (user, now) in [(ben, NOW), (ada, NOW + ONCE_MS)] {
        let again = invitations
            .invite(session, &pat, false, Some(&once(user, b"pat")), now)
            .await;
        assert_eq!(again, Err(StoreError::AlreadyInvited));
    }
    let kim = invitations
        .invite(session, &kim, false, Some(&once(ben, b"kim")), NOW)
        .await;
    assert!(kim.is_ok(), "what failed has not used up the key");
}

async fn people_are_found_by_the_beginnings_of_their_words_the_best_first(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let people = db.store().people();
    let elsewhere = db.store().workspaces().create("Mill", None, NOW).await.unwrap();
    for (name, email, department) in [
        ("Anna Weir", "anna@harbour.example", "Mardi Hall"),
        ("Mar Duarte", "m.d@harbour.example", "Ward"),
        ("Marta Lüdtke", "marta@harbour.example", "Ward"),
        ("Kim Poe", "mar.k@harbour.example", "Ward"),
    ] {
        let mut new = guest(&scene, name, email);
        new.department = Some(department.to_owned());
        people.create(&new).await.unwrap();
    }
    let mut stranger = guest(&scene, "Mar Stranger", "mar@mill.example");
    stranger.workspace = elsewhere.id;
    people.create(&stranger).await.unwrap();
    let found = async |text: &str| {
        let found = people.search(scene.workspace.id, text, 3).await.unwrap();
        found
            .iter()
            .map(|person| person.name.expose().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        found("mar").await,
        ["Mar Duarte", "Marta Lüdtke", "Kim Poe"],
        "at most three"
    );
    assert_eq!(found("MAR wei").await, ["Anna Weir"]);
    assert_eq!(found("ludtke").await, ["Marta Lüdtke"]);
    assert_eq!(found("m.d@harbour").await, ["Mar Duarte"]);
    assert_eq!(found("hall mardi").await, ["Anna Weir"]);
    for nothing in ["", " - ", "x", "' OR 1=1 --", "arta"] {
        let found = found(nothing).await;
        assert!(found.is_empty(), "{nothing}: {found:?}");
    }
}

async fn the_list_says_how_far_each_has_come(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let invitations = db.store().invitations();
    let [queued, sent, talking, done, revoked] = [
        scene.invite("queued").await.id,
        scene.invite("sent").await.id,
        scene.invite("talking").await.id,
        scene.invite("done").await.id,
        scene.invite("revoked").await.id,
    ];
    invitations.set_state(sent, InvitationState::Sent).await.unwrap();
    let conversations = db.store().conversations();
    conversations.open(talking, &voice(), NOW).await.unwrap();
    let complete = conversations.open(done, &voice(), NOW).await.unwrap();
    scene.append(complete.id, &[ended(Outcome::Completed)]).await;
    invitations.revoke(revoked).await.unwrap();
    let at = async |now: i64| {
        let page = invitations.page(scene.session.id, None, 9).await.unwrap();
        page.iter().map(|listed| listed.standing(now)).collect::<Vec<_>>()
    };
    use Standing::{Completed, Expired, InProgress, Queued, Revoked, Sent};
    assert_eq!(at(NOW).await, [Revoked, Completed, InProgress, Sent, Queued]);
    assert_eq!(
        at(NOW + 7 * DAY_MS).await,
        [Revoked, Completed, Expired, Expired, Expired]
    );
    let page = invitations.page(scene.session.id, Some(talking), 1).await.unwrap();
    assert_eq!((page.len(), page[0].invitation.id), (1, sent));
    assert_eq!(invitations.listed(queued).await.unwrap().unwrap().conversation, None);
    assert_eq!(invitations.listed(InvitationId(Uuid::nil())).await, Ok(None));
}

async fn a_link_is_handed_out_until_somebody_takes_part(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let invitations = db.store().invitations();
    let invited = scene.invite("ada").await.id;
    let token = invitations.fresh_link(invited, NOW).await.unwrap();
    assert!(invitations.by_token(token.expose(), NOW).await.unwrap().is_some());
    let conversations = db.store().conversations();
    let declined = conversations.decline(invited, NOW).await.unwrap();
    assert_eq!(declined.state, ConversationState::Declined);
    assert!(
        invitations.fresh_link(invited, NOW).await.is_ok(),
        "they may change their mind"
    );
    conversations.open(invited, &voice(), NOW).await.unwrap();
    assert_eq!(invitations.fresh_link(invited, NOW).await, Err(StoreError::Begun));
    invitations.revoke(invited).await.unwrap();
    let revoked = Err(StoreError::Link(LinkState::Revoked));
    assert_eq!(invitations.fresh_link(invited, NOW).await, revoked);
}

async fn many_are_invited_at_once_and_once(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let ada = user(db.store(), &scene, "ada").await;
    let invitations = db.store().invitations();
    let session = scene.session.id;
    let known = guest(&scene, "Kim", "kim@harbour.example");
    invitations.invite(session, &known, false, None, NOW).await.unwrap();
    let people = [
        guest(&scene, "Pat", "pat@harbour.example"),
        guest(&scene, "Kim Lee", "kim@harbour.example"),
        guest(&scene, "Lee", "lee@harbour.example"),
        guest(&scene, "Pat", "PAT@harbour.example"),
    ];
    let one = once(ada, b"list");
    let (first, second) = tokio::join!(
        invitations.invite_many(session, &people, true, Some(&one), NOW),
        invitations.invite_many(session, &people, true, Some(&one), NOW)
    );
    assert_eq!((first, second), (Ok((2, 2)), Ok((2, 2))), "answered again, done once");
    assert_eq!(invitations.page(session, None, 9).await.unwrap().len(), 3);
    let waiting = db
        .store()
        .outbox()
        .page(scene.workspace.id, None, 9, NOW)
        .await
        .unwrap();
    assert_eq!(waiting.len(), 2, "a mail for each who is new");
    let addresses = invitations.addresses(session).await.unwrap();
    assert!(addresses.len() == 3 && addresses.contains("lee@harbour.example"));
    let other = once(ada, b"x");
    let other = invitations
        .invite_many(session, &people[..1], true, Some(&other), NOW)
        .await;
    assert_eq!(other, Err(StoreError::KeyReused));
    db.store()
        .sessions()
        .set_state(session, SessionState::Closed, NOW)
        .await
        .unwrap();
    let closed = invitations.invite_many(session, &people, true, None, NOW).await;
    assert_eq!(closed, Err(StoreError::Link(LinkState::SessionClosed)));
}

async fn a_link_that_is_drawn_while_the_person_agrees_leads_nowhere(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let (invitations, conversations) = (db.store().invitations(), db.store().conversations());
    for n in 0..4 {
        let pat = scene.invite(&format!("pat{n}")).await.id;
        let theirs = invitations.mint_token(pat, NOW).await.unwrap();
        let agreed = voice();
        let (drawn, opened) = tokio::join!(
            invitations.fresh_link(pat, NOW),
            conversations.open_by(pat, &agreed, Confidentiality::Confidential, theirs.expose(), NOW)
        );
        opened.unwrap();
        assert!(invitations.by_token(theirs.expose(), NOW).await.unwrap().is_some());
        match drawn {
            Ok(drawn) => assert!(invitations.by_token(drawn.expose(), NOW).await.unwrap().is_none()),
            Err(refused) => assert_eq!(refused, StoreError::Begun),
        }
    }
}

async fn who_was_revoked_is_invited_anew_unless_they_took_part(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let (invitations, session) = (db.store().invitations(), scene.session.id);
    let pat = guest(&scene, "Pat", "pat@harbour.example");
    let first = invitations.invite(session, &pat, true, None, NOW).await.unwrap();
    let old = invitations.mint_token(first, NOW).await.unwrap();
    invitations.revoke(first).await.unwrap();
    let later = NOW + DAY_MS;
    let again = invitations.invite(session, &pat, true, None, later).await.unwrap();
    assert_eq!(again, first, "a person has one invitation to a session");
    let listed = invitations.listed(again).await.unwrap().unwrap();
    assert_eq!(listed.standing(later), Standing::Queued);
    assert_eq!(
        (listed.invitation.created, listed.invitation.expires_at),
        (later, later + 7 * DAY_MS)
    );
    assert!(
        invitations.by_token(old.expose(), later).await.unwrap().is_none(),
        "old links stay dead"
    );
    let mut mails = 0;
    while let Some(mail) = db.store().outbox().claim("north", later, later + DAY_MS).await.unwrap() {
        let found = invitations.by_token(mail.token.expose(), later).await.unwrap().unwrap();
        assert_eq!(found.state, LinkState::Usable);
        mails += 1;
    }
    assert_eq!(mails, 1);
    let twice = invitations.invite(session, &pat, true, None, later).await;
    assert_eq!(twice, Err(StoreError::AlreadyInvited));

    let talk = db.store().conversations().open(first, &voice(), later).await.unwrap();
    invitations.revoke(first).await.unwrap();
    let begun = invitations.invite(session, &pat, true, None, later).await;
    assert_eq!(
        begun,
        Err(StoreError::Begun),
        "it would lead to what somebody said by the old link"
    );
    scene.append(talk.id, &[ended(Outcome::Completed)]).await;
    invitations.revoke(first).await.unwrap();
    let over = invitations.invite(session, &pat, true, None, later).await;
    assert_eq!(over, Err(StoreError::Link(LinkState::Finished)));
    // A list of many takes nobody up again whom somebody revoked.
    let many = invitations.invite_many(session, &[pat], false, None, later).await;
    assert_eq!(many, Ok((0, 1)));
}

async fn links_of_a_colleague_who_is_removed_lead_nowhere(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let ben = user(db.store(), &scene, "ben").await;
    let theirs = db.store().by(Author::user(ben, NOW));
    let (invitations, session) = (theirs.invitations(), scene.session.id);
    let (ada, eve) = (scene.invite("ada").await.id, scene.invite("eve").await.id);
    let trial = invitations.trial(session, &"Ben".into(), NOW).await.unwrap();
    let drawn = invitations.fresh_link(ada, NOW).await.unwrap();
    let agreed = invitations.fresh_link(eve, NOW).await.unwrap();
    let mailed = invitations.mint_token(ada, NOW).await.unwrap();
    db.store().conversations().open(eve, &voice(), NOW).await.unwrap();
    let tried = invitations
        .by_token(trial.expose(), NOW)
        .await
        .unwrap()
        .unwrap()
        .invitation
        .id;
    let talk = db.store().conversations().open(tried, &voice(), NOW).await.unwrap();
    let secret = db.store().client_secrets().mint(talk.id, NOW, 1_000).await.unwrap();
    db.store().users().remove(ben, Role::Admin, NOW).await.unwrap();
    let leads = async |token: &Token| invitations.by_token(token.expose(), NOW).await.unwrap().is_some();
    assert!(!leads(&trial).await);
    assert!(!leads(&drawn).await);
    assert!(leads(&agreed).await, "it leads Eve to what she said");
    assert!(leads(&mailed).await);
    assert_eq!(db.store().client_secrets().redeem(secret.expose(), NOW).await, Ok(None));
}

both!(
    links_of_a_colleague_who_is_removed_lead_nowhere,
    who_was_revoked_is_invited_anew_unless_they_took_part,
    a_link_that_is_drawn_while_the_person_agrees_leads_nowhere,
    many_are_invited_at_once_and_once,
    what_is_told_last_of_a_person_is_kept,
    nobody_is_invited_to_what_is_closed_or_not_there,
    a_request_that_comes_again_is_done_once,
    people_are_found_by_the_beginnings_of_their_words_the_best_first,
    the_list_says_how_far_each_has_come,
    a_link_is_handed_out_until_somebody_takes_part,
);
