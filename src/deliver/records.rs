//! Intents and receipts in the publish location, each created only if absent.
//!
//! `deliveries/<as_of>/<run_id>/<mark>.<attempt>.intent.json` and `.receipt.json`. They lie beside the run folder and not in
//! it: a run folder never changes, and when old runs are removed it must stay known who has got them.

use std::collections::BTreeMap;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};

use bytes::Bytes;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::carrier::Reply;
use super::message::Message;
use crate::files::sha256;
use crate::store::{Created, Location, StoreError};

/// Version of the form of the records.
const SCHEMA: &str = "karat-delivery/1";

/// The state of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum State {
    /// The server has taken it.
    Accepted,
    /// Not sent; the next attempt has this number.
    Open { attempt: u32 },
    /// Delivery unknown: this attempt has no recorded end.
    Held { attempt: u32, since: String },
    /// Delivery unknown: this attempt ended at this time without a clear answer.
    Unknown { attempt: u32, at: String, said: String },
}

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Outcome {
    /// The server has taken the mail.
    Accepted,
    /// The server has not taken it.
    Refused,
    /// The server gave no answer, or none that says whether it has taken it.
    Unknown,
    /// Nobody knows; a person decided that it goes out again.
    Abandoned,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Intent {
    schema: String,
    run_id: String,
    attempt: u32,
    message_id: String,
    message_sha256: String,
    at: String,
    /// Tells our own intent from that of another delivery which makes the same.
    token: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Receipt {
    schema: String,
    attempt: u32,
    outcome: Outcome,
    code: Option<u16>,
    text: Option<String>,
    at: String,
}

/// The records of one run.
pub(super) struct Records<'a> {
    place: &'a Location,
    folder: String,
    run_id: &'a str,
    clock: fn() -> Timestamp,
}

impl<'a> Records<'a> {
    /// Opens the records of a run; nothing is read yet.
    pub(super) fn new(place: &'a Location, as_of: Date, run_id: &'a str, clock: fn() -> Timestamp) -> Self {
        Self { place, folder: format!("deliveries/{as_of}/{run_id}"), run_id, clock }
    }

    /// Reads the state of the mail to a recipient; what cannot be understood counts as a delivery unknown.
    pub(super) async fn state(&self, mark: &str) -> Result<State, StoreError> {
        let mut attempts: BTreeMap<u32, bool> = BTreeMap::new();
        for object in self.place.list_own(&self.folder).await? {
            let name = object.path.rsplit('/').next().unwrap_or_default();
            let parts: Vec<&str> = name.split('.').collect();
            if let [of, number, kind, "json"] = parts.as_slice()
                && *of == mark
                && let Ok(number) = number.parse::<u32>()
            {
                *attempts.entry(number).or_default() |= *kind == "receipt";
            }
        }
        let Some((&attempt, &has_receipt)) = attempts.last_key_value() else {
            return Ok(State::Open { attempt: 1 });
        };
        if !has_receipt {
            let intent = self.place.read(&self.path(mark, attempt, "intent")).await?;
            let intent = intent.and_then(|bytes| serde_json::from_slice::<Intent>(&bytes).ok());
            let since = intent.map_or_else(|| "an unknown time".to_owned(), |intent| intent.at);
            return Ok(State::Held { attempt, since });
        }
        let receipt = self.place.read(&self.path(mark, attempt, "receipt")).await?;
        let receipt = receipt.and_then(|bytes| serde_json::from_slice::<Receipt>(&bytes).ok());
        let Some(receipt) = receipt else {
            let since = "an unknown time (its receipt cannot be read)".to_owned();
            return Ok(State::Held { attempt, since });
        };
        Ok(match receipt.outcome {
            Outcome::Accepted => State::Accepted,
            Outcome::Refused | Outcome::Abandoned => State::Open { attempt: attempt + 1 },
            Outcome::Unknown => {
                let reply = Reply { code: receipt.code.unwrap_or(0), text: receipt.text.unwrap_or_default() };
                State::Unknown { attempt, at: receipt.at, said: reply.to_string() }
            }
        })
    }

    /// Records that a message is about to go out; `false` when another delivery did so first.
    pub(super) async fn begin(
        &self,
        mark: &str,
        attempt: u32,
        message: &Message,
    ) -> Result<bool, StoreError> {
        let intent = Intent {
            schema: SCHEMA.to_owned(),
            run_id: self.run_id.to_owned(),
            attempt,
            message_id: message.id.clone(),
            message_sha256: sha256(&message.bytes),
            at: (self.clock)().to_string(),
            token: token(),
        };
        let created = self.create(&self.path(mark, attempt, "intent"), &intent).await?;
        // Lost with the power, it would let the mail go out twice.
        self.place.settle(&self.folder).await?;
        // The same bytes are ours: no other delivery has our token.
        Ok(!matches!(created, Created::Different(_)))
    }

    /// Records how an attempt ended.
    pub(super) async fn close(
        &self,
        mark: &str,
        attempt: u32,
        outcome: Outcome,
        reply: Option<&Reply>,
    ) -> Result<(), StoreError> {
        let receipt = Receipt {
            schema: SCHEMA.to_owned(),
            attempt,
            outcome,
            code: reply.map(|reply| reply.code),
            text: reply.map(|reply| reply.text.clone()),
            at: (self.clock)().to_string(),
        };
        // Another receipt of this attempt exists: a person has given the mail up, or has done so twice.
        self.create(&self.path(mark, attempt, "receipt"), &receipt).await.map(drop)
    }

    async fn create(&self, path: &str, record: &impl Serialize) -> Result<Created, StoreError> {
        let mut text = serde_json::to_string_pretty(record).expect("a record of texts and numbers is JSON");
        text.push('\n');
        self.place.create(path, Bytes::from(text)).await
    }

    fn path(&self, mark: &str, attempt: u32, kind: &str) -> String {
        format!("{}/{mark}.{attempt:03}.{kind}.json", self.folder)
    }
}

/// Something that no other delivery has.
fn token() -> String {
    let draw = || RandomState::new().build_hasher().finish();
    format!("{:016x}{:016x}", draw(), draw())
}
