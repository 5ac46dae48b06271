//! Which engines a report's conversations were read by.

use std::collections::BTreeMap;

use colloquy_core::id::ConversationId;
use colloquy_core::insights::CoderVersion;
use colloquy_core::insights::publish::Published;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// An engine, and how many of a report's conversations were read by it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ReadBy {
    /// Which one.
    pub coder: CoderVersion,
    /// How many; `None` where that is not told: of a confidential session it would tell of single people.
    pub conversations: Option<u32>,
}

/// Who read what `published` is made of: `codings` are the session's, `counted` the conversations that were looked at, `before` who
/// had read those that were published earlier.
pub(super) fn readers(
    published: &Published,
    codings: &[(Uuid, String, i32)],
    counted: &[ConversationId],
    before: Vec<ReadBy>,
) -> Vec<ReadBy> {
    let mut counts: BTreeMap<CoderVersion, u32> = BTreeMap::new();
    for (conversation, name, version) in codings {
        if counted.iter().any(|id| id.0 == *conversation) {
            let coder = CoderVersion {
                name: name.clone(),
                version: version.unsigned_abs(),
            };
            *counts.entry(coder).or_default() += 1;
        }
    }
    let told = matches!(published, Published::Identified { .. });
    if !told {
        // What was published earlier stays as it was counted.
        for earlier in before {
            counts.entry(earlier.coder).or_default();
        }
    }
    let read_by = |(coder, conversations)| ReadBy {
        coder,
        conversations: told.then_some(conversations),
    };
    counts.into_iter().map(read_by).collect()
}
