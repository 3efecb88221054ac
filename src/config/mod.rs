//! `config.yaml` as the rest of the program sees it: validated, complete, typed.
//!
//! `load` turns the file into this; nothing else reads configuration, and no default is elsewhere.
//!
//! Reading order: `tables`, `thresholds` and `shapes` (every key, its meaning and its type), `key` (the kinds of values), `load` (the
//! file as a whole), `tree` and `walk` (marked YAML, read by the tables), `value` with `address` and `secret` (one value), `sources`
//! (of each the kind), `rules` and `roots` (what values mean together), `schema` (the JSON Schema).

mod address;
mod edition;
mod format;
mod key;
mod load;
mod open;
mod problem;
mod roots;
mod rules;
mod schema;
mod secret;
mod shapes;
mod sources;
mod tables;
#[cfg(test)]
mod tests;
mod thresholds;
mod tree;
mod types;
mod value;
mod walk;

use jiff::civil::Date;

pub(crate) use address::{FORBIDDEN, forbidden_host, is_forbidden, is_metadata_name};
pub use edition::{Detail, Edition, Part};
pub use format::{ColumnType, Format};
#[cfg(test)]
pub(crate) use key::{Key, Kind};
pub use load::{load, parse, parse_days, recorded};
pub use open::{OPEN, open_questions};
pub use problem::ConfigError;
pub use roots::ROOTS;
pub use schema::schema_text;
pub use secret::Secret;
pub use shapes::{SOURCES, SourceShape, is_reserved};
pub use tables::{
    Brand, Checks, Config, Deliver, EngineLimits, Home, Lineage, Project, Publish, STAGING_FOLDER, Schedule,
    Source, Target,
};
#[cfg(test)]
pub(crate) use thresholds::THRESHOLDS;
pub use types::{
    AlertTo, AsOfRule, Credentials, Encryption, Int96, Kept, MailServer, PolicyValue, Recipient, SigningKey,
    Webhook, WebhookForm,
};
pub(crate) use value::quoted;

impl Config {
    /// The sources that have files: the reserved ones in their order, then those of the project by name.
    pub fn read_sources(&self) -> impl Iterator<Item = (&str, &Source)> {
        let reserved = SOURCES.iter().filter_map(|shape| self.sources.get_key_value(shape.name));
        let named = self.sources.iter().filter(|(name, _)| !is_reserved(name));
        let all = reserved.chain(named).filter(|(_, source)| source.query.is_none());
        all.map(|(name, source)| (name.as_str(), source))
    }

    /// Who gets the report, recipients of the mail first: the address, or the name of the webhook, and the edition.
    pub fn addressees(&self) -> impl Iterator<Item = (&str, &Edition)> {
        let recipients = self.deliver.iter().flat_map(|deliver| &deliver.recipients);
        let recipients = recipients.map(|recipient| (recipient.to.as_str(), &recipient.edition));
        recipients.chain(self.webhooks.iter().map(|webhook| (webhook.name.as_str(), &webhook.edition)))
    }

    /// The value of a threshold; `None` when the table has no such name.
    #[must_use]
    pub fn threshold(&self, name: &str) -> Option<&PolicyValue> {
        self.policy.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// The configuration as it took effect for a run as of `as_of`; the same text whether the date came from
    /// the file or from the command line.
    #[must_use]
    pub fn effective_at(&self, as_of: Date) -> String {
        format!("{}as_of: {as_of}\n", self.effective)
    }
}

impl Source {
    /// The expressions over its columns: those of the mapped columns, and the condition of the rows that count.
    pub fn expressions(&self) -> impl Iterator<Item = &str> {
        self.columns.values().chain(&self.filter).map(String::as_str)
    }
}
