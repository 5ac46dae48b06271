//! `colloquy demo`: something to talk to.

use anyhow::Context;
use clap::Args;
use colloquy_core::guide::library::{self, Template};
use colloquy_core::guide::{HelpContact, ModeChoice};
use colloquy_runtime::actor::unix_ms;
use colloquy_store::{NewPerson, NewSession, Session, SessionState, SessionTopic, Store, Workspace};
use serde_json::json;

use crate::config::Config;

/// The demo's organisation.
const WORKSPACE: &str = "Northwind";

/// Make a demo session with invitations in the database, and print their links.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  colloquy demo\n  colloquy demo --template exit --invitations 6 --json")]
pub struct DemoArgs {
    /// Library template: stay, exit, onboarding-30, pulse, onboarding-90, upward-feedback, return-from-leave, post-change
    /// or wellbeing.
    #[arg(long, default_value = "stay")]
    template: String,
    /// How many people to invite.
    #[arg(long, default_value_t = 1)]
    invitations: u32,
    /// A session that keeps the sound of people who agree to it.
    #[arg(long)]
    recording: bool,
    /// Print the links as a JSON array.
    #[arg(long)]
    json: bool,
    /// Do nothing where a demo session exists, except printing a new link for its first unfinished invitation.
    #[arg(long)]
    once: bool,
}

/// Seeds and prints.
///
/// # Errors
/// An unknown template; a database that cannot be used.
pub async fn demo(config: &Config, args: DemoArgs) -> anyhow::Result<()> {
    let template = library::template(&args.template).with_context(|| {
        let known: Vec<&str> = library::templates().iter().map(|t| t.id.as_str()).collect();
        format!(
            "there is no template {:?}; choose one of {}",
            args.template,
            known.join(", ")
        )
    })?;
    let store = Store::connect(&config.database_url).await?;
    let now = unix_ms();
    let workspace = workspace(&store, now).await?;
    let found = existing(&store, &workspace, template).await?;
    let session = match found.filter(|found| args.once && found.recording == args.recording) {
        Some(session) => session,
        None => create(&store, &workspace, template, args.recording, now).await?,
    };
    let mut links = Vec::new();
    let mut number = 0;
    while (links.len() as u32) < args.invitations {
        number += 1;
        if let Some(link) = invite(&store, &workspace, &session, number, &config.public_url, now).await? {
            links.push(link);
        }
    }
    store.close().await;
    if args.json {
        println!("{}", json!(links));
        return Ok(());
    }
    println!(
        "\n  {} — {} minutes, at {WORKSPACE}\n",
        template.title, template.length_min
    );
    for link in &links {
        println!("  Participant's link:      {link}");
    }
    if let Some(link) = links.first() {
        let program = std::env::current_exe().map_or_else(|_| "colloquy".to_owned(), |path| path.display().to_string());
        println!("  Talk from the terminal:  {program} talk --link {link} --wav YOUR-ANSWER.wav");
        println!("  (with recordings as answers; repeat --wav for more. `talk --help` has more ways.)\n");
    }
    Ok(())
}

async fn workspace(store: &Store, now: i64) -> anyhow::Result<Workspace> {
    if let Some(found) = store.workspaces().by_name(WORKSPACE).await? {
        return Ok(found);
    }
    let help = HelpContact {
        name: "Robin Hale, People and Culture".to_owned(),
        reach: "robin.hale@northwind.example".to_owned(),
    };
    Ok(store.workspaces().create(WORKSPACE, Some(&help), now).await?)
}

async fn existing(store: &Store, workspace: &Workspace, template: &Template) -> anyhow::Result<Option<Session>> {
    let sessions = store.sessions().of_workspace(workspace.id).await?;
    Ok(sessions
        .into_iter()
        .find(|s| s.kind == template.id && s.state == SessionState::Open))
}

async fn create(
    store: &Store,
    workspace: &Workspace,
    template: &Template,
    recording: bool,
    now: i64,
) -> anyhow::Result<Session> {
    let topics = template
        .topics
        .iter()
        .map(|topic| SessionTopic {
            enabled: true,
            topic: topic.clone(),
        })
        .collect();
    let new = NewSession {
        workspace: workspace.id,
        title: template.title.clone(),
        kind: template.id.clone(),
        mode: ModeChoice::Participant,
        confidentiality: template.confidentiality,
        recording,
        length_min: template.length_min,
        language: "en".to_owned(),
        topics,
    };
    let session = store.sessions().create(&new, now).await?;
    store
        .sessions()
        .set_state(session.id, SessionState::Open, unix_ms())
        .await?;
    Ok(session)
}

/// A link for the `number`th demo participant; `None` where that one's conversation is over.
async fn invite(
    store: &Store,
    workspace: &Workspace,
    session: &Session,
    number: u32,
    public_url: &str,
    now: i64,
) -> anyhow::Result<Option<String>> {
    let email = format!("participant{number}@northwind.example").into();
    let person = match store.people().by_email(workspace.id, &email).await? {
        Some(person) => person,
        None => {
            let name = format!("Participant {number}").into();
            let new = NewPerson {
                workspace: workspace.id,
                email,
                name,
                role: None,
                department: None,
            };
            store.people().create(&new).await?
        }
    };
    let invitation = match store.invitations().of_person(session.id, person.id).await? {
        Some(invitation) => {
            let conversation = store.conversations().by_invitation(invitation.id).await?;
            if conversation.is_some_and(|c| c.state.is_over()) || invitation.expires_at <= now {
                return Ok(None);
            }
            invitation
        }
        None => store.invitations().create(session.id, person.id, now).await?,
    };
    let token = store.invitations().mint_token(invitation.id, now).await?;
    Ok(Some(format!("{public_url}/i/{}", token.expose())))
}
