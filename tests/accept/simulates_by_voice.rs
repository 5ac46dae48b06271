//! Simulated people speak through a synthetic voice, are heard by the real models, and no target is missed: faster than real time.

use std::time::Instant;

use colloquy::cli::simulate::{SimulateArgs, simulate};
use colloquy_models::ModelsConfig;
use colloquy_tests::machine::Machine;
use serde_json::Value;

#[test]
fn interviews_with_speaking_people_miss_no_target_and_take_less_than_their_time() {
    let _machine = Machine::take();
    let folder = tempfile::tempdir().unwrap();
    let json = folder.path().join("grade.json");
    let args = SimulateArgs {
        interviews: Some(3),
        voice: true,
        seed: 1,
        template: Some("pulse".to_owned()),
        persona: None,
        only_seed: None,
        transcript: false,
        json: Some(json.clone()),
    };
    let began = Instant::now();
    simulate(&ModelsConfig::default(), &args).unwrap();
    let took_ms = began.elapsed().as_millis() as u64;
    let told: Value = serde_json::from_slice(&std::fs::read(json).unwrap()).unwrap();
    let hearing = &told["hearing"];
    println!("in {took_ms} ms: {hearing}");
    assert!(hearing["said"].as_u64().unwrap() >= 20, "{hearing}");
    assert!(
        took_ms < hearing["length_ms"].as_u64().unwrap(),
        "slower than real time: {took_ms} ms"
    );
}
