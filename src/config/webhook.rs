//! Who gets a run, by mail or at a web address: the keys, and the types of web addresses.

use serde::Deserialize;

use super::key::Kind::{Email, Language, Line, Section, Word};
use super::key::{Key, Kind, row};
use super::{Config, Edition, Secret};

/// A web address that gets a summary of each run.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Webhook {
    /// Stands for the address wherever it is shown.
    pub name: String,
    /// The address, with its token.
    pub url: Secret,
    /// What is posted.
    pub form: WebhookForm,
    /// Of which edition.
    pub edition: Edition,
}

/// What a webhook takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WebhookForm {
    /// The summary as it is.
    Json,
    /// A message for an incoming webhook of Slack.
    Slack,
    /// An adaptive card for a workflow of Teams.
    Teams,
}

impl Config {
    /// Who gets the report, recipients of the mail first: the address, or the name of the webhook, and the edition.
    pub fn addressees(&self) -> impl Iterator<Item = (&str, &Edition)> {
        let recipients = self.deliver.iter().flat_map(|deliver| &deliver.recipients);
        let recipients = recipients.map(|recipient| (recipient.to.as_str(), &recipient.edition));
        recipients.chain(self.webhooks.iter().map(|webhook| (webhook.name.as_str(), &webhook.edition)))
    }
}

#[rustfmt::skip]
const EDITION: Key = row("edition", Word, "", "word", "full aggregate",
    "full lists single customers; aggregate shows no group of fewer than policy.min_cell customers");

#[rustfmt::skip]
const WHERE: Key = row("where", Section(SEGMENT), "", "", "", "one segment of the customers, by region, country, industry or owner");

#[rustfmt::skip]
const LANGUAGE: Key = row("language", Language, "=project.language", "language", "", "language of the edition; project.language when absent");

#[rustfmt::skip]
pub(super) const RECIPIENT: &[Key] = &[
    row("to", Email, "", "address", "", "the recipient's address").needed("give the reader's address"),
    EDITION.needed("write full for who may see single customers, aggregate for who may not"),
    WHERE,
    LANGUAGE,
];

#[rustfmt::skip]
const SEGMENT: &[Key] = &[
    row("region", Line, "", "text", "", "customers of this region"),
    row("industry", Line, "", "text", "", "customers of this industry"),
    row("owner", Line, "", "text", "", "customers of this account owner"),
    row("country", Line, "", "text", "", "customers of this country"),
];

#[rustfmt::skip]
pub(super) const WEBHOOK: &[Key] = &[
    row("name", Line, "", "text", "", "its name in commands and records: letters, digits, - and _").needed("give a name, such as sales-channel"),
    row("url", Kind::Webhook, "", "URL", "", "the address, https:// and never printed; it holds a token, so it must be ${NAME}")
        .needed("give the address, as in ${WEBHOOK}"),
    row("form", Word, "json", "word", "json slack teams",
        "what is posted: json, summary.json of the run; slack, a message for an incoming webhook; teams, an adaptive card for a workflow"),
    EDITION.needed("write full where all readers may see single customers, aggregate where not"),
    WHERE,
    LANGUAGE,
];
