//! The `config.yaml` that goes with a history, so that `karat run` works on it at once.

use super::Generate;
use super::random::whole;
use super::sheet::Columns;
use super::tables::{CUSTOMERS, ORDER_LINES, PAYMENTS, SERVICE_CASES, VISITS, names};

/// Rates at which a tenth to a third of the customers cost more than they bring.
const COST_TO_SERVE: &str = "\
cost_to_serve:
  per_order: 2.50
  per_line: 0.30
  per_return: 6.00
  per_case: 8.00
  payment_fee_rate: 0.019
";

/// Writes the configuration of a history.
pub(super) fn config(request: &Generate) -> String {
    let Generate { customers, seed, from, to, defects } = request;
    let mut text = format!(
        "# A synthetic history: {customers} customers from {from} to {to}, seed {seed}, share of defective rows {defects}.\n\
         # Written by `karat generate`. `karat run --config` with this file makes its report.\n\
         project:\n  name: Synthetic history\n  currency: GBP\n  timezone: Europe/London\n  language: en\n  \
         home: {{country: GB, region: London}}\n\
         as_of: {to}\n\
         window: 365d\n\
         compare: 7d\n\
         sources:\n"
    );
    for (source, columns) in [
        ("order_lines", ORDER_LINES),
        ("customers", CUSTOMERS),
        ("service_cases", SERVICE_CASES),
        ("payments", PAYMENTS),
        ("visits", VISITS),
    ] {
        text.push_str(&mapping(source, columns));
    }
    text + COST_TO_SERVE + &checks(*defects) + "publish:\n  location: output/\n"
}

fn mapping(source: &str, columns: Columns) -> String {
    let lines = names(columns).map(|name| format!("      {name}: {name}\n"));
    lines.fold(format!("  {source}:\n    location: {source}/\n    columns:\n"), |text, line| text + &line)
}

/// The limits of what may be rejected, where ugly rows were asked for.
fn checks(defects: f64) -> String {
    if defects <= 0.0 {
        return String::new();
    }
    // A spoilt row can take the other lines of its order with it, and few customers hold most of the money.
    let rows = whole(defects * 500.0, 10, 100);
    let money = whole(defects * 1_000.0, 25, 100);
    format!(
        "# Ugly rows were asked for, so the limits are wide.\nchecks:\n  max_rejected_rows: {rows}%\n  \
         max_rejected_money: {money}%\n"
    )
}
