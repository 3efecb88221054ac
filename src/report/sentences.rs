//! The sentences of the first page. `results.sentences` says which are true, what money each speaks of, and which are told.

use super::cells::{Data, Figure};

/// Names the wordings to show, heaviest first; none when nothing is material. An edition that hides a figure of a sentence
/// does not say it.
pub(crate) fn sentences(data: &Data<'_>) -> Vec<String> {
    let mut shown: Vec<_> = data
        .rows("results.sentences")
        .into_iter()
        .filter(|row| row.get("is_shown").map(Figure::text) == Some("true"))
        .collect();
    shown.sort_by_key(|row| row.get("rank").and_then(Figure::decimal));
    shown
        .iter()
        .filter_map(|row| row.get("sentence"))
        .map(|sentence| sentence.text().to_owned())
        .filter(|sentence| is_there(data, sentence))
        .collect()
}

/// Whether the edition shows the figures of a sentence; a missing one is noted, so that nobody says there is nothing to tell.
fn is_there(data: &Data<'_>, sentence: &str) -> bool {
    let tier = |code: &'static str, columns: [&'static str; 2]| {
        columns.map(|column| ("tier_profitability", code, column))
    };
    let cells: Vec<(&str, &str, &str)> = match sentence {
        "growth" => vec![
            ("headline", "net_revenue", "change_on_year"),
            ("headline", "profit", "change_on_year"),
        ],
        "top" => tier("platinum", ["customers", "profit_share"]).to_vec(),
        "top_without_share" => tier("platinum", ["customers", "profit"]).to_vec(),
        "losses" => tier("lead", ["customers", "profit"]).to_vec(),
        "lead_discount" => tier("lead", ["discount_amount", "discount_rate"]).to_vec(),
        "discount" => tier("total", ["discount_amount", "discount_rate"]).to_vec(),
        "at_risk" => vec![("headline", "profit_at_risk", "value")],
        // These, and those of a project's own, rest on tables that an edition may leave out.
        _ => vec![("change_summary", "year_ago", "from_customers")],
    };
    cells
        .into_iter()
        .all(|(table, code, column)| data.by(table, code, column).value.is_some())
}

/// The amount of money below which nothing is worth a reader's minute.
pub(crate) fn threshold(data: &Data<'_>) -> f64 {
    data.by("materiality", "all", "threshold_amount").size()
}
