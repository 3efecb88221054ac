//! The only module that calls Tera: loads the templates, registers the filters, seals the finished page.
//!
//! Every page is escaped, whatever its name. What a filter returns as safe was escaped here. Plain text has an engine of its
//! own, with the same templates and filters that write no tags; nothing that it makes is read as HTML.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use base64::Engine as _;
use sha2::{Digest as _, Sha256};
use tera::{Kwargs, State, Tera, TeraResult, Value};
use unicode_width::UnicodeWidthStr as _;

use super::format::{self, Formats};
use super::lines::broken_lines;
use super::messages::{Filling, Messages};
use super::needs::{Needs, needs};
use super::templates::{self, Page};
use crate::error::{Exit, Failure};

/// Stands in the policy of a template until the hash of its style block is known.
const STYLE_HASH: &str = "sha256-style-of-this-page";

/// What templates are rendered to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// HTML: escaped, numbers in elements that name their cell.
    Markup,
    /// Plain text.
    Text,
}

/// Loaded templates.
pub(crate) struct Renderer {
    markup: Tera,
    text: Tera,
    /// What the pages cannot do without.
    pub(crate) needs: Needs,
}

impl Renderer {
    /// Loads every template below `folder`; errors show the place in the template.
    pub(crate) fn open(folder: &Path, currency: &str, messages: &Messages) -> Result<Self, Failure> {
        let templates = templates::read(folder, messages)?;
        templates.iter().try_for_each(|(name, text)| templates::refuse_active(name, text))?;
        let needs = needs(templates.iter().map(|(_, text)| text.as_str()));
        let formats = Arc::new(messages.formats()?);
        let filters = |form| Filters {
            messages: messages.clone(),
            formats: Arc::clone(&formats),
            sign: messages.sign(currency),
            form,
        };
        let mut markup = Tera::new();
        markup.autoescape_on([""]);
        register(&mut markup, &filters(Form::Markup));
        markup.add_raw_templates(templates).map_err(|error| broken("cannot parse the templates", &error))?;
        // To parse the templates takes longer than to fill them in: the text has the same.
        let mut text = markup.clone();
        text.autoescape_on(Vec::<&str>::new());
        register(&mut text, &filters(Form::Text));
        for page in Page::ALL {
            if !markup.contains_template(page.template()) {
                let message = format!("template `{}` is missing", folder.join(page.template()).display());
                return Err(Failure::new(Exit::Usage, "report", message)
                    .hint("Restore it from the version control or from a new project."));
            }
        }
        Ok(Self { markup, text, needs })
    }

    /// Renders one page and allows its style block, and nothing else, by its hash.
    pub(crate) fn page(&self, page: Page, view: &View) -> Result<String, Failure> {
        Ok(seal(&with_contents(&render(&self.markup, page.template(), view)?)))
    }

    /// Renders one plain text, in lines that a mail program does not break again.
    pub(crate) fn text(&self, page: Page, view: &View) -> Result<String, Failure> {
        let text = render(&self.text, page.template(), view)?;
        let lines: Vec<String> = text.lines().flat_map(broken_lines).collect();
        Ok(lines.join("\n").trim().to_owned() + "\n")
    }

    /// Renders JSON, and writes it in one form whatever the template's spaces are.
    pub(crate) fn json(&self, page: Page, view: &View) -> Result<String, Failure> {
        let name = page.template();
        let value: serde_json::Value =
            serde_json::from_str(&render(&self.text, name, view)?).map_err(|error| {
                let message = format!("template `{name}` does not make JSON");
                Failure::new(Exit::Usage, "report", message).cause(error)
            })?;
        Ok(format!("{value:#}\n"))
    }
}

/// What templates show, turned into their values once for all pages.
pub(crate) struct View(tera::Context);

impl View {
    pub(crate) fn of(shown: &impl serde::Serialize) -> Result<Self, Failure> {
        let values = tera::Context::from_serialize(shown);
        values.map(Self).map_err(|error| broken("cannot hand the figures to the templates", &error))
    }
}

fn render(tera: &Tera, name: &str, view: &View) -> Result<String, Failure> {
    tera.render(name, &view.0).map_err(|error| broken(&format!("cannot render template `{name}`"), &error))
}

fn broken(operation: &str, error: &tera::Error) -> Failure {
    let mut place = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        place.push_str(": ");
        place.push_str(&cause.to_string());
        source = cause.source();
    }
    Failure::new(Exit::Usage, "report", operation).cause(place)
}

/// Where a template wants the list of its sections.
const CONTENTS: &str = "<ul class=\"contents\"></ul>";

/// Fills the list of contents with the heads of the sections that are there, each a link.
fn with_contents(page: &str) -> String {
    let Some((before, after)) = page.split_once(CONTENTS) else {
        return page.to_owned();
    };
    let heads = after.split("<h2 id=\"").skip(1).filter_map(|rest| {
        let (id, rest) = rest.split_once("\">")?;
        let (name, _) = rest.split_once("</h2>")?;
        Some(format!("<li><a href=\"#{id}\">{name}</a></li>\n"))
    });
    let heads: String = heads.collect();
    format!("{before}<ul class=\"contents\">\n{heads}</ul>{after}")
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
        is_hidden: value.get_from_path("hidden").and_then(Value::as_bool).unwrap_or(false),
    })
}

/// What the filters write with.
#[derive(Clone)]
struct Filters {
    messages: Messages,
    formats: Arc<Formats>,
    /// The sign of the currency.
    sign: String,
    form: Form,
}

/// How a filter writes a number.
#[derive(Clone, Copy)]
struct Writer {
    /// Decimals, unless the template says how many.
    decimals: i64,
    /// Places by which the point moves to the right.
    shift: i64,
    write: Write,
}

type Write = fn(&Formats, &bigdecimal::BigDecimal, &str, i64) -> String;

impl Writer {
    const fn new(decimals: i64, write: Write) -> Self {
        Self { decimals, shift: 0, write }
    }
}

/// Makes the element that shows a number and says where it comes from; in plain text, the number.
///
/// A threshold is shown with all its decimals: a rule that is rounded is another rule.
fn traced(value: &Value, options: &Kwargs, filters: &Filters, writer: Writer) -> TeraResult<Value> {
    let Writer { decimals, shift, write } = writer;
    let form = filters.form;
    let figure = shown(value)?;
    let decimals = options.get::<i64>("decimals")?.unwrap_or(decimals);
    let unsigned = options.get::<bool>("unsigned")?.unwrap_or(false);
    let plain = options.get::<bool>("plain")?.unwrap_or(false);
    let bare = options.get::<bool>("bare")?.unwrap_or(false);
    let Some(exact) = figure.value else {
        return Ok(Value::from(if figure.is_hidden { format::HIDDEN } else { format::NONE }));
    };
    let number: bigdecimal::BigDecimal =
        exact.parse().map_err(|_| tera::Error::message(format!("cell `{}` is not a number", figure.cell)))?;
    let number = if unsigned { number.abs() } else { number };
    let text = if figure.cell.starts_with("settings.policy/") {
        write(&filters.formats, &number, &filters.sign, format::places(&number, shift))
    } else {
        write(&filters.formats, &number, &filters.sign, decimals)
    };
    if bare || form == Form::Text {
        return Ok(Value::from(text));
    }
    let class = if !plain && text.starts_with('−') { " class=\"adverse\"" } else { "" };
    Ok(Value::safe_string(&format!(
        "<data{class} value=\"{}\" data-cell=\"{}\">{}</data>",
        format::escape(exact),
        format::escape(figure.cell),
        format::escape(&text)
    )))
}

/// Writes a cell as a whole number.
const WHOLE: Writer = Writer::new(0, |formats, value, _, decimals| formats.number(value, decimals));

#[expect(clippy::too_many_lines, reason = "a list of filters, each of some lines")]
fn register(tera: &mut Tera, filters: &Filters) {
    let form = filters.form;
    let number: Write = |formats, value, _, decimals| formats.number(value, decimals);
    let percent =
        Writer { shift: 2, ..Writer::new(1, |formats, value, _, decimals| formats.percent(value, decimals)) };
    let writers = [
        ("number", Writer::new(0, number)),
        ("percent", percent),
        ("points", Writer::new(2, |formats, value, _, _| formats.points(value))),
        ("exact", Writer::new(2, number)),
        ("score", Writer::new(2, number)),
    ];
    for (name, writer) in writers {
        let filters = filters.clone();
        tera.register_filter(name, move |value: Value, options: Kwargs, _: &State| {
            traced(&value, &options, &filters, writer)
        });
    }
    let purse = filters.clone();
    tera.register_filter("money", move |value: Value, options: Kwargs, _: &State| -> TeraResult<Value> {
        // A sentence may print a large amount by its scale; a table has every digit.
        let full = options.get::<bool>("full")?.unwrap_or(false);
        let write: Write = if full {
            |formats, value, sign, decimals| formats.money(value, sign, decimals)
        } else {
            |formats, value, sign, decimals| formats.abbreviated(value, sign, decimals)
        };
        traced(&value, &options, &purse, Writer::new(0, write))
    });
    tera.register_filter("code", move |value: &str, _: Kwargs, _: &State| match form {
        Form::Markup => Value::safe_string(&format!("<code>{}</code>", format::escape(value))),
        Form::Text => Value::from(value),
    });
    tera.register_filter("link", move |value: Value, options: Kwargs, _: &State| -> TeraResult<Value> {
        let to: &str = options.must_get("to")?;
        let text = value.as_str().unwrap_or_default();
        let text = if value.is_safe() { text.to_owned() } else { format::escape(text) };
        Ok(match form {
            Form::Markup => Value::safe_string(&format!("<a href=\"{}\">{text}</a>", format::escape(to))),
            Form::Text => Value::from(text),
        })
    });
    tera.register_filter("text", |value: Value, _: Kwargs, _: &State| -> TeraResult<Value> {
        Ok(Value::from(shown(&value)?.value.unwrap_or(format::NONE)))
    });
    let labels = filters.messages.clone();
    tera.register_filter("label", move |value: Value, options: Kwargs, _: &State| -> TeraResult<Value> {
        let group: &str = options.must_get("of")?;
        let code = match value.as_str() {
            Some(code) => code,
            None => shown(&value)?.value.unwrap_or_default(),
        };
        Ok(Value::from(labels.of(group, code)))
    });
    let counts = filters.clone();
    tera.register_filter("counted", move |value: Value, options: Kwargs, _: &State| -> TeraResult<Value> {
        let unit: &str = options.must_get("of")?;
        let fillings = [("n".to_owned(), filling(&value, &counts)?)].into();
        said(&counts.messages, unit, &fillings, form)
    });
    let fills = filters.clone();
    tera.register_function("t", move |options: Kwargs, _: &State| -> TeraResult<Value> {
        // A message by its name, or by its group and a code that the tables hold.
        let id = match options.get::<&str>("id")? {
            Some(id) => id.to_owned(),
            None => format!("{}-{}", options.must_get::<&str>("of")?, options.must_get::<&str>("code")?),
        };
        // Text that another filter escapes, for a style sheet.
        let plain = options.get::<bool>("plain")?.unwrap_or(false);
        let mut fillings = BTreeMap::new();
        for (name, value) in options.iter().filter_map(|(key, value)| Some((key.as_str()?, value))) {
            if !["id", "of", "code", "plain"].contains(&name) {
                let filling = filling(value, &fills)
                    .map_err(|error| tera::Error::message(format!("`{name}` of message `{id}`: {error}")))?;
                fillings.insert(name.to_owned(), filling);
            }
        }
        said(&fills.messages, &id, &fillings, if plain { Form::Text } else { form })
    });
    let days = filters.formats.clone();
    tera.register_filter("day", move |value: Value, _: Kwargs, _: &State| -> TeraResult<Value> {
        let text = match value.as_str() {
            Some(text) => text,
            None => shown(&value)?.value.unwrap_or_default(),
        };
        let date: jiff::civil::Date =
            text.parse().map_err(|_| tera::Error::message(format!("`{text}` is not a day")))?;
        if form == Form::Text {
            return Ok(Value::from(days.day(date)));
        }
        Ok(Value::safe_string(&format!("<time datetime=\"{date}\">{}</time>", days.day(date))))
    });
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
        tera.register_filter(name, move |value: &str, options: Kwargs, _: &State| -> TeraResult<String> {
            let width: usize = options.must_get("width")?;
            let room = " ".repeat(width.saturating_sub(value.width()));
            Ok(if is_right { format!("{room}{value}") } else { format!("{value}{room}") })
        });
    }
    tera.register_filter("json", |value: &str, _: Kwargs, _: &State| {
        Value::safe_string(&serde_json::Value::from(value).to_string())
    });
    tera.register_filter("css", |value: &str, _: Kwargs, _: &State| {
        Value::safe_string(&format::escape_css(value))
    });
    tera.register_test("negative", |value: Value, _: Kwargs, _: &State| sign(&value).map(|sign| sign < 0));
    tera.register_test("positive", |value: Value, _: Kwargs, _: &State| sign(&value).map(|sign| sign > 0));
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

/// Fills a message for a page or for a text.
fn said(
    messages: &Messages,
    id: &str,
    fillings: &BTreeMap<String, Filling>,
    form: Form,
) -> TeraResult<Value> {
    let text = messages.say(id, fillings, form == Form::Markup).map_err(tera::Error::message)?;
    Ok(match form {
        Form::Markup => Value::safe_string(&text),
        Form::Text => Value::from(text),
    })
}

/// What a template fills in: a cell as a whole number, finished elements, text, or a number that is no cell.
fn filling(value: &Value, filters: &Filters) -> TeraResult<Filling> {
    if let Some(text) = value.as_str() {
        return Ok(if value.is_safe() || filters.form == Form::Text {
            Filling::Finished(text.to_owned())
        } else {
            Filling::Text(text.to_owned())
        });
    }
    if value.is_map() {
        let figure = shown(value)?;
        let written = traced(value, &Kwargs::default(), filters, WHOLE)?;
        return Ok(Filling::Number {
            size: size(figure.value),
            written: written.as_str().unwrap_or_default().to_owned(),
        });
    }
    match value.as_i128() {
        Some(number) => Ok(Filling::Number {
            size: size(Some(&number.to_string())),
            written: filters.formats.number(&number.into(), 0),
        }),
        None => {
            Err(tera::Error::message(format!("has no value that can be written, it is {}", value.name())))
        }
    }
}

/// The size of a number, by which a language chooses its words; no figure depends on it.
fn size(exact: Option<&str>) -> f64 {
    exact.and_then(|text| text.parse().ok()).unwrap_or(0.0)
}

fn is_one(exact: &str) -> bool {
    exact.parse::<bigdecimal::BigDecimal>().is_ok_and(|number| number == 1)
}

/// The sign of a figure; that of NULL is 0.
fn sign(value: &Value) -> TeraResult<i8> {
    let figure = shown(value)?;
    let Some(exact) = figure.value else { return Ok(0) };
    let number: bigdecimal::BigDecimal =
        exact.parse().map_err(|_| tera::Error::message(format!("cell `{}` is not a number", figure.cell)))?;
    Ok(match number.cmp(&bigdecimal::BigDecimal::from(0)) {
        std::cmp::Ordering::Less => -1,
        std::cmp::Ordering::Equal => 0,
        std::cmp::Ordering::Greater => 1,
    })
}
