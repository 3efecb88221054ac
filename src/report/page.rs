//! The only door to Tera: loads the templates, registers the filters, seals the finished page.
//!
//! Every page is escaped, whatever its name. What a filter returns as safe was escaped here. Plain text has an engine of its
//! own, with the same templates and filters that write no tags; nothing that it makes is read as HTML.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use sha2::{Digest as _, Sha256};
use tera::{Kwargs, State, Tera, TeraResult, Value};

use super::format;
use super::words::Words;
use crate::error::{Exit, Failure};

/// Stands in the policy of a template until the hash of its style block is known.
const STYLE_HASH: &str = "sha256-style-of-this-page";

/// Templates without which no run can be rendered.
const NEEDED: [&str; 6] = [
    "management/report.html",
    "management/aggregate.html",
    "method/method.html",
    "archive/index.html",
    "mail/mail.html",
    "mail/mail.txt",
];

/// Longest line of plain text, in letters; mail programs show as much without breaking it again.
const LINE: usize = 72;

/// What templates are rendered to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// HTML: escaped, numbers in elements that tell their cell.
    Markup,
    /// Plain text.
    Text,
}

/// Loaded templates.
pub(crate) struct Door {
    markup: Tera,
    text: Tera,
}

impl Door {
    /// Loads every template below `folder`; errors show the place in the template.
    pub(crate) fn open(folder: &Path, currency: &str, words: &Words) -> Result<Self, Failure> {
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
        let open = |form: Form| -> Result<Tera, Failure> {
            let mut tera = Tera::new();
            tera.autoescape_on(if form == Form::Markup {
                vec![""]
            } else {
                Vec::new()
            });
            register(&mut tera, currency, words, form);
            tera.add_raw_templates(templates.clone())
                .map_err(|error| broken("cannot parse the templates", &error))?;
            Ok(tera)
        };
        let door = Self {
            markup: open(Form::Markup)?,
            text: open(Form::Text)?,
        };
        for needed in NEEDED {
            if !door.markup.contains_template(needed) {
                let message = format!("template `{}` is missing", folder.join(needed).display());
                return Err(Failure::new(Exit::Usage, "report", message)
                    .hint("Restore it from the version control or from a new project."));
            }
        }
        Ok(door)
    }

    /// Renders one page and allows its style block, and nothing else, by its hash.
    pub(crate) fn page(&self, name: &str, view: &impl serde::Serialize) -> Result<String, Failure> {
        Ok(seal(&render(&self.markup, name, view)?))
    }

    /// Renders one plain text, in lines that a mail program does not break again.
    pub(crate) fn text(&self, name: &str, view: &impl serde::Serialize) -> Result<String, Failure> {
        let text = render(&self.text, name, view)?;
        let lines: Vec<String> = text.lines().flat_map(broken_lines).collect();
        Ok(lines.join("\n").trim().to_owned() + "\n")
    }
}

fn render(tera: &Tera, name: &str, view: &impl serde::Serialize) -> Result<String, Failure> {
    tera::Context::from_serialize(view)
        .and_then(|context| tera.render(name, &context))
        .map_err(|error| broken(&format!("cannot render template `{name}`"), &error))
}

/// Breaks a long line between words; a word that is longer than a line, as an address may be, stays whole.
fn broken_lines(line: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    if line.chars().count() <= LINE {
        return vec![line.trim_end().to_owned()];
    }
    for word in line.split(' ') {
        let last = lines.last_mut().expect("there is always a last line");
        if !last.is_empty() && last.chars().count() + 1 + word.chars().count() > LINE {
            lines.push(word.to_owned());
        } else {
            if !last.is_empty() {
                last.push(' ');
            }
            last.push_str(word);
        }
    }
    lines
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

/// Lists templates in a fixed order: `.html`, `.css` and `.txt`, at any depth.
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
                .is_some_and(|ending| ["html", "css", "txt"].iter().any(|known| ending == *known))
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
    /// Whether there is a value that this edition does not show.
    is_hidden: bool,
}

fn shown(value: &Value) -> TeraResult<Shown<'_>> {
    let (Some(text), Some(cell)) = (value.get_from_path("value"), value.get_from_path("cell")) else {
        return Err(tera::Error::message("this filter takes a cell of a table"));
    };
    Ok(Shown {
        value: text.as_str(),
        cell: cell.as_str().unwrap_or_default(),
        is_hidden: value
            .get_from_path("hidden")
            .and_then(Value::as_bool)
            .unwrap_or(false),
    })
}

/// How a filter writes a number.
type Write = fn(&bigdecimal::BigDecimal, &str, i64) -> String;

/// Makes the element that shows a number and tells where it comes from; in plain text, the number.
fn traced(
    value: &Value,
    options: &Kwargs,
    currency: &str,
    decimals: i64,
    write: Write,
    form: Form,
) -> TeraResult<Value> {
    let figure = shown(value)?;
    let decimals = options.get::<i64>("decimals")?.unwrap_or(decimals);
    let unsigned = options.get::<bool>("unsigned")?.unwrap_or(false);
    let plain = options.get::<bool>("plain")?.unwrap_or(false);
    let bare = options.get::<bool>("bare")?.unwrap_or(false);
    let Some(exact) = figure.value else {
        return Ok(Value::from(if figure.is_hidden {
            format::HIDDEN
        } else {
            format::NONE
        }));
    };
    let number: bigdecimal::BigDecimal = exact
        .parse()
        .map_err(|_| tera::Error::message(format!("cell `{}` is not a number", figure.cell)))?;
    let text = if unsigned {
        write(&number.abs(), currency, decimals)
    } else {
        write(&number, currency, decimals)
    };
    if bare || form == Form::Text {
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

#[expect(clippy::too_many_lines, reason = "a list of filters, each of some lines")]
fn register(tera: &mut Tera, currency: &str, words: &Words, form: Form) {
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
            traced(&value, &options, &currency, decimals, write, form)
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
            let write: Write = |value, _, _| format::number(value, 0);
            let number = traced(&value, &Kwargs::default(), "", 0, write, form)?;
            let number_form = if figure.value.is_some_and(is_one) {
                "one"
            } else {
                "many"
            };
            let pattern = counts.get(&format!("{unit}.{number_form}"));
            let number = number.as_str().unwrap_or_default();
            if form == Form::Text {
                return Ok(Value::from(pattern.replace("{n}", number)));
            }
            Ok(Value::safe_string(
                &format::escape(&pattern).replace("{n}", number),
            ))
        },
    );
    tera.register_filter(
        "day",
        move |value: Value, _: Kwargs, _: &State| -> TeraResult<Value> {
            let text = match value.as_str() {
                Some(text) => text,
                None => shown(&value)?.value.unwrap_or_default(),
            };
            let date: jiff::civil::Date = text
                .parse()
                .map_err(|_| tera::Error::message(format!("`{text}` is not a day")))?;
            if form == Form::Text {
                return Ok(Value::from(format::day(date)));
            }
            Ok(Value::safe_string(&format!(
                "<time datetime=\"{date}\">{}</time>",
                format::day(date)
            )))
        },
    );
    tera.register_filter("trimmed", |value: &str, _: Kwargs, _: &State| -> String {
        let is_number = value.parse::<bigdecimal::BigDecimal>().is_ok() && value.contains('.');
        if is_number {
            value.trim_end_matches('0').trim_end_matches('.').to_owned()
        } else {
            value.to_owned()
        }
    });
    // Columns of plain text: `left` for words, `right` for numbers.
    for (name, is_right) in [("left", false), ("right", true)] {
        tera.register_filter(
            name,
            move |value: &str, options: Kwargs, _: &State| -> TeraResult<String> {
                let width: usize = options.must_get("width")?;
                Ok(if is_right {
                    format!("{value:>width$}")
                } else {
                    format!("{value:<width$}")
                })
            },
        );
    }
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
        Ok::<_, tera::Error>(sign(&value)? == 0 && !shown(&value)?.is_hidden)
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
