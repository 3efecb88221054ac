//! Parts of the pages that need more than one row at a time: heat map, points of a curve, the map of segments.

use serde::Serialize;

use super::cells::{Data, Figure, Row};

/// The recency and frequency grid, as rows of a heat map.
#[derive(Debug, Serialize)]
pub(crate) struct Grid {
    heads: Vec<Head>,
    rows: Vec<(Head, Vec<HeatCell>)>,
    largest: Option<HeatCell>,
}

/// A score with the values that have it.
#[derive(Debug, Clone, Serialize)]
struct Head {
    score: String,
    lowest: Figure,
    highest: Figure,
    single: bool,
}

#[derive(Debug, Clone, Serialize)]
struct HeatCell {
    r_score: Figure,
    f_score: Figure,
    customers: Figure,
    profit: Figure,
    level: usize,
}

fn head(data: &Data<'_>, measure: &str, score: u8) -> Head {
    let score = score.to_string();
    let by = [("measure", measure), ("score", score.as_str())];
    let cell = |column: &str| data.one("results.rfm_scores", &by, column);
    let (lowest, highest) = (cell("lowest"), cell("highest"));
    Head { single: lowest.decimal() == highest.decimal(), lowest, highest, score }
}

/// Arranges the grid, best recency first.
pub(crate) fn grid(data: &Data<'_>) -> Grid {
    let cells = data.rows("results.rfm_grid");
    let size = |row: &Row| row.get("customers").map_or(0.0, Figure::size);
    let most = cells.iter().map(size).fold(0.0, f64::max);
    let find = |r: u8, f: u8| {
        let by = [("r_score", r.to_string()), ("f_score", f.to_string())];
        let by: Vec<_> = by.iter().map(|(name, score)| (*name, score.as_str())).collect();
        let cell = |column: &str| data.one("results.rfm_grid", &by, column);
        let customers = cell("customers");
        // Five steps of one hue above the palest, by size within the grid.
        let part = if most > 0.0 { 5.0 * customers.size() / most + 0.5 } else { 0.0 };
        let level = [1.0, 2.0, 3.0, 4.0, 5.0].into_iter().filter(|step| part >= *step).count();
        HeatCell {
            r_score: cell("r_score"),
            f_score: cell("f_score"),
            profit: cell("profit"),
            customers,
            level,
        }
    };
    let rows: Vec<_> = (1..=5)
        .rev()
        .map(|r| (head(data, "recency", r), (1..=5).map(|f| find(r, f)).collect::<Vec<_>>()))
        .collect();
    let largest = rows
        .iter()
        .flat_map(|(_, cells)| cells)
        .fold(None, |best: Option<&HeatCell>, next| match best {
            Some(known) if known.customers.size() >= next.customers.size() => Some(known),
            _ => Some(next),
        })
        .cloned();
    Grid { heads: (1..=5).map(|f| head(data, "frequency", f)).collect(), rows, largest }
}

/// Picks about twenty points of the whale curve for the table behind the chart: first, peak and last stay.
pub(crate) fn whale_rows(data: &Data<'_>) -> Vec<Row> {
    let peak = data.by("whale_summary", "all", "peak_rank").decimal();
    let rows = data.rows("results.whale_curve");
    let share = |row: &Row| row.get("customer_share").map_or(0.0, Figure::size);
    let last = rows.len().saturating_sub(1);
    let mut next = 0.0;
    let mut picked = Vec::new();
    for (place, row) in rows.into_iter().enumerate() {
        let is_peak = peak.is_some() && row.get("rank").and_then(Figure::decimal) == peak;
        if share(&row) >= next || is_peak || place == last {
            if share(&row) >= next {
                next = share(&row) + 0.05;
            }
            picked.push(row);
        }
    }
    picked
}

/// Gathers the scores of each segment, in the order in which the results list the segments.
pub(crate) fn segments(data: &Data<'_>) -> Vec<(String, String)> {
    let map = data.rows("settings.rfm_segments");
    let text =
        |row: &Row, column: &str| row.get(column).map(|figure| figure.text().to_owned()).unwrap_or_default();
    data.rows("results.rfm_segments")
        .iter()
        .map(|segment| text(segment, "rfm_segment"))
        .filter(|segment| segment != "total")
        .map(|segment| {
            let scores: Vec<_> = map
                .iter()
                .filter(|row| text(row, "rfm_segment") == segment)
                .map(|row| ["r_score", "f_score", "m_score"].map(|score| text(row, score)).concat())
                .collect();
            (segment, scores.join(" "))
        })
        .collect()
}
