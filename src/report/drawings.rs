//! The charts of the page, each with the text that describes it to a reader who does not see it.

use std::collections::BTreeMap;

use super::cells::{Data, Figure, Row, TIERS};
use super::chart::{self, Bar, Caption, Chart, Flow, Group, Heads, Moves, Node, Pair, Stage};
use super::format::{self, Formats};
use super::messages::Messages;

/// Draws every chart, by name; each with whether it lacks something that the edition leaves out, so that it must not be shown.
pub(crate) fn charts(
    data: &Data<'_>,
    sign: &str,
    messages: &Messages,
    formats: &Formats,
) -> BTreeMap<String, (Chart, bool)> {
    type Draw<'d> = Box<dyn Fn() -> Chart + 'd>;
    let draws: [(&str, Draw<'_>); 9] = [
        ("pyramid", Box::new(|| pyramid(data, sign, messages, formats))),
        ("whale", Box::new(|| whale(data, sign, messages, formats))),
        ("waterfall", Box::new(|| waterfall(data, sign, messages, formats))),
        ("lifecycle", Box::new(|| lifecycle(data, sign, messages, formats))),
        ("types", Box::new(|| types(data, sign, messages, formats))),
        ("moves", Box::new(|| moves(data, messages, formats))),
        ("bridge", Box::new(|| bridge(data, sign, messages, formats))),
        ("lorenz", Box::new(|| lorenz(data, messages, formats))),
        ("calibration", Box::new(|| calibration(data, messages, formats))),
    ];
    let (own, lacks) = data.watched(|| classes_of_their_own(data, sign, messages, formats));
    let mut charts: BTreeMap<String, (Chart, bool)> =
        own.into_iter().map(|(name, chart)| (name, (chart, lacks))).collect();
    charts.extend(draws.into_iter().map(|(name, draw)| (name.to_owned(), data.watched(draw))));
    charts
}

fn share(formats: &Formats, figure: &Figure, decimals: i64) -> String {
    figure.decimal().map_or_else(|| format::NONE.into(), |share| formats.percent(&share, decimals))
}

fn money(formats: &Formats, figure: &Figure, sign: &str) -> String {
    figure.decimal().map_or_else(|| format::NONE.into(), |amount| formats.abbreviated(&amount, sign, 0))
}

fn count(formats: &Formats, figure: &Figure) -> String {
    figure.decimal().map_or_else(|| format::NONE.into(), |number| formats.number(&number, 0))
}

fn counted(messages: &Messages, formats: &Formats, figure: &Figure) -> String {
    messages.counted("customers", figure.size(), count(formats, figure))
}

/// What a chart of pairs is made from.
struct Classes<'a> {
    /// Name of the result, and the column that holds the class.
    table: &'a str,
    column: &'a str,
    codes: Vec<&'a str>,
    messages: &'a str,
    /// Unique within the page, and the text for a reader who does not see the chart.
    id: &'a str,
    title: String,
}

fn class_pairs(
    data: &Data<'_>,
    classes: &Classes<'_>,
    sign: &str,
    messages: &Messages,
    formats: &Formats,
) -> Chart {
    let table = format!("results.{}", classes.table);
    let cell = |code: &str, column: &str| data.one(&table, &[(classes.column, code)], column);
    // Shares of a total that is not positive mean nothing: the right side then shows money.
    let in_money = cell("total", "profit").size() <= 0.0 || cell("total", "profit_share").value.is_none();
    let largest = classes.codes.iter().map(|code| cell(code, "profit").size().abs()).fold(0.0, f64::max);
    let mut rows = Vec::new();
    let mut caption = Vec::new();
    for code in &classes.codes {
        let (customers, profit) = (cell(code, "customer_share"), cell(code, "profit"));
        let part = cell(code, "profit_share");
        let (length, figure, text) = if in_money {
            let length = if largest > 0.0 { 0.6 * profit.size() / largest } else { 0.0 };
            (length, profit.clone(), money(formats, &profit, sign))
        } else {
            (part.size(), part.clone(), share(formats, &part, 1))
        };
        let label = messages.of(classes.messages, code);
        let amount =
            profit.decimal().map_or_else(String::new, |amount| formats.abbreviated(&amount.abs(), sign, 0));
        let of_customers = share(formats, &customers, 1);
        // A loss is no share of a profit.
        let (row, name, value) = match (in_money, profit.size() < 0.0) {
            (true, _) => ("pairs-row_money", "profit", &text),
            (false, true) => ("pairs-row_loss", "amount", &amount),
            (false, false) => ("pairs-row", "profit", &text),
        };
        caption.push(messages.fill(row, &[("label", &label), ("customers", &of_customers), (name, value)]));
        rows.push(Pair {
            label,
            sub: counted(messages, formats, &cell(code, "customers")),
            class: if TIERS.contains(code) { (*code).to_owned() } else { "other".into() },
            left: (customers.size(), customers.clone()),
            left_text: of_customers,
            right: (length, figure),
            right_text: text,
            remark: if in_money {
                String::new()
            } else {
                messages.fill("pairs-gives_back", &[("amount", &amount)])
            },
        });
    }
    let right = if in_money { "pairs-profit_money" } else { "pairs-profit_share" };
    let [left, right, short_left, short_right] =
        ["pairs-customer_share", right, "pairs-customers", "pairs-profit"].map(|id| messages.get(id));
    let heads = Heads { long: (&left, &right), short: (&short_left, &short_right) };
    let description = caption.join(" ");
    let caption = Caption { id: classes.id, title: &classes.title, description: &description };
    chart::pairs(&rows, heads, caption, if in_money { "money" } else { "share" })
}

fn pyramid(data: &Data<'_>, sign: &str, messages: &Messages, formats: &Formats) -> Chart {
    let classes = Classes {
        table: "tier_profitability",
        column: "tier",
        codes: TIERS.to_vec(),
        messages: "tier",
        id: "pyramid",
        title: messages.get("pyramid-title"),
    };
    class_pairs(data, &classes, sign, messages, formats)
}

fn lifecycle(data: &Data<'_>, sign: &str, messages: &Messages, formats: &Formats) -> Chart {
    let rows = data.rows("results.lifecycle_stages");
    let classes = Classes {
        table: "lifecycle_stages",
        column: "lifecycle_stage",
        codes: with_customers(&rows, "lifecycle_stage", &["total"]),
        messages: "lifecycle",
        id: "lifecycle",
        title: messages.get("lifecycle-title"),
    };
    class_pairs(data, &classes, sign, messages, formats)
}

fn types(data: &Data<'_>, sign: &str, messages: &Messages, formats: &Formats) -> Chart {
    let rows = data.rows("results.customer_types");
    let classes = Classes {
        table: "customer_types",
        column: "customer_type",
        codes: with_customers(&rows, "customer_type", &["total", "prospect"]),
        messages: "customer_type",
        id: "types",
        title: messages.get("types-title"),
    };
    class_pairs(data, &classes, sign, messages, formats)
}

/// The classes that somebody is in, but those left out.
fn with_customers<'a>(rows: &'a [Row], column: &str, left_out: &[&str]) -> Vec<&'a str> {
    rows.iter()
        .filter(|row| row.get("customers").is_some_and(|customers| customers.size() > 0.0))
        .filter_map(|row| row.get(column).map(Figure::text))
        .filter(|code| !left_out.contains(code))
        .collect()
}

/// A chart for every result that adds up one class, by the name of the table: one key column, the shares, a total.
fn classes_of_their_own(
    data: &Data<'_>,
    sign: &str,
    messages: &Messages,
    formats: &Formats,
) -> BTreeMap<String, Chart> {
    let mut charts = BTreeMap::new();
    for (table, column) in data.classes() {
        let rows = data.rows(&format!("results.{table}"));
        let classes = Classes {
            table,
            column,
            codes: with_customers(&rows, column, &["total"]),
            messages: column,
            id: table,
            title: messages.fill("class_chart-title", &[("class", &column.replace('_', " "))]),
        };
        charts.insert(table.to_owned(), class_pairs(data, &classes, sign, messages, formats));
    }
    charts
}

fn whale(data: &Data<'_>, sign: &str, messages: &Messages, formats: &Formats) -> Chart {
    let summary = |column: &str| data.by("whale_summary", "all", column);
    let description = messages.fill(
        "whale-description",
        &[
            ("peak", &money(formats, &summary("peak_profit"), sign)),
            ("profitable", &count(formats, &summary("profitable_customers"))),
            ("customers", &count(formats, &summary("customers"))),
            ("unprofitable", &count(formats, &summary("unprofitable_customers"))),
            ("erosion", &money(formats, &summary("erosion_amount"), sign)),
            ("total", &money(formats, &summary("total_profit"), sign)),
        ],
    );
    let caption = Caption { id: "whale", title: &messages.get("whale-title"), description: &description };
    chart::whale(data, (sign, formats), messages, caption)
}

fn waterfall(data: &Data<'_>, sign: &str, messages: &Messages, formats: &Formats) -> Chart {
    let tiers: Vec<&str> = TIERS
        .into_iter()
        .filter(|tier| data.by("tier_profitability", tier, "customers").size() >= 1.0)
        .collect();
    let mut descriptions = Vec::new();
    for tier in &tiers {
        let steps: Vec<_> = chart::steps(data, &tiers)
            .iter()
            .map(|step| {
                let by = [("tier", *tier), ("step", *step)];
                let amount = data.one("results.price_waterfall", &by, "amount");
                let (name, amount) =
                    (messages.of("step", step).to_lowercase(), money(formats, &amount, sign));
                messages.fill("waterfall-step", &[("step", &name), ("amount", &amount)])
            })
            .collect();
        let (tier, steps) = (messages.of("tier", tier), steps.join(&messages.get("comma")));
        descriptions.push(messages.fill("waterfall-steps", &[("tier", &tier), ("steps", &steps)]));
    }
    let texts = ("waterfall", messages.get("waterfall-title"));
    chart::waterfall(data, &tiers, (messages, formats), (texts.0, &texts.1, &descriptions))
}

/// The states of one side of the migration since a year ago, without the total.
fn states(data: &Data<'_>, side: &str, messages: &Messages, formats: &Formats) -> Vec<(String, Node)> {
    let text = |row: &Row, column: &str| row.get(column).map(Figure::text).unwrap_or_default().to_owned();
    let (of_side, of_other) =
        if side == "from" { ("from_tier", "to_tier") } else { ("to_tier", "from_tier") };
    data.rows("results.tier_migration")
        .iter()
        .filter(|row| text(row, "from_snapshot") == "year_ago" && text(row, of_other) == "total")
        .filter(|row| text(row, of_side) != "total")
        .map(|row| {
            let state = text(row, of_side);
            let figure = row.get("customers").cloned().unwrap_or_else(Figure::missing);
            let node = Node {
                class: if TIERS.contains(&state.as_str()) { state.clone() } else { "other".into() },
                label: messages.of("move_state", &state),
                text: count(formats, &figure),
                figure,
            };
            (state, node)
        })
        .collect()
}

/// Customers by tier a year ago and now; empty without customers a year ago.
fn moves(data: &Data<'_>, messages: &Messages, formats: &Formats) -> Chart {
    let key = data.by("change_summary", "year_ago", "told_tier");
    let (from, to) = (states(data, "from", messages, formats), states(data, "to", messages, formats));
    let mut flows = Vec::new();
    let mut caption = Vec::new();
    for (place, (state, node)) in from.iter().enumerate() {
        let mut parts = Vec::new();
        for (target, (to_state, to_node)) in to.iter().enumerate() {
            let by = [("from_snapshot", "year_ago"), ("from_tier", state), ("to_tier", to_state)];
            let figure = data.one("results.tier_migration", &by, "customers");
            if figure.size() < 1.0 {
                continue;
            }
            let customers = count(formats, &figure);
            parts.push(messages.fill("moves-part", &[("label", &to_node.label), ("customers", &customers)]));
            flows.push(Flow { from: place, to: target, figure, is_key: key.value.as_ref() == Some(state) });
        }
        if !parts.is_empty() {
            caption.push(messages.fill(
                "moves-row",
                &[
                    ("label", &node.label),
                    ("customers", &node.text),
                    ("parts", &parts.join(&messages.get("comma"))),
                ],
            ));
        }
    }
    let nodes = |states: Vec<(String, Node)>| states.into_iter().map(|(_, node)| node).collect();
    let moves = Moves {
        from: nodes(from),
        to: nodes(to),
        flows,
        heads: (messages.get("moves-then"), messages.get("moves-now")),
    };
    let description = caption.join(" ");
    let caption = Caption { id: "moves", title: &messages.get("moves-title"), description: &description };
    chart::alluvial(&moves, caption)
}

/// From the profit of a year ago to that of now; empty without customers a year ago.
fn bridge(data: &Data<'_>, sign: &str, messages: &Messages, formats: &Formats) -> Chart {
    let stage = |label: String, figure: Figure, is_end: bool| Stage {
        label,
        text: money(formats, &figure, sign),
        figure,
        is_end,
    };
    let of_year = |row: &Row| row.get("from_snapshot").map(Figure::text) == Some("year_ago");
    let end = |column: &str| data.by("change_summary", "year_ago", column);
    let steps: Vec<Stage> = data
        .rows("results.profit_bridge")
        .iter()
        .filter(|row| of_year(row))
        .map(|row| {
            let step = row.get("step").map(Figure::text).unwrap_or_default();
            let amount = row.get("amount").cloned().unwrap_or_else(Figure::missing);
            stage(messages.of("bridge_step", step), amount, false)
        })
        .collect();
    let mut stages = Vec::new();
    if !steps.is_empty() {
        stages.push(stage(messages.get("bridge-then"), end("from_profit"), true));
        stages.extend(steps);
        stages.push(stage(messages.get("bridge-now"), end("to_profit"), true));
    }
    let description: Vec<_> = stages
        .iter()
        .map(|stage| messages.fill("bridge-row", &[("label", &stage.label), ("amount", &stage.text)]))
        .collect();
    let description = description.join(" ");
    let caption = Caption { id: "bridge", title: &messages.get("bridge-title"), description: &description };
    chart::bridge(&stages, caption)
}

fn lorenz(data: &Data<'_>, messages: &Messages, formats: &Formats) -> Chart {
    let gini = data.by("concentration", "revenue_gini", "value");
    let top = data.by("concentration", "top_customers_revenue_share", "value");
    let text = gini.decimal().map_or_else(|| format::NONE.into(), |gini| formats.number(&gini, 2));
    let label = messages.fill("lorenz-gini", &[("gini", &text)]);
    let top_share = data.one("settings.policy", &[], "top_share");
    let top_share =
        top_share.decimal().map_or_else(|| format::NONE.into(), |share| formats.whole_percent(&share));
    let description = messages.fill(
        "lorenz-description",
        &[("gini", &text), ("top", &share(formats, &top, 0)), ("top_share", &top_share)],
    );
    let caption = Caption { id: "lorenz", title: &messages.get("lorenz-title"), description: &description };
    chart::lorenz(data, (&gini, &label), messages, caption)
}

/// Purchases that the model expected per customer and those made, by decile; empty without a backtest.
fn calibration(data: &Data<'_>, messages: &Messages, formats: &Formats) -> Chart {
    let mut groups = Vec::new();
    let mut caption = Vec::new();
    for row in data.rows("results.churn_backtest") {
        let cell = |column: &str| row.get(column).cloned().unwrap_or_else(Figure::missing);
        if cell("tier").text() != "total" || cell("decile").text() == "0" {
            continue;
        }
        let bar = |column: &str| {
            let figure = cell(column);
            let text =
                figure.decimal().map_or_else(|| format::NONE.into(), |number| formats.number(&number, 2));
            Bar { size: figure.size(), figure, text }
        };
        let (expected, actual) = (bar("predicted_per_customer"), bar("actual_per_customer"));
        let label = messages.fill("calibration-decile", &[("n", cell("decile").text())]);
        caption.push(messages.fill(
            "calibration-row",
            &[("label", &label), ("expected", &expected.text), ("actual", &actual.text)],
        ));
        groups.push(Group { label, sub: counted(messages, formats, &cell("customers")), expected, actual });
    }
    let description = caption.join(" ");
    let caption =
        Caption { id: "calibration", title: &messages.get("calibration-title"), description: &description };
    let (expected, actual) = (messages.get("calibration-expected"), messages.get("calibration-actual"));
    chart::calibration(&groups, (&expected, &actual), caption)
}
