//! What happens around runs: when one starts by itself, who is notified of a failed one, where lineage events go.

use std::path::PathBuf;

use serde::Deserialize;

use super::Secret;
use super::key::{Key, Kind, row};

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

/// The keys of `lineage`.
#[rustfmt::skip]
pub(super) const LINEAGE: &[Key] = &[
    row("file", Kind::Path, "", "file", "", "each event is appended to it as a line of JSON; relative to this file"),
    row("url", Kind::Endpoint, "", "URL", "", "each event is posted there, to Marquez for example"),
    row("api_key", Kind::Token, "", "variable", "", "bearer token of the address"),
    row("namespace", Kind::Line, "karat", "text", "", "namespace of the job, whose name is that of the project"),
];
