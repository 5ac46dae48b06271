//! What nobody may read in a log.

use crate::story::Said;

/// So many words in a row are nobody's but theirs.
const IN_A_ROW: usize = 4;

/// Panics where `log` holds several words in a row of what was said, on either side, or one of `secrets`: an address, a token.
pub fn assert_keeps_silent(log: &str, said: &[Said], secrets: &[&str]) {
    assert!(log.lines().count() > 10, "there is hardly a log to look at");
    let words = |text: &str| -> Vec<String> {
        text.split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(str::to_lowercase)
            .collect()
    };
    let logged = format!(" {} ", words(log).join(" "));
    for said in said {
        for some in words(&said.text).windows(IN_A_ROW) {
            let some = some.join(" ");
            assert!(
                !logged.contains(&format!(" {some} ")),
                "the log tells what was said: {some}"
            );
        }
    }
    for secret in secrets {
        assert!(!log.contains(secret), "the log tells {secret}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[should_panic(expected = "my manager left us")]
    fn words_are_found_however_they_are_written() {
        let log = "line\n".repeat(20) + "heard text=\"And My manager, left us.\"";
        let said = Said {
            item: String::new(),
            participant: true,
            text: "Then my manager left us in May.".to_owned(),
        };
        assert_keeps_silent(&log, &[said], &[]);
    }
}
