//! Who gets the mail (`deliver`) and when a run starts by itself (`schedule`).

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::Path;

use url::Url;

use super::location::is_loopback;
use super::problem::{Parsed, Problems, Refusal};
use super::scalar::{email, line, one_of, timezone};
use super::secret::{Environment, Insert, expand, has_literal_password, only_variable};
use super::section::Section;
use super::words::found;
use super::{AlertTo, Deliver, Recipient, Schedule, Secret};

/// Languages of the report and the mail.
pub(super) const LANGUAGES: [&str; 2] = ["en", "zh"];

/// Columns by which a reader's part of the customers can be chosen.
const PARTS: [&str; 8] = [
    "country",
    "region",
    "state",
    "customer_segment",
    "segment",
    "industry",
    "kind",
    "owner",
];

/// Reads `deliver`.
pub(super) fn read_deliver(
    root: &Section<'_>,
    environment: Environment<'_>,
    problems: &mut Problems,
) -> Option<Deliver> {
    let section = root.section("deliver", &["smtp", "from", "recipients"], problems)?;
    section.missing(
        "smtp",
        "name the mail server, as in smtps://user:${SMTP_PASSWORD}@host",
        problems,
    );
    let smtp = section.leaf("smtp", problems).and_then(|leaf| {
        let value = server(leaf.text, environment);
        leaf.note(value, problems)
    });
    let from = section.required("from", "give the sender's address", problems, email);
    section.missing("recipients", "list who gets the mail", problems);
    let items = section.sections("recipients", &["to", "edition", "where", "language"], problems);
    let mut seen = BTreeSet::new();
    let mut recipients = Vec::new();
    for item in &items {
        let Some(recipient) = read_recipient(item, problems) else {
            continue;
        };
        if !seen.insert(recipient.to.to_lowercase()) {
            let reason = format!("{} is listed twice; a reader gets one mail", found(&recipient.to));
            problems.add(item.place_of_key("to"), &item.path_of("to"), Refusal::new(reason));
        }
        recipients.push(recipient);
    }
    Some(Deliver {
        smtp: smtp?,
        from: from?,
        recipients,
    })
}

fn read_recipient(section: &Section<'_>, problems: &mut Problems) -> Option<Recipient> {
    let to = section.required("to", "give the reader's address", problems, email);
    let editions = ["full", "aggregate"];
    let why = "full shows single customers, aggregate does not";
    let edition = section.required("edition", why, problems, |text| one_of(text, &editions));
    let language = section.optional("language", problems, |text| one_of(text, &LANGUAGES));
    let mut part = BTreeMap::new();
    if let Some(section) = section.section("where", &PARTS, problems) {
        for name in PARTS {
            if let Some(value) = section.optional(name, problems, line) {
                part.insert(name.to_owned(), value);
            }
        }
    }
    Some(Recipient {
        to: to?,
        edition: edition?.to_owned(),
        part,
        language: language.map(str::to_owned),
    })
}

/// Reads the address of the mail server; messages never repeat it.
fn server(written: &str, environment: Environment<'_>) -> Parsed<Secret> {
    if has_literal_password(written) {
        return Err(Refusal::new(
            "a password must not stand in the file; write it as ${NAME}, as in smtps://user:${SMTP_PASSWORD}@host",
        ));
    }
    let insert = if only_variable(written).is_some() {
        Insert::Plain
    } else {
        Insert::Encoded
    };
    let value = expand(written, insert, environment)?;
    super::scalar::printable(&value)?;
    let url = Url::parse(&value).map_err(|error| Refusal::new(format!("not a valid address: {error}")))?;
    if url.host_str().is_none_or(str::is_empty) {
        return Err(Refusal::new("the host of the mail server is missing"));
    }
    if !["", "/"].contains(&url.path()) || url.fragment().is_some() {
        return Err(Refusal::new("nothing but ?tls=required may follow the host"));
    }
    match (url.scheme(), url.query()) {
        ("smtps" | "smtp", Some(query)) if query != "tls=required" => {
            Err(Refusal::new("nothing but ?tls=required may follow the host"))
        }
        ("smtps", _) | ("smtp", Some(_)) => Ok(Secret::written_as(value, written)),
        ("smtp", None) if is_loopback(&url) => Ok(Secret::written_as(value, written)),
        ("smtp", None) => Err(Refusal::new(
            "the mail would travel unencrypted; write smtps://… or smtp://…?tls=required",
        )),
        _ => Err(Refusal::new("expected smtps://… or smtp://…?tls=required")),
    }
}

/// Reads `schedule`; its time zone is the project's when it names none.
pub(super) fn read_schedule(
    root: &Section<'_>,
    project_timezone: &str,
    folder: &Path,
    environment: Environment<'_>,
    problems: &mut Problems,
) -> Option<Schedule> {
    let keys = ["cron", "timezone", "catch_up", "health", "alert"];
    let section = root.section("schedule", &keys, problems)?;
    let cron = section.required("cron", "give five fields, as in \"0 6 * * MON\"", problems, cron);
    let timezone = section.optional("timezone", problems, timezone);
    let catch_up = section.optional("catch_up", problems, |text| {
        one_of(text, &["none", "latest", "all"])
    });
    let health = section.optional("health", problems, loopback);
    let alert = section.leaf("alert", problems).and_then(|leaf| {
        let value = alert(leaf.text, folder, environment);
        leaf.note(value, problems)
    });
    Some(Schedule {
        cron: cron?,
        timezone: timezone.unwrap_or_else(|| project_timezone.to_owned()),
        catch_up: catch_up.unwrap_or("latest").to_owned(),
        health,
        alert,
    })
}

/// Reads an address that only this machine can reach: what it answers is not protected.
fn loopback(text: &str) -> Parsed<SocketAddr> {
    let reason = format!(
        "expected a loopback address and port such as 127.0.0.1:9464, found {}",
        found(text)
    );
    text.parse::<SocketAddr>()
        .ok()
        .filter(|address| address.ip().is_loopback() && address.port() > 0)
        .ok_or_else(|| Refusal::new(reason))
}

/// Reads a web address, or the path of a program.
fn alert(written: &str, folder: &Path, environment: Environment<'_>) -> Parsed<AlertTo> {
    let value = expand(written, Insert::Plain, environment)?;
    super::scalar::printable(&value)?;
    if !value.contains("://") {
        return Ok(AlertTo::Program(folder.join(value)));
    }
    let url = Url::parse(&value).map_err(|error| Refusal::new(format!("not a valid address: {error}")))?;
    if url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&url)) {
        Ok(AlertTo::Address(Secret::written_as(value, written)))
    } else {
        Err(Refusal::new("expected https://… or the path of a program"))
    }
}

const MONTHS: [&str; 12] = [
    "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
];
const WEEKDAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/// Reads a cron line of five fields: minute, hour, day of month, month, day of week.
fn cron(text: &str) -> Parsed<String> {
    let fields: Vec<&str> = text.split_whitespace().collect();
    let shapes: [(&str, u32, u32, &[&str]); 5] = [
        ("minute", 0, 59, &[]),
        ("hour", 0, 23, &[]),
        ("day of month", 1, 31, &[]),
        ("month", 1, 12, &MONTHS),
        ("day of week", 0, 7, &WEEKDAYS),
    ];
    if fields.len() != shapes.len() {
        let reason = format!(
            "expected five fields (minute, hour, day of month, month, day of week), found {} in {}",
            fields.len(),
            found(text)
        );
        return Err(Refusal::new(reason));
    }
    for (field, (name, low, high, names)) in fields.iter().zip(shapes) {
        if !field.split(',').all(|item| cron_item(item, low, high, names)) {
            return Err(Refusal::new(format!(
                "the {name} field is not valid: {}",
                found(field)
            )));
        }
    }
    Ok(fields.join(" "))
}

/// Passes `*`, `n`, `n-m`, each with an optional `/step`.
fn cron_item(item: &str, low: u32, high: u32, names: &[&str]) -> bool {
    let (range, step) = item
        .split_once('/')
        .map_or((item, None), |(range, step)| (range, Some(step)));
    let digits = |text: &str| {
        let good = (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        if good { text.parse::<u32>().ok() } else { None }
    };
    let point = |text: &str| {
        // Months count from one, weekdays from zero.
        let first = u32::from(names.len() == 12);
        let position = names.iter().position(|name| name.eq_ignore_ascii_case(text));
        let number = position
            .and_then(|index| u32::try_from(index).ok())
            .map(|index| index + first);
        number
            .or_else(|| digits(text))
            .filter(|number| (low..=high).contains(number))
    };
    let good_range = match range.split_once('-') {
        Some((from, to)) => matches!((point(from), point(to)), (Some(from), Some(to)) if from <= to),
        None => range == "*" || (step.is_none() && point(range).is_some()),
    };
    good_range && step.is_none_or(|step| digits(step).is_some_and(|step| (1..=high).contains(&step)))
}
