//! What the pacer promises.

use proptest::prelude::*;

use super::*;

const RATE: u32 = 24_000;
const SIZE: usize = 480;
const TICK: Duration = Duration::from_millis(20);

fn ms(ms: u64) -> usize {
    (ms * 24) as usize
}

/// A sample that shows which one it is; 16 bits have room for so many.
fn numbered(n: u64) -> f32 {
    (n % 32_768) as f32 / 32_768.0
}

fn run(pacer: &mut Pacer, ticks: usize) -> Vec<Tick> {
    (0..ticks).map(|_| pacer.tick(TICK)).collect()
}

#[test]
fn it_sends_200_ms_at_once_and_then_in_real_time() {
    let mut pacer = Pacer::new(RATE);
    pacer.push(1, 0, &vec![0.1; ms(1_000)]).unwrap();
    pacer.end(1);
    assert!(pacer.tick(Duration::ZERO).frames.is_empty(), "a draft is not heard");
    pacer.release(1);
    let at_once = pacer.tick(Duration::ZERO).frames;
    assert_eq!(at_once.len(), 10);
    assert!(at_once[0].first && !at_once[1].first);
    assert_eq!(pacer.ahead_ms(), 200);
    let counts: Vec<usize> = run(&mut pacer, 40).iter().map(|tick| tick.frames.len()).collect();
    assert_eq!(counts, vec![1; 40]);
    assert_eq!(pacer.played(1).unwrap().total, ms(800) as u64);
    let rest = run(&mut pacer, 10);
    let finished: Vec<Finished> = rest.iter().flat_map(|tick| tick.finished.clone()).collect();
    let played = Played {
        total: ms(1_000) as u64,
        chunk: 0,
        samples: ms(1_000) as u64,
    };
    assert_eq!(finished, [Finished { utterance: 1, played }]);
    assert_eq!(pacer.played(1), None);
}

#[test]
fn what_was_heard_is_told_by_chunk() {
    let mut pacer = Pacer::new(RATE);
    pacer.push(1, 0, &vec![0.1; ms(100)]).unwrap();
    pacer.push(1, 1, &vec![0.1; ms(300)]).unwrap();
    pacer.release(1);
    pacer.tick(Duration::ZERO);
    assert_eq!(pacer.played(1), Some(Played::default()));
    run(&mut pacer, 5);
    assert_eq!(
        pacer.played(1),
        Some(Played {
            total: 2_400,
            chunk: 0,
            samples: 2_400
        })
    );
    run(&mut pacer, 2);
    assert_eq!(
        pacer.played(1),
        Some(Played {
            total: 3_360,
            chunk: 1,
            samples: 960
        })
    );
}

#[test]
fn a_pause_lets_the_client_play_what_it_has_and_a_resume_repeats_and_skips_nothing() {
    let mut pacer = Pacer::new(RATE);
    let speech: Vec<f32> = (0..ms(2_000)).map(|n| numbered(n as u64)).collect();
    pacer.push(7, 0, &speech).unwrap();
    pacer.end(7);
    pacer.release(7);
    let mut sent: Vec<f32> = run(&mut pacer, 20)
        .into_iter()
        .flat_map(|tick| tick.frames)
        .flat_map(|f| f.samples)
        .collect();
    let heard_at_pause = pacer.played(7).unwrap().total;
    pacer.pause();
    assert!(run(&mut pacer, 50).iter().all(|tick| tick.frames.is_empty()));
    assert_eq!(pacer.played(7).unwrap().total, heard_at_pause + ms(200) as u64);
    pacer.resume();
    sent.extend(
        run(&mut pacer, 200)
            .into_iter()
            .flat_map(|tick| tick.frames)
            .flat_map(|f| f.samples),
    );
    assert_eq!(sent, speech);
    assert_eq!(pacer.gaps(), Gaps::default());
}

#[test]
fn a_client_that_holds_has_heard_nothing_more_when_it_goes_on() {
    let mut pacer = Pacer::new(RATE);
    pacer.client_holds(true);
    pacer.push(7, 0, &vec![0.1; ms(2_000)]).unwrap();
    pacer.end(7);
    pacer.release(7);
    run(&mut pacer, 20);
    let (heard, ahead) = (pacer.played(7).unwrap().total, pacer.ahead_ms());
    pacer.pause();
    assert!(run(&mut pacer, 50).iter().all(|tick| tick.frames.is_empty()));
    assert_eq!((pacer.played(7).unwrap().total, pacer.ahead_ms()), (heard, ahead));
    pacer.resume();
    run(&mut pacer, 1);
    assert_eq!(pacer.played(7).unwrap().total, heard + ms(20) as u64);
    assert_eq!(pacer.gaps(), Gaps::default());
}

#[test]
fn a_late_chunk_is_a_counted_gap_and_not_the_end() {
    let mut pacer = Pacer::new(RATE);
    pacer.push(1, 0, &vec![0.1; ms(100)]).unwrap();
    pacer.release(1);
    pacer.tick(Duration::ZERO);
    assert!(run(&mut pacer, 10).iter().all(|tick| tick.finished.is_empty()));
    assert_eq!(
        pacer.gaps(),
        Gaps {
            count: 1,
            samples: ms(100) as u64
        }
    );
    pacer.push(1, 1, &vec![0.1; ms(100)]).unwrap();
    pacer.end(1);
    let after = run(&mut pacer, 10);
    assert_eq!(after.iter().map(|tick| tick.frames.len()).sum::<usize>(), 5);
    assert_eq!(after.iter().map(|tick| tick.finished.len()).sum::<usize>(), 1);
    assert_eq!(pacer.gaps().count, 1);
}

#[test]
fn a_flush_says_what_was_heard_and_late_synthesis_is_dropped() {
    let mut pacer = Pacer::new(RATE);
    pacer.push(1, 0, &vec![0.1; ms(1_000)]).unwrap();
    pacer.release(1);
    pacer.push(2, 0, &vec![0.1; ms(1_000)]).unwrap();
    pacer.tick(Duration::ZERO);
    run(&mut pacer, 10);
    pacer.pause();
    let heard = Played {
        total: ms(200) as u64,
        chunk: 0,
        samples: ms(200) as u64,
    };
    assert_eq!(pacer.flush_all(), [(1, heard), (2, Played::default())]);
    pacer.push(1, 1, &vec![0.1; ms(1_000)]).unwrap();
    pacer.release(1);
    assert!(run(&mut pacer, 20).iter().all(|tick| tick.frames.is_empty()));
    assert_eq!((pacer.queued_ms(), pacer.ahead_ms()), (0, 0));
    assert!(!pacer.is_paused(), "a pause ends with what it held back");
    assert_eq!(pacer.flush(1), None);
}

#[test]
fn the_last_frame_is_filled_up_and_the_filling_is_not_counted_as_heard() {
    let mut pacer = Pacer::new(RATE);
    pacer.push(1, 0, &[0.5; 500]).unwrap();
    pacer.release(1);
    assert_eq!(
        pacer.tick(Duration::ZERO).frames.len(),
        1,
        "half a frame waits for more"
    );
    pacer.end(1);
    let tick = pacer.tick(Duration::ZERO);
    assert_eq!(tick.frames[0].samples[..20], [0.5; 20]);
    assert_eq!(tick.frames[0].samples[20..], [0.0; 460]);
    assert_eq!(tick.sent, [1]);
    let finished: Vec<Finished> = run(&mut pacer, 2).into_iter().flat_map(|tick| tick.finished).collect();
    assert_eq!(finished[0].played.total, 500);
}

#[test]
fn too_much_and_out_of_order_are_refused_and_change_nothing() {
    let mut pacer = Pacer::new(RATE);
    pacer.push(1, 2, &vec![0.0; ms(59_990)]).unwrap();
    let full = pacer.push(1, 2, &vec![0.0; ms(20)]).unwrap_err();
    assert_eq!(
        full,
        AudioError::PlaybackFull {
            queued_ms: 59_990,
            refused_ms: 20
        }
    );
    let order = pacer.push(1, 1, &[0.0]).unwrap_err();
    assert_eq!(
        order,
        AudioError::OutOfOrder {
            utterance: 1,
            chunk: 1,
            newest: 2
        }
    );
    assert_eq!(pacer.queued_ms(), 59_990);
}

#[test]
fn an_utterance_that_was_flushed_long_ago_stays_dead() {
    let mut pacer = Pacer::new(RATE);
    for id in 0..200 {
        pacer.push(id, 0, &[0.1]).unwrap();
        pacer.flush(id);
    }
    pacer.push(0, 0, &vec![0.1; SIZE]).unwrap();
    pacer.release(0);
    assert!(pacer.tick(Duration::ZERO).frames.is_empty());
}

#[test]
fn a_client_that_plays_at_once_is_sent_less_ahead() {
    let mut pacer = Pacer::new(RATE);
    pacer.keep_ahead(75);
    pacer.push(1, 0, &vec![0.1; 50 * SIZE]).unwrap();
    pacer.release(1);
    assert_eq!(pacer.tick(Duration::ZERO).frames.len(), 4);
    assert_eq!(pacer.tick(TICK).frames.len(), 1);
    pacer.keep_ahead(0);
    assert!(pacer.tick(3 * TICK).frames.is_empty());
    assert_eq!(pacer.tick(TICK).frames.len(), 1);
}

#[derive(Clone, Debug)]
enum Step {
    Push(u32, usize),
    End(u32),
    Release(u32),
    Pause,
    Resume,
    Flush(u32),
    Tick(u64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let id = 0u32..5;
    let step = prop_oneof![
        4 => (id.clone(), 0usize..6_000).prop_map(|(id, count)| Step::Push(id, count)),
        1 => id.clone().prop_map(Step::End),
        2 => id.clone().prop_map(Step::Release),
        1 => Just(Step::Pause),
        2 => Just(Step::Resume),
        1 => id.prop_map(Step::Flush),
        8 => (0u64..60_000).prop_map(Step::Tick),
    ];
    prop::collection::vec(step, 0..300)
}

proptest! {
    #[test]
    fn whatever_is_done_order_is_kept_progress_only_grows_and_nothing_follows_a_flush(steps in steps()) {
        let mut pacer = Pacer::new(RATE);
        let mut pushed = [0u64; 5];
        let mut next_sent = [0u64; 5];
        let mut seen = [0u64; 5];
        let mut over = [false; 5];
        for step in steps {
            match step {
                Step::Push(id, count) => {
                    // Each sample is its own number, so that a frame shows where it comes from.
                    let from = pushed[id as usize];
                    let samples: Vec<f32> = (from..from + count as u64).map(numbered).collect();
                    if pacer.push(id, 0, &samples).is_ok() && !over[id as usize] {
                        pushed[id as usize] += count as u64;
                    }
                }
                Step::End(id) => pacer.end(id),
                Step::Release(id) => pacer.release(id),
                Step::Pause => pacer.pause(),
                Step::Resume => pacer.resume(),
                Step::Flush(id) => {
                    if let Some(played) = pacer.flush(id) {
                        prop_assert!(played.total >= seen[id as usize] && played.total <= next_sent[id as usize]);
                        over[id as usize] = true;
                    }
                }
                Step::Tick(us) => {
                    let paused = pacer.is_paused();
                    let tick = pacer.tick(Duration::from_micros(us));
                    prop_assert!(!paused || tick.frames.is_empty());
                    for frame in &tick.frames {
                        let id = frame.utterance as usize;
                        prop_assert!(!over[id], "sent after its end");
                        prop_assert_eq!(frame.samples.len(), SIZE);
                        for (i, sample) in frame.samples.iter().enumerate() {
                            let n = next_sent[id] + i as u64;
                            prop_assert_eq!(*sample, if n < pushed[id] { numbered(n) } else { 0.0 });
                        }
                        next_sent[id] = (next_sent[id] + SIZE as u64).min(pushed[id]);
                    }
                    for finished in &tick.finished {
                        prop_assert_eq!(finished.played.total, pushed[finished.utterance as usize]);
                        over[finished.utterance as usize] = true;
                    }
                }
            }
            prop_assert!(pacer.ahead_ms() <= AHEAD_MS);
            for id in 0..5u32 {
                if let Some(played) = pacer.played(id) {
                    prop_assert!(played.total >= seen[id as usize], "progress went back");
                    prop_assert!(played.total <= next_sent[id as usize], "heard what was not sent");
                    seen[id as usize] = played.total;
                }
            }
        }
    }
}
