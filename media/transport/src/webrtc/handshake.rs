//! A handshake on a network that loses: our newest flight is sent again when the other side repeats its own (RFC 6347,
//! 4.2.4), which says that ours was lost. The stack does not: a repeated message stops its timer, and it waits for ever; one
//! call in fifty did not come up with 2 % lost and 60 ms of jitter.
//!
//! It is done below the stack, with the datagrams as they were: to whoever missed them they are the first, and everybody
//! else drops them by their numbers.

use std::io::{self, IoSliceMut};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use webrtc::runtime::{AsyncUdpSocket, RecvMeta, Transmit};

/// A record's type, version, epoch, number and length.
const RECORD_HEADER: usize = 13;
const EPOCH: std::ops::Range<usize> = 3..5;
const LENGTH: std::ops::Range<usize> = 11..13;
/// Within a handshake record, after its header: the message's number.
const MESSAGE_NUMBER: std::ops::Range<usize> = RECORD_HEADER + 4..RECORD_HEADER + 6;
const CHANGE_CIPHER_SPEC: u8 = 20;
const HANDSHAKE: u8 = 22;
/// Datagrams of a flight: a certificate and a few messages are one or two.
const FLIGHT_DATAGRAMS: usize = 8;
/// How often a flight is sent again in a call: somebody who replays a browser's messages gets no more out of us.
const AGAIN_MOST: usize = 24;

/// What a datagram says of a handshake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    /// Nothing: it belongs to something else.
    Nothing,
    /// It has messages that can be read, up to this number.
    Messages(u16),
    /// It is the encrypted end of a flight.
    Sealed,
}

fn told(mut datagram: &[u8]) -> Told {
    let mut told = Told::Nothing;
    while let (Some(&kind @ (CHANGE_CIPHER_SPEC | HANDSHAKE)), true) =
        (datagram.first(), datagram.len() >= RECORD_HEADER)
    {
        let clear = datagram[EPOCH] == [0, 0];
        told = match (told, datagram.get(MESSAGE_NUMBER)) {
            (before, Some(number)) if kind == HANDSHAKE && clear => {
                let number = u16::from_be_bytes([number[0], number[1]]);
                Told::Messages(if let Told::Messages(before) = before {
                    before.max(number)
                } else {
                    number
                })
            }
            (Told::Nothing, _) => Told::Sealed,
            (before, _) => before,
        };
        let length = usize::from(u16::from_be_bytes([datagram[LENGTH.start], datagram[LENGTH.start + 1]]));
        datagram = datagram.get(RECORD_HEADER + length..).unwrap_or_default();
    }
    told
}

/// Our newest flight, and how far the other side is.
#[derive(Debug, Default)]
struct Flight {
    datagrams: Vec<(SocketAddr, Vec<u8>)>,
    /// Something new came since it was sent: what is sent now begins another one.
    over: bool,
    /// The highest number of a message of theirs, and of ours.
    theirs: Option<u16>,
    ours: Option<u16>,
    again: usize,
}

impl Flight {
    /// The stack sends this.
    fn sent(&mut self, to: SocketAddr, datagram: &[u8]) {
        let told = told(datagram);
        let repeated = match told {
            Told::Nothing => return,
            Told::Messages(number) => self.ours >= Some(number),
            Told::Sealed => !self.over && self.datagrams.iter().any(|(_, kept)| self::told(kept) == Told::Sealed),
        };
        if repeated {
            return;
        }
        if std::mem::take(&mut self.over) {
            self.datagrams.clear();
        }
        if let Told::Messages(number) = told {
            self.ours = Some(number);
        }
        if self.datagrams.len() < FLIGHT_DATAGRAMS {
            self.datagrams.push((to, datagram.to_vec()));
        }
    }

    /// This came: the flight that is to be sent again for it.
    fn came(&mut self, datagram: &[u8]) -> &[(SocketAddr, Vec<u8>)] {
        let Told::Messages(number) = told(datagram) else {
            return &[];
        };
        if self.theirs < Some(number) {
            self.theirs = Some(number);
            self.over = true;
        }
        // While it is over the stack has not answered yet: there is nothing that could have been lost.
        if self.over || self.again >= AGAIN_MOST {
            return &[];
        }
        self.again += 1;
        &self.datagrams
    }
}

/// A socket whose handshake gets through.
#[derive(Debug)]
pub(super) struct Repeating {
    socket: Arc<dyn AsyncUdpSocket>,
    flight: Mutex<Flight>,
}

impl Repeating {
    pub(super) fn new(socket: Arc<dyn AsyncUdpSocket>) -> Self {
        Self {
            socket,
            flight: Mutex::default(),
        }
    }

    fn flight(&self) -> MutexGuard<'_, Flight> {
        // Half a change leaves a flight that is not repeated, and nothing worse.
        self.flight.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn came(&self, cx: &mut Context<'_>, datagram: &[u8]) {
        if datagram.first() != Some(&HANDSHAKE) {
            return;
        }
        for (to, again) in self.flight().came(datagram) {
            let transmit = Transmit {
                destination: *to,
                ecn: None,
                contents: again,
                segment_size: None,
                src_ip: None,
            };
            // What a full socket loses will be asked for again.
            if let Poll::Ready(Err(error)) = self.socket.poll_send(cx, &transmit) {
                tracing::trace!(%error, "a flight was not sent again");
            }
        }
    }
}

impl AsyncUdpSocket for Repeating {
    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    fn poll_send(&self, cx: &mut Context<'_>, transmit: &Transmit<'_>) -> Poll<io::Result<usize>> {
        let sent = self.socket.poll_send(cx, transmit);
        if sent.is_ready() && matches!(transmit.contents.first(), Some(&(CHANGE_CIPHER_SPEC | HANDSHAKE))) {
            let each = transmit.segment_size.unwrap_or(transmit.contents.len()).max(1);
            let mut flight = self.flight();
            for datagram in transmit.contents.chunks(each) {
                flight.sent(transmit.destination, datagram);
            }
        }
        sent
    }

    fn poll_recv(
        &self,
        cx: &mut Context<'_>,
        bufs: &mut [IoSliceMut<'_>],
        meta: &mut [RecvMeta],
    ) -> Poll<io::Result<usize>> {
        let received = self.socket.poll_recv(cx, bufs, meta);
        if let Poll::Ready(Ok(messages)) = &received {
            for (buffer, meta) in bufs.iter().zip(meta.iter()).take(*messages) {
                for datagram in buffer[..meta.len.min(buffer.len())].chunks(meta.stride.max(1)) {
                    self.came(cx, datagram);
                }
            }
        }
        received
    }

    fn max_gso_segments(&self) -> usize {
        self.socket.max_gso_segments()
    }

    fn max_gro_segments(&self) -> usize {
        self.socket.max_gro_segments()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn to() -> SocketAddr {
        "192.0.2.1:9".parse().unwrap()
    }

    /// A handshake record with a message of this number.
    fn message(number: u16) -> Vec<u8> {
        let mut record = vec![HANDSHAKE, 254, 253, 0, 0, 0, 0, 0, 0, 0, 0, 0, 12, 1, 0, 0, 0];
        record.extend(number.to_be_bytes());
        record.extend([0; 6]);
        record
    }

    fn sealed() -> Vec<u8> {
        let change = [CHANGE_CIPHER_SPEC, 254, 253, 0, 0, 0, 0, 0, 0, 0, 9, 0, 1, 1];
        let finished = [HANDSHAKE, 254, 253, 0, 1, 0, 0, 0, 0, 0, 0, 0, 4, 7, 7, 7, 7];
        [change.as_slice(), &finished].concat()
    }

    fn datagrams(flight: &[(SocketAddr, Vec<u8>)]) -> Vec<Vec<u8>> {
        flight.iter().map(|(_, datagram)| datagram.clone()).collect()
    }

    #[test]
    fn a_datagram_tells_its_highest_message_and_what_is_cut_short_or_no_handshake_tells_nothing() {
        assert_eq!(
            told(&[message(2), message(4), message(3), sealed()].concat()),
            Told::Messages(4)
        );
        assert_eq!(told(&sealed()), Told::Sealed);
        assert_eq!(told(&[128; 100]), Told::Nothing);
        assert_eq!(told(&message(2)[..9]), Told::Nothing);
        assert_eq!(told(&[]), Told::Nothing);
    }

    #[test]
    fn what_is_repeated_is_answered_by_our_newest_flight_and_what_is_new_by_the_stack_alone() {
        let mut flight = Flight::default();
        assert!(flight.came(&message(0)).is_empty());
        flight.sent(to(), &message(0));
        assert_eq!(datagrams(flight.came(&message(0))), [message(0)]);
        assert!(flight.came(&message(1)).is_empty());
        // A copy that comes before the stack has answered.
        assert!(flight.came(&message(1)).is_empty());
        let two = [message(1), message(2)].concat();
        flight.sent(to(), &two);
        flight.sent(to(), &message(3));
        // What the stack itself sends again is no other flight.
        flight.sent(to(), &two);
        assert_eq!(datagrams(flight.came(&message(1))), [two, message(3)]);
        assert!(flight.came(&[message(2), sealed()].concat()).is_empty());
        flight.sent(to(), &sealed());
        flight.sent(to(), &sealed());
        assert_eq!(datagrams(flight.came(&[message(2), sealed()].concat())), [sealed()]);
    }

    #[test]
    fn who_replays_without_end_gets_so_much_and_no_more() {
        let mut flight = Flight::default();
        flight.came(&message(0));
        for number in 0..100 {
            flight.sent(to(), &message(number));
        }
        let got: usize = (0..1_000).map(|_| flight.came(&message(0)).len()).sum();
        assert_eq!(got, FLIGHT_DATAGRAMS * AGAIN_MOST);
    }
}
