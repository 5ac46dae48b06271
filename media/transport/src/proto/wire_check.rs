//! That our JSON is the Realtime API's: every event is read by, or written by, a typed client of it. The only file that
//! knows that client.

use async_openai::types::realtime as wire;
use serde_json::{Value, json};

use super::*;
use crate::error::{ErrorCode, ProtocolError};

fn spoken() -> Item {
    let part = Part::OutputAudio {
        transcript: "What keeps you here?".into(),
    };
    Item::message("item_2", Role::Assistant, ItemStatus::Completed, vec![part])
}

/// One of every event.
fn all() -> Vec<ServerEvent> {
    use ServerEvent as E;
    let session = SessionView {
        id: "sess_1".into(),
        expires_at: Some(1_800_000_000),
        language: "en".into(),
        voice: "joe".into(),
        modality: Modality::Audio,
        input: AudioFormat::Pcm24k,
        output: AudioFormat::MuLaw,
    };
    let (response_id, item_id) = (|| "resp_1".to_owned(), || "item_2".to_owned());
    let heard = Item::message(
        "item_1",
        Role::User,
        ItemStatus::Completed,
        vec![Part::heard("I like it.")],
    );
    let typed = Part::InputText {
        text: "I like it.".into(),
    };
    let written = Part::OutputText {
        text: "What keeps you here?".into(),
    };
    let typed = Item::message("item_3", Role::User, ItemStatus::Completed, vec![typed]);
    let written = Item::message("item_4", Role::Assistant, ItemStatus::Incomplete, vec![written]);
    let begun = Response::begun("resp_1", Modality::Audio);
    let empty = Item::message("item_2", Role::Assistant, ItemStatus::InProgress, vec![]);
    let part = ContentPart::Audio { transcript: "".into() };
    let error = ProtocolError::new(ErrorCode::AudioTooFast, "Too fast.")
        .at("audio")
        .about(Some("mine".into()));
    let (output_index, content_index) = (0, 0);
    vec![
        E::Error { error },
        E::SessionCreated {
            session: session.to_wire(),
        },
        E::SessionUpdated {
            session: session.to_wire(),
        },
        E::SpeechStarted {
            audio_start_ms: 100,
            item_id: "item_1".into(),
        },
        E::SpeechStopped {
            audio_end_ms: 900,
            item_id: "item_1".into(),
        },
        E::Committed {
            previous_item_id: None,
            item_id: "item_1".into(),
        },
        E::Cleared,
        E::ItemAdded {
            previous_item_id: None,
            item: heard,
        },
        E::ItemDone {
            previous_item_id: Some("item_2".into()),
            item: typed,
        },
        E::ItemDone {
            previous_item_id: Some("item_3".into()),
            item: written,
        },
        E::ItemTruncated {
            item_id: item_id(),
            content_index,
            audio_end_ms: 700,
        },
        E::TranscriptionDelta {
            item_id: "item_1".into(),
            content_index,
            delta: "I like".into(),
        },
        E::TranscriptionCompleted {
            item_id: "item_1".into(),
            content_index,
            transcript: "I like it.".into(),
            usage: TranscriptionUsage::Duration { seconds: 1.5 },
        },
        E::ResponseCreated {
            response: begun.clone(),
        },
        E::OutputItemAdded {
            response_id: response_id(),
            output_index,
            item: empty,
        },
        E::OutputItemDone {
            response_id: response_id(),
            output_index,
            item: spoken(),
        },
        E::ContentPartAdded {
            response_id: response_id(),
            item_id: item_id(),
            output_index,
            content_index,
            part: part.clone(),
        },
        E::ContentPartDone {
            response_id: response_id(),
            item_id: item_id(),
            output_index,
            content_index,
            part,
        },
        E::ContentPartAdded {
            response_id: response_id(),
            item_id: item_id(),
            output_index,
            content_index,
            part: ContentPart::Text { text: "".into() },
        },
        E::OutputAudioDelta {
            response_id: response_id(),
            item_id: item_id(),
            output_index,
            content_index,
            delta: "AAAA".into(),
        },
        E::OutputAudioDone {
            response_id: response_id(),
            item_id: item_id(),
            output_index,
            content_index,
        },
        E::OutputTranscriptDelta {
            response_id: response_id(),
            item_id: item_id(),
            output_index,
            content_index,
            delta: "What".into(),
        },
        E::OutputTranscriptDone {
            response_id: response_id(),
            item_id: item_id(),
            output_index,
            content_index,
            transcript: "What keeps you here?".into(),
        },
        E::OutputTextDelta {
            response_id: response_id(),
            item_id: item_id(),
            output_index,
            content_index,
            delta: "What".into(),
        },
        E::OutputTextDone {
            response_id: response_id(),
            item_id: item_id(),
            output_index,
            content_index,
            text: "What keeps you here?".into(),
        },
        E::ResponseDone {
            response: begun.clone().completed(spoken()),
        },
        E::ResponseDone {
            response: begun.cancelled(spoken(), CancelReason::TurnDetected),
        },
        E::Topic {
            topic_id: "growth".into(),
            label: "Growth".into(),
            number: 2,
            of: 7,
        },
        E::Stage { stage: Stage::Care },
        E::Progress {
            elapsed_ms: 60_000,
            planned_ms: 900_000,
            topics_done: 1,
            topics: 7,
        },
        E::Consent {
            mode: Mode::Voice,
            recording: false,
            text_version: "2026-11".into(),
        },
        E::Paused {
            cause: PauseCause::Drain,
        },
        E::Resumed,
        E::Hold { held: true },
        E::Ended {
            outcome: EndOutcome::Completed,
        },
        E::Latency {
            response_id: response_id(),
            parts: LatencyParts {
                endpoint_wait: 200,
                ..LatencyParts::default()
            },
            total_ms: 200,
        },
    ]
}

fn on_the_wire(event: ServerEvent) -> Value {
    serde_json::to_value(Numbered {
        event_id: "event_000001".to_owned(),
        event,
    })
    .unwrap()
}

#[test]
fn every_event_of_ours_is_read_by_a_typed_client_and_by_ourselves() {
    let mut theirs = 0;
    for event in all() {
        let value = on_the_wire(event.clone());
        let back: Numbered<ServerEvent> = serde_json::from_value(value.clone()).unwrap();
        assert_eq!(back.event, event);
        if !value["type"].as_str().unwrap().starts_with("colloquy.") {
            let read = serde_json::from_value::<wire::RealtimeServerEvent>(value.clone());
            // What they read they write again: no field of the API is missing or spelled in another way.
            let again = serde_json::to_value(read.unwrap_or_else(|error| panic!("{error} in {value}"))).unwrap();
            assert_eq!(again["type"], value["type"]);
            theirs += 1;
        }
    }
    assert_eq!(theirs, 27);
}

#[test]
fn the_vocabulary_is_as_it_was() {
    insta::assert_json_snapshot!(all().into_iter().map(on_the_wire).collect::<Vec<_>>());
}

#[test]
fn no_event_shows_what_was_said_in_debug() {
    for event in all() {
        let shown = format!("{event:?}");
        assert!(!shown.contains("like") && !shown.contains("keeps"), "{shown}");
    }
}

#[test]
fn what_a_typed_client_writes_is_understood() {
    use wire::RealtimeClientEvent as C;
    let session = wire::RealtimeSession {
        audio: Some(wire::Audio {
            input: wire::AudioInput {
                format: wire::RealtimeAudioFormats::PCMUAudioFormat,
                noise_reduction: None,
                transcription: None,
                turn_detection: None,
            },
            output: wire::AudioOutput {
                format: wire::RealtimeAudioFormats::PCMAudioFormat { rate: 24_000 },
                speed: 1.0,
                voice: wire::RealtimeVoice::Alloy,
            },
        }),
        output_modalities: Some(vec!["audio".into()]),
        ..Default::default()
    };
    let session = wire::Session::RealtimeSession(Box::new(session));
    let text = wire::UserMessageContent::InputText(wire::UserMessageContentInputText { text: "Hello".into() });
    let user = wire::RealtimeConversationItemMessageUser {
        content: vec![text],
        ..Default::default()
    };
    let item = wire::RealtimeConversationItem::Message(wire::RealtimeConversationItemMessage::User(user));
    let truncate = json!({"type": "conversation.item.truncate", "item_id": "i", "content_index": 0, "audio_end_ms": 5});
    let events = [
        C::SessionUpdate(wire::RealtimeClientEventSessionUpdate {
            event_id: Some("e".into()),
            session,
        }),
        C::InputAudioBufferAppend(wire::RealtimeClientEventInputAudioBufferAppend {
            event_id: Some("e".into()),
            audio: "AAAA".into(),
        }),
        C::InputAudioBufferCommit(Default::default()),
        C::InputAudioBufferClear(Default::default()),
        C::ConversationItemCreate(item.into()),
        serde_json::from_value(truncate).unwrap(),
        C::ResponseCreate(Default::default()),
        C::ResponseCancel(Default::default()),
    ];
    for event in events {
        let text = serde_json::to_string(&event).unwrap();
        let (_, read) = parse(&text).unwrap_or_else(|error| panic!("{error} in {text}"));
        if let ClientEvent::SessionUpdate { session } = read {
            assert_eq!(session.kind.as_deref(), Some("realtime"));
            assert_eq!(session.audio.unwrap()["input"]["format"]["type"], "audio/pcmu");
        }
    }
}
