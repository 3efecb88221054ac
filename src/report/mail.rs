//! What only the mail shows: bars as cells of a table.
//!
//! The words stand in `reports/mail/` and `reports/wording/`; the numbers are cells as everywhere.

use serde::Serialize;

use super::cells::{Data, Figure, Row, TIERS};
use super::tiles::Tile;

/// Longest HTML of a mail, in bytes; the narrowest mail program cuts off at 102 KB, counted after encoding.
pub(crate) const MOST_BYTES: usize = 80_000;

/// What the templates of the mail see beside the view of the page.
#[derive(Debug, Serialize)]
pub(crate) struct View<'a> {
    /// One bar for each tier, best first.
    bars: Vec<Bar>,
    /// Where the zero line of the profits lies, in percent of the cell.
    zero: u8,
    /// Sizes of the values of the two upper tiles and of the three lower ones, in pixels.
    sizes: (u8, u8),
    /// Where the report lies on the web.
    url: Option<&'a str>,
}

/// One tier of the pyramid as cells.
#[derive(Debug, Serialize)]
struct Bar {
    tier: &'static str,
    row: Row,
    customers: Stretch,
    profit: Stretch,
}

/// A bar beside a zero line: three cells that together fill 100 percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
struct Stretch {
    before: u8,
    length: u8,
    after: u8,
}

/// Makes the parts of the mail.
pub(crate) fn view<'a>(data: &Data<'_>, tiles: &[Tile], url: Option<&'a str>) -> View<'a> {
    let cell = |tier: &str, column: &str| data.by("tier_profitability", tier, column).size();
    let most =
        |column: &str, sign: f64| TIERS.iter().map(|tier| sign * cell(tier, column)).fold(0.0, f64::max);
    let (largest, loss, gain) = (most("customer_share", 1.0), most("profit", -1.0), most("profit", 1.0));
    let rows = data.rows("results.tier_profitability");
    let row_of = |tier: &str| {
        let mut rows = rows.iter();
        rows.find(|row| row.get("tier").map(Figure::text) == Some(tier))
    };
    let bar = |tier: &'static str| {
        Some(Bar {
            tier,
            row: row_of(tier)?.clone(),
            customers: stretch(cell(tier, "customer_share"), 0.0, largest),
            profit: stretch(cell(tier, "profit"), loss, gain),
        })
    };
    View {
        bars: TIERS.into_iter().filter_map(bar).collect(),
        zero: zero(loss, gain),
        sizes: sizes(tiles.iter().map(|tile| tile.letters).max().unwrap_or(0)),
        url,
    }
}

/// Values of so many letters stand side by side on a phone when they have these sizes.
fn sizes(letters: usize) -> (u8, u8) {
    match letters {
        0..=10 => (28, 22),
        11..=12 => (24, 18),
        13..=14 => (20, 16),
        _ => (17, 14),
    }
}

/// A part of a whole in percent; what is there at all is seen.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "between 0 and 100 by the lines above"
)]
fn percent(part: f64, whole: f64) -> u8 {
    if part <= 0.0 || whole <= 0.0 {
        return 0;
    }
    (part / whole * 100.0).clamp(0.0, 100.0).round().max(1.0) as u8
}

/// Where the zero line lies between the largest loss and the largest gain; room is left for a number at its right.
fn zero(loss: f64, gain: f64) -> u8 {
    percent(loss, loss + gain).min(99)
}

/// Lays an amount beside the zero line, on the scale of the largest loss and the largest gain.
fn stretch(amount: f64, loss: f64, gain: f64) -> Stretch {
    let zero = zero(loss, gain);
    let room = if amount < 0.0 { zero } else { 100 - zero };
    let length = percent(amount.abs(), loss + gain).min(room);
    let (before, after) =
        if amount < 0.0 { (zero - length, 100 - zero) } else { (zero, 100 - zero - length) };
    Stretch { before, length, after }
}

/// Keeps a subject one line, whatever stands in the words or the name of the project.
pub(crate) fn one_line(text: &str) -> String {
    let spaced: String = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Takes the indentation out of a page: a mail program counts every byte, and may cut off what is too long.
pub(crate) fn compact(page: &str) -> String {
    let lines = page.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.fold(String::with_capacity(page.len()), |text, line| text + line + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_fill_their_cells_whatever_the_amounts() {
        for (amount, loss, gain) in [
            (0.0, 0.0, 0.0),
            (5.0, 0.0, 10.0),
            (-5.0, 10.0, 0.0),
            (-10.0, 10.0, 0.0),
            (10.0, 10.0, 10.0),
            (-0.001, 10.0, 10.0),
            (1e15, 1e-9, 1e15),
        ] {
            let bar = stretch(amount, loss, gain);
            assert_eq!(
                u32::from(bar.before) + u32::from(bar.length) + u32::from(bar.after),
                100,
                "{amount} {bar:?}"
            );
            assert_eq!(amount == 0.0, bar.length == 0, "{amount} {bar:?}");
        }
        // A loss ends at the zero line and a gain begins there.
        let (down, up) = (stretch(-50.0, 50.0, 150.0), stretch(75.0, 50.0, 150.0));
        assert_eq!((down.before, down.length, down.after), (0, 25, 75));
        assert_eq!((up.before, up.length, up.after), (25, 38, 37));
    }

    #[test]
    fn a_subject_stays_one_line() {
        assert_eq!(one_line(" A\r\nBcc: b@example.com\t  c\u{0}"), "A Bcc: b@example.com c");
    }
}
