//! What can go wrong with audio. Every message says what happened and what to do.

/// Why audio was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AudioError {
    /// PCM16 has two bytes a sample.
    #[error("{bytes} bytes are not a whole number of 16-bit samples; send an even number of bytes")]
    OddLength {
        /// How many bytes came.
        bytes: usize,
    },
    /// No resampler exists for these rates.
    #[error("cannot resample {from_hz} Hz to {to_hz} Hz; use rates between 4000 and 192000 Hz")]
    UnsupportedRate {
        /// Samples a second that come in.
        from_hz: u32,
        /// Samples a second that were wanted.
        to_hz: u32,
    },
    /// Audio comes faster than time passes, and the buffer for that is full.
    #[error(
        "audio arrives faster than real time: {backlog_ms} ms wait to be heard, {refused_ms} ms were refused; \
         send audio at the speed of a microphone"
    )]
    TooFast {
        /// Milliseconds that wait already.
        backlog_ms: u32,
        /// Milliseconds that were not taken.
        refused_ms: u32,
    },
    /// More speech is queued than a conversation may hold.
    #[error("{queued_ms} ms of speech wait to be played, and {refused_ms} ms more were refused; synthesize less ahead")]
    PlaybackFull {
        /// Milliseconds that wait already.
        queued_ms: u32,
        /// Milliseconds that were not taken.
        refused_ms: u32,
    },
    /// A chunk came before the one that it follows was begun.
    #[error("chunk {chunk} of utterance {utterance} came after chunk {newest}; push chunks in order")]
    OutOfOrder {
        /// The utterance.
        utterance: u32,
        /// The chunk that came.
        chunk: u32,
        /// The newest chunk that is known.
        newest: u32,
    },
    /// The codec refused.
    #[error("Opus cannot {call}: {why}")]
    Opus {
        /// What was asked of it.
        call: &'static str,
        /// Its reason.
        why: &'static str,
    },
}
