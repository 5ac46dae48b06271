//! What the pages know of the wire, made from the code that speaks it: the participant's TypeScript types
//! (`web/ui/src/wire/types.ts`), and the description of `/api/v1` (`web/ui/src/wire/openapi.json`), from which the console's
//! types are made.
//!
//! The tests fail where those files differ from the code; `WRITE_TYPES=1 cargo test -p colloquy page_types` writes them anew.

use std::collections::BTreeMap;

use colloquy_transport::proto::{ClientEvent, ServerEvent};
use ts_rs::{Config, TS, TypeVisitor};

use crate::participant::client_secret::ClientSecret;
use crate::participant::consent::ConsentBody;
use crate::participant::copy::Copy;
use crate::participant::quotable::QuotableBody;
use crate::participant::show::Shown;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../ui/src/wire/types.ts");
const DESCRIPTION: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../ui/src/wire/openapi.json");
const HEAD: &str = "/** Made from the server's structs by `web/server/src/page_types.rs`; not to be edited. */\n";

/// Declarations by name.
struct Types {
    config: Config,
    found: BTreeMap<String, String>,
}

impl TypeVisitor for Types {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        // Numbers, strings and lists have no declaration of their own.
        if T::output_path().is_none() {
            return T::visit_generics(self);
        }
        let docs = T::docs().unwrap_or_default();
        let declaration = format!("{docs}export {}\n", T::decl(&self.config));
        let name = T::ident(&self.config);
        let shape = |declaration: &str| declaration.split_once("export ").map(|(_, shape)| shape.to_owned());
        match self.found.insert(name.clone(), declaration.clone()) {
            None => T::visit_dependencies(self),
            Some(other) => assert_eq!(
                shape(&other),
                shape(&declaration),
                "two types are called {name} on the wire"
            ),
        }
    }
}

fn typescript() -> String {
    let mut types = Types {
        // Milliseconds and counts stay far below 2^53.
        config: Config::new().with_large_int("number"),
        found: BTreeMap::new(),
    };
    types.visit::<Shown>();
    types.visit::<ConsentBody>();
    types.visit::<ClientSecret>();
    types.visit::<Copy>();
    types.visit::<QuotableBody>();
    types.visit::<ClientEvent>();
    types.visit::<ServerEvent>();
    let declarations: Vec<String> = types.found.into_values().collect();
    let text = format!("{HEAD}\n{}", declarations.join("\n"));
    text.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

/// Writes the file where that is asked for, and says whether it is as it was made.
fn kept(file: &str, made: &str) -> bool {
    if std::env::var_os("WRITE_TYPES").is_some() {
        std::fs::write(file, made).unwrap();
    }
    std::fs::read_to_string(file).unwrap_or_default() == made
}

#[test]
fn the_pages_types_are_those_of_the_wire() {
    assert!(
        kept(FILE, &typescript()),
        "web/ui/src/wire/types.ts differs from the structs: WRITE_TYPES=1 cargo test -p colloquy page_types"
    );
}

#[test]
fn the_consoles_description_is_that_of_the_api() {
    let made = serde_json::to_string_pretty(&crate::admin::description()).unwrap() + "\n";
    assert!(
        kept(DESCRIPTION, &made),
        "web/ui/src/wire/openapi.json differs from the API: WRITE_TYPES=1 cargo test -p colloquy page_types, then make \
         the console's types anew (web/ui: npm run types)"
    );
}
