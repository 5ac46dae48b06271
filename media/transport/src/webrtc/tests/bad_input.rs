//! What a client can do wrong, or a stranger: a clear error or a call that is closed, and nothing left behind.

use super::*;
use crate::webrtc::call::NotConnected;
use crate::webrtc::sdp::{MAX_OFFER_BYTES, OfferError};

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_never_comes_up_frees_everything() {
    let endpoint = endpoint(3).await;
    // Nobody ever sends anything.
    let (_, mut silent) = endpoint.answer(BROWSER).await.unwrap();
    assert_eq!((endpoint.calls(), endpoint.port.size()), (1, (1, 0)));
    let failed = silent.connected_within(Duration::from_millis(300)).await;
    assert_eq!(failed, Err(NotConnected::TimedOut));
    drop(silent);
    all_freed(&endpoint).await;
    // One that is dropped while it is coming up.
    drop(endpoint.answer(BROWSER).await.unwrap());
    all_freed(&endpoint).await;
    // The encryption fails: the client's certificate is not the one that it offered.
    let (offer, ringing) = Peer::offer(endpoint.announced()[0]).await.unwrap();
    let (head, tail) = offer.split_once("a=fingerprint:sha-256 ").unwrap();
    let forged = format!(
        "{head}a=fingerprint:sha-256 {}{}",
        if tail.starts_with("00") { "11" } else { "00" },
        &tail[2..]
    );
    let (answer, mut call) = endpoint.answer(&forged).await.unwrap();
    let (server, client) = tokio::join!(
        call.connected_within(Duration::from_secs(3)),
        ringing.connect(&answer, Duration::from_secs(3))
    );
    assert!(server.is_err() && client.is_err(), "{server:?}");
    drop(call);
    all_freed(&endpoint).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_messages_is_throttled_and_we_are_still_heard() {
    let endpoint = endpoint(1).await;
    let (mut server, mut peer, _voice) = connect(&endpoint, |answer| answer).await;
    event(&mut peer, "session.created").await;
    // Nobody reads `incoming` for now.
    let channel = peer.channel();
    let flood = tokio::spawn(async move {
        for _ in 0..5_000 {
            channel.send(r#"{"type":"response.cancel"}"#).await.unwrap();
        }
    });
    let (mut heard, mut n) = (0, 0);
    let mut beat = tokio::time::interval(FRAME);
    while heard < 40 {
        tokio::select! {
            happened = peer.next() => heard += usize::from(matches!(happened, Happened::Sound(s) if rms(&s) > 0.02)),
            _ = beat.tick() => {
                server.outgoing.send(audio(speech(n))).await.unwrap();
                n += 1;
            }
        }
        assert!(n < 200, "{heard} frames were heard of {n}");
    }
    assert!(n < 60, "{heard} frames were heard of {n}");
    flood.await.unwrap();
    // All of it comes once somebody reads.
    let mut cancels = 0;
    while cancels < 5_000 {
        match timeout(SOON, server.incoming.recv()).await.unwrap().unwrap() {
            Incoming::Cancel { .. } => cancels += 1,
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_sends_nonsense_is_told_and_hung_up_on() {
    let endpoint = endpoint(1).await;
    let (server, mut peer, mut voice) = connect(&endpoint, |answer| answer).await;
    for n in 0..50u8 {
        voice.send(vec![n; usize::from(n)]).await.unwrap();
    }
    let channel = peer.channel();
    for _ in 0..40 {
        // It may be closed before the last.
        let _ = channel.send("nonsense").await;
    }
    let mut codes = Vec::new();
    loop {
        let event = text(&mut peer).await;
        match event["type"].as_str() {
            Some("closed") => break,
            Some("error") => codes.push(event["error"]["code"].clone()),
            _ => {}
        }
    }
    assert_eq!(codes.len(), 21);
    assert_eq!(codes[20], json!(ErrorCode::TooManyErrors));
    assert_eq!(server.ended.await.unwrap(), Ended::TooManyErrors);
    all_freed(&endpoint).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_opens_channel_after_channel_is_hung_up_on() {
    let endpoint = endpoint(1).await;
    let (server, peer, _voice) = connect(&endpoint, |answer| answer).await;
    let mut kept = Vec::new();
    for n in 0..30 {
        let stack = peer.connection.get().unwrap();
        kept.push(stack.create_data_channel(&format!("more{n}"), None).await);
    }
    assert_eq!(
        timeout(SOON, server.ended).await.unwrap().unwrap(),
        Ended::TooManyErrors
    );
    all_freed(&endpoint).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn junk_from_strangers_disturbs_nobody() {
    let endpoint = endpoint(1).await;
    let (mut server, mut peer, mut voice) = connect(&endpoint, |answer| answer).await;
    let stranger = tokio::net::UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let mut seed = 1u32;
    for n in 0..2_000usize {
        let junk: Vec<u8> = (0..n % 1_500)
            .map(|_| {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (seed >> 24) as u8
            })
            .collect();
        stranger.send_to(&junk, endpoint.announced()[0]).await.unwrap();
    }
    voice.say(&speech(1)).await.unwrap();
    assert!(matches!(
        timeout(SOON, server.incoming.recv()).await.unwrap(),
        Some(Incoming::Audio { .. })
    ));
    server
        .outgoing
        .send(Outgoing::Event(ServerEvent::Resumed))
        .await
        .unwrap();
    event(&mut peer, "colloquy.resumed").await;
    assert_eq!(endpoint.port.size(), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn forged_media_and_control_in_a_clients_name_disturb_nobody() {
    let endpoint = endpoint(1).await;
    let relay = Relay::start(endpoint.announced()[0], Impairment::default())
        .await
        .unwrap();
    let (port, relayed) = (endpoint.announced()[0].port(), relay.address().port());
    let dialled = |answer: String| answer.replace(&format!(" {port} typ"), &format!(" {relayed} typ"));
    let (mut server, mut peer, mut voice) = connect(&endpoint, dialled).await;
    event(&mut peer, "session.created").await;
    // From its own address: RTP, sender and receiver reports, goodbyes and feedback, and what looks like DTLS, a farewell in
    // the clear among it; each with random bytes behind its head, none of them encrypted by anybody.
    let heads: [&[u8]; 8] = [
        &[0x80, 111],
        &[0x80, 200, 0, 6],
        &[0x81, 201, 0, 7],
        &[0x81, 203, 0, 1],
        &[0x8f, 205, 0, 3],
        &[22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 0],
        &[23, 254, 253, 0, 1, 0, 0, 0, 0, 0, 9],
        &[21, 254, 253, 0, 0, 0, 0, 0, 0, 0, 7, 0, 2, 1, 0],
    ];
    let mut seed = 1u32;
    for n in 0..1_600usize {
        let mut junk = heads[n % heads.len()].to_vec();
        let length = if n < 16 { junk.len() } else { junk.len() + n % 1_200 };
        junk.resize_with(length, || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 24) as u8
        });
        relay.forge(&junk).await.unwrap();
        if n % 50 == 0 {
            tokio::time::sleep(FRAME / 4).await;
        }
    }
    // It is heard and told as before.
    for n in 0..20 {
        voice.say(&speech(n)).await.unwrap();
        tokio::time::sleep(FRAME).await;
    }
    let heard = async {
        while !matches!(server.incoming.recv().await, Some(Incoming::Audio { samples, .. }) if rms(&samples) > 0.02) {}
    };
    timeout(SOON, heard).await.expect("what was said");
    server
        .outgoing
        .send(Outgoing::Event(ServerEvent::Resumed))
        .await
        .unwrap();
    event(&mut peer, "colloquy.resumed").await;
    peer.close().await;
    timeout(SOON, server.ended).await.unwrap().unwrap();
    all_freed(&endpoint).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_offer_of_any_size_is_refused_or_answered() {
    let endpoint = endpoint(1).await;
    let lines = |count: usize| format!("{BROWSER}{}", "a=x:y\r\n".repeat(count));
    let refused = endpoint.answer(&lines(1_000_000)).await.unwrap_err();
    assert!(
        matches!(refused, AnswerError::Offer(OfferError::TooLarge { .. })),
        "{refused}"
    );
    let refused = endpoint.answer(&"v".repeat(MAX_OFFER_BYTES)).await.unwrap_err();
    assert!(matches!(refused, AnswerError::Offer(OfferError::NotSdp)), "{refused}");
    // As large as it may be.
    let most = (MAX_OFFER_BYTES - BROWSER.len()) / "a=x:y\r\n".len();
    drop(endpoint.answer(&lines(most)).await.unwrap());
    all_freed(&endpoint).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn offers_that_are_broken_anywhere_are_refused_or_answered_and_leave_nothing() {
    let endpoint = endpoint(1).await;
    let lines: Vec<&str> = BROWSER.lines().collect();
    let mut seed = 42u32;
    let mut random = |below: usize| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 8) as usize % below
    };
    let mut answered = 0;
    for round in 0..400 {
        let mut broken: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        for _ in 0..1 + round % 4 {
            let at = random(broken.len());
            match random(5) {
                0 => drop(broken.remove(at)),
                1 => {
                    let length = random(30).min(broken[at].len());
                    broken[at].truncate(length);
                }
                2 => {
                    let (other, line) = (random(broken.len()), broken[at].clone());
                    broken.insert(other, line);
                }
                3 => broken[at].push_str(" 99999999999999999999 \u{1F399} ;;="),
                _ => broken[at] = broken[at].replace(['1', ':', ' '], "-"),
            }
        }
        match endpoint.answer(&broken.join("\r\n")).await {
            Ok((answer, call)) => {
                assert!(answer.contains("typ host"), "{answer}");
                answered += 1;
                drop(call);
            }
            Err(AnswerError::Full { .. }) => {}
            Err(AnswerError::Offer(_)) => {}
            Err(error @ AnswerError::Stack(_)) => panic!("{error} for {}", broken.join("\n")),
        }
        all_freed(&endpoint).await;
    }
    assert!(answered > 20, "{answered}");
}
