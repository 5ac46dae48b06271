//! How much memory and processor a process takes, from Linux's `/proc`.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde::Serialize;
use tokio_util::sync::CancellationToken;

/// How often a process is looked at.
const EVERY: Duration = Duration::from_secs(1);
/// Ticks of processor time a second: a constant of Linux's interface to programs, whatever the kernel's own.
const TICKS_A_SECOND: f64 = 100.0;

/// What a process took.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(super) struct Usage {
    /// Resident memory before the first participant, in MB (1,000,000 bytes).
    pub(super) memory_start_mb: f64,
    /// The most that was seen.
    pub(super) memory_peak_mb: f64,
    /// Processor time over the whole bench, in percent of one core.
    pub(super) cpu_percent: f64,
}

/// Watches process `pid` (`self` is our own) until `done`; `None` where there is no such process.
pub(super) async fn watch(pid: String, done: CancellationToken) -> Option<Usage> {
    let folder = PathBuf::from("/proc").join(pid);
    let began = Instant::now();
    let look = || {
        let status = std::fs::read_to_string(folder.join("status")).ok()?;
        let stat = std::fs::read_to_string(folder.join("stat")).ok()?;
        Some((memory_mb(&status)?, cpu_seconds(&stat)?))
    };
    let (memory_start_mb, cpu_start) = look()?;
    let (mut memory_peak_mb, mut cpu, mut seen) = (memory_start_mb, cpu_start, began);
    loop {
        let finished = tokio::select! {
            () = done.cancelled() => true,
            () = tokio::time::sleep(EVERY) => false,
        };
        // A process that has ended keeps what it took until then.
        let Some((memory, used)) = look() else { break };
        memory_peak_mb = memory_peak_mb.max(memory);
        (cpu, seen) = (used, Instant::now());
        if finished {
            break;
        }
    }
    let seconds = seen.duration_since(began).as_secs_f64();
    let cpu_percent = if seconds > 0.0 {
        (cpu - cpu_start) / seconds * 100.0
    } else {
        0.0
    };
    Some(Usage {
        memory_start_mb,
        memory_peak_mb,
        cpu_percent,
    })
}

/// Resident memory of process `pid` now, in MB; `None` where there is no such process.
pub(super) fn memory_now_mb(pid: u32) -> Option<f64> {
    memory_mb(&std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?)
}

/// `VmRSS` of `/proc/PID/status`.
fn memory_mb(status: &str) -> Option<f64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1024.0 / 1e6)
}

/// User and system time of `/proc/PID/stat`. Its second field, the program's name, may hold anything.
fn cpu_seconds(stat: &str) -> Option<f64> {
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    let user: f64 = fields.nth(11)?.parse().ok()?;
    let system: f64 = fields.next()?.parse().ok()?;
    Some((user + system) / TICKS_A_SECOND)
}

/// The machine, for the report: processor, cores, memory.
pub(super) fn machine() -> String {
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let cpu = cpu
        .lines()
        .find_map(|line| line.strip_prefix("model name"))
        .unwrap_or_default();
    let cpu = cpu.trim_start_matches([' ', '\t', ':']).to_owned();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let memory = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let memory = memory
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:")?.trim().strip_suffix(" kB"));
    let memory = memory
        .and_then(|kib| kib.parse::<f64>().ok())
        .map_or(0.0, |kib| kib * 1024.0 / 1e9);
    let cpu = if cpu.is_empty() {
        "unknown processor".to_owned()
    } else {
        cpu
    };
    format!("{cpu}, {cores} cores, {memory:.0} GB")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fields_of_proc_are_read() {
        assert_eq!(memory_mb("Name:\tx\nVmRSS:\t  500000 kB\n"), Some(512.0));
        let stat = "1 (a) b) S 0 1 1 0 -1 4 1 0 0 0 150 50 0 0 20";
        assert_eq!(cpu_seconds(stat), Some(2.0));
        assert_eq!(memory_mb("Name: x"), None);
    }

    #[tokio::test]
    async fn our_own_process_takes_memory_and_one_that_is_not_there_nothing() {
        let done = CancellationToken::new();
        done.cancel();
        let usage = watch("self".into(), done.clone()).await.unwrap();
        assert!(usage.memory_start_mb > 1.0 && usage.memory_peak_mb >= usage.memory_start_mb);
        assert_eq!(watch("999999999".into(), done).await, None);
    }
}
