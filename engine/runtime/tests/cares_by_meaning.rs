//! What calls for care by its meaning alone is met with it.

use colloquy_core::event::{Event, Mode, Move};
use colloquy_runtime::actor::Command;
use colloquy_runtime::testing::TOLD;

use crate::rig::Rig;

#[tokio::test]
async fn a_written_disclosure_that_no_list_knows_is_met_with_care() {
    let rig = Rig::new(4).await;
    let (_, mut client) = rig.talks("ada", Mode::Text).await;
    client.types("The release went well.").await;
    let decided = client.event("a move", |e| matches!(e, Event::MoveDecided { .. })).await;
    assert!(!matches!(
        decided,
        Event::MoveDecided {
            mv: Move::Care { .. },
            ..
        }
    ));
    client.hears_us_out().await;
    client.types(TOLD).await;
    client
        .event("care", |e| {
            matches!(
                e,
                Event::MoveDecided {
                    mv: Move::Care { .. },
                    ..
                }
            )
        })
        .await;
    client.send(Command::Gone).await;
    client.farewell().await;
    rig.remove().await;
}
