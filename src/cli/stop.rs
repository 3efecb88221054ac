//! Waits for the signal that ends the program.

pub(super) const SIGTERM: &str = "SIGTERM";
const SIGINT: &str = "SIGINT";

/// Returns when the program is told to stop: SIGINT, or SIGTERM where there is one.
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
