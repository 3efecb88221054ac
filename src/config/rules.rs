//! What values of the configuration mean together: every refusal that no table can express.

use std::collections::BTreeSet;
use std::str::FromStr;

use bigdecimal::BigDecimal;
use serde_json::Value;

use super::address::folder_and_files;
use super::problem::{Refusal, found, listed, nearest};
use super::shapes::SOURCES;
use super::tables::SEGMENT;
use super::thresholds::ASCENDING;
use super::walk::Walk;

/// Most recipients: each gets a message of their own, and a run waits for all.
const MOST_RECIPIENTS: usize = 200;

/// Rates whose driver need not be there: the source and the column that it is counted from.
const DRIVERS: [(&str, &str, Option<&str>); 4] = [
    ("cost_to_serve.per_unit", "order_lines", Some("quantity")),
    ("cost_to_serve.per_case", "service_cases", None),
    ("cost_to_serve.per_minute", "service_cases", Some("minutes")),
    ("cost_to_serve.freight_rate", "order_lines", Some("freight_amount")),
];

/// Notes every value that does not go with the others.
pub(super) fn check(walk: &mut Walk<'_>) {
    periods(walk);
    patterns(walk);
    columns(walk);
    // A section that could not be opened has its problem already, and says nothing about its values.
    if walk.value("policy").is_some() {
        thresholds(walk);
    }
    if walk.place("brand.logo").is_some() && !walk.means("brand.name") {
        walk.refuse(
            "brand.logo",
            "brand.name is missing; it replaces the logo for those who cannot see it, and is printed in the mail",
        );
    }
    if walk.value("deliver.attach") == Some(&Value::Bool(false)) && walk.value("publish.url").is_none() {
        let reason =
            "without the attachment the mail must link the report: set publish.url, or remove the key";
        walk.refuse("deliver.attach", reason);
    }
    if walk.place("lineage").is_some() && !["lineage.file", "lineage.url"].iter().any(|key| walk.means(key)) {
        walk.refuse("lineage", "says not where events go: set lineage.file or lineage.url");
    }
    let filter = "sources.order_lines.where";
    if walk.place(filter).is_some() && walk.text("checks.orders_in_two_files") == Some("keep_last") {
        walk.refuse(
            filter,
            "does not go with checks.orders_in_two_files: keep_last; an order that the last file cancels would count by an older file. \
             Choose the rows in queries/0_staging/order_lines.sql",
        );
    }
    recipients(walk);
    webhooks(walk);
}

/// A number, whether it is whole or not.
fn number(walk: &Walk<'_>, path: &str) -> Option<BigDecimal> {
    match walk.value(path)? {
        Value::Number(number) => number.as_i64().map(BigDecimal::from),
        Value::String(text) => BigDecimal::from_str(text).ok(),
        _ => None,
    }
}

fn periods(walk: &mut Walk<'_>) {
    let days = |path| walk.value(path).and_then(Value::as_u64);
    if let (Some(window), Some(compare)) = (days("window"), days("compare"))
        && compare >= window
    {
        let key = if walk.place("compare").is_some() { "compare" } else { "window" };
        walk.refuse(key, format!("compare ({compare}d) must be shorter than window ({window}d)"));
    }
}

/// A location may end in a pattern of file names, and then `files` has nothing to say.
fn patterns(walk: &mut Walk<'_>) {
    for source in walk.within("sources") {
        let [location, files, format] = ["location", "files", "format"].map(|key| format!("{source}.{key}"));
        match walk.text(&location).map(folder_and_files) {
            Some(Err(refusal)) => walk.refuse_value(&location, refusal),
            Some(Ok((_, Some(named)))) if walk.place(&files).is_some() => {
                walk.refuse(
                    &files,
                    format!("the location names the files already, by `{named}`; remove one of the two"),
                );
            }
            Some(Ok((_, Some(_)))) if matches!(walk.text(&format), Some("delta" | "iceberg")) => {
                let reason =
                    "the location of a Delta Lake or Iceberg table is its own folder, without a pattern";
                walk.refuse_value(&location, reason);
            }
            _ => {}
        }
    }
}

/// Of some columns one at least must be mapped; and what counts or converts them needs them.
fn columns(walk: &mut Walk<'_>) {
    for shape in SOURCES {
        let columns = format!("sources.{}.columns", shape.name);
        let path = |column: &str| format!("{columns}.{column}");
        if let [first, ..] = shape.one_of
            && walk.value(&columns).is_some()
            && !shape.one_of.iter().any(|name| walk.means(&path(name)))
        {
            let reason = format!("missing; map at least one of {}", listed(shape.one_of, "or"));
            walk.refuse(&path(first), reason);
        }
    }
    for (rate, source, column) in DRIVERS {
        let is_charged = number(walk, rate).is_some_and(|rate| rate != BigDecimal::default());
        if is_charged && !maps(walk, source, column) {
            let lacking = match column {
                Some(column) => format!("{} has no {column}", given(walk, source)),
                None => format!("sources.{source} is not there"),
            };
            let reason = format!("has nothing to multiply while {lacking}; map it or write 0");
            walk.refuse_value(rate, reason);
        }
    }
    let rates = "sources.exchange_rates";
    if walk.means(rates) && !maps(walk, "order_lines", Some("currency")) {
        walk.refuse(
            rates,
            "converts nothing while sources.order_lines.columns.currency is not there; map it or remove the source",
        );
    }
}

/// Whether a source is there, and maps the column, well or badly; order lines or a mapping that are missing are reported by themselves.
fn maps(walk: &Walk<'_>, source: &str, column: Option<&str>) -> bool {
    let path = format!("sources.{source}");
    if walk.value("sources").is_some() && !walk.means(&path) {
        return source == "order_lines";
    }
    let column = column.filter(|_| walk.value(&format!("{path}.columns")).is_some());
    column.is_none_or(|column| walk.means(&format!("{path}.columns.{column}")))
}

/// What gives the columns of a source: its query, or its mapping.
fn given(walk: &Walk<'_>, source: &str) -> String {
    let query = walk.text(&format!("sources.{source}.query"));
    query.map_or_else(|| format!("sources.{source}.columns"), str::to_owned)
}

/// Notes the thresholds without default that this configuration needs, those that it cannot use, and those that overlap.
fn thresholds(walk: &mut Walk<'_>) {
    if !maps(walk, "order_lines", Some("cost_amount")) && !walk.means("policy.margin") {
        let lines = given(walk, "order_lines");
        let reason = format!("missing; {lines} has no cost_amount, so profit needs an assumed margin");
        walk.refuse("policy.margin", reason);
    }
    for path in ["policy.platinum_min_profit", "policy.gold_min_profit"] {
        match walk.text("policy.tier_cutoff") {
            Some("absolute") if !walk.means(path) => {
                walk.refuse(path, "missing; policy.tier_cutoff is absolute and needs it");
            }
            Some("relative") if walk.place(path).is_some() => {
                let reason =
                    "has no effect while policy.tier_cutoff is relative; write absolute or remove it";
                walk.refuse(path, reason);
            }
            _ => {}
        }
    }
    for (low, high) in ASCENDING {
        ascending(walk, &format!("policy.{low}"), &format!("policy.{high}"));
    }
    let earliest = "policy.earliest_date";
    let as_of = walk.value("as_of").and_then(|rule| rule.get("date")).and_then(Value::as_str);
    if let (Some(day), Some(as_of), Some(_)) = (walk.text(earliest), as_of, walk.place(earliest))
        && day >= as_of
    {
        walk.refuse(earliest, format!("must be before as_of ({as_of}), found {day}"));
    }
}

/// Notes thresholds that overlap, at the later one of those that the file gives.
fn ascending(walk: &mut Walk<'_>, low: &str, high: &str) {
    let (Some(less), Some(more)) = (number(walk, low), number(walk, high)) else {
        return;
    };
    let (low_place, high_place) = (walk.place(low), walk.place(high));
    if less < more || (low_place.is_none() && high_place.is_none()) {
        return;
    }
    let (less, more) = (less.to_plain_string(), more.to_plain_string());
    if high_place >= low_place {
        walk.refuse(high, format!("must be above {low} ({less}), found {more}"));
    } else {
        walk.refuse(low, format!("must be below {high} ({more}), found {less}"));
    }
}

fn recipients(walk: &mut Walk<'_>) {
    let list = "deliver.recipients";
    if walk.value(list).is_none() {
        return;
    }
    let items = walk.within(list);
    if items.is_empty() {
        walk.refuse(list, "is empty; list who gets the mail, or remove deliver");
    }
    if items.len() > MOST_RECIPIENTS {
        let most = format!("a mail goes to at most {MOST_RECIPIENTS}, for more keep a mailing list");
        return walk.refuse(list, format!("lists {} recipients; {most}", items.len()));
    }
    let domains = walk.value("deliver.domains").and_then(Value::as_array).cloned();
    let mut seen = BTreeSet::new();
    for item in items {
        segment(walk, &format!("{item}.where"));
        let to = format!("{item}.to");
        let Some(address) = walk.text(&to).map(str::to_owned) else {
            continue;
        };
        let lower = address.to_lowercase();
        if let (Some(domains), Some((local, host))) = (&domains, lower.rsplit_once('@'))
            && !domains.iter().any(|allowed| allowed == host)
        {
            let close = nearest(host, domains.iter().filter_map(Value::as_str));
            let refusal = Refusal::from(format!("{} is in none of deliver.domains", found(&address)));
            walk.refuse(&to, refusal.suggest(close.map(|host| format!("{local}@{host}"))));
        }
        if !seen.insert(lower) {
            walk.refuse(&to, format!("{} is listed twice; a recipient gets one mail", found(&address)));
        }
    }
}

/// A webhook has a name of its own, which commands and records show in place of its address.
fn webhooks(walk: &mut Walk<'_>) {
    let mut seen = BTreeSet::new();
    for item in walk.within("webhooks") {
        segment(walk, &format!("{item}.where"));
        let at = format!("{item}.name");
        let Some(name) = walk.text(&at).map(str::to_owned) else {
            continue;
        };
        if !name.chars().all(|letter| letter.is_alphanumeric() || "-_".contains(letter)) {
            walk.refuse(&at, format!("{} may hold letters, digits, - and _ only", found(&name)));
        } else if !seen.insert(name.to_lowercase()) {
            walk.refuse(&at, format!("{} is listed twice", found(&name)));
        }
    }
}

/// A segment has one column, which a source must map.
fn segment(walk: &mut Walk<'_>, path: &str) {
    if walk.place(path).is_none() || walk.value(path).is_none() {
        return;
    }
    let of = |column: &str| format!("{path}.{column}");
    let named: Vec<_> = SEGMENT.iter().filter(|key| walk.means(&of(key.name))).collect();
    let [key] = named.as_slice() else {
        walk.refuse(path, "name one column, as in {region: North}; a segment has one");
        return;
    };
    let has_column =
        |name: &&&str| SOURCES.iter().any(|shape| shape.name == **name && shape.optional.contains(&key.name));
    let sources = ["customers", "order_lines"];
    let places =
        sources.iter().filter(has_column).map(|source| format!("sources.{source}.columns.{}", key.name));
    let places: Vec<String> = places.collect();
    if !places.iter().any(|place| walk.value(place).is_some()) {
        let reason =
            format!("no mapped column gives the {} of a customer; map {}", key.name, places.join(" or "));
        walk.refuse(&of(key.name), reason);
    }
}
