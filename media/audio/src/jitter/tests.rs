//! What the buffer promises, alone and with the clock behind it, on networks good and bad.

use proptest::prelude::*;

use super::*;
use crate::InputClock;
use crate::frame::FRAME_MS;
use crate::netem::Network;

const RATE: u32 = 16_000;
const SIZE: usize = 320;

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// What was heard of packets that carry their number, each as 20 ms of that number.
struct Heard {
    /// Numbers of whole packets, in the order of their release, and when.
    pieces: Vec<(usize, u64)>,
    /// Milliseconds that were made up for.
    made_up_ms: u32,
    /// Frames that the clock gave out; 0 is silence.
    frames: Vec<usize>,
    stats: JitterStats,
    wait: Duration,
}

/// Plays arrivals (when, number) through the buffer and the clock, with sequence numbers that begin at `first`.
fn listen(arrivals: &[(u64, usize)], total_ms: u64, first: u16) -> Heard {
    let (mut buffer, mut clock) = (JitterBuffer::default(), InputClock::new(RATE));
    let (mut pieces, mut frames, mut made_up) = (Vec::new(), Vec::new(), 0);
    let mut next = arrivals.iter().peekable();
    for now in 0..total_ms {
        while let Some((_, n)) = next.next_if(|(at, _)| *at <= now) {
            let sequence = first.wrapping_add(*n as u16);
            buffer.push(ms(now), sequence, (*n as u32).wrapping_mul(RTP_FRAME), RTP_FRAME, *n);
        }
        while let Some(piece) = buffer.poll(ms(now)) {
            made_up += piece.lost;
            clock
                .push(&vec![1e-3; (piece.lost / 3) as usize])
                .expect("room for what is made up");
            clock.push(&[1.0 + piece.payload as f32; SIZE]).expect("room");
            pieces.push((piece.payload, now));
        }
        assert!(
            buffer.poll_timeout().is_none_or(|at| at > ms(now)),
            "it would have had something to do"
        );
        if now % 20 == 0 {
            clock.advance(ms(20));
            while let Some(frame) = clock.next_frame() {
                frames.push(frame.samples[SIZE - 1] as usize);
            }
        }
    }
    Heard {
        pieces,
        made_up_ms: made_up / (RTP_RATE_HZ / 1_000),
        frames,
        stats: buffer.stats(),
        wait: buffer.wait(),
    }
}

fn network(seed: u64, jitter_ms: u64, loss_one_in: u64) -> Network {
    Network {
        seed,
        jitter_ms,
        stall_ms: 0,
        stall_one_in: 0,
        loss_one_in,
    }
}

#[test]
fn on_a_good_network_nothing_waits() {
    let heard = listen(&network(1, 0, 0).scatter(500, 0), 10_000, 65_400);
    assert!(heard.pieces.iter().all(|(n, at)| *at == *n as u64 * 20));
    assert_eq!((heard.made_up_ms, heard.stats.lost, heard.stats.received), (0, 0, 500));
    assert_eq!(heard.frames, (1..=500).collect::<Vec<_>>());
}

#[test]
fn a_lost_packet_is_made_up_for_after_the_wait_and_delays_nothing_else() {
    let mut arrivals = network(1, 0, 0).scatter(200, 0);
    arrivals.retain(|(_, n)| *n != 100);
    let heard = listen(&arrivals, 4_000, 0);
    assert_eq!((heard.made_up_ms, heard.stats.lost), (20, 1));
    let late = heard.pieces.iter().map(|(n, at)| at - *n as u64 * 20).max().unwrap();
    assert!(late <= 40, "{late}");
    assert_eq!(heard.pieces.len(), 199);
}

#[test]
fn a_long_hole_is_made_up_for_in_part_and_the_clock_keeps_the_time() {
    let mut arrivals = network(1, 0, 0).scatter(300, 0);
    arrivals.retain(|(_, n)| !(100..150).contains(n));
    let heard = listen(&arrivals, 6_000, 0);
    assert_eq!((heard.made_up_ms, heard.stats.lost), (CONCEAL_MS, 50));
    assert_eq!(heard.frames.len(), 300);
}

#[test]
fn quiet_is_no_loss() {
    // DTX: the numbers go on, the timestamps jump by 400 ms.
    let mut buffer = JitterBuffer::default();
    for n in 0..10u16 {
        let at = ms(u64::from(n) * 400);
        buffer.push(at, n, u32::from(n) * 20 * RTP_FRAME, RTP_FRAME, n);
        assert_eq!(buffer.poll(at), Some(Piece { lost: 0, payload: n }));
    }
    assert_eq!(buffer.stats().lost, 0);
    // A packet that is lost in such a pause is one packet, and not the pause.
    buffer.push(ms(4_400), 11, 11 * 20 * RTP_FRAME, RTP_FRAME, 11);
    let piece = buffer.poll(ms(4_500)).unwrap();
    assert_eq!(piece.lost, RTP_FRAME);
}

#[test]
fn a_packet_that_was_only_overtaken_is_waited_for_and_what_is_later_is_learnt_from() {
    let mut buffer = JitterBuffer::default();
    let mut now = 0;
    // Each third packet comes 90 ms late.
    let mut arrivals: Vec<(u64, u16)> = (0..600u16)
        .map(|n| (u64::from(n) * 20 + if n % 3 == 2 { 90 } else { 0 }, n))
        .collect();
    arrivals.sort();
    let mut out = Vec::new();
    for (at, n) in arrivals {
        while now < at {
            now += 1;
            out.extend(std::iter::from_fn(|| buffer.poll(ms(now))).map(|piece| piece.payload));
        }
        buffer.push(ms(now), n, u32::from(n) * RTP_FRAME, RTP_FRAME, n);
        out.extend(std::iter::from_fn(|| buffer.poll(ms(now))).map(|piece| piece.payload));
    }
    let stats = buffer.stats();
    assert!((1..5).contains(&stats.late), "{stats:?}");
    assert!(out.is_sorted() && out.len() >= 590, "{}", out.len());
    assert!(buffer.wait() >= ms(70) && buffer.wait() <= WAIT_MAX);
    // In better times the wait shrinks again.
    for n in 600..4_000u16 {
        now += 20;
        buffer.push(ms(now), n, u32::from(n) * RTP_FRAME, RTP_FRAME, n);
        while buffer.poll(ms(now)).is_some() {}
    }
    assert_eq!(buffer.wait(), WAIT_MIN);
}

#[test]
fn a_sender_that_begins_anew_is_followed_and_single_junk_is_not() {
    let mut buffer = JitterBuffer::default();
    let mut heard = |sequence: u16, timestamp: u32| {
        buffer.push(ms(0), sequence, timestamp, RTP_FRAME, sequence);
        buffer.poll(ms(0)).map(|piece| (piece.payload, piece.lost))
    };
    assert_eq!(heard(10, 0), Some((10, 0)));
    assert_eq!(heard(40_000, 77), None);
    assert_eq!(heard(11, RTP_FRAME), Some((11, 0)));
    assert_eq!(heard(30_000, 5_000_000), None);
    assert_eq!(heard(30_001, 5_000_960), Some((30_001, 0)));
    assert_eq!(heard(30_002, 5_001_920), Some((30_002, 0)));
    assert_eq!(buffer.stats().strange, 2);
}

#[test]
fn a_flood_behind_a_hole_is_bounded() {
    let mut buffer = JitterBuffer::default();
    buffer.push(ms(0), 0, 0, RTP_FRAME, 0u16);
    let mut most = 0;
    for n in 2..2_000u16 {
        buffer.push(ms(0), n, u32::from(n) * RTP_FRAME, RTP_FRAME, n);
        while buffer.poll(ms(0)).is_some() {}
        most = most.max(buffer.held.len());
    }
    assert!(most <= HELD_PACKETS, "{most}");
}

proptest! {
    #[test]
    fn whatever_the_network_does_order_is_kept_each_is_heard_once_and_time_is_kept(
        seed in any::<u64>(), jitter_ms in 0u64..100, loss in 0u64..30, twice in 0u64..20, first in any::<u16>(),
    ) {
        let arrivals = network(seed, jitter_ms, loss).scatter(1_000, twice);
        let heard = listen(&arrivals, 22_000, first);
        let numbers: Vec<usize> = heard.pieces.iter().map(|(n, _)| *n).collect();
        prop_assert!(numbers.windows(2).all(|w| w[0] < w[1]), "out of order or twice");
        prop_assert_eq!(heard.frames.len(), 22_000 / FRAME_MS as usize, "one frame for each 20 ms");
        let distinct = arrivals.iter().map(|(_, n)| n).collect::<std::collections::BTreeSet<_>>().len();
        prop_assert_eq!(heard.stats.received as usize, numbers.len());
        // What came and is not heard came too late; the wait learns, so that it stays little.
        let missed = distinct - numbers.len();
        prop_assert!(missed <= 12, "{} of {} came and were not heard", missed, distinct);
        prop_assert!(heard.wait <= WAIT_MAX);
    }

    #[test]
    fn with_five_percent_lost_and_60_ms_of_jitter_no_speech_is_late_for_long(seed in any::<u64>()) {
        let heard = listen(&network(seed, 60, 20).scatter(3_000, 0), 62_000, 0);
        let late = |(n, at): &(usize, u64)| at - *n as u64 * 20;
        let mut delays: Vec<u64> = heard.pieces.iter().map(late).collect();
        delays.sort_unstable();
        let p95 = delays[delays.len() * 95 / 100];
        prop_assert!(p95 <= 120, "p95 {}", p95);
        let lost = 3_000 - heard.pieces.len();
        prop_assert!((75..260).contains(&lost), "{} lost", lost);
    }

    #[test]
    fn junk_numbers_and_times_never_break_it(
        packets in prop::collection::vec((any::<u16>(), any::<u32>(), any::<u32>(), 0u64..100), 0..300),
    ) {
        let mut buffer = JitterBuffer::default();
        let mut now = 0;
        for (sequence, timestamp, duration, later) in packets {
            now += later;
            buffer.push(ms(now), sequence, timestamp, duration, ());
            while let Some(piece) = buffer.poll(ms(now)) {
                prop_assert!(piece.lost <= CONCEAL_MS * 48);
            }
            prop_assert!(buffer.held.len() <= HELD_PACKETS);
            prop_assert!(buffer.poll_timeout().is_none_or(|at| at > ms(now) && at <= ms(now) + WAIT_MAX));
        }
    }
}
