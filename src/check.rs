//! Checks: SQL files that select violations, and the verdict on a run.

use bigdecimal::BigDecimal;

use crate::engine::Engine;
use crate::error::{Exit, Failure};
use crate::query::{Check, Message, Severity};
use crate::table::{Cell, Table};

/// Violations that a message shows of each check.
const SHOWN: usize = 8;

/// What one check found.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// File stem.
    pub name: String,
    /// The rule in words.
    pub title: String,
    /// How a violation is reported; without it, by the title and the first rows.
    pub message: Option<Message>,
    /// Whether a violation stops the run.
    pub severity: Severity,
    /// Whether the rule is about the rows that were read, and not about figures.
    pub is_of_inputs: bool,
    /// The rows that violate the rule; none when it holds.
    pub violations: Table,
}

impl Outcome {
    /// Tells whether the rule holds.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.violations.rows.is_empty()
    }

    /// Tells whether the rule refuses the run.
    fn refuses(&self) -> bool {
        self.severity.stops() && !self.holds()
    }
}

/// Runs every check.
///
/// # Errors
/// Returns exit code 2 when a check does not fit its tables, 5 when resources run out.
pub async fn run(engine: &Engine, checks: impl IntoIterator<Item = &Check>) -> Result<Vec<Outcome>, Failure> {
    let mut outcomes = Vec::new();
    for check in checks {
        let violations = violations(engine, check).await?;
        outcomes.push(Outcome {
            name: check.name.clone(),
            title: check.title.clone(),
            message: check.message.clone(),
            severity: check.severity,
            is_of_inputs: check.is_of_inputs,
            violations,
        });
    }
    Ok(outcomes)
}

/// Reads what violates `check`; a check says nothing of the order, and a message shows the first rows.
///
/// # Errors
/// As [`run`].
pub async fn violations(engine: &Engine, check: &Check) -> Result<Table, Failure> {
    let what = format!("`queries/{}`", check.path);
    engine.read_ordered(&what, &check.text).await
}

/// Refuses a run in which a check with severity `stop` found something.
///
/// Rows that cannot be used break rules about figures as well, so those are reported only when the rows are accepted.
///
/// # Errors
/// Returns exit code 3 with every broken rule, its numbers and its limit.
pub fn refuse_broken(outcomes: &[Outcome]) -> Result<(), Failure> {
    let of_inputs = outcomes.iter().any(|outcome| outcome.refuses() && outcome.is_of_inputs);
    let broken: Vec<String> = outcomes
        .iter()
        .filter(|outcome| outcome.refuses() && (outcome.is_of_inputs || !of_inputs))
        .map(describe)
        .collect();
    if broken.is_empty() {
        return Ok(());
    }
    Err(Failure::new(
        Exit::Refused,
        "check",
        format!("the data is refused: {}", broken.join("; and ")),
    )
    .hint("Nothing was published. Correct the data or its mapping; if the data is right, change the setting that is named."))
}

/// Whether a column says who or what a single row is about: a message travels further than the report.
fn identifies(column: &str) -> bool {
    column.ends_with("_id") || column == "name"
}

/// Writes one broken rule in words: what was found, the limit, and the setting.
#[must_use]
pub fn describe(outcome: &Outcome) -> String {
    let table = &outcome.violations;
    let Some(message) = &outcome.message else {
        let shown = first(table.rows.iter().map(|row| row_in_words(table, row)).collect(), " | ");
        return format!("check failed: {} ({}: {shown})", outcome.title, outcome.name);
    };
    // Rows that make the same sentence are its details.
    let mut sentences: Vec<(String, Vec<&[Cell]>)> = Vec::new();
    for row in &table.rows {
        let sentence = filled(&message.text, table, row);
        match sentences.iter_mut().find(|(known, _)| *known == sentence) {
            Some((_, rows)) => rows.push(row),
            None => sentences.push((sentence, vec![row])),
        }
    }
    let sentences = sentences.into_iter().map(|(sentence, rows)| {
        let sentence = sentence.replace("{violations}", &grouped(&rows.len().to_string()));
        let details = message.detail.as_ref().map_or_else(String::new, |detail| {
            let details = rows.iter().map(|row| filled(detail, table, row)).collect();
            format!(": {}", first(details, ", "))
        });
        let see = message.see.as_ref().zip(rows.first());
        let see = see.map_or_else(String::new, |(see, row)| format!("; see {}", filled(see, table, row)));
        format!("{sentence}{details}{see}")
    });
    first(sentences.collect(), "; and ")
}

/// Joins the first texts and counts the others.
fn first(mut texts: Vec<String>, between: &str) -> String {
    let more = texts.len().saturating_sub(SHOWN);
    texts.truncate(SHOWN);
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    texts.join(between) + &rest
}

fn row_in_words(table: &Table, row: &[Cell]) -> String {
    let cells = table.columns.iter().zip(row);
    cells
        .map(|(column, cell)| format!("{column} {}", cell_in_words(column, cell)))
        .collect::<Vec<_>>()
        .join(", ")
}

/// Puts the cells of a row into the places `{column}` of a text; numbers get separators, shares become percentages.
#[must_use]
pub fn fill(text: &str, table: &Table, row: usize) -> String {
    table.rows.get(row).map_or_else(String::new, |row| filled(text, table, row))
}

fn filled(text: &str, table: &Table, row: &[Cell]) -> String {
    let cells = table.columns.iter().zip(row);
    cells.fold(text.to_owned(), |text, (column, cell)| {
        text.replace(&format!("{{{column}}}"), &cell_in_words(column, cell))
    })
}

/// Writes a cell as a sentence does.
fn cell_in_words(column: &str, cell: &Cell) -> String {
    match cell {
        _ if identifies(column) => "not shown".to_owned(),
        Cell::Null => "none".to_owned(),
        Cell::Text(text) if column == "source" => text.replace('_', " "),
        Cell::Text(text) if column == "reason" => reason(text),
        Cell::Double(_) | Cell::Decimal(_) if column.ends_with("_share") => percent(&cell.to_string()),
        Cell::Integer(_) | Cell::Decimal(_) | Cell::Double(_) => grouped(&cell.to_string()),
        Cell::Text(_) | Cell::Date(_) | Cell::Boolean(_) => cell.to_string(),
    }
}

/// Says of rows why they were not used.
fn reason(code: &str) -> String {
    let known = match code {
        "customer_missing" => "without customer_id",
        "order_missing" => "without order_id",
        "case_missing" => "without case_id",
        "payment_missing" => "without payment_id",
        "visit_missing" => "without visit_id",
        "date_missing" => "without a date that can be read",
        "date_before_earliest" => "dated too early",
        "date_in_the_future" => "dated too far in the future",
        "amount_missing" => "without an amount",
        "amounts_disagree" => "with a discount that is not gross less net amount",
        "return_amount_positive" => "returned, with a positive amount",
        "cost_missing" => "without cost_amount",
        "currency_missing" => "without a currency",
        "rate_missing" => "without an exchange rate",
        "rate_not_positive" => "with an exchange rate that is not above 0",
        "rate_conflict" => "contradict a row of the same currency and day",
        "order_of_two_customers" => "in an order of two customers",
        "duplicate_exact" => "repeat another row",
        "replaced_by_later_file" => "replaced by a later file",
        "line_conflict" => "contradict a row with the same line_number",
        "customer_conflict" => "contradict a row with the same customer_id",
        "case_conflict" => "contradict a row with the same case_id",
        "payment_conflict" => "contradict a row with the same payment_id",
        "visit_conflict" => "contradict a row with the same visit_id",
        _ => return format!("with {}", code.replace('_', " ")),
    };
    known.to_owned()
}

/// Writes a share in percent with three significant digits.
fn percent(share: &str) -> String {
    let Ok(share) = share.parse::<BigDecimal>() else {
        return share.to_owned();
    };
    let percent = (share * BigDecimal::from(100)).with_prec(3).normalized();
    format!("{}%", grouped(&percent.to_plain_string()))
}

/// Writes a number with separators and without zeros at the end of its decimals.
fn grouped(number: &str) -> String {
    let number = match number.split_once('.') {
        Some((whole, decimals)) => match decimals.trim_end_matches('0') {
            "" => whole.to_owned(),
            decimals => format!("{whole}.{decimals}"),
        },
        None => number.to_owned(),
    };
    let digits = number.find('.').unwrap_or(number.len());
    let (whole, decimals) = number.split_at(digits);
    let (sign, whole) = whole.strip_prefix('-').map_or(("", whole), |whole| ("-", whole));
    if !whole.bytes().all(|byte| byte.is_ascii_digit()) {
        return number;
    }
    let mut text = String::from(sign);
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text + decimals
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(severity: Severity, rows: i64) -> Outcome {
        let violations = Table {
            columns: vec!["n".to_owned()],
            rows: (0..rows).map(|n| vec![Cell::Integer(n)]).collect(),
        };
        Outcome {
            name: "rule".to_owned(),
            title: "The rule".to_owned(),
            message: None,
            severity,
            is_of_inputs: false,
            violations,
        }
    }

    #[test]
    fn only_a_violated_stop_check_refuses_the_run() {
        assert!(refuse_broken(&[outcome(Severity::Stop, 0), outcome(Severity::Warn, 3)]).is_ok());
        let failure = refuse_broken(&[outcome(Severity::Stop, 10)]).expect_err("it is violated");
        assert_eq!(failure.exit, Exit::Refused);
        assert!(
            failure
                .message
                .contains("The rule (rule: n 0 | n 1 | n 2 | n 3 | n 4 | n 5 | n 6 | n 7 and 2 more)"),
            "{}",
            failure.message
        );
    }
    /// An outcome as `rejected_rows_within_limit` finds it.
    fn rejected(share: f64, reasons: &[(i64, &str)]) -> Outcome {
        let rows = reasons.iter().map(|(rows, reason)| {
            vec![
                Cell::Text("order_lines".to_owned()),
                Cell::Integer(140_307),
                Cell::Integer(541_909),
                Cell::Double(share),
                Cell::Decimal("0.005000".parse().expect("a number")),
                Cell::Integer(*rows),
                Cell::Text((*reason).to_owned()),
            ]
        });
        let columns = [
            "source",
            "rejected_rows",
            "rows_read",
            "rejected_share",
            "allowed_share",
            "reason_rows",
            "reason",
        ];
        Outcome {
            message: Some(Message {
                text: "{rejected_rows} of {rows_read} {source} cannot be used ({rejected_share}, limit {allowed_share})".to_owned(),
                detail: Some("{reason_rows} {reason}".to_owned()),
                see: Some("checks.max_rejected_rows".to_owned()),
            }),
            violations: Table {
                columns: columns.map(str::to_owned).to_vec(),
                rows: rows.collect(),
            },
            ..outcome(Severity::Stop, 0)
        }
    }

    #[test]
    fn a_refusal_names_counts_shares_limit_reasons_and_setting() {
        let found = rejected(0.258_912_769_3, &[(135_080, "customer_missing"), (5_227, "duplicate_exact")]);
        assert_eq!(
            describe(&found),
            "140,307 of 541,909 order lines cannot be used (25.9%, limit 0.5%): 135,080 without customer_id, \
             5,227 repeat another row; see checks.max_rejected_rows"
        );
    }

    #[test]
    fn rows_that_cannot_be_used_are_reported_without_what_follows_from_them() {
        let of_inputs = Outcome { is_of_inputs: true, ..rejected(1.0, &[(1, "paper_torn")]) };
        let failure = refuse_broken(&[outcome(Severity::Stop, 1), of_inputs]).expect_err("both are violated");
        assert!(!failure.message.contains("The rule"), "{}", failure.message);
        assert!(failure.message.contains("(100%, limit 0.5%): 1 with paper torn;"), "{}", failure.message);
    }

    #[test]
    fn rows_that_a_later_file_replaces_are_told_in_words() {
        assert_eq!(reason("replaced_by_later_file"), "replaced by a later file");
        assert_eq!(reason("amount_not_finite"), "with amount not finite");
    }

    #[test]
    fn a_message_names_nobody() {
        let mut found = rejected(0.5, &[(1, "x")]);
        "order_id".clone_into(&mut found.violations.columns[6]);
        found.message.as_mut().expect("it has one").detail = Some("{order_id}".to_owned());
        assert!(describe(&found).contains(": not shown;"), "{}", describe(&found));
    }

    #[test]
    fn numbers_have_separators_and_no_idle_zeros() {
        for (number, text) in
            [("-1234567.5000", "-1,234,567.5"), ("100.0000", "100"), ("0", "0"), ("999", "999")]
        {
            assert_eq!(grouped(number), text);
        }
    }
}
