//! A new project: configuration, queries and reports; with a location, a proposed column mapping.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use arrow::datatypes::{DataType, Schema};

use crate::builtin;
use crate::config::{Format, Source};
use crate::error::{Exit, Failure};
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
    (
        "line_number",
        false,
        &["linenumber", "lineno", "rowid", "linekey", "orderlineid"],
    ),
    ("quantity", false, &["quantity", "qty", "units"]),
    (
        "net_amount",
        false,
        &[
            "netamount",
            "netrevenue",
            "netsales",
            "sales",
            "salesvalue",
            "revenue",
            "amount",
            "linetotal",
            "total",
        ],
    ),
    (
        "gross_amount",
        false,
        &[
            "grossamount",
            "grossrevenue",
            "grosssales",
            "listamount",
            "extendedprice",
        ],
    ),
    ("discount_amount", false, &["discountamount", "discounts"]),
    (
        "cost_amount",
        false,
        &["costamount", "cogs", "costofgoods", "cost", "totalcost"],
    ),
    (
        "product_id",
        false,
        &["productid", "productkey", "sku", "stockcode", "itemid"],
    ),
    ("category", false, &["category", "productcategory", "department"]),
    ("country", false, &["country", "shipcountry", "billingcountry"]),
];

/// Writes a project to `folder`.
///
/// # Errors
/// Returns exit code 2 when the folder is in use, 4 when `from` cannot be read, 5 when a file cannot be written.
pub async fn init(folder: &Path, from: Option<&str>) -> Result<Written, Failure> {
    let cannot = |error: std::io::Error| {
        Failure::new(
            Exit::Resources,
            "init",
            format!("cannot write to `{}`", folder.display()),
        )
        .cause(error)
    };
    let is_used = folder.exists() && std::fs::read_dir(folder).map_err(cannot)?.next().is_some();
    if is_used {
        return Err(Failure::new(
            Exit::Usage,
            "init",
            format!("`{}` is not empty", folder.display()),
        )
        .hint("Name a new folder; nothing was written."));
    }
    let (config, open) = match from {
        None => (builtin::CONFIG.to_owned(), Vec::new()),
        Some(location) => propose(location).await?,
    };
    std::fs::create_dir_all(folder).map_err(cannot)?;
    std::fs::write(folder.join("config.yaml"), config).map_err(cannot)?;
    builtin::write_queries(folder)?;
    builtin::write_reports(folder)?;
    if from.is_none() {
        builtin::write_sample(folder)?;
    }
    Ok(Written {
        files: count(folder).map_err(cannot)?,
        open,
    })
}

fn count(folder: &Path) -> std::io::Result<usize> {
    let mut files = 0;
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        files += if path.is_dir() { count(&path)? } else { 1 };
    }
    Ok(files)
}

/// Reads the columns at `location` and writes a configuration for them.
async fn propose(location: &str) -> Result<(String, Vec<String>), Failure> {
    let work = PrivateFolder::make(&std::env::temp_dir())?;
    let here = std::env::current_dir().map_err(|error| {
        Failure::new(Exit::Resources, "init", "cannot tell the current folder").cause(error)
    })?;
    let asked = Source {
        location: location.to_owned(),
        format: Format::Parquet,
        columns: BTreeMap::new(),
        amount_scale: None,
        options: BTreeMap::new(),
    };
    let pinned = source::pin("order_lines", &asked, &here, work.path(), true).await?;
    // The new project lies elsewhere: a relative path would lead nowhere from there.
    let written = if location.contains("://") {
        location.to_owned()
    } else {
        std::path::absolute(here.join(location))
            .unwrap_or_else(|_| here.join(location))
            .display()
            .to_string()
    };
    Ok(write_config(&written, &pinned.schema))
}

fn write_config(location: &str, schema: &Schema) -> (String, Vec<String>) {
    let plain = |name: &str| {
        name.chars()
            .filter(char::is_ascii_alphanumeric)
            .collect::<String>()
            .to_lowercase()
    };
    let find = |names: &[&str]| {
        names
            .iter()
            .find_map(|usual| schema.fields().iter().find(|field| plain(field.name()) == *usual))
    };
    let mut open = Vec::new();
    let mut columns = String::new();
    let mut found: BTreeMap<&str, &DataType> = BTreeMap::new();
    for (canonical, is_required, names) in USUAL_NAMES {
        let is_wanted = |field: &&arrow::datatypes::FieldRef| match canonical {
            // A line number is whole; list price and net price say the discount already.
            "line_number" => field.data_type().is_integer(),
            "discount_amount" => !(found.contains_key("gross_amount") && found.contains_key("net_amount")),
            _ => true,
        };
        match find(names).filter(is_wanted) {
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
    if !found.contains_key("net_amount") && !found.contains_key("gross_amount") {
        open.push("net_amount or gross_amount: name the column or write an expression".to_owned());
        columns.push_str("      # net_amount: which column, or for example Quantity * UnitPrice?\n");
    }
    let is_float = ["net_amount", "gross_amount", "cost_amount", "discount_amount"]
        .iter()
        .any(|name| found.get(name).is_some_and(|kind| kind.is_floating()));
    let scale = if is_float {
        "    amount_scale: 2              # decimals of amounts that are stored as floating point\n"
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
    let list = schema
        .fields()
        .iter()
        .map(|field| format!("      #   {} ({})", field.name(), field.data_type()));
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

/// A YAML text that is read back as it is.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
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
}
