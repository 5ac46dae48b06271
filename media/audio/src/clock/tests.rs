//! What the clock promises, on networks good and bad.

use proptest::prelude::*;

use super::*;
use crate::netem::{Network, Packet};

const RATE: u32 = 16_000;
const SIZE: usize = 320;
const TICK: Duration = Duration::from_millis(20);

/// A voiced packet that can be told from every other: its samples are its number.
fn voiced(number: usize) -> Vec<f32> {
    vec![0.1 + number as f32 * 1e-5; SIZE]
}

fn number_of(frame: &[f32]) -> usize {
    ((frame[0] - 0.1) / 1e-5).round() as usize
}

/// A person who speaks for 2 s and pauses for 1 s, without end.
fn talk(packets: usize) -> Vec<Vec<f32>> {
    (0..packets)
        .map(|n| if n % 150 < 100 { voiced(n) } else { vec![0.0002; SIZE] })
        .collect()
}

struct Heard {
    /// Number of each voiced frame, and the tick it came out at.
    voiced: Vec<(usize, usize)>,
    frames: usize,
    stats: InputStats,
    backlog_ms: u32,
}

fn listen(arrivals: &[Packet], ticks: usize) -> Heard {
    let mut clock = InputClock::new(RATE);
    let mut heard = Heard {
        voiced: vec![],
        frames: 0,
        stats: InputStats::default(),
        backlog_ms: 0,
    };
    let mut next = arrivals.iter().peekable();
    for tick in 0..ticks {
        clock.advance(TICK);
        while let Some(packet) = next.next_if(|p| p.arrives_ms <= tick as u64 * 20) {
            clock.push(&packet.samples).unwrap();
        }
        while let Some(frame) = clock.next_frame() {
            heard.frames += 1;
            if frame.received && frame.samples[0] > 0.05 {
                heard.voiced.push((number_of(frame.samples), tick));
            }
        }
    }
    // One may be waited for still.
    heard.frames += (clock.due().as_millis() / TICK.as_millis()) as usize;
    heard.stats = clock.stats();
    heard.backlog_ms = clock.backlog_ms();
    heard
}

proptest! {
    #[test]
    fn one_frame_for_each_20_ms_and_every_spoken_frame_in_order(
        seed in any::<u64>(), jitter_ms in 0u64..150, stall_ms in 0u64..3_000,
    ) {
        let sent = talk(1_500);
        let network = Network { seed, jitter_ms, stall_ms, stall_one_in: 200, loss_one_in: 0 };
        let heard = listen(&network.carry(&sent), 1_500 + 400);
        prop_assert_eq!(heard.frames, 1_900);
        let numbers: Vec<usize> = heard.voiced.iter().map(|(number, _)| *number).collect();
        let spoken: Vec<usize> = (0..1_500).filter(|n| n % 150 < 100).collect();
        prop_assert_eq!(numbers, spoken);
    }

    #[test]
    fn after_a_hanging_network_the_delay_goes_away_in_the_next_pause(seed in any::<u64>(), stall_ms in 300u64..900) {
        let mut sent = talk(900);
        let network = Network { seed, jitter_ms: 20, stall_ms, stall_one_in: 0, loss_one_in: 0 };
        let arrivals = network.carry_with_stall_at(&sent.split_off(0), 50);
        let heard = listen(&arrivals, 900);
        let late = |(number, tick): &(usize, usize)| (tick - number) as u64 * 20;
        let worst = heard.voiced.iter().map(late).max().unwrap();
        let last = heard.voiced.iter().filter(|(number, _)| *number >= 600).map(late).max().unwrap();
        prop_assert!(worst >= stall_ms - 40, "the stall was not felt: {}", worst);
        prop_assert!(last <= 120, "still {} ms late", last);
        prop_assert!(heard.stats.cut > 0);
    }

    #[test]
    fn what_the_network_loses_becomes_silence_and_not_a_shorter_conversation(seed in any::<u64>()) {
        let sent = talk(500);
        let network = Network { seed, jitter_ms: 10, stall_ms: 0, stall_one_in: 0, loss_one_in: 10 };
        let heard = listen(&network.carry(&sent), 500);
        prop_assert_eq!(heard.frames, 500);
        prop_assert!(heard.stats.filled >= 10);
        prop_assert!(heard.voiced.is_sorted());
    }

    #[test]
    fn ticks_of_any_length_give_the_same_number_of_frames(ticks in prop::collection::vec(0u64..90_000, 1..200)) {
        let mut clock = InputClock::new(RATE);
        let mut frames = 0;
        for tick in &ticks {
            clock.advance(Duration::from_micros(*tick));
            while clock.next_frame().is_some() {
                frames += 1;
            }
        }
        prop_assert_eq!(frames, ticks.iter().sum::<u64>() / 20_000);
    }
}

#[test]
fn on_a_good_network_nothing_is_delayed_filled_or_cut() {
    let network = Network {
        seed: 1,
        jitter_ms: 0,
        stall_ms: 0,
        stall_one_in: 0,
        loss_one_in: 0,
    };
    let heard = listen(&network.carry(&talk(500)), 500);
    assert!(heard.voiced.iter().all(|(number, tick)| number == tick));
    assert_eq!(
        heard.stats,
        InputStats {
            received: 500,
            ..InputStats::default()
        }
    );
}

/// Frames of a client whose clock beats `after_ms` after ours, give or take `jitter_ms`; what arrives is heard at once.
/// How late each voiced frame is heard after it came, in milliseconds, and what the clock did.
fn beside(after_ms: u64, jitter_ms: u64, packets: usize) -> (Vec<u64>, InputStats) {
    let mut clock = InputClock::new(RATE);
    let arrives = |n: usize| n as u64 * 20 + after_ms + (n as u64 * 5) % (jitter_ms + 1);
    let (mut late, mut next) = (Vec::new(), 0);
    let sent = talk(packets);
    for ms in 0..packets as u64 * 20 {
        clock.advance(Duration::from_millis(1));
        if next < packets && arrives(next) == ms {
            clock.push(&sent[next]).unwrap();
            next += 1;
        } else if ms % 20 != 0 {
            continue;
        }
        while let Some(frame) = clock.next_frame() {
            if frame.received && frame.samples[0] > 0.05 {
                late.push(ms - arrives(number_of(frame.samples)));
            }
        }
    }
    (late, clock.stats())
}

#[test]
fn a_client_that_beats_just_after_us_is_not_always_a_frame_behind() {
    let (late, stats) = beside(1, 6, 1_500);
    // Until the first pause, in which what nobody needs is cut.
    assert!(late[0] > 12, "{late:?}");
    assert!(late.iter().skip(200).all(|late| *late == 0), "{late:?}");
    assert_eq!((stats.filled, stats.cut), (0, 1), "{stats:?}");
}

#[test]
fn what_is_cut_and_then_needed_is_left_there() {
    // Every packet but few comes at once; one in 97 comes 50 ms late.
    let mut clock = InputClock::new(RATE);
    let mut filled_by_thousand = Vec::new();
    let sent = talk(6_000);
    let mut held: Vec<usize> = Vec::new();
    for n in 0..6_000 {
        clock.advance(TICK);
        held.push(n);
        // Late ones come with the one after the next.
        if n % 97 < 95 {
            for number in held.drain(..) {
                clock.push(&sent[number]).unwrap();
            }
        }
        while clock.next_frame().is_some() {}
        if n % 1_000 == 999 {
            filled_by_thousand.push(clock.stats().filled);
        }
    }
    let later = filled_by_thousand[5] - filled_by_thousand[2];
    assert_eq!(
        later, 0,
        "it is learned what this network needs: {filled_by_thousand:?}"
    );
}

#[test]
fn ten_times_real_time_is_refused_with_a_clear_error_and_counted() {
    let mut clock = InputClock::new(RATE);
    let mut refused = 0;
    for _ in 0..200 {
        for _ in 0..10 {
            if let Err(error) = clock.push(&[0.1; SIZE]) {
                refused += 1;
                let text = error.to_string();
                assert!(
                    text.contains("faster than real time") && text.contains("20 ms were refused"),
                    "{text}"
                );
            }
        }
        clock.advance(TICK);
        while clock.next_frame().is_some() {}
    }
    assert!(refused > 1_000);
    assert_eq!(clock.stats().refused_samples, refused * SIZE as u64);
    assert!(clock.backlog_ms() <= MAX_BACKLOG_MS);
}

#[test]
fn a_short_pause_is_never_cut_away() {
    let mut clock = InputClock::new(RATE);
    // A second of backlog that stays, and pauses of 160 ms within the speech.
    let packets = (0..700).map(|n| if n % 40 < 32 { voiced(n) } else { vec![0.0; SIZE] });
    for (n, packet) in packets.enumerate() {
        clock.push(&packet).unwrap();
        if n >= 50 {
            clock.advance(TICK);
            while clock.next_frame().is_some() {}
        }
    }
    assert_eq!(clock.stats().cut, 0);
}

#[test]
fn a_rest_that_fills_no_frame_is_heard_in_the_end() {
    let mut clock = InputClock::new(RATE);
    clock.push(&[0.5; 100]).unwrap();
    clock.advance(Duration::from_millis(200));
    let mut sum = 0.0;
    while let Some(frame) = clock.next_frame() {
        sum += frame.samples.iter().sum::<f32>();
    }
    assert_eq!(sum, 50.0);
    assert_eq!(clock.backlog_ms(), 0);
}

#[test]
fn clearing_forgets_what_waits() {
    let mut clock = InputClock::new(RATE);
    clock.push(&[0.5; 3_200]).unwrap();
    clock.clear();
    clock.advance(TICK);
    assert_eq!(
        clock.next_frame(),
        Some(Frame {
            samples: &[0.0; SIZE],
            received: false
        })
    );
}
