//! Several customers in one database: each has its own people, mails and log, also where an address is in two of them.

use colloquy_core::event::Event;
use colloquy_core::id::{InvitationId, PersonId};
use colloquy_store::testing::Database;
use colloquy_store::{Author, LinkState, NewUser, PasswordHash, Role, StoreError};

use crate::scene::{NOW, Scene, heard, person, voice};

const CLAIM_MS: i64 = 120_000;

/// Ada, invited by that workspace under that name.
async fn ada(scene: &Scene, name: &str) -> (InvitationId, PersonId) {
    let new = colloquy_store::NewPerson {
        name: name.into(),
        ..person(&scene.workspace, "ada")
    };
    let invitations = scene.store.invitations();
    let id = invitations
        .invite(scene.session.id, &new, true, None, NOW)
        .await
        .unwrap();
    let found = invitations.find(id).await.unwrap().unwrap();
    (id, found.person)
}

async fn two(db: &Database) -> [Scene; 2] {
    let harbour = Scene::set(db.store()).await;
    let mut mill = Scene::set(db.store()).await;
    let edit = colloquy_store::WorkspaceEdit {
        name: "Mill".to_owned(),
        help: None,
        keep: colloquy_store::Keep::default(),
    };
    mill.workspace = db
        .store()
        .workspaces()
        .change(mill.workspace.id, &edit, mill.workspace.version, NOW)
        .await
        .unwrap();
    [harbour, mill]
}

async fn who_is_in_two_is_somebody_else_in_each(db: &Database) {
    let store = db.store();
    let [harbour, mill] = two(db).await;
    let (here, there) = (ada(&harbour, "Ada Lund").await, ada(&mill, "A. Lund").await);
    assert_ne!(here.1, there.1);
    for (scene, id, name) in [(&harbour, here.1, "Ada Lund"), (&mill, there.1, "A. Lund")] {
        let of = scene.workspace.id;
        let found = store
            .people()
            .by_email(of, &"ada@harbour.example".into())
            .await
            .unwrap()
            .unwrap();
        assert_eq!((found.id, found.name.expose()), (id, name));
        let sought = store.people().search(of, "lund", 9).await.unwrap();
        assert_eq!(
            sought.iter().map(|one| one.id).collect::<Vec<_>>(),
            [id],
            "its own alone"
        );
        assert_eq!(store.people().names(of).await.unwrap().len(), 1);
        let mails = store.outbox().page(of, None, 9, NOW).await.unwrap();
        assert_eq!(mails.iter().map(|mail| mail.name.expose()).collect::<Vec<_>>(), [name]);
    }
    // Each mail comes in the name of whoever invites.
    let mut senders = Vec::new();
    while let Some(mail) = store.outbox().claim("north", NOW, NOW + CLAIM_MS).await.unwrap() {
        let found = store
            .invitations()
            .by_token(mail.token.expose(), NOW)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(found.workspace.name, mail.workspace);
        senders.push((mail.workspace, mail.name.expose().to_owned()));
    }
    senders.sort();
    let expected = [("Harbour Clinic", "Ada Lund"), ("Mill", "A. Lund")];
    assert_eq!(
        senders,
        expected.map(|(workspace, name)| (workspace.to_owned(), name.to_owned()))
    );
    // Who is erased in the one is what they were in the other.
    let mut talks = Vec::new();
    for (scene, (invitation, _)) in [(&harbour, here), (&mill, there)] {
        let talk = store.conversations().open(invitation, &voice(), NOW).await.unwrap();
        scene.append(talk.id, &[heard(1, "It was the rota.")]).await;
        talks.push(talk.id);
    }
    store.people().erase(here.1, NOW).await.unwrap();
    let words = async |talk| {
        let log = store.events().read(talk, 0).await.unwrap();
        log.iter().any(|row| matches!(row.event, Event::SegmentHeard { .. }))
    };
    assert_eq!((words(talks[0]).await, words(talks[1]).await), (false, true));
    let left = store.people().find(there.1).await.unwrap().unwrap();
    assert_eq!(left.name.expose(), "A. Lund");
    let token = store.invitations().mint_token(there.0, NOW).await.unwrap();
    let link = store
        .invitations()
        .by_token(token.expose(), NOW)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(link.state, LinkState::Usable);
}

async fn an_address_signs_in_to_one_and_each_log_tells_of_its_own(db: &Database) {
    let store = db.store();
    let [harbour, mill] = two(db).await;
    let new = |email: &str| NewUser {
        email: email.into(),
        name: "Ada".into(),
        role: Role::Owner,
        password: PasswordHash::new("none".to_owned()),
    };
    let owner = store
        .users()
        .create(harbour.workspace.id, &new("ada@harbour.example"), NOW)
        .await
        .unwrap();
    let again = store
        .users()
        .create(mill.workspace.id, &new(" ADA@harbour.example"), NOW)
        .await;
    assert_eq!(
        again,
        Err(StoreError::UserTaken),
        "or nobody would know where they sign in"
    );
    let miller = store
        .users()
        .create(mill.workspace.id, &new("mo@mill.example"), NOW)
        .await
        .unwrap();
    for (user, scene) in [(&owner, &harbour), (&miller, &mill)] {
        let login = store.logins().begin(user.id, NOW).await.unwrap();
        let (who, at) = store.logins().who(login.expose(), NOW).await.unwrap().unwrap();
        assert_eq!((who.id, at.id), (user.id, scene.workspace.id));
        let theirs = store.users().of_workspace(at.id).await.unwrap();
        assert_eq!(theirs.iter().map(|one| one.id).collect::<Vec<_>>(), [user.id]);
        let by = store.by(Author::user(user.id, NOW));
        let draft = by.sessions().clone_of(scene.session.id, "Spring", NOW).await.unwrap();
        assert_eq!(draft.workspace, at.id);
        let deeds = store.audit().of_workspace(at.id, None, 99).await.unwrap();
        let clones: Vec<_> = deeds.iter().filter(|deed| deed.deed == "session.clone").collect();
        assert_eq!(
            clones.iter().map(|deed| deed.user_id).collect::<Vec<_>>(),
            [Some(user.id.0)]
        );
        let listed = store.sessions().page(at.id, None, 9).await.unwrap();
        assert_eq!(listed.len(), 2);
        assert!(listed.iter().all(|session| session.workspace == at.id));
        let sought = store.sessions().search(at.id, "spring", None, 9).await.unwrap();
        assert_eq!(sought.iter().map(|session| session.id).collect::<Vec<_>>(), [draft.id]);
    }
    // A forgotten password is set anew in its own name.
    store.resets().ask(&"mo@mill.example".into(), NOW).await.unwrap();
    let mail = store
        .resets()
        .claim("north", NOW, NOW + CLAIM_MS)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(mail.workspace, "Mill");
    // Who goes here stays there.
    store
        .users()
        .create(mill.workspace.id, &new("li@mill.example"), NOW)
        .await
        .unwrap();
    store.users().remove(miller.id, Role::Owner, NOW).await.unwrap();
    assert!(store.users().find(owner.id).await.unwrap().is_some());
}

both!(
    who_is_in_two_is_somebody_else_in_each,
    an_address_signs_in_to_one_and_each_log_tells_of_its_own,
);
