//! The processes of a cluster: a scheduler and executors, of Apache Ballista, that run the large statements of a run.
//!
//! A run plans a statement itself, with its own rules, and sends the plan; executors read the files where they are stored, on a file system
//! that all machines share. Each process shows with every request of which version it is, and which token it knows.

mod counted;
mod executor;
mod judge;
mod log;
mod scheduler;
mod server;

use std::sync::Arc;

use ballista_core::ConfigProducer;
use ballista_core::error::BallistaError;
use ballista_core::extension::SessionConfigExt as _;
use datafusion::prelude::SessionConfig;

pub use self::log::listen;
use crate::engine::remote::MESSAGE_BYTES;
pub use crate::engine::remote::Pass;
use crate::error::{Exit, Failure};
pub use executor::{ExecutorOptions, execute};
pub use scheduler::schedule;

/// Settings of the sessions of a scheduler and of executors: these, too, show their pass when they fetch from one another.
fn settings(pass: &Pass) -> ConfigProducer {
    let endpoint = pass.endpoint();
    Arc::new(move || {
        SessionConfig::new_with_ballista()
            .with_ballista_override_create_grpc_client_endpoint(Arc::clone(&endpoint))
            .with_ballista_grpc_client_max_message_size(MESSAGE_BYTES)
    })
}

fn failed(what: &str, error: &BallistaError) -> Failure {
    Failure::new(Exit::Resources, "cluster", what).cause(error.to_string()).retryable()
}
