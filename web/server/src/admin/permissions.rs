//! Who may do what: one table for the API, for what the console shows, and for the documentation (`ARCHITECTURE.md` has it
//! as [`markdown`] prints it; a test compares them).

use colloquy_store::{Plan, Role, Scope};
use serde::Serialize;

use super::problem::Problem;

/// Something that not everybody may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// See oneself, the workspace, and what one may do.
    SeeOneself,
    /// Change one's password, make and revoke one's own API tokens, sign out everywhere.
    KeepKeys,
    /// See who else works here.
    SeeColleagues,
    /// Add somebody, or change what they are, up to one's own role.
    KeepColleagues,
    /// Read the audit log.
    ReadAudit,
    /// See sessions, their topics, and the library.
    ReadSessions,
    /// Create, edit, clone, open, close and delete sessions.
    EditSessions,
    /// See who is invited and how far they are, and look people up.
    SeeInvitations,
    /// Invite people, extend and revoke invitations, draw links.
    Invite,
    /// Export and erase everything about one person.
    KeepPeople,
    /// Follow conversations as they are held.
    Watch,
    /// Read what was heard in sessions, and of identified ones what single people said.
    ReadInsights,
    /// Rename, merge and hide themes, and write a summary's words.
    EditInsights,
    /// See how well interviews were held: of identified sessions each one, of confidential ones all together.
    ReadQuality,
    /// Change what all sessions of the workspace have alike.
    KeepWorkspace,
}

/// All roles, the most powerful first.
pub const ROLES: [Role; 4] = [Role::Owner, Role::Admin, Role::Analyst, Role::Viewer];

/// Who may do one thing.
struct Rule {
    action: Action,
    /// In the documentation's words.
    what: &'static str,
    roles: &'static [Role],
    /// Whether the workspace's plan must have sessions.
    sessions: bool,
    /// What an API token needs; `None`: no API token may, people must sign in.
    scope: Option<Scope>,
}

#[rustfmt::skip]
const RULES: [Rule; 15] = {
    use Role::{Admin, Analyst, Owner, Viewer};
    use Scope::{Read, Write};
    [
        Rule { action: Action::SeeOneself, what: "See oneself, the workspace, and what one may do",
            roles: &[Owner, Admin, Analyst, Viewer], sessions: false, scope: Some(Read) },
        Rule { action: Action::KeepKeys, what: "Change one's password, make and revoke one's own API tokens, sign out everywhere",
            roles: &[Owner, Admin, Analyst, Viewer], sessions: false, scope: None },
        Rule { action: Action::SeeColleagues, what: "See who else works here",
            roles: &[Owner, Admin, Analyst, Viewer], sessions: false, scope: Some(Read) },
        Rule { action: Action::KeepColleagues, what: "Add and remove colleagues and change their roles, up to one's own role",
            roles: &[Owner, Admin], sessions: false, scope: None },
        Rule { action: Action::ReadAudit, what: "Read the audit log",
            roles: &[Owner], sessions: false, scope: Some(Read) },
        Rule { action: Action::ReadSessions, what: "See sessions, their topics, and the library",
            roles: &[Owner, Admin, Analyst], sessions: true, scope: Some(Read) },
        Rule { action: Action::EditSessions, what: "Create, edit, clone, open, close and delete sessions",
            roles: &[Owner, Admin], sessions: true, scope: Some(Write) },
        Rule { action: Action::SeeInvitations, what: "See who is invited and how far they are, and look people up",
            roles: &[Owner, Admin], sessions: true, scope: Some(Read) },
        Rule { action: Action::Invite, what: "Invite people, extend and revoke invitations, draw links",
            roles: &[Owner, Admin], sessions: true, scope: Some(Write) },
        Rule { action: Action::KeepPeople, what: "Export and erase everything about one person",
            roles: &[Owner, Admin], sessions: false, scope: None },
        Rule { action: Action::Watch, what: "Follow conversations as they are held; of confidential ones only where they stand",
            roles: &[Owner, Admin], sessions: true, scope: Some(Read) },
        Rule { action: Action::ReadInsights, what: "Read insights, and in identified sessions the conversations that they lead to",
            roles: &[Owner, Admin, Analyst], sessions: true, scope: Some(Read) },
        Rule { action: Action::EditInsights, what: "Rename, merge and hide themes, and write a summary's words",
            roles: &[Owner, Admin], sessions: true, scope: Some(Write) },
        Rule { action: Action::ReadQuality, what: "See how well interviews were held; of confidential sessions all together",
            roles: &[Owner, Admin, Analyst], sessions: true, scope: Some(Read) },
        Rule { action: Action::KeepWorkspace, what: "Change the workspace's name and help contact and, signed in, how long things are kept",
            roles: &[Owner, Admin], sessions: false, scope: Some(Write) },
    ]
};

impl Action {
    /// All of them, in the table's order.
    pub const ALL: [Self; RULES.len()] = {
        let mut all = [Self::SeeOneself; RULES.len()];
        let mut at = 0;
        while at < RULES.len() {
            all[at] = RULES[at].action;
            at += 1;
        }
        all
    };
}

/// Whether a role in a workspace of that plan may do `action`. `key`: the scope of the API token that asks, if one does.
///
/// # Errors
/// 403 with the reason: `role_lacks_permission`, `plan_lacks_sessions`, `token_lacks_scope` or `login_required`.
pub(crate) fn may(role: Role, plan: Plan, key: Option<Scope>, action: Action) -> Result<(), Problem> {
    // A test sees to it that every action has its rule; one without would be nobody's.
    let Some(rule) = RULES.iter().find(|rule| rule.action == action) else {
        return Err(Problem::forbidden("role_lacks_permission", "Nobody may do this."));
    };
    if !rule.roles.contains(&role) {
        let detail = format!("Your role may not do this: {}.", rule.what);
        return Err(Problem::forbidden("role_lacks_permission", detail));
    }
    if rule.sessions && plan != Plan::Sessions {
        let detail = "The plan of your workspace has no sessions.";
        return Err(Problem::forbidden("plan_lacks_sessions", detail));
    }
    match (key, rule.scope) {
        (None, _) | (Some(Scope::Write), Some(_)) | (Some(Scope::Read), Some(Scope::Read)) => Ok(()),
        (Some(Scope::Read), Some(Scope::Write)) => {
            let detail = "This API token is for reading only.";
            Err(Problem::forbidden("token_lacks_scope", detail))
        }
        (Some(_), None) => {
            let detail = "No API token may do this: sign in.";
            Err(Problem::forbidden("login_required", detail))
        }
    }
}

/// What a role in a workspace of that plan may do, by the API token of that scope or signed in.
pub(crate) fn all(role: Role, plan: Plan, key: Option<Scope>) -> Vec<Action> {
    let allowed = |action: &Action| may(role, plan, key, *action).is_ok();
    Action::ALL.into_iter().filter(allowed).collect()
}

/// The table as it stands in the documentation.
#[must_use]
pub fn markdown() -> String {
    let mut table =
        "| what | owner | admin | analyst | viewer | plan | API token |\n| --- | --- | --- | --- | --- | --- | --- |\n"
            .to_owned();
    for rule in &RULES {
        let roles = ROLES.map(|role| if rule.roles.contains(&role) { "yes" } else { "–" });
        let plan = if rule.sessions { "sessions" } else { "any" };
        let scope = match rule.scope {
            Some(Scope::Read) => "any",
            Some(Scope::Write) => "write",
            None => "–",
        };
        table += &format!("| {} | {} | {plan} | {scope} |\n", rule.what, roles.join(" | "));
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documentation_has_the_table() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../ARCHITECTURE.md");
        let text = std::fs::read_to_string(path).unwrap();
        assert!(
            text.contains(&markdown()),
            "put this into ARCHITECTURE.md:\n{}",
            markdown()
        );
    }

    #[test]
    fn sessions_need_the_plan_and_the_role_and_the_tokens_scope() {
        let code = |role, plan, key, action| {
            may(role, plan, key, action).map_err(|problem| {
                let problem = serde_json::to_value(&problem).unwrap();
                problem["code"].as_str().unwrap().to_owned()
            })
        };
        let (full, basic) = (Plan::Sessions, Plan::Basic);
        assert_eq!(code(Role::Admin, full, None, Action::EditSessions), Ok(()));
        assert_eq!(
            code(Role::Admin, full, Some(Scope::Write), Action::EditSessions),
            Ok(())
        );
        let refused = |why: &str| Err(why.to_owned());
        assert_eq!(
            code(Role::Owner, basic, None, Action::ReadSessions),
            refused("plan_lacks_sessions")
        );
        assert_eq!(
            code(Role::Viewer, full, None, Action::ReadSessions),
            refused("role_lacks_permission")
        );
        assert_eq!(
            code(Role::Analyst, full, None, Action::EditSessions),
            refused("role_lacks_permission")
        );
        assert_eq!(
            code(Role::Owner, full, Some(Scope::Read), Action::EditSessions),
            refused("token_lacks_scope")
        );
        assert_eq!(
            code(Role::Owner, full, Some(Scope::Write), Action::KeepKeys),
            refused("login_required")
        );
        assert_eq!(
            all(Role::Viewer, basic, Some(Scope::Read)),
            [Action::SeeOneself, Action::SeeColleagues]
        );
    }
}
