//! The sources: which there are, which canonical columns each has, and how they are read from the file.

use std::collections::BTreeMap;

use super::format::read_format;
use super::location::{options, required_location};
use super::problem::{Parsed, Problems, Refusal};
use super::scalar::{printable, whole};
use super::secret::Environment;
use super::section::Section;
use super::words::{either, found, nearest};
use super::{Format, Int96, Source};

/// What a source may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SourceShape {
    /// Name of the source.
    pub name: &'static str,
    /// Canonical columns that must be mapped.
    pub required: &'static [&'static str],
    /// Canonical columns of which at least one must be mapped; empty when there is no such choice.
    pub one_of: &'static [&'static str],
    /// Canonical columns that may be mapped.
    pub optional: &'static [&'static str],
}

/// Every source, `order_lines` (the only one that must be configured) first.
pub const SOURCES: &[SourceShape] = &[
    SourceShape {
        name: "order_lines",
        required: &["order_id", "customer_id", "ordered_at"],
        one_of: &["gross_amount", "net_amount"],
        optional: &[
            "line_number",
            "quantity",
            "discount_amount",
            "cost_amount",
            "is_return",
            "product_id",
            "category",
            "freight_amount",
            "customer_segment",
            "country",
            "region",
            "state",
        ],
    },
    SourceShape {
        name: "customers",
        required: &["customer_id"],
        one_of: &[],
        optional: &[
            "name",
            "kind",
            "industry",
            "country",
            "region",
            "owner",
            "referred_by",
            "signed_up_at",
            "segment",
        ],
    },
    SourceShape {
        name: "service_cases",
        required: &["case_id", "customer_id", "opened_at"],
        one_of: &[],
        optional: &[
            "kind",
            "channel",
            "is_complaint",
            "cost",
            "minutes",
            "satisfaction",
            "first_answer_at",
            "resolved_at",
            "order_id",
        ],
    },
    SourceShape {
        name: "payments",
        required: &["payment_id", "customer_id", "due_date"],
        one_of: &[],
        optional: &["paid_date", "amount", "order_id"],
    },
    SourceShape {
        name: "visits",
        required: &["visit_id", "customer_id", "visited_at"],
        one_of: &[],
        optional: &["channel"],
    },
];

/// A source as read, and its location as written.
pub(super) type Written = (Source, String);

/// Reads `sources`.
pub(super) fn read_sources(
    root: &Section<'_>,
    environment: Environment<'_>,
    problems: &mut Problems,
) -> BTreeMap<String, Written> {
    root.missing("sources", "a run needs at least sources.order_lines", problems);
    let names: Vec<&str> = SOURCES.iter().map(|shape| shape.name).collect();
    let mut sources = BTreeMap::new();
    let Some(section) = root.section("sources", &names, problems) else {
        return sources;
    };
    section.missing("order_lines", "a run needs the order lines", problems);
    for shape in SOURCES {
        let keys = [
            "location",
            "format",
            "version",
            "delimiter",
            "schema",
            "columns",
            "amount_scale",
            "options",
            "manifest",
            "period_folder",
            "files",
            "int96",
        ];
        let Some(section) = section.section(shape.name, &keys, problems) else {
            continue;
        };
        if let Some(source) = read_source(&section, shape, environment, problems) {
            sources.insert(shape.name.to_owned(), source);
        }
    }
    sources
}

fn read_source(
    section: &Section<'_>,
    shape: &SourceShape,
    environment: Environment<'_>,
    problems: &mut Problems,
) -> Option<Written> {
    let location = required_location(section, "say where the files lie", environment, problems);
    let format = read_format(section, problems);
    let columns = read_columns(section, shape, problems);
    let amount_scale = section.optional("amount_scale", problems, |text| {
        whole(text, 0, 4).map(|scale| u8::try_from(scale).expect("the range is 0 to 4"))
    });
    let options = options(section, environment, problems);
    let manifest = section.optional("manifest", problems, below);
    let period_folder = section.optional("period_folder", problems, hive_name);
    let files = section.optional("files", problems, file_names);
    if files.is_some() && matches!(format, Format::Delta { .. }) {
        let refusal =
            Refusal::new("belongs to other formats; the log of a Delta Lake table says which files it has");
        problems.add(section.place_of_key("files"), &section.path_of("files"), refusal);
    }
    let int96 = section.optional("int96", problems, int96).unwrap_or_default();
    let (location, written) = location?;
    Some((
        Source {
            location,
            format,
            columns,
            amount_scale,
            options,
            manifest,
            period_folder,
            files,
            int96,
        },
        written,
    ))
}

/// Reads a path that stays below its location.
fn below(text: &str) -> Parsed<String> {
    printable(text)?;
    let plain = |part: &str| !part.is_empty() && part != "." && part != ".." && !part.contains('\\');
    if text.split('/').all(plain) {
        Ok(text.to_owned())
    } else {
        Err(Refusal::new(format!(
            "expected a path below the location such as manifest.csv, found {}",
            found(text)
        )))
    }
}

/// Reads what moments of INT96 mean.
fn int96(text: &str) -> Parsed<Int96> {
    match text {
        "instant" => Ok(Int96::Instant),
        "local" => Ok(Int96::Local),
        _ => Err(
            Refusal::new(format!("expected instant or local, found {}", found(text)))
                .suggest(nearest(text, ["instant", "local"])),
        ),
    }
}

/// Reads a pattern of file names.
fn file_names(text: &str) -> Parsed<String> {
    printable(text)?;
    if text.contains(['/', '\\']) {
        return Err(Refusal::new(format!(
            "expected names of files without their folders, such as * or *.pq, found {}",
            found(text)
        )));
    }
    Ok(text.to_owned())
}

/// Reads the name of folders such as `month=2025-01`.
fn hive_name(text: &str) -> Parsed<String> {
    printable(text)?;
    if text.contains(['/', '=', '\\']) {
        return Err(Refusal::new(format!(
            "expected the name of a folder without its value, such as month, found {}",
            found(text)
        )));
    }
    Ok(text.to_owned())
}

fn read_columns(
    section: &Section<'_>,
    shape: &SourceShape,
    problems: &mut Problems,
) -> BTreeMap<String, String> {
    let mut columns = BTreeMap::new();
    let why = format!("map at least {}", either(shape.required));
    section.missing("columns", &why.replace(" or ", " and "), problems);
    let allowed: Vec<&str> = [shape.required, shape.one_of, shape.optional].concat();
    let Some(section) = section.section("columns", &allowed, problems) else {
        return columns;
    };
    for name in shape.required {
        section.missing(name, "name the source column or give a SQL expression", problems);
    }
    if let [first, ..] = shape.one_of
        && !shape.one_of.iter().any(|name| section.has_or_means(name))
    {
        let why = format!("map at least one of {}", either(shape.one_of));
        section.missing(first, &why, problems);
    }
    for name in allowed {
        if let Some(column) = section.optional(name, problems, column) {
            columns.insert(name.to_owned(), column);
        }
    }
    columns
}

/// Reads a source column or a SQL expression; whether it exists is known only when the source is opened.
fn column(text: &str) -> Parsed<String> {
    if text.trim().is_empty() {
        return Err(Refusal::new(
            "is empty; name the source column or give a SQL expression",
        ));
    }
    if text.len() > 4000 {
        return Err(Refusal::new("is longer than 4000 characters"));
    }
    if text
        .chars()
        .any(|letter| letter.is_control() && !['\n', '\t'].contains(&letter))
    {
        return Err(Refusal::new("contains a control character"));
    }
    // A name may begin or end with a blank; around an expression it does not matter.
    Ok(text.to_owned())
}
