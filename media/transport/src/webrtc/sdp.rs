//! What is read in an offer, and what is written into an answer. Pure.
//!
//! The offer's candidates are taken out: as an ICE-lite server we never call out to an address that a client named, and so
//! can never be made to. The answer gets our own: one port for all calls.

use std::fmt::Write as _;
use std::net::SocketAddr;

/// An offer may have at most this many bytes; a browser's for one voice and one data channel has 2,000 to 6,000.
pub const MAX_OFFER_BYTES: usize = 32 * 1024;
/// And so many media sections: one voice, one data channel, and what a careless page adds.
const MAX_SECTIONS: usize = 8;
/// What we ask to be sent, and say of what we send: wideband is all that a recognizer hears, and at this rate Opus has the
/// most to spare for the copies that make up for losses.
const OPUS_PARAMETERS: &str =
    "minptime=10;useinbandfec=1;maxplaybackrate=16000;sprop-maxcapturerate=24000;maxaveragebitrate=32000;stereo=0";

/// Why an offer is refused. Every message says what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OfferError {
    /// Too long.
    #[error(
        "the offer has {bytes} bytes, and at most {MAX_OFFER_BYTES} are read; offer one voice and one data channel"
    )]
    TooLarge {
        /// How many bytes came.
        bytes: usize,
    },
    /// Not SDP at all, or not as the stack reads it.
    #[error("this is no SDP offer; send what createOffer() gave, as application/sdp")]
    NotSdp,
    /// Too many media sections.
    #[error("the offer has {sections} media sections; offer one voice and one data channel")]
    TooMany {
        /// How many.
        sections: usize,
    },
    /// No audio section.
    #[error("the offer has no audio; add the microphone's track before createOffer()")]
    NoAudio,
    /// No Opus in it.
    #[error("the offer's audio has no Opus (opus/48000/2), which is all that is spoken here")]
    NoOpus,
    /// The client does not want to send.
    #[error("the offer's audio is {direction}, so that nobody could be heard; offer sendrecv")]
    NobodyHeard {
        /// `recvonly` or `inactive`.
        direction: &'static str,
    },
    /// Something is missing without which no connection comes up.
    #[error("the offer lacks {what}; send it as createOffer() gave it")]
    Incomplete {
        /// What.
        what: &'static str,
    },
    /// The audio section is well formed and still cannot be taken.
    #[error("the offer's audio cannot be taken as it is offered; bundle it with the data channel (a=group:BUNDLE)")]
    NotTaken,
    /// Both sides would wait for the other.
    #[error("the offer is of an ICE-lite agent, as we are, and one side must begin; offer from a full one")]
    Lite,
}

/// An offer that can be answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Offer {
    /// Its text, without candidates.
    pub(super) sdp: String,
    /// The RTP payload type of its first Opus.
    pub(super) opus: u8,
    /// Whether it has a section for data channels.
    pub(super) events: bool,
}

impl Offer {
    /// Reads an offer.
    ///
    /// # Errors
    /// [`OfferError`] says what is wrong with it and what to do.
    pub(super) fn parse(text: &str) -> Result<Self, OfferError> {
        if text.len() > MAX_OFFER_BYTES {
            return Err(OfferError::TooLarge { bytes: text.len() });
        }
        let lines: Vec<&str> = text
            .lines()
            .map(str::trim_end)
            .filter(|line| !line.is_empty())
            .collect();
        let typed = |line: &&str| matches!(line.as_bytes(), [b'a'..=b'z', b'=', ..]);
        if lines.first() != Some(&"v=0") || !lines.iter().all(typed) {
            return Err(OfferError::NotSdp);
        }
        let first = lines
            .iter()
            .position(|line| line.starts_with("m="))
            .unwrap_or(lines.len());
        let (session, media) = lines.split_at(first);
        let sections: Vec<&[&str]> = media.chunk_by(|_, next| !next.starts_with("m=")).collect();
        if sections.len() > MAX_SECTIONS {
            return Err(OfferError::TooMany {
                sections: sections.len(),
            });
        }
        if session.contains(&"a=ice-lite") {
            return Err(OfferError::Lite);
        }
        let audio = sections
            .iter()
            .find(|section| section[0].starts_with("m=audio "))
            .ok_or(OfferError::NoAudio)?;
        let opus = audio.iter().find_map(|line| opus(line)).ok_or(OfferError::NoOpus)?;
        for (line, direction) in [("a=recvonly", "recvonly"), ("a=inactive", "inactive")] {
            if audio.contains(&line) {
                return Err(OfferError::NobodyHeard { direction });
            }
        }
        for what in ["a=ice-ufrag:", "a=ice-pwd:", "a=fingerprint:"] {
            if !session.iter().chain(*audio).any(|line| line.starts_with(what)) {
                let what = what.trim_start_matches("a=").trim_end_matches(':');
                return Err(OfferError::Incomplete { what });
            }
        }
        let events = sections.iter().any(|section| section[0].starts_with("m=application "));
        let kept = lines.iter().filter(|line| !is_candidate(line));
        let sdp = kept.flat_map(|line| [line, "\r\n"]).collect();
        Ok(Self { sdp, opus, events })
    }
}

/// The payload type, where the line names Opus.
fn opus(line: &str) -> Option<u8> {
    let (payload_type, codec) = line.strip_prefix("a=rtpmap:")?.split_once(' ')?;
    codec
        .trim()
        .eq_ignore_ascii_case("opus/48000/2")
        .then(|| payload_type.parse().ok().filter(|number| *number < 128))?
}

fn is_candidate(line: &str) -> bool {
    line.starts_with("a=candidate:") || line == "a=end-of-candidates"
}

/// Whether an answer takes the offer's audio.
pub(super) fn takes_audio(answer: &str) -> bool {
    answer
        .lines()
        .filter_map(|line| line.strip_prefix("m=audio "))
        .any(|rest| !rest.starts_with("0 "))
}

/// Writes our addresses and what we want of Opus into an answer.
pub(super) fn finish(answer: &str, addresses: &[SocketAddr], opus: u8) -> String {
    let lines: Vec<&str> = answer.lines().filter(|line| !is_candidate(line)).collect();
    let mut out = String::with_capacity(answer.len() + 512);
    let fmtp = format!("a=fmtp:{opus} ");
    for section in lines.chunk_by(|_, next| !next.starts_with("m=")) {
        for line in section {
            out.push_str(if line.starts_with(&fmtp) { &fmtp } else { line });
            if line.starts_with(&fmtp) {
                out.push_str(OPUS_PARAMETERS);
            }
            out.push_str("\r\n");
        }
        let mut words = section[0].split(' ');
        let refused = words.nth(1) == Some("0");
        if section[0].starts_with("m=") && !refused {
            candidates(addresses, &mut out);
        }
    }
    out
}

/// An answer that names this address and no other: a relay in front of the server.
pub(super) fn redirect(answer: &str, address: SocketAddr) -> String {
    finish(answer, &[address], u8::MAX)
}

fn candidates(addresses: &[SocketAddr], out: &mut String) {
    for (n, address) in (0u32..).zip(addresses) {
        // RFC 8445, section 5.1.2.1: a host candidate of component 1; the first address is preferred.
        let priority = (126 << 24) | ((65_535 - n.min(65_535)) << 8) | 255;
        let (ip, port) = (address.ip(), address.port());
        // Writing into a string cannot fail.
        let _ = write!(out, "a=candidate:{} 1 udp {priority} {ip} {port} typ host\r\n", n + 1);
    }
    out.push_str("a=end-of-candidates\r\n");
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// What Chromium offers for a microphone and a data channel, shortened.
    pub(in crate::webrtc) const BROWSER: &str = "v=0\r\no=- 4611731400430051336 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n\
        a=group:BUNDLE 0 1\r\na=extmap-allow-mixed\r\na=msid-semantic: WMS stream\r\n\
        m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126\r\nc=IN IP4 0.0.0.0\r\na=rtcp:9 IN IP4 0.0.0.0\r\n\
        a=candidate:1467250027 1 udp 2122260223 192.168.0.196 46243 typ host generation 0\r\n\
        a=candidate:435653019 1 tcp 1845501695 192.168.0.196 9 typ host tcptype active generation 0\r\n\
        a=ice-ufrag:EsAw\r\na=ice-pwd:bP+XJMM09aR8AiX1jdukzR6Y\r\na=ice-options:trickle\r\n\
        a=fingerprint:sha-256 DA:39:A3:EE:5E:6B:4B:0D:32:55:BF:EF:95:60:18:90:AF:D8:07:09:DA:39:A3:EE:5E:6B:4B:0D:32:55:BF:EF\r\n\
        a=setup:actpass\r\na=mid:0\r\na=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\na=sendrecv\r\n\
        a=msid:stream track\r\na=rtcp-mux\r\na=rtpmap:111 opus/48000/2\r\na=rtcp-fb:111 transport-cc\r\n\
        a=fmtp:111 minptime=10;useinbandfec=1\r\na=rtpmap:63 red/48000/2\r\na=fmtp:63 111/111\r\na=rtpmap:9 G722/8000\r\n\
        a=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:13 CN/8000\r\na=rtpmap:110 telephone-event/48000\r\n\
        a=rtpmap:126 telephone-event/8000\r\na=ssrc:3570614608 cname:4TOk42mSjXCkVIa6\r\n\
        m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\na=ice-ufrag:EsAw\r\n\
        a=ice-pwd:bP+XJMM09aR8AiX1jdukzR6Y\r\na=ice-options:trickle\r\n\
        a=fingerprint:sha-256 DA:39:A3:EE:5E:6B:4B:0D:32:55:BF:EF:95:60:18:90:AF:D8:07:09:DA:39:A3:EE:5E:6B:4B:0D:32:55:BF:EF\r\n\
        a=setup:actpass\r\na=mid:1\r\na=sctp-port:5000\r\na=max-message-size:262144\r\n";

    #[test]
    fn a_browsers_offer_is_read_and_names_no_address_any_more() {
        let offer = Offer::parse(BROWSER).unwrap();
        assert_eq!((offer.opus, offer.events), (111, true));
        assert!(!offer.sdp.contains("candidate:") && !offer.sdp.contains("192.168"));
        assert_eq!(offer.sdp.lines().count(), BROWSER.lines().count() - 2);
    }

    #[test]
    fn what_cannot_be_answered_is_refused_with_the_reason() {
        let without = |what: &str| {
            let kept = BROWSER.lines().filter(|line| !line.contains(what));
            kept.flat_map(|line| [line, "\r\n"]).collect::<String>()
        };
        let no_audio = BROWSER.replace("m=audio", "m=video");
        let many = BROWSER.to_owned() + &"m=video 9 UDP/TLS/RTP/SAVPF 96\r\n".repeat(7);
        for (sdp, refusal) in [
            (String::new(), OfferError::NotSdp),
            ("{\"type\":\"offer\"}".to_owned(), OfferError::NotSdp),
            ("v=0\r\n\u{1F399}".to_owned(), OfferError::NotSdp),
            ("v=0\r\n".to_owned(), OfferError::NoAudio),
            (no_audio, OfferError::NoAudio),
            (without("opus/48000"), OfferError::NoOpus),
            (without("ice-pwd"), OfferError::Incomplete { what: "ice-pwd" }),
            (without("fingerprint"), OfferError::Incomplete { what: "fingerprint" }),
            (
                BROWSER.replace("a=sendrecv", "a=recvonly"),
                OfferError::NobodyHeard { direction: "recvonly" },
            ),
            (BROWSER.replace("t=0 0", "t=0 0\r\na=ice-lite"), OfferError::Lite),
            (many, OfferError::TooMany { sections: 9 }),
            ("v=0\r\n".repeat(7_000), OfferError::TooLarge { bytes: 35_000 }),
        ] {
            assert_eq!(Offer::parse(&sdp), Err(refusal));
        }
    }

    #[test]
    fn the_answer_names_our_port_in_every_section_that_is_taken() {
        let answer = "v=0\r\ns=-\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=rtpmap:111 opus/48000/2\r\n\
            a=fmtp:111 minptime=10;useinbandfec=1\r\na=candidate:9 1 udp 1 127.0.0.1 40123 typ host\r\n\
            m=video 0 UDP/TLS/RTP/SAVPF 0\r\na=inactive\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:1\r\n";
        let addresses = ["192.0.2.7:8080".parse().unwrap(), "[2001:db8::7]:8080".parse().unwrap()];
        let answer = finish(answer, &addresses, 111);
        assert!(!answer.contains("40123") && takes_audio(&answer));
        assert!(!takes_audio(&answer.replace("m=audio 9", "m=audio 0")));
        assert_eq!(answer.matches("192.0.2.7 8080 typ host\r\n").count(), 2, "{answer}");
        assert_eq!(answer.matches("2001:db8::7 8080 typ host\r\n").count(), 2);
        assert!(answer.contains("a=fmtp:111 minptime=10;useinbandfec=1;maxplaybackrate=16000"));
        assert!(answer.contains("a=inactive\r\nm=application"));
    }
}
