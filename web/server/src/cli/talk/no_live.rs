//! What stands for microphone and speaker in a build without them.

/// Never exists.
pub(super) enum Devices {}

impl Devices {
    /// Says what to do instead.
    pub(super) fn open() -> anyhow::Result<Self> {
        anyhow::bail!(
            "nothing to answer with: give --wav FILE… or --text ANSWER…, or build with `cargo build --release -p colloquy \
             --features mic` to use the microphone (on Debian that needs the package libasound2-dev)"
        )
    }

    pub(super) async fn heard(&mut self) -> Vec<f32> {
        match *self {}
    }

    pub(super) fn play(&mut self, _samples: &[f32]) {
        match *self {}
    }

    pub(super) fn hush(&mut self) {
        match *self {}
    }
}
