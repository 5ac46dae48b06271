//! Finding people by the beginnings of words, for the field in which somebody is invited. Every word by which a person may be
//! sought is a row, so that an index finds it on either database.

use std::collections::BTreeMap;

use colloquy_core::id::WorkspaceId;
use sqlx::AssertSqlSafe;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::{People, Person, Row};
use crate::error::StoreError;
use crate::pool::{Link, on};

/// Words of a search that are heeded; who types more has found their person long before.
const WORDS_MAX: usize = 4;
/// Characters of a word that are kept and heeded.
const WORD_CHARS_MAX: usize = 40;
/// Comes after every other character.
const LAST: char = char::MAX;

/// How well a word tells a person: less is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Name = 0,
    Email = 1,
    Place = 2,
}

impl People<'_> {
    /// People of a workspace with a word that begins so, for each word of `text`: of the name, the address, the role or the
    /// department; whatever their case and accents. Whole words go before beginnings, names before addresses, those before roles
    /// and departments. At most `limit`; none where `text` has no word.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn search(&self, workspace: WorkspaceId, text: &str, limit: u32) -> Result<Vec<Person>, StoreError> {
        let with_end = |word: String| (word.clone(), format!("{word}{LAST}"));
        let sought: Vec<(String, String)> = words(text).take(WORDS_MAX).map(with_end).collect();
        if sought.is_empty() {
            return Ok(Vec::new());
        }
        let sql = statement(sought.len());
        let mut reader = self.0.read().await?;
        let rows: Vec<Row> = on!(&mut reader.link(), conn => {
            let mut query = sqlx::query_as(AssertSqlSafe(sql)).bind(workspace.0).bind(i64::from(limit));
            for (word, end) in &sought {
                query = query.bind(word).bind(end);
            }
            query.fetch_all(conn).await
        })?;
        Ok(rows.into_iter().map(Row::into_person).collect())
    }
}

/// The search for so many words: `$1` workspace, `$2` limit, then a word and where its range ends, for each.
fn statement(words: usize) -> String {
    let found = |n: usize| {
        let (word, end) = (2 * n + 3, 2 * n + 4);
        format!(
            "(SELECT person, MIN(kind * 2 + CASE WHEN word = ${word} THEN 0 ELSE 1 END) AS distance FROM person_words
              WHERE workspace = $1 AND word >= ${word} AND word < ${end} GROUP BY person) f{n}"
        )
    };
    let joined: String = (1..words)
        .map(|n| format!(" JOIN {} ON f{n}.person = f0.person", found(n)))
        .collect();
    let distance: Vec<String> = (0..words).map(|n| format!("f{n}.distance")).collect();
    format!(
        "SELECT people.* FROM {} {joined} JOIN people ON people.id = f0.person
         ORDER BY {}, people.name, people.id LIMIT $2",
        found(0),
        distance.join(" + "),
    )
}

/// Writes down by which words somebody is found, in place of those by which they were.
pub(super) async fn index(link: &mut Link<'_>, person: &Person) -> Result<(), StoreError> {
    on!(&mut *link, conn => {
        sqlx::query("DELETE FROM person_words WHERE person = $1").bind(person.id.0).execute(conn).await.map(drop)
    })?;
    for (word, kind) in words_of(person) {
        on!(&mut *link, conn => {
            sqlx::query("INSERT INTO person_words (workspace, word, person, kind) VALUES ($1, $2, $3, $4)")
                .bind(person.workspace.0).bind(&word).bind(person.id.0).bind(kind as i32)
                .execute(conn).await.map(drop)
        })?;
    }
    Ok(())
}

/// Every word by which somebody may be sought, and the best that it tells.
fn words_of(person: &Person) -> BTreeMap<String, Kind> {
    let places = [&person.role, &person.department].into_iter().flatten();
    let told = words(person.name.expose())
        .map(|word| (word, Kind::Name))
        .chain(words(person.email.expose()).map(|word| (word, Kind::Email)))
        .chain(places.flat_map(|place| words(place)).map(|word| (word, Kind::Place)));
    let mut best = BTreeMap::new();
    for (word, kind) in told {
        best.entry(word)
            .and_modify(|known: &mut Kind| *known = (*known).min(kind))
            .or_insert(kind);
    }
    best
}

/// The words of a text, in lower case and without accents; of an address, what stands between its signs.
fn words(text: &str) -> impl Iterator<Item = String> {
    let plain = text.nfd().filter(|c| !is_combining_mark(*c));
    let plain: String = plain.flat_map(char::to_lowercase).collect();
    let words = plain.split(|c: char| !c.is_alphanumeric());
    let cut = words.map(|word| word.chars().take(WORD_CHARS_MAX).collect());
    cut.filter(|word: &String| !word.is_empty())
        .collect::<Vec<_>>()
        .into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_have_neither_case_nor_accents() {
        let found: Vec<String> = words("Müller-Lüdenscheidt, Jose\u{301}  (Ward 3)").collect();
        assert_eq!(found, ["muller", "ludenscheidt", "jose", "ward", "3"]);
        assert_eq!(words(" ,. ").next(), None);
    }
}
