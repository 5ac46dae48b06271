//! The only place where whisper.cpp's callbacks are set, and so the only one with `unsafe`. The crate's own safe setter of
//! the abort callback is not sound for closures that capture, hence a trampoline of ours.
#![allow(unsafe_code)]

use std::ffi::{CStr, c_char, c_uint, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

use whisper_rs::{FullParams, WhisperError, WhisperState};

/// What asks whether to go on.
type Asked<'a> = &'a dyn Fn() -> bool;

/// whisper.cpp's level for debugging, at which it may print what it decodes.
const LEVEL_DEBUG: c_uint = 1;

/// Decodes `pcm`; stops with an error after the encoder or after any token once `cancelled` says true.
pub(super) fn full(
    state: &mut WhisperState,
    mut params: FullParams<'_, '_>,
    pcm: &[f32],
    cancelled: Asked<'_>,
) -> Result<(), WhisperError> {
    let data = (&raw const cancelled).cast_mut().cast::<c_void>();
    // SAFETY: `ask` reads `data` as what it is, a pointer to `cancelled`, which lives on this stack frame until `full` has
    // returned; whisper.cpp asks from the calling thread alone (after the encoder and after each token, never from the
    // threads that compute), so that the closure need not be `Sync`; and `params` does not outlive this call.
    unsafe {
        params.set_abort_callback(Some(ask));
        params.set_abort_callback_user_data(data);
    }
    state.full(params, pcm)
}

/// Calls the closure that `data` points to. A panic must not unwind into C: it counts as "stop".
unsafe extern "C" fn ask(data: *mut c_void) -> bool {
    // SAFETY: `full` passes a pointer to a live `Asked`.
    let cancelled = unsafe { *data.cast::<Asked<'_>>() };
    catch_unwind(AssertUnwindSafe(cancelled)).unwrap_or(true)
}

/// Sends what whisper.cpp and ggml say about themselves to `tracing` at debug level, and what could hold decoded text nowhere.
pub(super) fn route_logs() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // Takes over ggml's log too, and drops it.
        whisper_rs::install_logging_hooks();
        // SAFETY: `log` does not unwind (tracing's macros do not panic, and a subscriber's panic is caught), and reads
        // nothing but the text it is given.
        unsafe { whisper_rs::set_log_callback(Some(log), std::ptr::null_mut()) };
    });
}

unsafe extern "C" fn log(level: c_uint, text: *const c_char, _: *mut c_void) {
    if text.is_null() || level <= LEVEL_DEBUG {
        return;
    }
    // SAFETY: whisper.cpp passes a string that ends in NUL and lives during the call.
    let text = unsafe { CStr::from_ptr(text) }.to_string_lossy();
    let spoken = AssertUnwindSafe(|| tracing::debug!(target: "colloquy_models::whisper", "{}", text.trim()));
    // A panicking subscriber loses a log line, no more.
    let _ = catch_unwind(spoken);
}
