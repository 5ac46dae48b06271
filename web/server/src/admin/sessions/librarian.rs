//! Finds what the library has for a goal.

use std::fmt;
use std::sync::Arc;

use colloquy_core::guide::bank::{Bank, Composition};
use colloquy_core::insights::Meaning;
use colloquy_core::ports::Embedder;
use tokio::sync::Mutex;
use tracing::error;

use crate::admin::problem::Problem;

/// Loads what tells how close texts are in meaning.
pub type LoadEmbedder = Box<dyn Fn() -> anyhow::Result<Box<dyn Embedder>> + Send + Sync>;

/// A model of meaning, and the library as it places it.
type Placed = (Box<dyn Embedder>, Bank);

/// Finds what the library has for a goal. The library is placed when it is first asked.
pub(in crate::admin) struct Librarian {
    load: Arc<LoadEmbedder>,
    /// One goal at a time: each takes a core for some 10 ms.
    placed: Arc<Mutex<Option<Placed>>>,
}

impl Librarian {
    pub(in crate::admin) fn new(load: LoadEmbedder) -> Self {
        Self {
            load: Arc::new(load),
            placed: Arc::default(),
        }
    }

    /// What the library has for this goal.
    ///
    /// # Errors
    /// 500 where the model is missing; the log says what mends it.
    pub(super) async fn compose(&self, goal: String) -> Result<Composition, Problem> {
        let mut placed = Arc::clone(&self.placed).lock_owned().await;
        let load = Arc::clone(&self.load);
        let found = tokio::task::spawn_blocking(move || -> anyhow::Result<Option<Composition>> {
            let (embedder, bank) = ready(&mut placed, &load)?;
            Ok(bank.compose(&embedder.embed(&goal)?))
        });
        match found.await {
            Ok(Ok(Some(composition))) => Ok(composition),
            Ok(Ok(None)) => {
                error!("the library is empty");
                Err(Problem::internal())
            }
            Ok(Err(error)) => {
                error!(
                    error = format!("{error:#}"),
                    "a goal cannot be compared with the library"
                );
                Err(Problem::internal())
            }
            Err(_) => Err(Problem::internal()),
        }
    }
}

impl Librarian {
    /// Where these texts stand in meaning.
    ///
    /// # Errors
    /// 500 where the model is missing; the log says what mends it.
    pub(in crate::admin) async fn place(&self, texts: Vec<String>) -> Result<Vec<Meaning>, Problem> {
        let mut placed = Arc::clone(&self.placed).lock_owned().await;
        let load = Arc::clone(&self.load);
        let found = tokio::task::spawn_blocking(move || -> anyhow::Result<Vec<Meaning>> {
            let (embedder, _) = ready(&mut placed, &load)?;
            let place = |text: &String| Ok(Meaning::of(&embedder.embed(text)?));
            texts.iter().map(place).collect()
        });
        match found.await {
            Ok(Ok(meanings)) => Ok(meanings),
            Ok(Err(error)) => {
                error!(error = format!("{error:#}"), "texts cannot be compared by meaning");
                Err(Problem::internal())
            }
            Err(_) => Err(Problem::internal()),
        }
    }
}

/// The model and the library, loaded where they are not.
fn ready<'p>(placed: &'p mut Option<Placed>, load: &LoadEmbedder) -> anyhow::Result<&'p mut Placed> {
    Ok(match placed {
        Some(placed) => placed,
        none => {
            let mut embedder = load()?;
            let bank = Bank::place(&mut *embedder)?;
            none.insert((embedder, bank))
        }
    })
}

impl Default for Librarian {
    fn default() -> Self {
        Self::new(Box::new(|| anyhow::bail!("this program has no model of meaning")))
    }
}

impl fmt::Debug for Librarian {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Librarian")
    }
}
