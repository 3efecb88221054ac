//! A new project: configuration, queries and reports; with a location, a proposed column mapping.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use arrow::datatypes::{DataType, Schema};

use crate::builtin;
use crate::config::{Format, Int96, Source, quoted, schema_text};
use crate::error::{Exit, Failure};
use crate::files;
use crate::private::PrivateFolder;
use crate::source;

/// What was written.
#[derive(Debug)]
pub struct Written {
    /// Number of files.
    pub files: usize,
    /// What the owner of the data must still say.
    pub open: Vec<String>,
}

/// The JSON Schema of the configuration, by which editors complete and check it.
const SCHEMA: &str = "config.schema.json";

/// Canonical columns with the names under which they are usually delivered, best first, without signs and in lower case.
const USUAL_NAMES: [(&str, bool, &[&str]); 12] = [
    (
        "order_id",
        true,
        &[
            "orderid",
            "ordernumber",
            "orderno",
            "invoiceno",
            "invoiceid",
            "invoice",
            "orderkey",
            "basketid",
            "transactionid",
        ],
    ),
    (
        "customer_id",
        true,
        &[
            "customerid",
            "customerkey",
            "custid",
            "custkey",
            "clientid",
            "accountid",
            "userid",
            "householdid",
            "customer",
        ],
    ),
    (
        "ordered_at",
        true,
        &[
            "orderedat",
            "orderdate",
            "ordertimestamp",
            "invoicedate",
            "transactiondate",
            "transactiontimestamp",
            "createdat",
            "date",
        ],
    ),
    ("line_number", false, &["linenumber", "lineno", "rowid", "linekey", "orderlineid"]),
    ("quantity", false, &["quantity", "qty", "units"]),
    (
        "net_amount",
        false,
        &["netamount", "netrevenue", "netsales", "sales", "salesvalue", "revenue", "amount", "linetotal"],
    ),
    ("gross_amount", false, &["grossamount", "grossrevenue", "grosssales", "listamount", "extendedprice"]),
    ("discount_amount", false, &["discountamount", "discounts"]),
    ("cost_amount", false, &["costamount", "cogs", "costofgoods", "linecost"]),
    ("product_id", false, &["productid", "productkey", "sku", "stockcode", "itemid"]),
    ("category", false, &["category", "productcategory", "department"]),
    ("country", false, &["country", "shipcountry", "billingcountry"]),
];

/// Canonical columns with names under which the column of a line may be delivered, or something else, and what to ask.
const DOUBTFUL_NAMES: [(&str, &[&str], &str); 2] = [
    (
        "net_amount",
        &["total", "totalamount", "ordertotal", "ordervalue", "orderamount", "invoicetotal", "grandtotal"],
        "the amount of the line? The total of an order would be counted once for each of its lines",
    ),
    (
        "cost_amount",
        &["cost", "totalcost", "unitcost", "costprice", "costperunit", "standardcost"],
        "the cost of the whole line? The cost of one unit is multiplied by the quantity",
    ),
];

/// Tells whether a canonical column can be made of values of a type; what is inside of others is not looked at.
fn fits(canonical: &str, kind: &DataType) -> bool {
    let is_text = kind.is_string() || matches!(kind, DataType::Dictionary(_, value) if value.is_string());
    match canonical {
        // A line number is whole.
        "line_number" => kind.is_integer(),
        "ordered_at" => {
            is_text || matches!(kind, DataType::Date32 | DataType::Date64 | DataType::Timestamp(..))
        }
        "order_id" | "customer_id" | "product_id" => is_text || kind.is_numeric(),
        "category" | "country" => is_text || kind.is_integer(),
        _ => kind.is_numeric(),
    }
}

/// Tells whether a mapping may be the bare name of a column.
fn can_be_written(name: &str) -> bool {
    let is_unwritten = |letter: char| letter.is_control() && !['\n', '\t'].contains(&letter);
    !name.contains("${") && name.len() <= 4000 && !name.chars().any(is_unwritten)
}

/// A text that stays on its line, within a comment.
fn one_line(text: &str) -> String {
    let is_break = |letter: char| letter.is_control() || ['\u{2028}', '\u{2029}'].contains(&letter);
    let letters = text.chars().map(|letter| {
        if is_break(letter) { letter.escape_default().to_string() } else { letter.to_string() }
    });
    letters.collect()
}

/// Writes a project to `folder`.
///
/// # Errors
/// Returns exit code 2 when the folder is in use, 4 when `from` cannot be read, 5 when a file cannot be written.
pub async fn init(folder: &Path, from: Option<&str>) -> Result<Written, Failure> {
    let cannot = |error: std::io::Error| {
        Failure::new(Exit::Resources, "init", format!("cannot write to `{}`", folder.display())).cause(error)
    };
    let is_used = folder.exists() && std::fs::read_dir(folder).map_err(cannot)?.next().is_some();
    if is_used {
        return Err(Failure::new(Exit::Usage, "init", format!("`{}` is not empty", folder.display()))
            .hint("Name a new folder; nothing was written."));
    }
    let (config, open) = match from {
        None => (builtin::CONFIG.to_owned(), Vec::new()),
        Some(location) => propose(location).await?,
    };
    std::fs::create_dir_all(folder).map_err(cannot)?;
    let config = format!("# yaml-language-server: $schema={SCHEMA}\n{config}");
    std::fs::write(folder.join("config.yaml"), config).map_err(cannot)?;
    std::fs::write(folder.join(SCHEMA), schema_text() + "\n").map_err(cannot)?;
    builtin::write_queries(folder)?;
    builtin::write_reports(folder)?;
    if from.is_none() {
        builtin::write_sample(folder)?;
    }
    Ok(Written { files: files::walk(folder).map_err(|(_, error)| cannot(error))?.len(), open })
}

/// Reads the columns at `location` and writes a configuration for them.
async fn propose(location: &str) -> Result<(String, Vec<String>), Failure> {
    let work = PrivateFolder::make(&std::env::temp_dir())?;
    let here = std::env::current_dir().map_err(|error| {
        Failure::new(Exit::Resources, "init", "cannot tell the current folder").cause(error)
    })?;
    let asked = Source {
        location: location.to_owned(),
        query: None,
        format: Format::Parquet,
        columns: BTreeMap::new(),
        amount_scale: None,
        manifest: None,
        period_folder: None,
        files: None,
        int96: Int96::default(),
        options: BTreeMap::new(),
    };
    let pinned = source::pin("order_lines", &asked, &here, work.path(), true).await?;
    // The new project lies elsewhere: a relative path would lead nowhere from there.
    let written = if location.contains("://") {
        location.to_owned()
    } else {
        std::path::absolute(here.join(location)).unwrap_or_else(|_| here.join(location)).display().to_string()
    };
    Ok(write_config(&written, &pinned.columns))
}

fn write_config(location: &str, schema: &Schema) -> (String, Vec<String>) {
    let plain =
        |name: &str| name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
    let find = |canonical: &str, names: &[&str]| {
        names.iter().find_map(|usual| {
            schema.fields().iter().find(|field| {
                plain(field.name()) == *usual
                    && fits(canonical, field.data_type())
                    && can_be_written(field.name())
            })
        })
    };
    let mut open = Vec::new();
    let mut columns = String::new();
    let mut found: BTreeMap<&str, &DataType> = BTreeMap::new();
    for (canonical, is_required, names) in USUAL_NAMES {
        // List price and net price say the discount already.
        let is_said = canonical == "discount_amount"
            && found.contains_key("gross_amount")
            && found.contains_key("net_amount");
        match find(canonical, names).filter(|_| !is_said) {
            Some(field) => {
                found.insert(canonical, field.data_type());
                let _infallible = writeln!(columns, "      {canonical}: {}", quoted(field.name()));
            }
            None if is_required => {
                open.push(format!("{canonical}: name the column or write an expression"));
                let _infallible = writeln!(columns, "      # {canonical}: which column?");
            }
            None => {}
        }
    }
    for (canonical, names, question) in DOUBTFUL_NAMES {
        let is_open = !found.contains_key(canonical)
            && (canonical != "net_amount" || !found.contains_key("gross_amount"));
        if let Some(field) = find(canonical, names).filter(|_| is_open) {
            let name = quoted(field.name());
            open.push(format!("{canonical}: is {name} {question}"));
            let _infallible = writeln!(columns, "      # {canonical}: {name}   # is it {question}");
        }
    }
    if !found.contains_key("net_amount") && !found.contains_key("gross_amount") {
        open.push("net_amount or gross_amount: name the column or write an expression".to_owned());
        columns.push_str("      # net_amount: which column, or for example Quantity * UnitPrice?\n");
    }
    let is_float = ["net_amount", "gross_amount", "cost_amount", "discount_amount"]
        .iter()
        .any(|name| found.get(name).is_some_and(|kind| kind.is_floating()));
    let scale = if is_float {
        "    amount_scale: 2              # decimals of amounts stored as floating point (0 to 4); what has more is rounded\n"
    } else {
        ""
    };
    let margin = if found.contains_key("cost_amount") {
        String::new()
    } else {
        open.push(
            "policy.margin: no cost column was found, so profit is estimated from this margin".to_owned(),
        );
        "policy:\n  # Without cost_amount, profit is estimated: margin as a share of net revenue.\n  # margin: 0.30\n\n".to_owned()
    };
    let list = schema.fields().iter().map(|field| {
        let name = field.name();
        let is_plain = name.trim() == name && one_line(name) == *name;
        let name = if is_plain { name.clone() } else { quoted(name) };
        format!("      #   {name} ({})", one_line(&field.data_type().to_string()))
    });
    let list = list.collect::<Vec<_>>().join("\n");
    let text = format!(
        "# Karat: configuration of this report. `karat check` tells what is missing; every key is described in the\n\
         # reference configuration that `karat init` writes without --from.\n\n\
         project:\n  name: My company\n  currency: USD\n  timezone: UTC\n  language: en\n\n\
         as_of: last_monday\nwindow: 365d\ncompare: 7d\n\n\
         sources:\n  order_lines:\n    location: {location}\n{scale}    columns:\n      # Columns of the source:\n{list}\n{columns}\n\
         {margin}# What a customer costs beyond the goods, in the currency of the project.\n\
         cost_to_serve:\n  per_order: 0\n  per_line: 0\n  payment_fee_rate: 0\n\n\
         publish:\n  location: output/\n  keep: 104\n",
        location = quoted(location),
    );
    (text, open)
}

#[cfg(test)]
mod tests {
    use arrow::datatypes::Field;

    use super::*;

    #[test]
    fn usual_names_are_recognised_and_the_rest_is_asked_for() {
        let schema = Schema::new(vec![
            Field::new("InvoiceNo", DataType::Utf8, true),
            Field::new("CustomerID", DataType::Float64, true),
            Field::new("InvoiceDate", DataType::Utf8, true),
            Field::new("UnitPrice", DataType::Float64, true),
            Field::new("RowID", DataType::Float64, true),
        ]);
        let (text, open) = write_config("/data/orders", &schema);
        assert!(
            text.contains("order_id: \"InvoiceNo\"") && text.contains("customer_id: \"CustomerID\""),
            "{text}"
        );
        assert!(!text.contains("line_number:"), "{text}");
        assert_eq!(open.len(), 2, "{open:?}");
    }

    /// The mappings of a proposal, as the program reads them.
    fn mappings(schema: &Schema) -> (BTreeMap<String, String>, Vec<String>) {
        let (text, open) = write_config("/data/\"orders\"", schema);
        // What is asked for is filled in.
        let text = text
            .replace("# order_id: which column?", "order_id: x")
            .replace("# customer_id: which column?", "customer_id: x")
            .replace("# ordered_at: which column?", "ordered_at: x")
            .replace("# net_amount: which column, or for example Quantity * UnitPrice?", "net_amount: x")
            .replace("# margin: 0.30", "margin: 0.30");
        let config = crate::config::parse("config.yaml", &text, Path::new("/"), &|_| None)
            .unwrap_or_else(|error| panic!("{error}\n{text}"));
        let source = &config.sources["order_lines"];
        assert_eq!(source.location, "/data/\"orders\"");
        (source.columns.clone(), open)
    }

    fn mapped(schema: &Schema, canonical: &str) -> Option<String> {
        mappings(schema).0.remove(canonical)
    }

    #[test]
    fn whatever_a_column_is_called_the_proposal_is_valid_and_maps_nothing_else() {
        for name in [
            "Order\nID",
            "Order ID\n      region: hostile",
            "order\"id",
            "order\\id",
            " Order ID ",
            "order\tid",
            "order # id",
            "order\u{2028}id",
            "order\u{85}id",
            "order: id",
        ] {
            let schema = Schema::new(vec![
                Field::new(name, DataType::Utf8, true),
                Field::new(
                    "s\n      region: hostile",
                    DataType::Struct(
                        vec![Field::new("a\n      state: hostile", DataType::Utf8, true)].into(),
                    ),
                    true,
                ),
            ]);
            let (columns, _) = mappings(&schema);
            assert!(!columns.contains_key("region") && !columns.contains_key("state"), "{columns:?}");
            let is_proposed = name != "order\u{85}id" && !name.contains("hostile");
            assert_eq!(columns["order_id"], if is_proposed { name } else { "x" });
        }
    }

    #[test]
    fn what_may_mean_something_else_is_asked_for_and_not_proposed() {
        let schema = Schema::new(vec![
            Field::new("order_id", DataType::Struct(Vec::<Field>::new().into()), true),
            Field::new("OrderNumber", DataType::Int64, true),
            Field::new("customer_id", DataType::Boolean, true),
            Field::new("order_total", DataType::Float64, true),
            Field::new("cost", DataType::Float64, true),
            Field::new("quantity", DataType::Utf8, true),
        ]);
        assert_eq!(mapped(&schema, "order_id").as_deref(), Some("OrderNumber"));
        for canonical in ["cost_amount", "quantity"] {
            assert_eq!(mapped(&schema, canonical), None);
        }
        let (columns, open) = mappings(&schema);
        assert_eq!(columns["net_amount"], "x");
        let asks = |canonical: &str, name: &str| {
            open.iter().any(|question| question.starts_with(canonical) && question.contains(name))
        };
        assert!(asks("net_amount", "\"order_total\"") && asks("cost_amount", "\"cost\""), "{open:?}");
    }
}
