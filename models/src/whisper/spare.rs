//! How many threads a decode may have at this moment.
//!
//! A decode's threads wait for each other after every layer. A second one makes it 1.6 times faster on a core of its own, and
//! half as fast where it must share one: it is used only while a core is free.

/// Threads for a decode that begins now: at most `wanted`, and no more than there are free cores beside this thread.
pub(super) fn threads(wanted: usize) -> usize {
    if wanted <= 1 {
        return 1;
    }
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let running = std::fs::read_to_string("/proc/loadavg")
        .ok()
        .and_then(|line| running(&line));
    // Where nobody can say what else runs, a decode keeps to itself.
    running.map_or(1, |running| allowed(wanted, cores, running))
}

/// Of the line of `/proc/loadavg`, how many threads of the machine run or want to, this one included.
fn running(line: &str) -> Option<usize> {
    line.split(' ').nth(3)?.split_once('/')?.0.parse().ok()
}

fn allowed(wanted: usize, cores: usize, running: usize) -> usize {
    let others = running.saturating_sub(1);
    cores.saturating_sub(others).clamp(1, wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_thread_wants_a_core_of_its_own() {
        let running = |line| running(line).unwrap();
        assert_eq!(allowed(2, 2, running("0.20 0.18 0.12 1/80 11206")), 2);
        assert_eq!(allowed(2, 2, running("0.20 0.18 0.12 2/80 11206")), 1);
        assert_eq!(allowed(2, 2, running("9.20 0.18 0.12 9/80 11206")), 1);
        assert_eq!(allowed(4, 16, 3), 4, "no more than wanted");
    }

    #[test]
    fn who_wants_one_thread_gets_one() {
        assert_eq!(threads(1), 1);
        assert!((1..=2).contains(&threads(2)));
    }
}
