//! Speech as it is kept: Ogg Opus (RFC 7845), mono, one file for one side, whose time is true at every moment.
//!
//! Silence costs next to nothing and still takes its time: what a codec calls quiet is a packet of a byte, and a stretch of
//! which there is no sound at all is a packet of two bytes for each 120 ms, which asks the decoder to make up the quiet
//! (RFC 7845, section 4.1). A page is written for every second, so that a file that is cut off loses no more.

use std::io::{self, Read, Seek, Write};

use ogg::{PacketReader, PacketWriteEndInfo, PacketWriter};

use crate::error::AudioError;
use crate::frame::{FRAME_MS, samples_per_frame};
use crate::opus::{Decoder, Encoder, RTP_FRAME, RTP_RATE_HZ, rtp_duration};

/// A page ends after so much of it, in RTP timestamp units: one second.
const PAGE: u64 = RTP_RATE_HZ as u64;
/// One stream in a file: its number means nothing.
const SERIAL: u32 = 1;
/// Frames of real silence before the decoder is left to make it up, so that it does not go on with what was said last.
const HUSH_FRAMES: u64 = 3;
/// At most 120 ms in a packet (RFC 6716, section 3.2.5).
const FRAMES_IN_PACKET: u64 = 6;
/// A decoder that begins in the middle is right after 80 ms (RFC 7845, section 4.6), and its idea of the room's noise later.
const PREROLL: u64 = RTP_RATE_HZ as u64 / 2;

/// Why a tape cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum TapeError {
    /// The file, or the disk.
    #[error("the file failed: {0}")]
    Io(#[from] io::Error),
    /// The codec.
    #[error(transparent)]
    Codec(#[from] AudioError),
    /// It is no Ogg Opus of one channel.
    #[error("this is no recording of ours")]
    Foreign,
}

/// Writes one side. Dropping it loses what was not yet written, at most a second; [`finish`](Self::finish) loses nothing.
pub struct TapeWriter<W: Write> {
    pages: PacketWriter<'static, W>,
    encoder: Encoder,
    frame: usize,
    skip: u64,
    /// Where it ends, in RTP timestamp units from its beginning.
    end: u64,
    page_began: u64,
    /// The newest packet waits for the next one, because only the last one may say that it is the last.
    newest: Option<Vec<u8>>,
}

impl<W: Write> TapeWriter<W> {
    /// A tape of mono speech at `rate_hz`: 8, 12, 16, 24 or 48 kHz.
    ///
    /// # Errors
    /// [`TapeError`].
    pub fn new(to: W, rate_hz: u32) -> Result<Self, TapeError> {
        let mut encoder = Encoder::for_keeping(rate_hz)?;
        let skip = encoder.lookahead()?;
        let mut pages = PacketWriter::new(to);
        pages.write_packet(head(skip, rate_hz), SERIAL, PacketWriteEndInfo::EndPage, 0)?;
        pages.write_packet(tags(), SERIAL, PacketWriteEndInfo::EndPage, 0)?;
        Ok(Self {
            pages,
            encoder,
            frame: samples_per_frame(rate_hz),
            skip: u64::from(skip),
            end: 0,
            page_began: 0,
            newest: None,
        })
    }

    /// How long it is, in milliseconds.
    #[must_use]
    pub fn ms(&self) -> u64 {
        self.end / u64::from(RTP_RATE_HZ / 1000)
    }

    /// Adds 20 ms of samples in [-1, 1].
    ///
    /// # Errors
    /// [`TapeError`]; the tape should be given up then.
    pub fn sound(&mut self, frame: &[f32]) -> Result<(), TapeError> {
        let packet = self.encoder.encode(frame)?;
        self.packet(packet.bytes, u64::from(RTP_FRAME))
    }

    /// Adds silence until it is `ms` long, less what is no whole frame. A tape that is longer already stays as it is.
    ///
    /// # Errors
    /// As [`Self::sound`].
    pub fn silence_until(&mut self, ms: u64) -> Result<(), TapeError> {
        let mut frames = ms.saturating_sub(self.ms()) / u64::from(FRAME_MS);
        for _ in 0..frames.min(HUSH_FRAMES) {
            self.sound(&vec![0.0; self.frame])?;
            frames -= 1;
        }
        while frames > 0 {
            let here = frames.min(FRAMES_IN_PACKET);
            // Wideband SILK, frames of 20 ms, all of the same length, which is nothing: `here` of them.
            self.packet(vec![0b0100_1011, here as u8], here * u64::from(RTP_FRAME))?;
            frames -= here;
        }
        Ok(())
    }

    /// Writes what is left, and the end.
    ///
    /// # Errors
    /// As [`Self::sound`].
    pub fn finish(mut self) -> Result<W, TapeError> {
        // One that holds nothing ends with a packet of silence: the end needs one.
        let last = self.newest.take().unwrap_or_else(|| vec![0b0100_1000]);
        let end = self.skip + self.end;
        self.pages
            .write_packet(last, SERIAL, PacketWriteEndInfo::EndStream, end)?;
        self.pages.inner_mut().flush()?;
        Ok(self.pages.into_inner())
    }

    fn packet(&mut self, bytes: Vec<u8>, lasts: u64) -> Result<(), TapeError> {
        if let Some(before) = self.newest.replace(bytes) {
            let full = self.end - self.page_began >= PAGE;
            let info = if full {
                PacketWriteEndInfo::EndPage
            } else {
                PacketWriteEndInfo::NormalPacket
            };
            self.pages.write_packet(before, SERIAL, info, self.skip + self.end)?;
            if full {
                self.page_began = self.end;
                self.pages.inner_mut().flush()?;
            }
        }
        self.end += lasts;
        Ok(())
    }
}

/// The identification header (RFC 7845, section 5.1).
fn head(skip: u16, rate_hz: u32) -> Vec<u8> {
    let mut head = b"OpusHead\x01\x01".to_vec();
    head.extend(skip.to_le_bytes());
    head.extend(rate_hz.to_le_bytes());
    // No gain, and channels as they are.
    head.extend([0, 0, 0]);
    head
}

/// The comments (section 5.2): who wrote it, and nothing about anybody.
fn tags() -> Vec<u8> {
    let vendor = b"colloquy";
    let mut tags = b"OpusTags".to_vec();
    tags.extend((vendor.len() as u32).to_le_bytes());
    tags.extend(vendor);
    tags.extend(0u32.to_le_bytes());
    tags
}

/// What was said from `from_ms` up to `to_ms`: mono samples in [-1, 1] at `rate_hz` (8, 12, 16, 24 or 48 kHz). Less, where the
/// tape ends before; one that was cut off is read up to there.
///
/// # Errors
/// [`TapeError::Foreign`] where it is no tape.
pub fn span<R: Read + Seek>(tape: R, rate_hz: u32, from_ms: u64, to_ms: u64) -> Result<Vec<f32>, TapeError> {
    let mut packets = PacketReader::new(tape);
    let head = packets.read_packet().ok().flatten().ok_or(TapeError::Foreign)?.data;
    if head.len() < 19 || &head[..8] != b"OpusHead" || head[9] != 1 {
        return Err(TapeError::Foreign);
    }
    let skip = u64::from(u16::from_le_bytes([head[10], head[11]]));
    let per_ms = u64::from(RTP_RATE_HZ / 1000);
    let (from, to) = (from_ms * per_ms + skip, to_ms * per_ms + skip);
    // The comments.
    let _tags = packets.read_packet();
    let mut decoder = Decoder::new(rate_hz)?;
    let (mut at, mut out, mut decoded) = (0, Vec::new(), Vec::new());
    let in_samples = |units: u64| (units * u64::from(rate_hz) / u64::from(RTP_RATE_HZ)) as usize;
    while at < to {
        // The end, or where it was cut off.
        let Ok(Some(packet)) = packets.read_packet() else { break };
        let lasts = u64::from(rtp_duration(&packet.data)?);
        if at + lasts + PREROLL > from {
            decoded.clear();
            decoder.decode(&packet.data, &mut decoded)?;
            let first = in_samples(from.saturating_sub(at)).min(decoded.len());
            let last = in_samples(to - at).clamp(first, decoded.len());
            out.extend_from_slice(&decoded[first..last]);
        }
        at += lasts;
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;
    use crate::level::rms;

    const RATE: u32 = 16_000;

    /// 20 ms of a buzz at `pitch_hz`, which no codec takes for silence.
    fn buzz(pitch_hz: f32, frame: usize) -> Vec<f32> {
        let at = |n: usize| (frame * 320 + n) as f32 / RATE as f32 * pitch_hz * std::f32::consts::TAU;
        (0..320)
            .map(|n| (1..5).map(|k| (at(n) * k as f32).sin() / k as f32).sum::<f32>() * 0.2)
            .collect()
    }

    /// A second of one pitch, nothing for a minute, half a second of another pitch.
    fn written() -> Vec<u8> {
        let mut tape = TapeWriter::new(Vec::new(), RATE).unwrap();
        for frame in 0..50 {
            tape.sound(&buzz(150.0, frame)).unwrap();
        }
        tape.silence_until(61_010).unwrap();
        assert_eq!(tape.ms(), 61_000);
        for frame in 0..25 {
            tape.sound(&buzz(220.0, frame)).unwrap();
        }
        tape.finish().unwrap()
    }

    fn read(tape: &[u8], from_ms: u64, to_ms: u64) -> Vec<f32> {
        span(Cursor::new(tape), RATE, from_ms, to_ms).unwrap()
    }

    #[test]
    fn every_moment_is_found_by_its_time_and_silence_is_cheap() {
        let tape = written();
        assert!(
            tape.len() < 12_000,
            "{} bytes for a minute of silence and a second and a half of sound",
            tape.len()
        );
        let all = read(&tape, 0, 100_000);
        assert!((all.len() as i64 - 61_500 * 16).abs() < 320, "{}", all.len());
        let loud = |from: u64, to: u64| rms(&read(&tape, from, to));
        assert!(loud(100, 1_000) > 0.1);
        assert!(loud(1_200, 60_980) < 0.01, "{}", loud(1_200, 60_980));
        assert!(loud(61_020, 61_480) > 0.1);
        // From the middle it is as from the beginning.
        let middle = read(&tape, 61_100, 61_400);
        let far: f32 = middle
            .iter()
            .zip(&all[61_100 * 16..])
            .map(|(a, b)| (a - b).abs())
            .fold(0.0, f32::max);
        assert!((middle.len(), far < 0.05) == (300 * 16, true), "{far}");
    }

    #[test]
    fn one_that_is_cut_off_holds_all_but_its_last_second() {
        let mut tape = TapeWriter::new(Vec::new(), RATE).unwrap();
        for frame in 0..500 {
            tape.sound(&buzz(150.0, frame)).unwrap();
        }
        // As a killed process leaves it, and with half a page.
        let bytes = tape.pages.into_inner();
        let last_page = bytes.windows(4).rposition(|four| four == b"OggS").unwrap();
        let half_of_it = (last_page + bytes.len()) / 2;
        for (cut, least) in [(bytes.len(), 8_900), (half_of_it, 7_900)] {
            let ms = read(&bytes[..cut], 0, 60_000).len() / 16;
            assert!((least..least + 100).contains(&ms), "{ms} ms");
        }
    }

    #[test]
    fn what_is_no_tape_is_refused() {
        for junk in [&b""[..], b"OggS and nothing that follows from it", &[0; 64]] {
            assert!(matches!(
                span(Cursor::new(junk), RATE, 0, 1_000),
                Err(TapeError::Foreign)
            ));
        }
    }

    #[test]
    fn an_empty_one_is_whole() {
        let tape = TapeWriter::new(Vec::new(), RATE).unwrap().finish().unwrap();
        assert!(read(&tape, 0, 1_000).len() <= 320);
    }
}
