//! What runs every 20 ms for every conversation.

use std::hint::black_box;
use std::time::Duration;

use colloquy_audio::opus::{Decoder, Encoder, Silence};
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
    group.finish();
}

criterion_group!(benches, audio);
criterion_main!(benches);
