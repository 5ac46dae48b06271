//! A mail lies in the outbox from the same moment on as the invitation, is claimed by one node at a time, and is sent only
//! while its link is good for something.

use colloquy_core::event::Outcome;
use colloquy_core::id::InvitationId;
use colloquy_store::testing::Database;
use colloquy_store::{
    Claimed, InvitationState, LINK_LIFETIME_MS, LinkState, Mail, MailKind, MailState, NewPerson, REMIND_AFTER_MS,
    SessionState, Standing, StoreError,
};

use crate::scene::{DAY_MS, NOW, Scene, ended, new_session, voice};

const CLAIM_MS: i64 = 120_000;

async fn invite(scene: &Scene, name: &str) -> InvitationId {
    let guest = NewPerson {
        workspace: scene.workspace.id,
        email: format!("{name}@harbour.example").into(),
        name: name.into(),
        role: None,
        department: None,
    };
    let invitations = scene.store.invitations();
    invitations
        .invite(scene.session.id, &guest, true, None, NOW)
        .await
        .unwrap()
}

async fn claim(scene: &Scene, node: &str, now: i64) -> Option<Claimed> {
    scene.store.outbox().claim(node, now, now + CLAIM_MS).await.unwrap()
}

async fn mails(scene: &Scene, now: i64) -> Vec<Mail> {
    scene
        .store
        .outbox()
        .page(scene.workspace.id, None, 99, now)
        .await
        .unwrap()
}

async fn standing(scene: &Scene, id: InvitationId) -> Standing {
    let listed = scene.store.invitations().listed(id).await.unwrap().unwrap();
    listed.standing(NOW)
}

async fn a_mail_is_claimed_by_one_and_by_another_when_that_one_is_silent(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let pat = invite(&scene, "pat").await;
    let (one, other) = tokio::join!(claim(&scene, "north", NOW), claim(&scene, "south", NOW));
    assert!(one.is_some() != other.is_some(), "one of the two");
    let first = one.or(other).unwrap();
    assert_eq!((first.kind, first.attempt), (MailKind::Invitation, 1));
    assert_eq!(first.email.expose(), "pat@harbour.example");
    assert!(claim(&scene, "south", NOW + CLAIM_MS - 1).await.is_none());
    let again = claim(&scene, "south", NOW + CLAIM_MS).await.unwrap();
    assert_eq!((again.id, again.attempt), (first.id, 2), "by the same id");
    // The links of both attempts work: nobody knows which mail arrived.
    for token in [&first.token, &again.token] {
        let found = scene.store.invitations().by_token(token.expose(), NOW).await.unwrap();
        let found = found.unwrap();
        assert_eq!((found.invitation.id, found.state), (pat, LinkState::Usable));
    }
    // A node that comes back goes on at once with what it was at.
    let outbox = scene.store.outbox();
    outbox.reclaim("north", NOW + CLAIM_MS + 1).await.unwrap();
    assert!(claim(&scene, "north", NOW + CLAIM_MS + 1).await.is_none());
    outbox.reclaim("south", NOW + CLAIM_MS + 1).await.unwrap();
    assert_eq!(claim(&scene, "south", NOW + CLAIM_MS + 1).await.unwrap().attempt, 3);
}

async fn what_was_sent_is_sent_once_and_followed_by_two_reminders(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let (outbox, pat) = (scene.store.outbox(), invite(&scene, "pat").await);
    assert_eq!(standing(&scene, pat).await, Standing::Queued);
    let mail = claim(&scene, "north", NOW).await.unwrap();
    outbox.sent(mail.id, NOW).await.unwrap();
    // Said again, as by a node that was late, it changes nothing.
    outbox.sent(mail.id, NOW + 1).await.unwrap();
    outbox.failed(mail.id, "550", NOW + 1).await.unwrap();
    assert_eq!(standing(&scene, pat).await, Standing::Sent);
    assert_eq!(
        mails(&scene, NOW).await.len(),
        1,
        "reminders are seen when they are due"
    );
    for after in REMIND_AFTER_MS {
        assert!(claim(&scene, "north", NOW + after - 1).await.is_none());
        let reminder = claim(&scene, "north", NOW + after).await.unwrap();
        assert_eq!(reminder.kind, MailKind::Reminder);
        outbox.sent(reminder.id, NOW + after).await.unwrap();
    }
    assert!(claim(&scene, "north", NOW + LINK_LIFETIME_MS - 1).await.is_none());
    assert_eq!(mails(&scene, NOW + 6 * DAY_MS).await.len(), 3);
}

async fn a_mail_that_is_asked_for_again_counts_reminders_anew(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let (outbox, pat) = (scene.store.outbox(), invite(&scene, "pat").await);
    // The one that waits will do.
    scene.store.invitations().send_again(pat, NOW).await.unwrap();
    let mail = claim(&scene, "north", NOW).await.unwrap();
    outbox.sent(mail.id, NOW).await.unwrap();
    assert!(claim(&scene, "north", NOW).await.is_none());
    let later = NOW + DAY_MS;
    scene.store.invitations().send_again(pat, later).await.unwrap();
    let mail = claim(&scene, "north", later).await.unwrap();
    outbox.sent(mail.id, later).await.unwrap();
    assert!(claim(&scene, "north", NOW + REMIND_AFTER_MS[0]).await.is_none());
    assert!(claim(&scene, "north", later + REMIND_AFTER_MS[0]).await.is_some());
}

async fn nobody_is_mailed_a_link_that_is_good_for_nothing(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let invitations = scene.store.invitations();
    let revoked = invite(&scene, "pat").await;
    invitations.revoke(revoked).await.unwrap();
    let done = invite(&scene, "kim").await;
    let talk = scene.store.conversations().open(done, &voice(), NOW).await.unwrap();
    scene.append(talk.id, &[ended(Outcome::Completed)]).await;
    let declined = invite(&scene, "lee").await;
    scene.store.conversations().decline(declined, NOW).await.unwrap();
    let expired = invite(&scene, "max").await;
    assert!(claim(&scene, "north", NOW + LINK_LIFETIME_MS).await.is_none());
    let states: Vec<MailState> = mails(&scene, NOW).await.iter().map(|mail| mail.state).collect();
    assert_eq!(states, [MailState::Dropped; 4]);
    let refused = async |id, now| invitations.send_again(id, now).await.unwrap_err();
    assert_eq!(refused(revoked, NOW).await, StoreError::Link(LinkState::Revoked));
    assert_eq!(refused(done, NOW).await, StoreError::Link(LinkState::Finished));
    let late = NOW + LINK_LIFETIME_MS;
    assert_eq!(refused(expired, late).await, StoreError::Link(LinkState::Expired));
}

async fn mails_to_a_draft_wait_until_it_opens(db: &Database) {
    let mut scene = Scene::set(db.store()).await;
    let new = new_session(&scene.workspace);
    scene.session = scene.store.sessions().create(&new, NOW).await.unwrap();
    invite(&scene, "pat").await;
    assert!(claim(&scene, "north", NOW).await.is_none());
    let sessions = scene.store.sessions();
    sessions
        .set_state(scene.session.id, SessionState::Open, NOW)
        .await
        .unwrap();
    assert!(claim(&scene, "north", NOW).await.is_some());
}

async fn a_mail_is_put_off_or_given_up_with_the_reason(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let (outbox, pat) = (scene.store.outbox(), invite(&scene, "pat").await);
    let mail = claim(&scene, "north", NOW).await.unwrap();
    outbox.put_off(mail.id, "south", "not its own", NOW).await.unwrap();
    assert!(claim(&scene, "south", NOW).await.is_none());
    outbox
        .put_off(mail.id, "north", "connection", NOW + 10_000)
        .await
        .unwrap();
    assert!(claim(&scene, "north", NOW + 9_999).await.is_none());
    let shown = mails(&scene, NOW).await.remove(0);
    assert_eq!(
        (shown.state, shown.attempts, shown.error.as_deref()),
        (MailState::Queued, 1, Some("connection"))
    );
    let mail = claim(&scene, "south", NOW + 10_000).await.unwrap();
    outbox.failed(mail.id, "550", NOW + 10_000).await.unwrap();
    assert_eq!(standing(&scene, pat).await, Standing::Bounced);
    let shown = mails(&scene, NOW).await.remove(0);
    assert_eq!(
        (shown.state, shown.error.as_deref(), shown.invitation),
        (MailState::Failed, Some("550"), pat)
    );
    // What the person has done says more than what became of a mail.
    let invitations = scene.store.invitations();
    let kim = invite(&scene, "kim").await;
    let mail = claim(&scene, "south", NOW).await.unwrap();
    invitations.set_state(kim, InvitationState::Opened).await.unwrap();
    outbox.sent(mail.id, NOW).await.unwrap();
    assert_eq!(standing(&scene, kim).await, Standing::Opened);
}

async fn the_time_of_a_drafts_invitations_begins_when_it_opens(db: &Database) {
    let mut scene = Scene::set(db.store()).await;
    let new = new_session(&scene.workspace);
    scene.session = scene.store.sessions().create(&new, NOW).await.unwrap();
    invite(&scene, "pat").await;
    let opened = NOW + LINK_LIFETIME_MS + DAY_MS;
    scene.store.outbox().sweep(opened).await.unwrap();
    let sessions = scene.store.sessions();
    sessions
        .set_state(scene.session.id, SessionState::Open, opened)
        .await
        .unwrap();
    let mail = claim(&scene, "north", opened).await.unwrap();
    assert_eq!(mail.expires_at, opened + LINK_LIFETIME_MS);
}

async fn overdue_reminders_are_one(db: &Database) {
    let scene = Scene::set(db.store()).await;
    invite(&scene, "pat").await;
    let outbox = scene.store.outbox();
    let mail = claim(&scene, "north", NOW).await.unwrap();
    outbox.sent(mail.id, NOW).await.unwrap();
    let late = NOW + REMIND_AFTER_MS[1];
    let reminder = claim(&scene, "north", late).await.unwrap();
    outbox.sent(reminder.id, late).await.unwrap();
    assert!(claim(&scene, "north", late).await.is_none());
    assert_eq!(mails(&scene, late).await.len(), 2);
}

async fn what_will_never_be_sent_does_not_wait(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let (outbox, pat) = (scene.store.outbox(), invite(&scene, "pat").await);
    let mail = claim(&scene, "north", NOW).await.unwrap();
    outbox.sent(mail.id, NOW).await.unwrap();
    let talk = scene.store.conversations().open(pat, &voice(), NOW).await.unwrap();
    scene.append(talk.id, &[ended(Outcome::EndedEarly)]).await;
    let late = NOW + LINK_LIFETIME_MS;
    assert_eq!(mails(&scene, late).await.len(), 1, "who is through is not reminded");
    invite(&scene, "kim").await;
    let sessions = scene.store.sessions();
    sessions
        .set_state(scene.session.id, SessionState::Closed, NOW)
        .await
        .unwrap();
    outbox.sweep(late - 1).await.unwrap();
    assert_eq!(mails(&scene, late).await[0].state, MailState::Queued);
    outbox.sweep(late).await.unwrap();
    assert_eq!(mails(&scene, late).await[0].state, MailState::Dropped);
}

async fn a_mail_that_two_ask_for_at_once_is_one(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let pat = invite(&scene, "pat").await;
    let mail = claim(&scene, "north", NOW).await.unwrap();
    scene.store.outbox().sent(mail.id, NOW).await.unwrap();
    let invitations = scene.store.invitations();
    let (one, other) = tokio::join!(invitations.send_again(pat, NOW), invitations.send_again(pat, NOW));
    one.and(other).unwrap();
    assert_eq!(mails(&scene, NOW).await.len(), 2);
}

async fn of_somebody_who_is_erased_while_they_are_invited_nothing_is_mailed(db: &Database) {
    let scene = Scene::set(db.store()).await;
    let other = scene
        .store
        .sessions()
        .create(&new_session(&scene.workspace), NOW)
        .await
        .unwrap();
    let sessions = scene.store.sessions();
    sessions.set_state(other.id, SessionState::Open, NOW).await.unwrap();
    let outbox = scene.store.outbox();
    for n in 0..4 {
        let name = format!("pat{n}");
        let first = invite(&scene, &name).await;
        let listed = scene.store.invitations().listed(first).await.unwrap().unwrap();
        let waiting = mails(&scene, NOW).await.remove(0);
        assert!(outbox.knows(waiting.id).await.unwrap());
        let again = NewPerson {
            workspace: scene.workspace.id,
            email: listed.person.email.clone(),
            name: listed.person.name.clone(),
            role: None,
            department: None,
        };
        let (people, invitations) = (scene.store.people(), scene.store.invitations());
        let (erased, invited) = tokio::join!(
            people.erase(listed.person.id, NOW),
            invitations.invite(other.id, &again, true, None, NOW)
        );
        erased.unwrap();
        invited.unwrap();
        assert!(!outbox.knows(waiting.id).await.unwrap());
        // Whoever came first: either the mail went with the person, or it is to somebody new.
        while let Some(mail) = claim(&scene, "north", NOW).await {
            assert_eq!(mail.email, again.email);
        }
        let shown = mails(&scene, NOW).await;
        assert!(
            shown
                .iter()
                .all(|mail| mail.state == MailState::Queued && mail.attempts == 1),
            "{shown:?}"
        );
    }
}

both!(
    the_time_of_a_drafts_invitations_begins_when_it_opens,
    overdue_reminders_are_one,
    what_will_never_be_sent_does_not_wait,
    a_mail_that_two_ask_for_at_once_is_one,
    of_somebody_who_is_erased_while_they_are_invited_nothing_is_mailed,
    a_mail_is_claimed_by_one_and_by_another_when_that_one_is_silent,
    what_was_sent_is_sent_once_and_followed_by_two_reminders,
    a_mail_that_is_asked_for_again_counts_reminders_anew,
    nobody_is_mailed_a_link_that_is_good_for_nothing,
    mails_to_a_draft_wait_until_it_opens,
    a_mail_is_put_off_or_given_up_with_the_reason,
);
