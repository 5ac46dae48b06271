//! What a process takes, from Linux's `/proc`.

use std::time::Duration;

/// Ticks of processor time a second: a constant of Linux's interface to programs, whatever the kernel's own.
const TICKS_A_SECOND: f64 = 100.0;

/// Resident memory of a process, in MB of 1,000,000 bytes.
#[must_use]
pub fn memory_mb(pid: u32) -> f64 {
    let status = read(pid, "status");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
    kib.expect("VmRSS in /proc/PID/status") * 1024.0 / 1e6
}

/// Processor time that a process has taken so far, in all its threads.
#[must_use]
pub fn cpu(pid: u32) -> Duration {
    let stat = read(pid, "stat");
    // The name in brackets may hold spaces; user and system time are the 12th and 13th field after it.
    let fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields);
    let ticks: f64 = fields
        .split_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|ticks| ticks.parse::<f64>().ok())
        .sum();
    Duration::from_secs_f64(ticks / TICKS_A_SECOND)
}

fn read(pid: u32, file: &str) -> String {
    let path = format!("/proc/{pid}/{file}");
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_takes_memory_and_time() {
        let pid = std::process::id();
        let (before, begun) = (cpu(pid), std::time::Instant::now());
        while begun.elapsed() < Duration::from_millis(60) {
            std::hint::spin_loop();
        }
        assert!(cpu(pid) > before, "60 ms of work take at least a tick");
        assert!((1.0..4_000.0).contains(&memory_mb(pid)));
    }
}
