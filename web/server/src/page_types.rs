//! The pages' TypeScript types, made from the structs that go over the wire: `web/ui/src/wire/types.ts`.
//!
//! The test fails where that file differs from the structs; `WRITE_TYPES=1 cargo test -p colloquy page_types` writes
//! it anew.

use std::collections::BTreeMap;

use colloquy_transport::proto::{ClientEvent, ServerEvent};
use ts_rs::{Config, TS, TypeVisitor};

use crate::participant::client_secret::ClientSecret;
use crate::participant::consent::ConsentBody;
use crate::participant::copy::Copy;
use crate::participant::quotable::QuotableBody;
use crate::participant::show::Shown;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../ui/src/wire/types.ts");
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

#[test]
fn the_pages_types_are_those_of_the_wire() {
    let made = typescript();
    if std::env::var_os("WRITE_TYPES").is_some() {
        std::fs::write(FILE, &made).unwrap();
    }
    let committed = std::fs::read_to_string(FILE).unwrap_or_default();
    assert!(
        made == committed,
        "web/ui/src/wire/types.ts differs from the structs: WRITE_TYPES=1 cargo test -p colloquy page_types"
    );
}
