//! The port of a scheduler or an executor: gRPC for those with the pass, and for probes whether it is well.

use std::net::SocketAddr;

use axum::Router;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use axum::routing::get;
use tokio::net::TcpListener;

/// Where a probe asks whether the process lives.
const HEALTH: &str = "/health";
/// Where a probe asks whether it can be given work.
const READY: &str = "/ready";

/// The answers for probes.
pub(super) fn probes(is_ready: impl Fn() -> bool + Clone + Send + Sync + 'static) -> Router {
    let ready = move || async move {
        if is_ready() {
            (StatusCode::OK, "ready\n").into_response()
        } else {
            (StatusCode::SERVICE_UNAVAILABLE, "not ready\n").into_response()
        }
    };
    Router::new().route(HEALTH, get(|| async { "ok\n" })).route(READY, get(ready))
}

/// Answers until `stop`.
pub(super) async fn serve(
    listener: TcpListener,
    routes: Router,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    // The address from which an executor comes is where its results are fetched, unless it names another.
    let routes = routes.into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, routes).with_graceful_shutdown(stop).await
}
