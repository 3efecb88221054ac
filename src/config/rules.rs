//! What values of the configuration mean together: every refusal that no table can express.

use std::collections::BTreeSet;
use std::str::FromStr;

use bigdecimal::BigDecimal;
use serde_json::Value;

use super::address::folder_and_files;
use super::edition::PART_COLUMNS;
use super::problem::{Refusal, found, listed, nearest};
use super::tables::SOURCES;
use super::thresholds::ASCENDING;
use super::walk::Walk;

/// Most recipients: each gets a message of their own, and a run waits for all.
const MOST_RECIPIENTS: usize = 200;

/// Rates whose driver need not be there: the source and the column that it is counted from.
const DRIVERS: [(&str, &str, Option<&str>); 4] = [
    ("per_unit", "order_lines", Some("quantity")),
    ("per_case", "service_cases", None),
    ("per_minute", "service_cases", Some("minutes")),
    ("freight_rate", "order_lines", Some("freight_amount")),
];

/// Notes every value that does not go with the others.
pub(super) fn check(walk: &mut Walk<'_>) {
    periods(walk);
    patterns(walk);
    columns(walk);
    drivers(walk);
    rates(walk);
    // A section that could not be opened has its problem already, and says nothing about its values.
    if walk.value("policy").is_some() {
        needed_thresholds(walk);
        for (low, high) in ASCENDING {
            ascending(walk, &format!("policy.{low}"), &format!("policy.{high}"));
        }
        earliest_date(walk);
    }
    if walk.place("brand.logo").is_some() && !walk.means("brand.name") {
        let reason = "brand.name is missing; it replaces the logo for those who cannot see it, and is printed in the mail";
        walk.refuse("brand.logo", Refusal::new(reason));
    }
    if walk.value("deliver.attach") == Some(&Value::Bool(false)) && walk.value("publish.url").is_none() {
        let reason =
            "without the attachment the mail must link the report: set publish.url, or remove the key";
        walk.refuse("deliver.attach", Refusal::new(reason));
    }
    if walk.place("lineage").is_some() && !["lineage.file", "lineage.url"].iter().any(|key| walk.means(key)) {
        walk.refuse("lineage", Refusal::new("says not where events go: set lineage.file or lineage.url"));
    }
    let filter = "sources.order_lines.where";
    if walk.place(filter).is_some() && text(walk, "checks.orders_in_two_files") == Some("keep_last") {
        let reason = "does not go with checks.orders_in_two_files: keep_last; an order that the last file cancels would count by an older \
             file. Choose the rows in queries/0_staging/order_lines.sql";
        walk.refuse(filter, Refusal::new(reason));
    }
    recipients(walk);
    webhooks(walk);
}

fn text<'w>(walk: &'w Walk<'_>, path: &str) -> Option<&'w str> {
    walk.value(path)?.as_str()
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
    let (Some(window), Some(compare)) = (days("window"), days("compare")) else {
        return;
    };
    if compare >= window {
        let key = if walk.place("compare").is_some() { "compare" } else { "window" };
        let reason = format!("compare ({compare}d) must be shorter than window ({window}d)");
        walk.refuse(key, Refusal::new(reason));
    }
}

/// A location may end in a pattern of file names, and then `files` has nothing to say.
fn patterns(walk: &mut Walk<'_>) {
    for source in walk.sections("sources") {
        let location = format!("{source}.location");
        let Some(given) = text(walk, &location).map(str::to_owned) else {
            continue;
        };
        match folder_and_files(&given) {
            Err(refusal) => walk.refuse_value(&location, refusal),
            Ok((_, Some(files))) if walk.place(&format!("{source}.files")).is_some() => {
                let reason =
                    format!("the location names the files already, by `{files}`; remove one of the two");
                walk.refuse(&format!("{source}.files"), Refusal::new(reason));
            }
            Ok((_, Some(_)))
                if matches!(text(walk, &format!("{source}.format")), Some("delta" | "iceberg")) =>
            {
                let reason =
                    "the location of a Delta Lake or Iceberg table is its own folder, without a pattern";
                walk.refuse_value(&location, Refusal::new(reason));
            }
            Ok(_) => {}
        }
    }
}

/// Of some columns one at least must be mapped.
fn columns(walk: &mut Walk<'_>) {
    for shape in SOURCES {
        let columns = format!("sources.{}.columns", shape.name);
        let path = |column: &str| format!("{columns}.{column}");
        if let [first, ..] = shape.one_of
            && walk.value(&columns).is_some()
            && !shape.one_of.iter().any(|name| walk.means(&path(name)))
        {
            let reason = format!("missing; map at least one of {}", listed(shape.one_of, "or"));
            walk.refuse(&path(first), Refusal::new(reason));
        }
    }
}

/// Whether a source is there, and maps the column, well or badly; order lines or a mapping that are missing are reported by themselves.
fn maps(walk: &Walk<'_>, source: &str, column: Option<&str>) -> bool {
    let path = format!("sources.{source}");
    if walk.value("sources").is_some() && !walk.means(&path) {
        return source == "order_lines";
    }
    let Some(column) = column.filter(|_| walk.value(&format!("{path}.columns")).is_some()) else {
        return true;
    };
    walk.means(&format!("{path}.columns.{column}"))
}

fn drivers(walk: &mut Walk<'_>) {
    for (rate, source, column) in DRIVERS {
        let path = format!("cost_to_serve.{rate}");
        let is_charged = number(walk, &path).is_some_and(|rate| rate != BigDecimal::default());
        if is_charged && !maps(walk, source, column) {
            let column = column.map_or_else(String::new, |column| format!(".columns.{column}"));
            let missing = format!("sources.{source}{column}");
            let reason = format!("has nothing to multiply while {missing} is not there; map it or write 0");
            walk.refuse_value(&path, Refusal::new(reason));
        }
    }
}

/// Exchange rates convert what says its currency.
fn rates(walk: &mut Walk<'_>) {
    let path = "sources.exchange_rates";
    if walk.means(path) && !maps(walk, "order_lines", Some("currency")) {
        let reason = "converts nothing while sources.order_lines.columns.currency is not there; map it or remove the source";
        walk.refuse(path, Refusal::new(reason));
    }
}

/// Notes the thresholds without default that this configuration needs, and those that it cannot use.
fn needed_thresholds(walk: &mut Walk<'_>) {
    if !maps(walk, "order_lines", Some("cost_amount")) && !walk.means("policy.margin") {
        let reason =
            "missing; sources.order_lines.columns has no cost_amount, so profit needs an assumed margin";
        walk.refuse("policy.margin", Refusal::new(reason));
    }
    let Some(cutoff) = text(walk, "policy.tier_cutoff").map(str::to_owned) else {
        return;
    };
    for path in ["policy.platinum_min_profit", "policy.gold_min_profit"] {
        if cutoff == "absolute" && !walk.means(path) {
            let reason = "missing; policy.tier_cutoff is absolute and needs it";
            walk.refuse(path, Refusal::new(reason));
        }
        if cutoff == "relative" && walk.place(path).is_some() {
            let reason = "has no effect while policy.tier_cutoff is relative; write absolute or remove it";
            walk.refuse(path, Refusal::new(reason));
        }
    }
}

/// Notes thresholds that overlap, at the later one of those that the file gives.
fn ascending(walk: &mut Walk<'_>, low: &str, high: &str) {
    let (Some(low_number), Some(high_number)) = (number(walk, low), number(walk, high)) else {
        return;
    };
    let (low_place, high_place) = (walk.place(low), walk.place(high));
    if low_number < high_number || (low_place.is_none() && high_place.is_none()) {
        return;
    }
    let (low_text, high_text) = (low_number.to_plain_string(), high_number.to_plain_string());
    if high_place >= low_place {
        let reason = format!("must be above {low} ({low_text}), found {high_text}");
        walk.refuse(high, Refusal::new(reason));
    } else {
        let reason = format!("must be below {high} ({high_text}), found {low_text}");
        walk.refuse(low, Refusal::new(reason));
    }
}

fn earliest_date(walk: &mut Walk<'_>) {
    let as_of = walk.value("as_of").and_then(|rule| rule.get("date")).and_then(Value::as_str);
    let (Some(earliest), Some(as_of)) = (text(walk, "policy.earliest_date"), as_of) else {
        return;
    };
    if earliest >= as_of && walk.place("policy.earliest_date").is_some() {
        let reason = format!("must be before as_of ({as_of}), found {earliest}");
        walk.refuse("policy.earliest_date", Refusal::new(reason));
    }
}

fn recipients(walk: &mut Walk<'_>) {
    let list = "deliver.recipients";
    if walk.value(list).is_none() {
        return;
    }
    let is_there = |index: &usize| walk.place(&format!("{list}[{index}]")).is_some();
    let count = (0..usize::MAX).take_while(is_there).count();
    if count == 0 {
        let reason = "is empty; list who gets the mail, or remove deliver";
        walk.refuse(list, Refusal::new(reason));
    }
    if count > MOST_RECIPIENTS {
        let most = format!("a mail goes to at most {MOST_RECIPIENTS} readers, for more keep a mailing list");
        walk.refuse(list, Refusal::new(format!("lists {count} readers; {most}")));
        return;
    }
    let domains: Option<Vec<String>> = walk
        .value("deliver.domains")
        .and_then(Value::as_array)
        .map(|domains| domains.iter().filter_map(Value::as_str).map(str::to_owned).collect());
    let mut seen = BTreeSet::new();
    for index in 0..count {
        let item = format!("{list}[{index}]");
        segment(walk, &format!("{item}.where"));
        let to = format!("{item}.to");
        let Some(address) = text(walk, &to).map(str::to_owned) else {
            continue;
        };
        let lower = address.to_lowercase();
        if let Some(domains) = &domains
            && let Some((local, host)) = lower.rsplit_once('@')
            && !domains.iter().any(|allowed| allowed == host)
        {
            let close = nearest(host, domains.iter().map(String::as_str));
            let refusal = Refusal::new(format!("{} is in none of deliver.domains", found(&address)));
            walk.refuse(&to, refusal.suggest(close.map(|host| format!("{local}@{host}"))));
        }
        if !seen.insert(lower) {
            let reason = format!("{} is listed twice; a reader gets one mail", found(&address));
            walk.refuse(&to, Refusal::new(reason));
        }
    }
}

/// A webhook has a name of its own, which commands and records show in place of its address.
fn webhooks(walk: &mut Walk<'_>) {
    let mut seen = BTreeSet::new();
    for index in 0..usize::MAX {
        let item = format!("webhooks[{index}]");
        if walk.place(&item).is_none() {
            return;
        }
        segment(walk, &format!("{item}.where"));
        let at = format!("{item}.name");
        let Some(name) = text(walk, &at).map(str::to_owned) else {
            continue;
        };
        if !name.chars().all(|letter| letter.is_alphanumeric() || "-_".contains(letter)) {
            let reason = format!("{} may hold letters, digits, - and _ only", found(&name));
            walk.refuse(&at, Refusal::new(reason));
        } else if !seen.insert(name.to_lowercase()) {
            walk.refuse(&at, Refusal::new(format!("{} is listed twice", found(&name))));
        }
    }
}

/// A segment has one column, which a source must map.
fn segment(walk: &mut Walk<'_>, path: &str) {
    if walk.place(path).is_none() || walk.value(path).is_none() {
        return;
    }
    let of = |column: &str| format!("{path}.{column}");
    let named: Vec<_> = PART_COLUMNS.iter().filter(|(column, _)| walk.place(&of(column)).is_some()).collect();
    let [(column, sources)] = named.as_slice() else {
        // An unknown key is reported by itself.
        let is_misspelt = named.is_empty() && walk.has_unknown(path);
        if !is_misspelt {
            let reason = "name one column, as in {region: North}; a part has one";
            walk.refuse(path, Refusal::new(reason));
        }
        return;
    };
    let places = sources.iter().map(|(source, mapped)| format!("sources.{source}.columns.{mapped}"));
    let places: Vec<String> = places.collect();
    if !places.iter().any(|place| walk.value(place).is_some()) {
        let reason =
            format!("no mapped column gives the {column} of a customer; map {}", places.join(" or "));
        walk.refuse(&of(column), Refusal::new(reason));
    }
}
