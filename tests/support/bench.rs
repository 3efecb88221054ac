//! The SQL files of the clone on tables that a test gives; see `karat::cases`.

use std::path::Path;
use std::sync::OnceLock;

use karat::cases::Planned;
pub(crate) use karat::cases::{
    Given, Row, Workbench, add_empty_sources, columns_of, settings_tables, sources,
};
use karat::engine::Engine;
use karat::error::Failure;

use super::block_on;

/// The root of the clone.
pub(crate) const CLONE: &str = env!("CARGO_MANIFEST_DIR");

/// The SQL files of the clone, planned over an empty history.
pub(crate) fn planned() -> &'static Planned {
    static PLANNED: OnceLock<Planned> = OnceLock::new();
    PLANNED.get_or_init(|| {
        let plan = || async { Planned::load(&Path::new(CLONE).join("queries")).await };
        block_on(plan).expect("the SQL files of the clone can be planned")
    })
}

/// Starts an engine of one thread whose files lie in `folder`.
pub(crate) fn start(folder: &Path) -> Result<Engine, Failure> {
    karat::cases::start(folder, 1, 8192)
}
