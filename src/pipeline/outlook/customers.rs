//! Reads what the models need to know of each customer, batch by batch, into plain numbers.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type, Int64Type};

use crate::calendar::Moment;
use crate::engine::Engine;
use crate::error::{Exit, Failure};
use karat_model::Group;
use karat_model::uncertainty::{CLASSES, Member};

/// The class of which every customer is a member.
const ALL: &str = "all";

/// Columns of `business.outlook_customers` that hold numbers and no class.
const NUMBERS: [&str; 4] = ["margin_rate", "profit_rate", "last_year_orders", "recency_orders"];

/// Customers with a purchase before a moment, ordered by their ids.
#[derive(Default)]
pub(super) struct Customers {
    /// Ids, in parts.
    pub(super) ids: Vec<ArrayRef>,
    pub(super) members: Vec<Member>,
    /// Class and value of each group, by its number.
    pub(super) groups: Vec<(String, String)>,
}

/// Reads all customers of a moment.
pub(super) async fn read(engine: &Engine, moment: &Moment) -> Result<Customers, Failure> {
    let sql = format!(
        "select customers.*, histories.frequency, histories.recency_days, histories.age_days, \
         histories.paid_frequency, histories.repeat_revenue \
         from business.purchase_histories as histories \
         inner join business.outlook_customers as customers on histories.customer_id = customers.customer_id \
         where histories.moment = '{}' order by histories.customer_id",
        moment.name
    );
    let mut reader = Reader::default();
    engine.each_batch("the purchase histories", &sql, |batch| reader.take(batch)).await?;
    Ok(reader.customers)
}

#[derive(Default)]
struct Reader {
    customers: Customers,
    numbers: BTreeMap<(String, String), u16>,
}

impl Reader {
    fn take(&mut self, batch: &RecordBatch) -> Result<(), Failure> {
        let number = |name: &str| -> Result<ArrayRef, Failure> { column(batch, name, &DataType::Float64) };
        let count = |name: &str| -> Result<ArrayRef, Failure> { column(batch, name, &DataType::Int64) };
        let ids = column(batch, "customer_id", &DataType::Utf8)?;
        let (frequency, recency, age) = (count("frequency")?, count("recency_days")?, count("age_days")?);
        let (paid_frequency, revenue) = (count("paid_frequency")?, number("repeat_revenue")?);
        let [margin_rate, profit_rate, last_year_orders, recency_orders] = NUMBERS.map(number);
        let (margin_rate, profit_rate) = (margin_rate?, profit_rate?);
        let by_rule = [last_year_orders?, recency_orders?];
        let groups = self.groups(batch)?;
        for (row, groups) in groups.into_iter().enumerate() {
            let (frequency, paid_frequency) = (purchases(&frequency, row)?, purchases(&paid_frequency, row)?);
            self.customers.members.push(Member {
                history: Group {
                    frequency,
                    recency_weeks: weeks(integer(&recency, row)),
                    age_weeks: weeks(integer(&age, row)),
                    customers: 1,
                },
                paid_frequency,
                mean_spend: match (paid_frequency, float(&revenue, row)) {
                    (0, _) | (_, None) => 0.0,
                    (frequency, Some(revenue)) => revenue / f64::from(frequency),
                },
                margin_rate: float(&margin_rate, row),
                profit_rate: float(&profit_rate, row),
                by_rule: [0, 1].map(|rule| float(&by_rule[rule], row).unwrap_or(0.0)),
                groups,
            });
        }
        self.customers.ids.push(ids);
        Ok(())
    }

    /// The groups of each row: one that holds all, and one for each column of text.
    fn groups(&mut self, batch: &RecordBatch) -> Result<Vec<[Option<u16>; CLASSES]>, Failure> {
        let schema = batch.schema();
        let classes: Vec<&str> = schema
            .fields()
            .iter()
            .map(|field| (field.name().as_str(), field.data_type()))
            .filter(|(name, kind)| *name != "customer_id" && is_text(kind))
            .map(|(name, _)| name)
            .collect();
        if classes.len() >= CLASSES {
            let message =
                format!("business.outlook_customers has {} columns of text beside the id", classes.len());
            let hint = format!("Each is a class with sums of its own; at most {} fit.", CLASSES - 1);
            return Err(Failure::new(Exit::Usage, "model", message).hint(hint));
        }
        let all = self.number(ALL, ALL)?;
        let mut groups = vec![[None; CLASSES]; batch.num_rows()];
        for groups in &mut groups {
            groups[0] = Some(all);
        }
        for (place, class) in (1..).zip(classes) {
            let values = column(batch, class, &DataType::Utf8)?;
            let values: &StringArray = values.as_string();
            // Neighbours often share a value, so the last one found is kept.
            let mut last: Option<(&str, u16)> = None;
            for (groups, value) in groups.iter_mut().zip(values) {
                let Some(value) = value else { continue };
                let number = match last {
                    Some((known, number)) if known == value => number,
                    _ => self.number(class, value)?,
                };
                last = Some((value, number));
                groups[place] = Some(number);
            }
        }
        Ok(groups)
    }

    fn number(&mut self, class: &str, value: &str) -> Result<u16, Failure> {
        let name = (class.to_owned(), value.to_owned());
        if let Some(&number) = self.numbers.get(&name) {
            return Ok(number);
        }
        let number = u16::try_from(self.numbers.len()).map_err(|error| {
            Failure::new(Exit::Usage, "model", "business.outlook_customers has more than 65,536 groups")
                .hint(format!("Is `{class}` a class, and not a name of each customer?"))
                .cause(error)
        })?;
        self.customers.groups.push(name.clone());
        self.numbers.insert(name, number);
        Ok(number)
    }
}

fn is_text(kind: &DataType) -> bool {
    matches!(kind, DataType::Utf8 | DataType::Utf8View | DataType::LargeUtf8)
}

fn column(batch: &RecordBatch, name: &str, kind: &DataType) -> Result<ArrayRef, Failure> {
    let missing = || Failure::new(Exit::Usage, "model", format!("the models need a column `{name}`"));
    let column = batch.column_by_name(name).ok_or_else(missing)?;
    if column.data_type() == kind {
        return Ok(Arc::clone(column));
    }
    cast(column, kind).map_err(|error| missing().cause(error))
}

fn float(column: &ArrayRef, row: usize) -> Option<f64> {
    let column = column.as_primitive::<Float64Type>();
    column.is_valid(row).then(|| column.value(row))
}

/// A number of purchases.
fn purchases(column: &ArrayRef, row: usize) -> Result<u32, Failure> {
    u32::try_from(integer(column, row)).map_err(|error| {
        Failure::new(Exit::Bug, "model", "a number of purchases is out of range").cause(error)
    })
}

fn integer(column: &ArrayRef, row: usize) -> i64 {
    column.as_primitive::<Int64Type>().value(row)
}

/// Days as weeks.
#[expect(clippy::cast_precision_loss, reason = "a history has fewer days than a double has digits")]
pub(super) fn weeks(days: i64) -> f64 {
    days as f64 / 7.0
}
