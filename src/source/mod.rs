//! Inputs: which objects are read, pinned by their hash, checked against the contract, and given canonical names.
//!
//! Nothing is read that is not on the record, and nothing on the record is skipped: every object of a location is
//! either read or excluded with a reason.

mod contract;
mod csv;
#[cfg(feature = "delta")]
mod delta;
mod duckdb;
#[cfg(test)]
mod faults;
mod footer;
mod guard;
mod iceberg;
mod inventory;
mod json;
mod lakehouse;
mod manifest;
mod named;
mod order;
mod period;
mod pin;
mod pinned;
mod reading;
mod record;
mod recorded;
mod rows;
mod sheet;
mod sniff;
mod text;
mod times;

pub use contract::{MappedColumn, RawTable, empty_table, raw_table};
pub use duckdb::{Reader, written_addresses};
pub use inventory::{Excluded, shown_path};
pub use lakehouse::is_metadata as is_iceberg_metadata;
pub use named::{named_table, place_of_row, traced_rows, wide_schema};
pub use pin::pin;
pub use pinned::{Pinned, PinnedFile};
pub use record::InputRecord;
pub use recorded::pin_recorded;
pub use rows::{From, Rows};
pub use sniff::sniff;
