//! `colloquy admin`: what is done at the server, where nobody has to sign in.

use anyhow::{Context, bail};
use clap::{Args, Subcommand, ValueEnum};
use colloquy_core::pii::Pii;
use colloquy_runtime::actor::unix_ms;
use colloquy_store::{Author, NewUser, Plan, Role, Store, StoreError, Workspace};

use crate::admin::password::{generate, hash, weakness};
use crate::config::Config;

/// Make workspaces and their owners, and what else is done at the server, where nobody has to sign in.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  colloquy admin create-workspace \"Harbour Clinic\"\n  colloquy admin create-owner --email ada@harbour.example --name \"Ada Lund\"\n  colloquy admin reset-password --email ada@harbour.example\n  colloquy admin set-plan basic --workspace \"Harbour Clinic\""
)]
pub struct AdminArgs {
    #[command(subcommand)]
    command: AdminCommand,
}

#[derive(Debug, Subcommand)]
enum AdminCommand {
    /// Make a workspace: a customer with its own users, people and sessions.
    CreateWorkspace {
        /// The organisation's name, as participants see it.
        name: String,
    },
    /// Make a user who owns a workspace.
    CreateOwner(OwnerArgs),
    /// Set a new password for somebody who has forgotten theirs, and sign them out everywhere.
    ResetPassword(ResetArgs),
    /// Say what a workspace has paid for: with `basic` nobody in it sees sessions, and what there is stays.
    SetPlan(PlanArgs),
    /// Print a code for the first run, which makes the first workspace and its owner over HTTP.
    SetupCode,
}

#[derive(Debug, Args)]
struct OwnerArgs {
    /// The address to sign in by.
    #[arg(long)]
    email: String,
    /// Full name; else the address up to its @.
    #[arg(long)]
    name: Option<String>,
    /// The workspace's name or id; needed where there are several.
    #[arg(long)]
    workspace: Option<String>,
    /// Read the password from standard input; else one is generated, and printed this once.
    #[arg(long)]
    password_stdin: bool,
}

#[derive(Debug, Args)]
struct ResetArgs {
    /// The address that they sign in by.
    #[arg(long)]
    email: String,
    /// Read the password from standard input; else one is generated, and printed this once.
    #[arg(long)]
    password_stdin: bool,
}

#[derive(Debug, Args)]
struct PlanArgs {
    /// What it has paid for.
    plan: Paid,
    /// The workspace's name or id; needed where there are several.
    #[arg(long)]
    workspace: Option<String>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Paid {
    /// Everything but sessions.
    Basic,
    /// Sessions too.
    Sessions,
}

/// Does it.
///
/// # Errors
/// What is wrong with the arguments, or the database.
pub async fn admin(config: &Config, args: AdminArgs) -> anyhow::Result<()> {
    let store = Store::connect(&config.database_url)
        .await?
        .by(Author::operator(unix_ms()));
    let done = match args.command {
        AdminCommand::CreateWorkspace { name } => create_workspace(&store, &name).await,
        AdminCommand::CreateOwner(args) => {
            let given = if args.password_stdin {
                Some(read_password()?)
            } else {
                None
            };
            create_owner(&store, &args, given).await
        }
        AdminCommand::ResetPassword(args) => {
            let given = if args.password_stdin {
                Some(read_password()?)
            } else {
                None
            };
            reset_password(&store, &args, given).await
        }
        AdminCommand::SetPlan(args) => set_plan(&store, &args).await,
        AdminCommand::SetupCode => setup_code(&store).await,
    };
    store.close().await;
    println!("{}", done?);
    Ok(())
}

fn read_password() -> anyhow::Result<Pii> {
    let mut line = String::new();
    std::io::stdin()
        .read_line(&mut line)
        .context("the password cannot be read")?;
    Ok(Pii::new(line.trim_end_matches(['\r', '\n'])))
}

async fn setup_code(store: &Store) -> anyhow::Result<String> {
    match store.setup_codes().mint(unix_ms()).await? {
        Some(code) => Ok(code.expose().to_owned()),
        None => bail!("this installation has an owner: sign in, or make another one by create-owner"),
    }
}

async fn create_workspace(store: &Store, name: &str) -> anyhow::Result<String> {
    let name = name.trim();
    if name.is_empty() {
        bail!("a workspace needs a name");
    }
    if store.workspaces().by_name(name).await?.is_some() {
        bail!("there is a workspace {name:?} already");
    }
    let workspace = store.workspaces().create(name, None, unix_ms()).await?;
    Ok(format!("Workspace {name:?} is made: {}", workspace.id))
}

async fn set_plan(store: &Store, args: &PlanArgs) -> anyhow::Result<String> {
    let workspace = choose(store, args.workspace.as_deref()).await?;
    let (plan, word) = match args.plan {
        Paid::Basic => (Plan::Basic, "basic"),
        Paid::Sessions => (Plan::Sessions, "sessions"),
    };
    store.workspaces().set_plan(workspace.id, plan).await?;
    Ok(format!(
        "The plan of {:?} is {word}, from its people's next page on.",
        workspace.name
    ))
}

/// Makes the owner, and says what to tell them.
async fn create_owner(store: &Store, args: &OwnerArgs, given: Option<Pii>) -> anyhow::Result<String> {
    let address = crate::admin::input::email(&args.email.as_str().into());
    let Ok(email) = address else {
        bail!("--email is no e-mail address, such as ada@example.com");
    };
    let local = email.expose().split('@').next().unwrap_or_default();
    let name = args.name.as_deref().unwrap_or(local).trim();
    if name.is_empty() {
        bail!("--name is empty");
    }
    let workspace = choose(store, args.workspace.as_deref()).await?;
    let password = given.clone().unwrap_or_else(generate);
    if let Some(weakness) = weakness(&password) {
        bail!("{weakness}");
    }
    let Ok(hash) = hash(&password) else {
        bail!("the password cannot be hashed");
    };
    let new = NewUser {
        email: email.clone(),
        name: name.into(),
        role: Role::Owner,
        password: hash,
    };
    match store.users().create(workspace.id, &new, unix_ms()).await {
        Err(StoreError::UserTaken) => bail!("somebody signs in by this address already"),
        created => created?,
    };
    let shown = match given {
        Some(_) => String::new(),
        None => format!("\nPassword, shown this once: {}", password.expose()),
    };
    Ok(format!("{} owns {:?}.{shown}", email.expose(), workspace.name))
}

/// Sets somebody's password, and says what to tell them.
async fn reset_password(store: &Store, args: &ResetArgs, given: Option<Pii>) -> anyhow::Result<String> {
    let found = store.users().credentials(&args.email.as_str().into()).await?;
    let Some((user, _)) = found else {
        bail!("nobody signs in by this address");
    };
    let password = given.clone().unwrap_or_else(generate);
    if let Some(weakness) = weakness(&password) {
        bail!("{weakness}");
    }
    let Ok(hash) = hash(&password) else {
        bail!("the password cannot be hashed");
    };
    store.users().reset_password(user.id, &hash, unix_ms()).await?;
    let shown = match given {
        Some(_) => String::new(),
        None => format!("\nPassword, shown this once: {}", password.expose()),
    };
    let email = user.email.expose();
    Ok(format!(
        "{email} has a new password, and is signed out everywhere; their API tokens are revoked.{shown}"
    ))
}

async fn choose(store: &Store, wanted: Option<&str>) -> anyhow::Result<Workspace> {
    let all = store.workspaces().all().await?;
    let names = || {
        all.iter()
            .map(|w| format!("{:?} ({})", w.name, w.id))
            .collect::<Vec<_>>()
            .join(", ")
    };
    let matching: Vec<&Workspace> = match wanted {
        Some(wanted) => all
            .iter()
            .filter(|w| w.name == wanted || w.id.to_string() == wanted)
            .collect(),
        None => all.iter().collect(),
    };
    match matching.as_slice() {
        [one] => Ok((*one).clone()),
        _ if all.is_empty() => bail!("there is no workspace; make one: colloquy admin create-workspace NAME"),
        [] => bail!("there is no such workspace; there are {}", names()),
        _ => bail!("say which workspace by --workspace and its id; there are {}", names()),
    }
}

#[cfg(test)]
mod tests {
    use colloquy_store::testing::Database;

    use super::*;

    fn owner(email: &str, workspace: Option<&str>) -> OwnerArgs {
        OwnerArgs {
            email: email.to_owned(),
            name: None,
            workspace: workspace.map(str::to_owned),
            password_stdin: false,
        }
    }

    #[tokio::test]
    async fn an_owner_is_made_in_the_workspace_that_is_meant() {
        let db = Database::sqlite().await;
        let store = &db.store().by(Author::operator(unix_ms()));
        let code = setup_code(store).await.unwrap();
        assert!(store.setup_codes().admits(&code, unix_ms()).await.unwrap());
        let refused = create_owner(store, &owner("ada@h.example", None), None)
            .await
            .unwrap_err();
        assert!(refused.to_string().contains("create-workspace"), "{refused}");
        create_workspace(store, "Harbour").await.unwrap();
        assert!(create_workspace(store, "Harbour").await.is_err());
        let said = create_owner(store, &owner("Ada@h.example", None), None).await.unwrap();
        assert!(said.starts_with("ada@h.example owns \"Harbour\".\nPassword"), "{said}");
        assert!(create_owner(store, &owner("ada@h.example", None), None).await.is_err());
        create_workspace(store, "Mill").await.unwrap();
        let refused = create_owner(store, &owner("ben@h.example", None), None)
            .await
            .unwrap_err();
        assert!(refused.to_string().contains("--workspace"), "{refused}");
        let (user, _) = store
            .users()
            .credentials(&"ada@h.example".into())
            .await
            .unwrap()
            .unwrap();
        assert_eq!((user.role, user.name.expose()), (Role::Owner, "ada"));
        let weak = create_owner(store, &owner("ben@h.example", Some("Mill")), Some("short".into())).await;
        assert!(weak.is_err());
        let given = Some("a password of mine".into());
        let said = create_owner(store, &owner("ben@h.example", Some("Mill")), given)
            .await
            .unwrap();
        assert_eq!(said, "ben@h.example owns \"Mill\".", "a given password is not repeated");
        let login = store.logins().begin(user.id, unix_ms()).await.unwrap();
        let reset = |email: &str| ResetArgs {
            email: email.to_owned(),
            password_stdin: false,
        };
        let said = reset_password(store, &reset("ADA@h.example"), None).await.unwrap();
        assert!(said.starts_with("ada@h.example has a new password"), "{said}");
        assert!(said.contains("shown this once: "), "{said}");
        assert!(reset_password(store, &reset("nobody@h.example"), None).await.is_err());
        let signed_in = store.logins().who(login.expose(), unix_ms()).await.unwrap();
        assert!(signed_in.is_none(), "they are signed out");
        let plan = |workspace: Option<&str>| PlanArgs {
            plan: Paid::Basic,
            workspace: workspace.map(str::to_owned),
        };
        assert!(set_plan(store, &plan(None)).await.is_err(), "there are two");
        set_plan(store, &plan(Some("Mill"))).await.unwrap();
        let plans: Vec<Plan> = store
            .workspaces()
            .all()
            .await
            .unwrap()
            .iter()
            .map(|one| one.plan)
            .collect();
        assert_eq!(plans, [Plan::Sessions, Plan::Basic]);
        let deeds = store.audit().of_workspace(user.workspace, None, 9).await.unwrap();
        let made = |deed: &&colloquy_store::Deed| ["workspace.create", "user.create"].contains(&deed.deed.as_str());
        let deeds: Vec<_> = deeds.iter().filter(made).collect();
        assert_eq!(deeds.len(), 2);
        assert!(deeds.iter().all(|deed| deed.user_id.is_none()));
        assert!(setup_code(store).await.is_err(), "there is nothing to set up");
        db.remove().await;
    }
}
