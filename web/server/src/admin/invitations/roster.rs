//! Reads a list of people out of a CSV file, as spreadsheets write them: with whatever encoding, separator and headings.

use std::collections::HashSet;

use colloquy_core::pii::Pii;
use csv::{ReaderBuilder, StringRecord};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use serde::Serialize;
use utoipa::ToSchema;

use super::create::NAME_MAX;
use crate::admin::input::{email, line};
use crate::admin::problem::Problem;

/// People in a file, and lines that are wrong: more would be shown by no page and read by nobody.
pub(super) const LINES_MAX: usize = 10_000;
/// What columns are called, in lower case and without signs.
const EMAIL: &[&str] = &["email", "emailaddress", "mail", "mailaddress", "workemail", "address"];
const NAME: &[&str] = &["name", "fullname", "employee", "employeename", "person"];
const FIRST: &[&str] = &["firstname", "givenname", "forename"];
const LAST: &[&str] = &["lastname", "surname", "familyname"];
const ROLE: &[&str] = &["role", "jobtitle", "title", "position", "job"];
const DEPARTMENT: &[&str] = &["department", "dept", "team", "unit", "division"];

/// Somebody in the file.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Listed {
    /// In which line, from 1.
    pub(super) line: u64,
    /// Full name; where the file has no column for it, what stands before the address's @.
    #[schema(value_type = String)]
    pub(super) name: Pii,
    /// Address.
    #[schema(value_type = String, format = "email")]
    pub(super) email: Pii,
    /// Role, such as "Nurse".
    pub(super) role: Option<String>,
    /// Department, such as "Ward 3".
    pub(super) department: Option<String>,
}

/// A line that cannot be taken.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Wrong {
    /// Which one, from 1.
    pub(super) line: u64,
    /// What of it: `name`, `email`, `role` or `department`.
    pub(super) field: String,
    /// For people.
    pub(super) detail: String,
}

/// A line that is not needed.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Twice {
    /// Which one, from 1.
    pub(super) line: u64,
    /// Whom it names.
    #[schema(value_type = String, format = "email")]
    pub(super) email: Pii,
}

/// What a file says.
#[derive(Debug)]
pub(super) struct Roster {
    pub(super) people: Vec<Listed>,
    pub(super) wrong: Vec<Wrong>,
    pub(super) twice: Vec<Twice>,
    pub(super) encoding: &'static str,
    pub(super) separator: char,
}

/// Which column holds what.
#[derive(Debug, PartialEq, Eq)]
struct Columns {
    email: usize,
    /// One, or first and last name.
    name: Vec<usize>,
    role: Option<usize>,
    department: Option<usize>,
}

/// Reads a file.
///
/// # Errors
/// 422 `invalid_csv` where it is no list of people at all.
pub(super) fn read(bytes: &[u8]) -> Result<Roster, Problem> {
    let (text, encoding) = decoded(bytes);
    let separator = separator(&text);
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator)
        .from_reader(text.as_bytes());
    let mut records = reader
        .records()
        .filter_map(Result::ok)
        .filter(|record| record.iter().any(|cell| !cell.trim().is_empty()))
        .peekable();
    let first = records.peek().ok_or_else(|| no_list("The file is empty."))?;
    let columns = match headed(first) {
        Some(columns) => {
            records.next();
            columns
        }
        None => bare(first)
            .ok_or_else(|| no_list("There is no column with e-mail addresses: give it the heading \"email\"."))?,
    };
    let mut roster = Roster {
        people: Vec::new(),
        wrong: Vec::new(),
        twice: Vec::new(),
        encoding,
        separator: char::from(separator),
    };
    let mut known = HashSet::new();
    let mut lines = Lines::of(&text);
    for (count, record) in records.enumerate() {
        if count >= LINES_MAX {
            let detail = format!("The file has more than {LINES_MAX} people. Split it.");
            return Err(no_list(&detail));
        }
        let line = lines.at(record.position().map_or(0, csv::Position::byte));
        match person(&record, &columns, line) {
            Ok(person) if known.insert(person.email.expose().to_owned()) => roster.people.push(person),
            Ok(person) => roster.twice.push(Twice {
                line,
                email: person.email,
            }),
            Err((field, detail)) => roster.wrong.push(Wrong { line, field, detail }),
        }
    }
    if roster.people.is_empty() && roster.wrong.is_empty() {
        return Err(no_list("The file has headings and nobody under them."));
    }
    Ok(roster)
}

/// Counts lines up to where records begin: the reader's own count leaves out empty lines before them.
struct Lines<'t> {
    text: &'t [u8],
    counted: usize,
    line: u64,
}

impl<'t> Lines<'t> {
    fn of(text: &'t str) -> Self {
        Self {
            text: text.as_bytes(),
            counted: 0,
            line: 1,
        }
    }

    /// The line of the first byte from `offset` on that ends none; offsets grow.
    fn at(&mut self, offset: u64) -> u64 {
        let offset = usize::try_from(offset).unwrap_or(usize::MAX);
        while let Some(byte) = self.text.get(self.counted)
            && (self.counted < offset || matches!(byte, b'\r' | b'\n'))
        {
            self.line += u64::from(*byte == b'\n');
            self.counted += 1;
        }
        self.line
    }
}

fn no_list(detail: &str) -> Problem {
    Problem::new(axum::http::StatusCode::UNPROCESSABLE_ENTITY, "invalid_csv", detail)
}

/// The text of a file, and what it is encoded in: what its first bytes say, else UTF-8 where it can be that, else what old
/// spreadsheets write.
fn decoded(bytes: &[u8]) -> (String, &'static str) {
    let encoding = match Encoding::for_bom(bytes) {
        Some((encoding, _)) => encoding,
        None => match bytes.iter().position(|byte| *byte == 0) {
            // No text has this character, but every second byte of UTF-16 in Latin letters is one.
            Some(at) if at % 2 == 1 => UTF_16LE,
            Some(_) => UTF_16BE,
            None if std::str::from_utf8(bytes).is_ok() => UTF_8,
            None => WINDOWS_1252,
        },
    };
    let (text, _, _) = encoding.decode(bytes);
    let name = match encoding {
        e if e == UTF_8 => "utf-8",
        e if e == WINDOWS_1252 => "windows-1252",
        _ => "utf-16",
    };
    (text.into_owned(), name)
}

/// What most often stands between the cells of the first line.
fn separator(text: &str) -> u8 {
    let line = text.trim_start().lines().next().unwrap_or_default();
    let count = |separator: &u8| {
        let mut quoted = false;
        let outside = |byte: &u8| {
            quoted ^= *byte == b'"';
            !quoted && byte == separator
        };
        line.as_bytes().iter().copied().filter(outside).count()
    };
    // Of equals the last one is taken: a comma.
    *b"\t;,".iter().max_by_key(|separator| count(separator)).unwrap_or(&b',')
}

/// The columns by their headings, if these are headings.
fn headed(record: &StringRecord) -> Option<Columns> {
    let headings: Vec<String> = record
        .iter()
        .map(|cell| {
            cell.chars()
                .filter(|c| c.is_alphanumeric())
                .flat_map(char::to_lowercase)
                .collect()
        })
        .collect();
    let find = |names: &[&str]| {
        names
            .iter()
            .find_map(|name| headings.iter().position(|heading| heading == name))
    };
    let name = match (find(NAME), find(FIRST), find(LAST)) {
        (Some(name), ..) => vec![name],
        (None, first, last) => [first, last].into_iter().flatten().collect(),
    };
    Some(Columns {
        email: find(EMAIL)?,
        name,
        role: find(ROLE),
        department: find(DEPARTMENT),
    })
}

/// The columns of a list without headings: an address, and a name before or after it.
fn bare(record: &StringRecord) -> Option<Columns> {
    let at = record.iter().position(|cell| email(&cell.into()).is_ok())?;
    let name = (0..record.len()).find(|column| *column != at);
    Some(Columns {
        email: at,
        name: name.into_iter().collect(),
        role: None,
        department: None,
    })
}

fn person(record: &StringRecord, columns: &Columns, at: u64) -> Result<Listed, (String, String)> {
    let cell = |column: usize| record.get(column).unwrap_or_default().trim();
    let email = email(&cell(columns.email).into()).map_err(told)?;
    let name = match columns.name.as_slice() {
        [] => email.expose().split('@').next().unwrap_or_default().to_owned(),
        columns => columns.iter().map(|column| cell(*column)).collect::<Vec<_>>().join(" "),
    };
    let place = |field: &str, column: Option<usize>| match column.map(cell) {
        None | Some("") => Ok(None),
        Some(text) => line(field, text, NAME_MAX).map(Some).map_err(told),
    };
    Ok(Listed {
        line: at,
        name: Pii::new(line("name", &name, NAME_MAX).map_err(told)?),
        email,
        role: place("role", columns.role)?,
        department: place("department", columns.department)?,
    })
}

fn told(problem: Problem) -> (String, String) {
    let (field, detail) = problem.of_field();
    (field.unwrap_or_default(), detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(roster: &Roster) -> Vec<(&str, &str)> {
        roster
            .people
            .iter()
            .map(|p| (p.name.expose(), p.email.expose()))
            .collect()
    }

    #[test]
    fn whatever_a_spreadsheet_writes_is_read() {
        let expected = [("Zoë Weir", "zoe@h.example"), ("Kim \"K\" Lee", "kim@h.example")];
        let text = "Full Name;E-Mail;Job title\r\nZoë Weir;Zoe@H.example;Nurse\r\n\r\n\"Kim \"\"K\"\" Lee\";kim@h.example;\r\n";
        let utf_16 = |little: bool| -> Vec<u8> {
            let units = text.encode_utf16();
            units
                .flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() })
                .collect()
        };
        let marked = [b"\xff\xfe".to_vec(), utf_16(true)].concat();
        let (latin, _, _) = WINDOWS_1252.encode(text);
        let files: [(Vec<u8>, &str); 6] = [
            (text.into(), "utf-8"),
            (format!("\u{feff}{text}").into(), "utf-8"),
            (marked, "utf-16"),
            (utf_16(true), "utf-16"),
            (utf_16(false), "utf-16"),
            (latin.into_owned(), "windows-1252"),
        ];
        for (file, encoding) in files {
            let roster = read(&file).unwrap();
            assert_eq!(
                (names(&roster), roster.encoding, roster.separator),
                (expected.to_vec(), encoding, ';')
            );
            assert_eq!((roster.people[0].line, roster.people[1].line), (2, 4));
            assert_eq!(
                (roster.people[0].role.as_deref(), &roster.people[1].role),
                (Some("Nurse"), &None)
            );
        }
    }

    #[test]
    fn headings_may_be_missing_and_names_in_two_columns() {
        let bare = read(b"Ada Lund,ada@h.example\nben@h.example,Ben").unwrap();
        assert_eq!(names(&bare), [("Ada Lund", "ada@h.example")]);
        assert_eq!((bare.wrong[0].line, bare.wrong[0].field.as_str()), (2, "email"));
        let two = read(b"email\tlast name\tfirst name\nada@h.example\tLund\tAda").unwrap();
        assert_eq!(names(&two), [("Ada Lund", "ada@h.example")]);
        let alone = read(b"email\nada.lund@h.example").unwrap();
        assert_eq!(names(&alone), [("ada.lund", "ada.lund@h.example")]);
    }

    #[test]
    fn each_wrong_line_is_told_with_its_field_and_others_are_taken() {
        let long = "x".repeat(121);
        let text = format!(
            "name,email,team\nAda,ada@h.example,\n,b@h.example,\nC,not an address,\nD,d@h.example,{long}\nE,ADA@h.example,\n\"F\nf,f@h.example,\n"
        );
        let roster = read(text.as_bytes()).unwrap();
        assert_eq!(names(&roster), [("Ada", "ada@h.example")]);
        let wrong: Vec<_> = roster
            .wrong
            .iter()
            .map(|wrong| (wrong.line, wrong.field.as_str()))
            .collect();
        assert_eq!(wrong, [(3, "name"), (4, "email"), (5, "department"), (7, "email")]);
        assert_eq!(roster.twice.iter().map(|twice| twice.line).collect::<Vec<_>>(), [6]);
    }

    #[test]
    fn what_is_no_list_of_people_is_refused_as_a_whole() {
        let many = "a@h.example\n".repeat(LINES_MAX + 2);
        for none in [
            "",
            "\n \n",
            "name,team\nAda,North\n",
            "name,email\n",
            "%PDF-1.4 \u{1}",
            &many,
        ] {
            let problem = read(none.as_bytes()).unwrap_err();
            assert_eq!(problem.code(), "invalid_csv", "{none:.20}");
        }
    }
}
