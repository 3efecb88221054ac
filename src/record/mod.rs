//! The record of a run: what determines its numbers, its name, its manifest, and the SQL that re-performs it.

mod identity;
mod json;
pub(crate) mod layout;
pub(crate) mod manifest;
mod reproduce;
mod signature;
#[cfg(test)]
pub(crate) mod tests;

pub use identity::{Determinants, libraries, run_id};
pub use json::canonical_json;
pub(crate) use json::{canonical, day};
pub use manifest::{
    CheckRecord, EditionRecord, HashedFile, MailRecord, Manifest, PublishedFigure, RunSummary, TableRecord,
    Window,
};
pub use reproduce::{PartOf, Recipe, TO_RUN, below, reproduce, reproduce_part};
pub use signature::{PublicKey, Signer};
