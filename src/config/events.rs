//! What happens around runs: when one starts by itself, who is notified of a failed one, where lineage events go.

use std::path::PathBuf;

use serde::Deserialize;

use super::Secret;

/// When a run starts by itself.
#[derive(Debug, Clone, Deserialize)]
pub struct Schedule {
    /// Five-field cron line.
    pub cron: String,
    /// IANA time zone of the cron line.
    pub timezone: String,
    /// `none`, `latest` or `all`.
    pub catch_up: String,
    /// Loopback address that answers `/health` and `/metrics`.
    pub health: Option<std::net::SocketAddr>,
    /// Who is notified that a run failed.
    pub alert: Option<AlertTo>,
}

/// Where `OpenLineage` events go.
#[derive(Debug, Clone, Deserialize)]
pub struct Lineage {
    /// File to which they are appended, relative to `root`.
    pub file: Option<PathBuf>,
    /// Address to which they are posted.
    pub url: Option<Secret>,
    /// Bearer token of that address.
    pub api_key: Option<Secret>,
    /// Namespace of the job.
    pub namespace: String,
}

/// Who is notified that a scheduled run failed.
#[derive(Debug, Clone, Deserialize)]
pub enum AlertTo {
    /// A program, below the project's folder or with a whole path.
    Program(PathBuf),
    /// A web address; it often holds a token.
    Address(Secret),
}
