//! A network for tests: seeded, in order like TCP or not like UDP, and without any real waiting.

/// A packet that arrives.
pub(crate) struct Packet {
    pub(crate) arrives_ms: u64,
    pub(crate) samples: Vec<f32>,
}

/// How bad it is.
#[derive(Clone, Copy)]
pub(crate) struct Network {
    pub(crate) seed: u64,
    /// Each packet is late by up to this.
    pub(crate) jitter_ms: u64,
    /// Now and then nothing gets through for up to this, and then everything at once.
    pub(crate) stall_ms: u64,
    /// One packet in so many begins a stall; 0 for never.
    pub(crate) stall_one_in: u64,
    /// One packet in so many is lost; 0 for never.
    pub(crate) loss_one_in: u64,
}

impl Network {
    /// Carries packets that are sent every 20 ms.
    pub(crate) fn carry(self, sent: &[Vec<f32>]) -> Vec<Packet> {
        self.run(sent, None)
    }

    /// The same, with one stall of exactly `stall_ms` that begins at packet `at`.
    pub(crate) fn carry_with_stall_at(self, sent: &[Vec<f32>], at: usize) -> Vec<Packet> {
        self.run(sent, Some(at))
    }

    /// Carries so many datagrams that are sent every 20 ms: the number of each and when it arrives, in milliseconds, by
    /// arrival. They overtake each other, and one in `twice_one_in` arrives twice; 0 for never.
    pub(crate) fn scatter(self, sent: usize, twice_one_in: u64) -> Vec<(u64, usize)> {
        let mut random = Random(self.seed | 1);
        let mut open_from = 0;
        let mut arrived = Vec::new();
        for n in 0..sent {
            let sent_ms = n as u64 * 20;
            if random.one_in(self.stall_one_in) {
                open_from = sent_ms + random.below(self.stall_ms + 1);
            }
            let copies = if random.one_in(self.loss_one_in) {
                0
            } else if random.one_in(twice_one_in) {
                2
            } else {
                1
            };
            for _ in 0..copies {
                let arrives_ms = open_from.max(sent_ms + random.below(self.jitter_ms + 1));
                arrived.push((arrives_ms, n));
            }
        }
        arrived.sort();
        arrived
    }

    fn run(self, sent: &[Vec<f32>], stall_at: Option<usize>) -> Vec<Packet> {
        let mut random = Random(self.seed | 1);
        let mut open_from = 0;
        let mut arrived = Vec::new();
        for (n, samples) in sent.iter().enumerate() {
            let sent_ms = n as u64 * 20;
            if stall_at == Some(n) {
                open_from = sent_ms + self.stall_ms;
            } else if random.one_in(self.stall_one_in) {
                open_from = open_from.max(sent_ms + random.below(self.stall_ms + 1));
            }
            // What comes later never overtakes.
            open_from = open_from.max(sent_ms + random.below(self.jitter_ms + 1));
            if !random.one_in(self.loss_one_in) {
                arrived.push(Packet {
                    arrives_ms: open_from,
                    samples: samples.clone(),
                });
            }
        }
        arrived
    }
}

/// xorshift64*, after Marsaglia 2003 and Vigna 2016.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % bound
    }

    fn one_in(&mut self, count: u64) -> bool {
        count > 0 && self.below(count) == 0
    }
}
