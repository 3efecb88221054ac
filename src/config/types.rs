//! What single values and parts of sections become: the types that the tables name, and how serde fills them.

use std::fmt::Display;
use std::path::PathBuf;
use std::str::FromStr;

use bigdecimal::BigDecimal;
use jiff::civil::Date;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::edition::Edition;
use super::secret::Secret;

/// How the as-of date is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AsOfRule {
    /// A fixed day.
    #[serde(deserialize_with = "text")]
    Date(Date),
    /// The most recent Monday, today included.
    LastMonday,
    /// The first day of the current month.
    FirstOfMonth,
    /// Today.
    Today,
}

/// What timestamps of the physical type INT96 of Parquet mean, which does not say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Int96 {
    /// Instants in UTC, as Spark and Hive write them.
    #[default]
    Instant,
    /// Local time, as Impala writes it unless it is set otherwise.
    Local,
}

/// One threshold.
#[derive(Debug, Clone, PartialEq)]
pub enum PolicyValue {
    /// A number of days, customers, orders or points.
    Integer(i64),
    /// A share, rate, score or amount of money.
    Decimal(BigDecimal),
    /// A day.
    Date(Date),
    /// A word from a closed list.
    Text(String),
    /// Not set, and nothing needs it; NULL in `settings.policy`.
    NotSet,
}

impl<'de> Deserialize<'de> for PolicyValue {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(from)?;
        let Some(text) = value.as_str() else {
            return Ok(value.as_i64().map_or(Self::NotSet, Self::Integer));
        };
        Ok(match (text.parse(), text.parse()) {
            (Ok(number), _) => Self::Decimal(number),
            (_, Ok(day)) => Self::Date(day),
            _ => Self::Text(text.to_owned()),
        })
    }
}

/// Which tables go into the run folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kept {
    /// Results, customers with their classes and moves, and what cannot be computed again.
    Results,
    /// Those that they come from too, order lines among them.
    All,
}

/// Where the private key lies that signs manifests.
#[derive(Debug, Clone, Deserialize)]
pub enum SigningKey {
    /// A file, relative to the configuration.
    File(PathBuf),
    /// A variable of the environment held it.
    Given(Secret),
}

/// A mail server; nothing is ever sent to it without encryption.
#[derive(Debug, Clone, Deserialize)]
pub struct MailServer {
    /// Host, as its certificate must name it.
    pub host: String,
    /// Port.
    pub port: u16,
    /// How the connection is encrypted.
    pub encryption: Encryption,
    /// Who sends; `None` for a server that asks for nobody.
    pub credentials: Option<Credentials>,
}

/// How a connection to a mail server is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum Encryption {
    /// From the first byte: `smtps://`.
    Implicit,
    /// By STARTTLS, without which nothing is sent: `smtp://…?tls=required`.
    StartTls,
}

/// User and password of a mail server.
#[derive(Debug, Clone, Deserialize)]
pub struct Credentials {
    /// User.
    pub user: String,
    /// Password.
    pub password: Secret,
}

/// One recipient of the mail.
#[derive(Debug, Clone, Deserialize)]
pub struct Recipient {
    /// Address.
    pub to: String,
    /// What they get.
    #[serde(flatten)]
    pub edition: Edition,
}

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
    #[serde(flatten)]
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

/// Who is notified that a scheduled run failed.
#[derive(Debug, Clone, Deserialize)]
pub enum AlertTo {
    /// A program, below the project's folder or with a whole path.
    Program(PathBuf),
    /// A web address; it often holds a token.
    Address(Secret),
}

/// What a text says, such as a number whose every digit counts.
pub(super) fn text<'de, D: Deserializer<'de>, T: FromStr<Err: Display>>(from: D) -> Result<T, D::Error> {
    String::deserialize(from)?.parse().map_err(D::Error::custom)
}

/// The same of a key that is given.
pub(super) fn some<'de, D: Deserializer<'de>, T: FromStr<Err: Display>>(
    from: D,
) -> Result<Option<T>, D::Error> {
    text(from).map(Some)
}

/// The rates by activity.
pub(super) fn rates<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<(String, BigDecimal)>, D::Error> {
    let rates = Vec::<(String, String)>::deserialize(from)?.into_iter();
    rates.map(|(activity, rate)| Ok((activity, rate.parse().map_err(D::Error::custom)?))).collect()
}
