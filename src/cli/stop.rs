//! Waits for the signal that ends the program.

pub(super) const SIGTERM: &str = "SIGTERM";
const SIGINT: &str = "SIGINT";

/// Returns when the program is asked to stop: SIGINT, or SIGTERM where there is one.
pub(super) async fn asked() -> &'static str {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            return tokio::select! {
                _ = terminate.recv() => SIGTERM,
                _ = tokio::signal::ctrl_c() => SIGINT,
            };
        }
    }
    let _unheard = tokio::signal::ctrl_c().await;
    SIGINT
}

/// Makes a write beyond the limit of a file's size (`ulimit -f`) an error of that write, instead of the end of the program.
pub(super) fn survive_large_files() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        // SIGXFSZ, the same number on Linux, macOS and the BSDs. The handler stays when the listener is dropped.
        let _listener = signal(SignalKind::from_raw(25));
    }
}
