//! What runs every 20 ms for every conversation.

use std::hint::black_box;
use std::time::Duration;

use colloquy_audio::opus::{Decoder, Encoder, Silence};
use colloquy_audio::tape::TapeWriter;
use colloquy_audio::{InputClock, Pacer, Resampler};
use criterion::{Criterion, criterion_group, criterion_main};

const TICK: Duration = Duration::from_millis(20);

fn audio(c: &mut Criterion) {
    let mut group = c.benchmark_group("audio");
    group
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
        .sample_size(30);
    let spoken: Vec<f32> = (0..480).map(|n| (n as f32 * 0.05).sin() * 0.3).collect();

    if let Ok(mut resampler) = Resampler::new(24_000, 16_000) {
        let mut out = Vec::with_capacity(640);
        group.bench_function("resample 20 ms, 24 to 16 kHz", |b| {
            b.iter(|| {
                out.clear();
                resampler.push(black_box(&spoken), &mut out);
                out.len()
            });
        });
    }

    let mut clock = InputClock::new(16_000);
    group.bench_function("input clock, 20 ms in and out", |b| {
        b.iter(|| {
            clock.advance(TICK);
            let taken = clock.push(black_box(&spoken[..320])).is_ok();
            let received = clock.next_frame().is_some_and(|frame| frame.received);
            taken && received
        });
    });

    let mut pacer = Pacer::new(24_000);
    pacer.release(1);
    group.bench_function("pacer, 20 ms in and out", |b| {
        b.iter(|| {
            let taken = pacer.push(1, 0, black_box(&spoken)).is_ok();
            (taken, pacer.tick(TICK).frames.len())
        });
    });
    let coders = Encoder::new(24_000, Silence::Sent).and_then(|encoder| {
        let decoder = Decoder::new(16_000)?;
        Ok((encoder, decoder))
    });
    if let Ok((mut encoder, mut decoder)) = coders {
        let packet = encoder.encode(&spoken).map(|packet| packet.bytes).unwrap_or_default();
        group.bench_function("opus encode, 20 ms", |b| {
            b.iter(|| {
                encoder
                    .encode(black_box(&spoken))
                    .map_or(0, |packet| packet.bytes.len())
            });
        });
        let mut out = Vec::with_capacity(640);
        group.bench_function("opus decode, 20 ms", |b| {
            b.iter(|| {
                out.clear();
                decoder.decode(black_box(&packet), &mut out).is_ok()
            });
        });
    }
    for (name, rate_hz) in [("heard", 16_000), ("said", 24_000)] {
        if let Ok(mut tape) = TapeWriter::new(std::io::sink(), rate_hz) {
            let frame: Vec<f32> = buzz(rate_hz);
            let mut frames = frame.chunks(rate_hz as usize / 50).cycle();
            group.bench_function(format!("keep 20 ms of what is {name}"), |b| {
                b.iter(|| frames.next().is_some_and(|frame| tape.sound(black_box(frame)).is_ok()));
            });
        }
    }
    group.finish();
}

/// A second of something like a voice.
fn buzz(rate_hz: u32) -> Vec<f32> {
    let at = |n: u32| n as f32 / rate_hz as f32;
    let wave = |t: f32| {
        let pitch = std::f32::consts::TAU * (140.0 + 30.0 * (t * 5.0).sin());
        (1..9).map(|k| (t * pitch * k as f32).sin() / k as f32).sum::<f32>() * 0.15 * (0.6 + 0.4 * (t * 20.0).sin())
    };
    (0..rate_hz).map(at).map(wave).collect()
}

criterion_group!(benches, audio);
criterion_main!(benches);
