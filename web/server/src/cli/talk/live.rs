//! Microphone and speaker.
//!
//! The streams of some systems may not leave the thread that opened them, so they live in a thread of their own, which
//! does nothing but keep them; the devices' own threads do the work.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::{Context, bail};
use colloquy_audio::Resampler;
use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{Device, FromSample, Sample, SampleFormat, SizedSample, Stream, StreamConfig};
use tokio::sync::mpsc;

use crate::client::sound::{FRAME_SAMPLES, RATE_HZ};

/// Frames of 20 ms that may wait to be sent: what is older than a second and cannot be sent is dropped.
const FRAMES_CAPACITY: usize = 50;
/// Sound that may wait for the speaker, in samples: a minute at 48 kHz; the server is at most 200 ms ahead.
const SPEAKER_CAPACITY: usize = 60 * 48_000;

/// The default microphone and the default speaker.
pub(super) struct Devices {
    microphone: mpsc::Receiver<Vec<f32>>,
    to_speaker: Arc<Mutex<VecDeque<f32>>>,
    to_speaker_rate: Resampler,
    /// Ends the thread that keeps the streams.
    _keep: std::sync::mpsc::SyncSender<()>,
}

impl Devices {
    /// Opens both.
    pub(super) fn open() -> anyhow::Result<Self> {
        let (frames, microphone) = mpsc::channel(FRAMES_CAPACITY);
        let to_speaker = Arc::new(Mutex::new(VecDeque::new()));
        let (opened, open) = std::sync::mpsc::sync_channel(1);
        let (keep, until_dropped) = std::sync::mpsc::sync_channel::<()>(1);
        let queue = to_speaker.clone();
        let keeper = move || {
            let streams = streams(frames, queue);
            let (streams, told) = match streams {
                Ok((input, output, rate)) => (Some((input, output)), Ok(rate)),
                Err(error) => (None, Err(error)),
            };
            // Whoever opens the devices waits for this.
            let _ = opened.send(told);
            // Nothing is ever sent: an error is the end.
            let _ = until_dropped.recv();
            drop(streams);
        };
        std::thread::Builder::new()
            .name("sound".to_owned())
            .spawn(keeper)
            .context("no thread for the sound devices")?;
        let speaker_rate = open.recv().context("the sound devices could not be opened")??;
        let to_speaker_rate = Resampler::new(RATE_HZ, speaker_rate)?;
        Ok(Self {
            microphone,
            to_speaker,
            to_speaker_rate,
            _keep: keep,
        })
    }

    /// The next 20 ms of the microphone: mono at 24 kHz.
    pub(super) async fn heard(&mut self) -> Vec<f32> {
        match self.microphone.recv().await {
            Some(samples) => samples,
            None => std::future::pending().await,
        }
    }

    /// Plays sound after what is playing: mono at 24 kHz.
    pub(super) fn play(&mut self, samples: &[f32]) {
        let mut out = Vec::new();
        self.to_speaker_rate.push(samples, &mut out);
        let mut queue = lock(&self.to_speaker);
        let room = SPEAKER_CAPACITY.saturating_sub(queue.len());
        queue.extend(out.into_iter().take(room));
    }

    /// Drops what was not played yet.
    pub(super) fn hush(&mut self) {
        self.to_speaker_rate.flush(&mut Vec::new());
        lock(&self.to_speaker).clear();
    }
}

fn lock(queue: &Mutex<VecDeque<f32>>) -> MutexGuard<'_, VecDeque<f32>> {
    queue.lock().unwrap_or_else(PoisonError::into_inner)
}

type Streams = (Stream, Stream, u32);

/// Opens and starts both; the third is the speaker's rate.
fn streams(frames: mpsc::Sender<Vec<f32>>, queue: Arc<Mutex<VecDeque<f32>>>) -> anyhow::Result<Streams> {
    let host = cpal::default_host();
    let advice = "plug one in, or answer with --wav or --text";
    let microphone = host
        .default_input_device()
        .with_context(|| format!("there is no microphone; {advice}"))?;
    let speaker = host
        .default_output_device()
        .with_context(|| format!("there is no speaker; {advice}"))?;
    let heard = microphone
        .default_input_config()
        .context("the microphone tells no format")?;
    let played = speaker.default_output_config().context("the speaker tells no format")?;
    let rate = played.sample_rate();
    let input = match heard.sample_format() {
        SampleFormat::F32 => listen::<f32>(&microphone, heard.config(), frames),
        SampleFormat::I16 => listen::<i16>(&microphone, heard.config(), frames),
        SampleFormat::I32 => listen::<i32>(&microphone, heard.config(), frames),
        SampleFormat::U16 => listen::<u16>(&microphone, heard.config(), frames),
        other => bail!("the microphone's format {other} is not known; {advice}"),
    }?;
    let output = match played.sample_format() {
        SampleFormat::F32 => speak::<f32>(&speaker, played.config(), queue),
        SampleFormat::I16 => speak::<i16>(&speaker, played.config(), queue),
        SampleFormat::I32 => speak::<i32>(&speaker, played.config(), queue),
        SampleFormat::U16 => speak::<u16>(&speaker, played.config(), queue),
        other => bail!("the speaker's format {other} is not known; {advice}"),
    }?;
    input.play().context("the microphone does not start")?;
    output.play().context("the speaker does not start")?;
    Ok((input, output, rate))
}

fn listen<T: SizedSample>(
    device: &Device,
    config: StreamConfig,
    frames: mpsc::Sender<Vec<f32>>,
) -> anyhow::Result<Stream>
where
    f32: FromSample<T>,
{
    let channels = usize::from(config.channels).max(1);
    let mut resampler = Resampler::new(config.sample_rate, RATE_HZ)?;
    let (mut mono, mut waiting) = (Vec::new(), Vec::new());
    let take = move |data: &[T], _: &cpal::InputCallbackInfo| {
        mono.clear();
        let of_all = |all: &[T]| all.iter().map(|s| f32::from_sample(*s)).sum::<f32>() / channels as f32;
        mono.extend(data.chunks_exact(channels).map(of_all));
        resampler.push(&mono, &mut waiting);
        while waiting.len() >= FRAME_SAMPLES {
            let frame = waiting.drain(..FRAME_SAMPLES).collect();
            // A device must not wait for a network: what finds no room is lost.
            let _ = frames.try_send(frame);
        }
    };
    let failed = |error| tracing::warn!(%error, "the microphone failed");
    device
        .build_input_stream(config, take, failed, None)
        .context("the microphone cannot be opened")
}

fn speak<T: SizedSample + FromSample<f32>>(
    device: &Device,
    config: StreamConfig,
    queue: Arc<Mutex<VecDeque<f32>>>,
) -> anyhow::Result<Stream> {
    let channels = usize::from(config.channels).max(1);
    let give = move |data: &mut [T], _: &cpal::OutputCallbackInfo| {
        let mut queue = lock(&queue);
        for all in data.chunks_mut(channels) {
            all.fill(T::from_sample(queue.pop_front().unwrap_or(0.0)));
        }
    };
    let failed = |error| tracing::warn!(%error, "the speaker failed");
    device
        .build_output_stream(config, give, failed, None)
        .context("the speaker cannot be opened")
}
