//! The only door to Tera: loads the templates, registers the filters, seals the finished page.
//!
//! Every template is escaped, whatever its name. What a filter returns as safe was escaped here.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use sha2::{Digest as _, Sha256};
use tera::{Kwargs, State, Tera, TeraResult, Value};

use super::format;
use super::words::Words;
use crate::error::{Exit, Failure};

/// Stands in the policy of a template until the hash of its style block is known.
const STYLE_HASH: &str = "sha256-style-of-this-page";

/// Loaded templates.
pub(crate) struct Door {
    tera: Tera,
}

impl Door {
    /// Loads every template below `folder`; errors show the place in the template.
    pub(crate) fn open(folder: &Path, currency: &str, words: &Words) -> Result<Self, Failure> {
        let mut tera = Tera::new();
        tera.autoescape_on([""]);
        register(&mut tera, currency, words);
        let mut templates = Vec::new();
        for path in files(folder)? {
            let text = std::fs::read_to_string(&path).map_err(|error| {
                Failure::new(
                    Exit::Usage,
                    "report",
                    format!("cannot read template `{}`", path.display()),
                )
                .cause(error)
            })?;
            let relative = path.strip_prefix(folder).unwrap_or(&path);
            let parts: Vec<_> = relative.iter().map(std::ffi::OsStr::to_string_lossy).collect();
            templates.push((parts.join("/"), text));
        }
        tera.add_raw_templates(templates)
            .map_err(|error| broken("cannot parse the templates", &error))?;
        for needed in [
            "management/report.html",
            "method/method.html",
            "archive/index.html",
        ] {
            if !tera.contains_template(needed) {
                let message = format!("template `{}` is missing", folder.join(needed).display());
                return Err(Failure::new(Exit::Usage, "report", message)
                    .hint("Restore it from the version control or from a new project."));
            }
        }
        Ok(Self { tera })
    }

    /// Renders one page and allows its style block, and nothing else, by its hash.
    pub(crate) fn page(&self, name: &str, view: &impl serde::Serialize) -> Result<String, Failure> {
        let page = tera::Context::from_serialize(view)
            .and_then(|context| self.tera.render(name, &context))
            .map_err(|error| broken(&format!("cannot render template `{name}`"), &error))?;
        Ok(seal(&page))
    }
}

fn broken(deed: &str, error: &tera::Error) -> Failure {
    let mut place = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        place.push_str(": ");
        place.push_str(&cause.to_string());
        source = cause.source();
    }
    Failure::new(Exit::Usage, "report", deed).cause(place)
}

/// Lists templates in a fixed order: `.html` and `.css`, at any depth.
fn files(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        let unreadable = |error| {
            let message = format!("cannot list the template folder `{}`", next.display());
            Failure::new(Exit::Usage, "report", message).cause(error)
        };
        for entry in std::fs::read_dir(&next).map_err(unreadable)? {
            let path = entry.map_err(unreadable)?.path();
            if path.is_dir() {
                open.push(path);
            } else if path
                .extension()
                .is_some_and(|ending| ending == "html" || ending == "css")
            {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

fn seal(page: &str) -> String {
    let style = page
        .split_once("<style>")
        .and_then(|(_, rest)| rest.split_once("</style>"))
        .map_or("", |(style, _)| style);
    let hash = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(style.as_bytes()));
    page.replacen(STYLE_HASH, &format!("sha256-{hash}"), 1)
}

/// A figure as a filter receives it: the exact text and the address.
struct Shown<'a> {
    value: Option<&'a str>,
    cell: &'a str,
}

fn shown(value: &Value) -> TeraResult<Shown<'_>> {
    let (Some(text), Some(cell)) = (value.get_from_path("value"), value.get_from_path("cell")) else {
        return Err(tera::Error::message("this filter takes a cell of a table"));
    };
    Ok(Shown {
        value: text.as_str(),
        cell: cell.as_str().unwrap_or_default(),
    })
}

/// How a filter writes a number.
type Write = fn(&bigdecimal::BigDecimal, &str, i64) -> String;

/// Makes the element that shows a number and tells where it comes from.
fn traced(value: &Value, options: &Kwargs, currency: &str, decimals: i64, write: Write) -> TeraResult<Value> {
    let figure = shown(value)?;
    let decimals = options.get::<i64>("decimals")?.unwrap_or(decimals);
    let unsigned = options.get::<bool>("unsigned")?.unwrap_or(false);
    let plain = options.get::<bool>("plain")?.unwrap_or(false);
    let bare = options.get::<bool>("bare")?.unwrap_or(false);
    let Some(exact) = figure.value else {
        return Ok(Value::from(format::NONE));
    };
    let number: bigdecimal::BigDecimal = exact
        .parse()
        .map_err(|_| tera::Error::message(format!("cell `{}` is not a number", figure.cell)))?;
    let text = if unsigned {
        write(&number.abs(), currency, decimals)
    } else {
        write(&number, currency, decimals)
    };
    if bare {
        return Ok(Value::from(text));
    }
    let class = if !plain && text.starts_with('−') {
        " class=\"adverse\""
    } else {
        ""
    };
    Ok(Value::safe_string(&format!(
        "<data{class} value=\"{}\" data-cell=\"{}\">{}</data>",
        format::escape(exact),
        format::escape(figure.cell),
        format::escape(&text)
    )))
}

fn register(tera: &mut Tera, currency: &str, words: &Words) {
    let writers: [(&'static str, i64, Write); 6] = [
        ("money", 0, |value, currency, decimals| {
            format::money(value, currency, decimals)
        }),
        ("number", 0, |value, _, decimals| format::number(value, decimals)),
        ("percent", 1, |value, _, decimals| {
            format::percent(value, decimals)
        }),
        ("points", 2, |value, _, _| format::points(value)),
        ("exact", 2, |value, _, decimals| format::number(value, decimals)),
        ("score", 2, |value, _, decimals| format::number(value, decimals)),
    ];
    for (name, decimals, write) in writers {
        let currency = currency.to_owned();
        tera.register_filter(name, move |value: Value, options: Kwargs, _: &State| {
            traced(&value, &options, &currency, decimals, write)
        });
    }
    tera.register_filter(
        "text",
        |value: Value, _: Kwargs, _: &State| -> TeraResult<Value> {
            Ok(Value::from(shown(&value)?.value.unwrap_or(format::NONE)))
        },
    );
    let (labels, counts) = (words.clone(), words.clone());
    tera.register_filter(
        "label",
        move |value: Value, options: Kwargs, _: &State| -> TeraResult<Value> {
            let group: &str = options.must_get("of")?;
            let code = match value.as_str() {
                Some(code) => code,
                None => shown(&value)?.value.unwrap_or_default(),
            };
            Ok(Value::from(labels.of(group, code)))
        },
    );
    tera.register_filter(
        "counted",
        move |value: Value, options: Kwargs, _: &State| -> TeraResult<Value> {
            let unit: &str = options.must_get("of")?;
            let figure = shown(&value)?;
            let number = traced(&value, &Kwargs::default(), "", 0, |value, _, _| {
                format::number(value, 0)
            })?;
            let form = if figure.value.is_some_and(is_one) {
                "one"
            } else {
                "many"
            };
            let pattern = counts.get(&format!("{unit}.{form}"));
            let number = number.as_str().unwrap_or_default();
            Ok(Value::safe_string(
                &format::escape(&pattern).replace("{n}", number),
            ))
        },
    );
    tera.register_filter("day", |value: Value, _: Kwargs, _: &State| -> TeraResult<Value> {
        let text = match value.as_str() {
            Some(text) => text,
            None => shown(&value)?.value.unwrap_or_default(),
        };
        let date: jiff::civil::Date = text
            .parse()
            .map_err(|_| tera::Error::message(format!("`{text}` is not a day")))?;
        Ok(Value::safe_string(&format!(
            "<time datetime=\"{date}\">{}</time>",
            format::day(date)
        )))
    });
    tera.register_filter("trimmed", |value: &str, _: Kwargs, _: &State| -> String {
        let is_number = value.parse::<bigdecimal::BigDecimal>().is_ok() && value.contains('.');
        if is_number {
            value.trim_end_matches('0').trim_end_matches('.').to_owned()
        } else {
            value.to_owned()
        }
    });
    tera.register_filter("css", |value: &str, _: Kwargs, _: &State| {
        Value::safe_string(&format::escape_css(value))
    });
    tera.register_test("negative", |value: Value, _: Kwargs, _: &State| {
        sign(&value).map(|sign| sign < 0)
    });
    tera.register_test("positive", |value: Value, _: Kwargs, _: &State| {
        sign(&value).map(|sign| sign > 0)
    });
    tera.register_test("zero", |value: Value, _: Kwargs, _: &State| {
        sign(&value).map(|sign| sign == 0)
    });
    tera.register_test("known", |value: Value, _: Kwargs, _: &State| {
        shown(&value).map(|figure| figure.value.is_some())
    });
    tera.register_test("one", |value: Value, _: Kwargs, _: &State| {
        shown(&value).map(|figure| figure.value.is_some_and(is_one))
    });
}

fn is_one(exact: &str) -> bool {
    exact
        .parse::<bigdecimal::BigDecimal>()
        .is_ok_and(|number| number == 1)
}

/// The sign of a figure; that of NULL is 0.
fn sign(value: &Value) -> TeraResult<i8> {
    let figure = shown(value)?;
    let Some(exact) = figure.value else { return Ok(0) };
    let number: bigdecimal::BigDecimal = exact
        .parse()
        .map_err(|_| tera::Error::message(format!("cell `{}` is not a number", figure.cell)))?;
    Ok(match number.cmp(&bigdecimal::BigDecimal::from(0)) {
        std::cmp::Ordering::Less => -1,
        std::cmp::Ordering::Equal => 0,
        std::cmp::Ordering::Greater => 1,
    })
}
