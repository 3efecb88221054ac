//! Who gets the mail (`deliver`) and when a run starts by itself (`schedule`).

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::Path;

use percent_encoding::percent_decode_str;
use url::Url;

use super::location::is_loopback;
use super::problem::{Parsed, Problems, Refusal};
use super::scalar::{boolean, domain, email, folder, language, line, one_of, timezone};
use super::secret::{Environment, Insert, expand, has_literal_password, only_variable};
use super::section::Section;
use super::words::{found, nearest};
use super::{
    AlertTo, Credentials, Deliver, Detail, Edition, Encryption, MailServer, PART_COLUMNS, Part, Recipient,
    Schedule, Secret,
};

/// Ports of the two ways to encrypt.
const IMPLICIT_PORT: u16 = 465;
const SUBMISSION_PORT: u16 = 587;

/// What `deliver` is read beside.
#[derive(Clone, Copy)]
pub(super) struct Beside<'c> {
    /// Language of the report, which is that of a reader without one of their own.
    pub(super) language: &'c str,
    /// Whether readers find the published report on the web.
    pub(super) has_url: bool,
    /// Whether a source maps a column.
    pub(super) maps: &'c dyn Fn(&str, &str) -> bool,
}

/// Reads `deliver`.
pub(super) fn read_deliver(
    root: &Section<'_>,
    environment: Environment<'_>,
    beside: Beside<'_>,
    problems: &mut Problems,
) -> Option<Deliver> {
    let keys = ["smtp", "ca_file", "from", "domains", "attach", "recipients"];
    let section = root.section("deliver", &keys, problems)?;
    section.missing(
        "smtp",
        "name the mail server, as in smtps://user:${SMTP_PASSWORD}@host",
        problems,
    );
    let smtp = section.leaf("smtp", problems).and_then(|leaf| {
        let value = server(leaf.text, environment);
        leaf.note(value, problems)
    });
    let ca_file = section.optional("ca_file", problems, folder);
    let from = section.required("from", "give the sender's address", problems, email);
    let attach = section.optional("attach", problems, boolean).unwrap_or(true);
    if !attach && !beside.has_url {
        let reason =
            "without the attachment the mail must link the report: set publish.url, or remove the key";
        problems.add(
            section.place_of_key("attach"),
            &section.path_of("attach"),
            Refusal::new(reason),
        );
    }
    let leaves = section.leaves("domains", problems);
    let domains: Option<Vec<String>> = section.is_list("domains").then(|| {
        leaves
            .iter()
            .filter_map(|leaf| leaf.note(domain(leaf.text), problems))
            .collect()
    });
    let recipients = read_recipients(&section, domains.as_deref(), beside, problems);
    Some(Deliver {
        smtp: smtp?,
        ca_file,
        from: from?,
        attach,
        recipients,
    })
}

fn read_recipients(
    section: &Section<'_>,
    domains: Option<&[String]>,
    beside: Beside<'_>,
    problems: &mut Problems,
) -> Vec<Recipient> {
    section.missing("recipients", "list who gets the mail", problems);
    let items = section.sections("recipients", &["to", "edition", "where", "language"], problems);
    if items.is_empty() && section.is_list("recipients") {
        let reason = "is empty; list who gets the mail, or remove deliver";
        problems.add(
            section.place_of_key("recipients"),
            &section.path_of("recipients"),
            Refusal::new(reason),
        );
    }
    let mut seen = BTreeSet::new();
    let mut recipients = Vec::new();
    for item in &items {
        let Some(recipient) = read_recipient(item, beside, problems) else {
            continue;
        };
        let to = recipient.to.to_lowercase();
        let mut refuse = |reason: String, suggestion: Option<String>| {
            let refusal = Refusal::new(reason).suggest(suggestion);
            problems.add(item.place_of_key("to"), &item.path_of("to"), refusal);
        };
        if let Some(domains) = domains
            && let Some((local, host)) = to.rsplit_once('@')
            && !domains.iter().any(|allowed| allowed == host)
        {
            let close = nearest(host, domains.iter().map(String::as_str));
            refuse(
                format!("{} is in none of deliver.domains", found(&recipient.to)),
                close.map(|host| format!("{local}@{host}")),
            );
        }
        if !seen.insert(to) {
            refuse(
                format!("{} is listed twice; a reader gets one mail", found(&recipient.to)),
                None,
            );
        }
        recipients.push(recipient);
    }
    recipients
}

fn read_recipient(section: &Section<'_>, beside: Beside<'_>, problems: &mut Problems) -> Option<Recipient> {
    let to = section.required("to", "give the reader's address", problems, email);
    let why = "write full for who may see single customers, aggregate for who may not";
    let detail = section.required("edition", why, problems, |text| {
        Ok(match one_of(text, &["full", "aggregate"])? {
            "full" => Detail::Full,
            _ => Detail::Aggregate,
        })
    });
    // A part that is refused must not become the whole.
    let part = if section.has("where") {
        Some(read_part(section, beside, problems)?)
    } else {
        None
    };
    let named = section.optional("language", problems, language);
    Some(Recipient {
        to: to?,
        edition: Edition {
            detail: detail?,
            part,
            language: named.unwrap_or_else(|| beside.language.to_owned()),
        },
    })
}

/// Reads `where`: one column of the customers and its value.
fn read_part(recipient: &Section<'_>, beside: Beside<'_>, problems: &mut Problems) -> Option<Part> {
    let columns = PART_COLUMNS.map(|(column, _)| column);
    let section = recipient.section("where", &columns, problems)?;
    let named: Vec<_> = PART_COLUMNS
        .iter()
        .filter(|(column, _)| section.has(column))
        .collect();
    let [(column, sources)] = named.as_slice() else {
        // An unknown key is reported by itself.
        if !named.is_empty() || section.keys().next().is_none() {
            let reason = "name one column, as in {region: North}; a part has one";
            problems.add(
                recipient.place_of_key("where"),
                &recipient.path_of("where"),
                Refusal::new(reason),
            );
        }
        return None;
    };
    if !sources
        .iter()
        .any(|(source, mapped)| (beside.maps)(source, mapped))
    {
        let places: Vec<String> = sources
            .iter()
            .map(|(source, mapped)| format!("sources.{source}.columns.{mapped}"))
            .collect();
        let reason = format!(
            "nothing tells the {column} of a customer; map {}",
            places.join(" or ")
        );
        problems.add(
            section.place_of_key(column),
            &section.path_of(column),
            Refusal::new(reason),
        );
        return None;
    }
    let value = section.required(column, "give the value of the part", problems, line)?;
    Some(Part {
        column: (*column).to_owned(),
        value,
    })
}

/// Reads the address of the mail server; messages never repeat it.
fn server(written: &str, environment: Environment<'_>) -> Parsed<MailServer> {
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
    let host = url.host_str().filter(|host| !host.is_empty());
    let host = host.ok_or_else(|| Refusal::new("the host of the mail server is missing"))?;
    if !["", "/"].contains(&url.path()) || url.fragment().is_some() {
        return Err(Refusal::new("nothing but ?tls=required may follow the host"));
    }
    let (encryption, usual_port) = match (url.scheme(), url.query()) {
        ("smtps" | "smtp", Some(query)) if query != "tls=required" => {
            return Err(Refusal::new("nothing but ?tls=required may follow the host"));
        }
        ("smtps", _) => (Encryption::Implicit, IMPLICIT_PORT),
        ("smtp", Some(_)) => (Encryption::StartTls, SUBMISSION_PORT),
        ("smtp", None) => {
            return Err(Refusal::new(
                "the mail would travel unencrypted; write smtps://… or smtp://…?tls=required",
            ));
        }
        _ => return Err(Refusal::new("expected smtps://… or smtp://…?tls=required")),
    };
    Ok(MailServer {
        // An address of IPv6 stands in brackets in a URL, and without them elsewhere.
        host: host.trim_matches(['[', ']']).to_owned(),
        port: url.port().unwrap_or(usual_port),
        encryption,
        credentials: credentials(&url)?,
    })
}

/// Takes user and password out of the address: both, or neither.
fn credentials(url: &Url) -> Parsed<Option<Credentials>> {
    let decoded = |text: &str| {
        let text = percent_decode_str(text).decode_utf8();
        text.map(std::borrow::Cow::into_owned)
            .map_err(|_| Refusal::new("user or password is not valid UTF-8"))
    };
    match (decoded(url.username())?, url.password()) {
        (user, None) if user.is_empty() => Ok(None),
        (user, Some(password)) if !user.is_empty() => Ok(Some(Credentials {
            user,
            password: Secret::new(decoded(password)?),
        })),
        _ => Err(Refusal::new(
            "user and password belong together, as in smtps://user:${SMTP_PASSWORD}@host",
        )),
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
