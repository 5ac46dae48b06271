//! What the log says of a panic: where it was, and its message only where that is a literal. A formatted one may quote
//! what somebody said, as those of string slices do.

use std::any::Any;
use std::panic;
use std::thread;

use tracing::error;

/// Has panics logged so from now on.
pub(super) fn keep_to_ourselves() {
    panic::set_hook(Box::new(|info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        let current = thread::current();
        let name = current.name().unwrap_or("unnamed");
        error!(place, thread = name, message = literal(info.payload()), "a panic");
    }));
}

fn literal(payload: &dyn Any) -> &'static str {
    payload.downcast_ref::<&'static str>().copied().unwrap_or("(not shown)")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_that_could_quote_somebody_is_not_shown() {
        let caught = |run: fn()| panic::catch_unwind(run).unwrap_err();
        let quoting = caught(|| {
            let said = "my manager: é".to_owned();
            let _cut = &said[..13];
        });
        assert_eq!(literal(&*quoting), "(not shown)");
        assert_eq!(literal(&*caught(|| panic!("the queue is gone"))), "the queue is gone");
    }
}
