//! Hand-made tables: what must be hidden, and that an attacker who knows the sums gains nothing.

mod withheld;

use super::*;

/// A result with classes in the first columns, customers, and money.
fn table(columns: &[&str], rows: &[(&[&str], i64)]) -> Table {
    let mut names: Vec<String> = columns.iter().map(|name| (*name).to_owned()).collect();
    names.extend(["customers".to_owned(), "profit".to_owned()]);
    let cells = |(classes, count): &(&[&str], i64)| {
        let mut row: Vec<Cell> = classes.iter().map(|value| Cell::Text((*value).to_owned())).collect();
        row.extend([Cell::Integer(*count), Cell::Integer(100 * count)]);
        row
    };
    Table { columns: names, rows: rows.iter().map(cells).collect() }
}

fn counted(by: &[&str]) -> Cells {
    Cells {
        by: by.iter().map(|name| (*name).to_owned()).collect(),
        count: Some("customers".to_owned()),
        columns: vec!["customers".to_owned(), "profit".to_owned()],
        ..Cells::default()
    }
}

fn shown(tables: &[(&str, &Table, Option<&Cells>)], min_cell: i64) -> BTreeMap<String, Vec<Option<String>>> {
    let keys: BTreeMap<&str, Vec<String>> = tables
        .iter()
        .map(|(name, _, cells)| (*name, cells.map_or_else(Vec::new, |cells| cells.by.clone())))
        .collect();
    let declared: BTreeMap<String, Declared<'_>> = tables
        .iter()
        .map(|(name, table, cells)| {
            let key = keys[name].as_slice();
            ((*name).to_owned(), Declared { table, key, cells: *cells })
        })
        .collect();
    let masks = masks(&declared, min_cell).expect("the headers fit");
    let customers = |(name, mask): (&String, &Mask)| {
        let table = mask.apply(declared[name].table);
        let place = table.position("customers").expect("it is counted");
        let cells = table.rows.iter().map(|row| match &row[place] {
            Cell::Null => None,
            cell => Some(cell.to_string()),
        });
        (name.clone(), cells.collect())
    };
    masks.iter().map(customers).collect()
}

fn texts(cells: &[&str]) -> Vec<Option<String>> {
    cells.iter().map(|cell| (*cell != "*").then(|| (*cell).to_owned())).collect()
}

#[test]
fn a_small_cell_is_hidden_with_its_smallest_neighbour_and_its_money() {
    let tiers = table(
        &["tier"],
        &[(&["platinum"], 4), (&["gold"], 20), (&["iron"], 80), (&["lead"], 0), (&["total"], 104)],
    );
    let by = counted(&["tier"]);
    assert_eq!(shown(&[("a", &tiers, Some(&by))], 10)["a"], texts(&["*", "*", "80", "0", "104"]));
    let declared = Declared { table: &tiers, key: &[], cells: Some(&by) };
    let masks = masks(&BTreeMap::from([("a".to_owned(), declared)]), 10).expect("the header fits");
    let left = masks["a"].apply(&tiers);
    assert_eq!(left.cell(0, "profit"), Some(&Cell::Null), "money goes with its count");
    assert_eq!(left.cell(2, "profit"), Some(&Cell::Integer(8000)));
}

#[test]
fn a_ranked_row_of_a_hidden_class_is_left_out_since_its_place_tells_its_figure() {
    let tiers = table(&["tier"], &[(&["platinum"], 4), (&["gold"], 20), (&["iron"], 80), (&["total"], 104)]);
    let row = |sentence: &str, tier: &str, rank: i64| {
        let texts = [sentence, tier].map(|text| Cell::Text(text.to_owned()));
        texts.into_iter().chain([Cell::Integer(rank), Cell::Boolean(true)]).collect()
    };
    let sentences = Table {
        columns: ["sentence", "tier", "rank", "is_shown"].map(str::to_owned).into(),
        rows: vec![
            row("top", "platinum", 1),
            row("growth", "total", 2),
            row("moved", "total", 3),
            row("rest", "iron", 4),
        ],
    };
    let cells = Cells {
        by: vec!["tier".to_owned()],
        apart: vec!["sentence".to_owned()],
        rows: ["top", "growth", "rest"].map(str::to_owned).into(),
        open: vec!["is_shown".to_owned()],
        ..Cells::default()
    };
    let (by, key) = (counted(&["tier"]), ["sentence".to_owned()]);
    let declared = BTreeMap::from([
        ("tiers".to_owned(), Declared { table: &tiers, key: &[], cells: Some(&by) }),
        ("sentences".to_owned(), Declared { table: &sentences, key: &key, cells: Some(&cells) }),
    ]);
    let left = masks(&declared, 10).expect("the headers fit")["sentences"].apply(&sentences);
    let texts: Vec<String> = left.rows.iter().map(|row| format!("{} {}", row[0], row[2])).collect();
    assert_eq!(texts, ["growth ", "rest "], "and the ranks are empty");
}

#[test]
fn small_cells_that_together_are_still_small_take_another_with_them() {
    let tiers = table(&["tier"], &[(&["a"], 2), (&["b"], 3), (&["c"], 12), (&["d"], 83), (&["total"], 100)]);
    let by = counted(&["tier"]);
    assert_eq!(shown(&[("a", &tiers, Some(&by))], 10)["a"], texts(&["*", "*", "*", "83", "100"]));
    // Enough together: nobody else is hidden.
    let tiers = table(&["tier"], &[(&["a"], 5), (&["b"], 6), (&["c"], 89), (&["total"], 100)]);
    assert_eq!(shown(&[("a", &tiers, Some(&by))], 10)["a"], texts(&["*", "*", "89", "100"]));
}

#[test]
fn a_column_that_is_not_declared_is_empty() {
    let tiers = table(&["tier"], &[(&["a"], 50), (&["total"], 50)]);
    let by = Cells { columns: vec!["customers".to_owned()], ..counted(&["tier"]) };
    let declared = Declared { table: &tiers, key: &[], cells: Some(&by) };
    let masks = masks(&BTreeMap::from([("a".to_owned(), declared)]), 10).expect("the header fits");
    assert_eq!(masks["a"].apply(&tiers).cell(0, "profit"), Some(&Cell::Null));
    assert!(masks["a"].hidden.is_empty(), "it was never to be seen");
}

#[test]
fn the_same_customers_are_hidden_in_every_result() {
    let tiers = table(&["tier"], &[(&["a"], 4), (&["b"], 20), (&["c"], 76), (&["total"], 100)]);
    let by = counted(&["tier"]);
    let mut prices = table(&["tier", "step"], &[]);
    for (tier, step) in [("a", "list"), ("a", "profit"), ("b", "list"), ("c", "list"), ("total", "list")] {
        let texts = [tier, step].map(|text| Cell::Text(text.to_owned()));
        prices.rows.push(texts.into_iter().chain([Cell::Null, Cell::Integer(7)]).collect());
    }
    let of_prices = Cells {
        by: vec!["tier".to_owned()],
        apart: vec!["step".to_owned()],
        columns: vec!["profit".to_owned()],
        ..Cells::default()
    };
    let declared = BTreeMap::from([
        ("a".to_owned(), Declared { table: &tiers, key: &[], cells: Some(&by) }),
        ("b".to_owned(), Declared { table: &prices, key: &[], cells: Some(&of_prices) }),
    ]);
    let left = masks(&declared, 10).expect("the headers fit")["b"].apply(&prices);
    let profits: Vec<bool> = (0..5).map(|row| left.cell(row, "profit") == Some(&Cell::Null)).collect();
    assert_eq!(profits, [true, true, true, false, false]);
}

#[test]
fn a_part_of_a_row_is_hidden_when_it_or_the_rest_is_small() {
    let mut churn = table(&["tier"], &[(&["a"], 40), (&["b"], 40), (&["c"], 40), (&["total"], 120)]);
    churn.columns.push("churned".to_owned());
    // Three of 40, then 37 of 40: the other three would be disclosed.
    for (row, churned) in [3, 20, 37, 60].into_iter().enumerate() {
        churn.rows[row].push(Cell::Integer(churned));
    }
    let by = Cells {
        parts: BTreeMap::from([("churned".to_owned(), vec!["churned".to_owned()])]),
        ..counted(&["tier"])
    };
    let declared = Declared { table: &churn, key: &[], cells: Some(&by) };
    let left =
        masks(&BTreeMap::from([("a".to_owned(), declared)]), 10).expect("the header fits")["a"].apply(&churn);
    let churned: Vec<String> =
        (0..4).map(|row| left.cell(row, "churned").map_or_else(String::new, Cell::to_string)).collect();
    assert_eq!(churned, ["", "20", "", "60"]);
    assert_eq!(left.cell(0, "customers"), Some(&Cell::Integer(40)));
}

#[test]
fn two_tables_with_common_sums_cannot_be_played_off_against_each_other() {
    // One small cell of nine: its row and its column each need another, and these again.
    let rows = table(&["r"], &[(&["1"], 63), (&["2"], 90), (&["3"], 90), (&["total"], 243)]);
    let columns = table(&["c"], &[(&["x"], 63), (&["y"], 90), (&["z"], 90), (&["total"], 243)]);
    let cross = table(
        &["r", "c"],
        &[
            (&["1", "x"], 3),
            (&["1", "y"], 30),
            (&["1", "z"], 30),
            (&["2", "x"], 30),
            (&["2", "y"], 30),
            (&["2", "z"], 30),
            (&["3", "x"], 30),
            (&["3", "y"], 30),
            (&["3", "z"], 30),
        ],
    );
    let (by_row, by_column, by_both) = (counted(&["r"]), counted(&["c"]), counted(&["r", "c"]));
    let tables = [
        ("rows", &rows, Some(&by_row)),
        ("columns", &columns, Some(&by_column)),
        ("cross", &cross, Some(&by_both)),
    ];
    let shown = shown(&tables, 10);
    assert!(
        shown["rows"].iter().chain(&shown["columns"]).all(Option::is_some),
        "sums of enough customers stay"
    );
    let is_hidden: Vec<bool> = shown["cross"].iter().map(Option::is_none).collect();
    for at in 0..3 {
        let in_row = (0..3).filter(|column| is_hidden[3 * at + column]).count();
        let in_column = (0..3).filter(|row| is_hidden[3 * row + at]).count();
        assert!(in_row != 1 && in_column != 1, "{is_hidden:?}");
    }
    assert!(is_hidden[0]);
}

#[test]
fn a_header_that_does_not_add_up_is_refused() {
    let tiers = table(&["tier"], &[(&["a"], 50), (&["total"], 51)]);
    let by = counted(&["tier"]);
    let declared = Declared { table: &tiers, key: &[], cells: Some(&by) };
    let failure = masks(&BTreeMap::from([("a".to_owned(), declared)]), 10).expect_err("50 is not 51");
    assert_eq!(failure.exit, Exit::Usage);
    assert!(failure.message.contains("does not add up"), "{failure}");
}

#[test]
fn fewer_customers_than_may_be_shown_are_no_edition() {
    let tiers = table(&["tier"], &[(&["a"], 9), (&["total"], 9)]);
    let by = counted(&["tier"]);
    let declared = Declared { table: &tiers, key: &[], cells: Some(&by) };
    let failure = masks(&BTreeMap::from([("a".to_owned(), declared)]), 10).expect_err("nine are too few");
    assert_eq!(failure.exit, Exit::Refused);
}

/// Random tables of two classes: nothing hidden follows from the sums, and what is hidden in a sum is always enough.
#[test]
fn whatever_the_counts_what_is_hidden_in_a_sum_is_of_enough_customers() {
    let mut seed = 7_u64;
    let mut draw = |sides: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from((seed >> 33) % sides).expect("small")
    };
    for _ in 0..60 {
        let counts: Vec<Vec<i64>> = (0..4)
            .map(|_| (0..5).map(|_| if draw(3) == 0 { draw(12) } else { draw(60) }).collect())
            .collect();
        let names =
            |kind: &str, number: usize| (0..number).map(|at| format!("{kind}{at}")).collect::<Vec<_>>();
        let (rows, columns) = (names("r", 4), names("c", 5));
        let row_sums: Vec<i64> = counts.iter().map(|row| row.iter().sum()).collect();
        let column_sums: Vec<i64> = (0..5).map(|at| counts.iter().map(|row| row[at]).sum()).collect();
        let whole: i64 = row_sums.iter().sum();
        if whole < 10 {
            continue;
        }
        let one = |column: &str, names: &[String], sums: &[i64]| {
            let all: Vec<(Vec<&str>, i64)> = names
                .iter()
                .zip(sums)
                .map(|(name, sum)| (vec![name.as_str()], *sum))
                .chain([(vec!["total"], whole)])
                .collect();
            let all: Vec<(&[&str], i64)> =
                all.iter().map(|(classes, sum)| (classes.as_slice(), *sum)).collect();
            table(&[column], &all)
        };
        let (by_r, by_c) = (one("r", &rows, &row_sums), one("c", &columns, &column_sums));
        let pairs: Vec<([&str; 2], i64)> = (0..20)
            .map(|at| ([rows[at / 5].as_str(), columns[at % 5].as_str()], counts[at / 5][at % 5]))
            .collect();
        let pairs: Vec<(&[&str], i64)> =
            pairs.iter().map(|(classes, count)| (classes.as_slice(), *count)).collect();
        let cross = table(&["r", "c"], &pairs);
        let headers = (counted(&["r"]), counted(&["c"]), counted(&["r", "c"]));
        let tables =
            [("r", &by_r, Some(&headers.0)), ("c", &by_c, Some(&headers.1)), ("x", &cross, Some(&headers.2))];
        let shown = shown(&tables, 10);
        let is_seen = |row: usize, column: usize| shown["x"][5 * row + column].is_some();
        for (row, of_row) in counts.iter().enumerate() {
            for (column, count) in of_row.iter().enumerate() {
                assert!(!is_seen(row, column) || *count == 0 || *count >= 10, "{counts:?}");
            }
            let unseen: Vec<i64> =
                (0..5).filter(|column| !is_seen(row, *column)).map(|column| of_row[column]).collect();
            if shown["r"][row].is_some() && !unseen.is_empty() {
                assert!(unseen.len() >= 2 && unseen.iter().sum::<i64>() >= 10, "{counts:?} {shown:?}");
            }
        }
        for column in 0..5 {
            let unseen: Vec<i64> =
                (0..4).filter(|row| !is_seen(*row, column)).map(|row| counts[row][column]).collect();
            if shown["c"][column].is_some() && !unseen.is_empty() {
                assert!(unseen.len() >= 2 && unseen.iter().sum::<i64>() >= 10, "{counts:?} {shown:?}");
            }
        }
    }
}

/// A table of two classes with the sums of both: what the results `r`, `c` and `x` show of it; the cross table row by row.
fn shown_of(counts: &[Vec<i64>], min_cell: i64) -> BTreeMap<String, Vec<Option<String>>> {
    let names = |kind: &str, number: usize| (0..number).map(|at| format!("{kind}{at}")).collect::<Vec<_>>();
    let (rows, columns) = (names("r", counts.len()), names("c", counts[0].len()));
    let whole: i64 = counts.iter().flatten().sum();
    let margin = |column: &str, names: &[String], sums: Vec<i64>| {
        let lines: Vec<(&str, i64)> =
            names.iter().map(String::as_str).zip(sums).chain([("total", whole)]).collect();
        let keys: Vec<([&str; 1], i64)> = lines.iter().map(|(name, sum)| ([*name], *sum)).collect();
        let lines: Vec<(&[&str], i64)> = keys.iter().map(|(key, sum)| (key.as_slice(), *sum)).collect();
        table(&[column], &lines)
    };
    let by_r = margin("r", &rows, counts.iter().map(|row| row.iter().sum()).collect());
    let sum_of = |at: usize| counts.iter().map(|row| row[at]).sum();
    let by_c = margin("c", &columns, (0..columns.len()).map(sum_of).collect());
    let pairs: Vec<([&str; 2], i64)> = rows
        .iter()
        .zip(counts)
        .flat_map(|(row, counts)| {
            let cells = columns.iter().zip(counts);
            cells.map(move |(column, count)| ([row.as_str(), column.as_str()], *count))
        })
        .collect();
    let pairs: Vec<(&[&str], i64)> = pairs.iter().map(|(key, count)| (key.as_slice(), *count)).collect();
    let cross = table(&["r", "c"], &pairs);
    let headers = (counted(&["r"]), counted(&["c"]), counted(&["r", "c"]));
    let tables =
        [("r", &by_r, Some(&headers.0)), ("c", &by_c, Some(&headers.1)), ("x", &cross, Some(&headers.2))];
    shown(&tables, min_cell)
}

/// What an attacker knows of the table, and the lowest and highest count of each cell over all tables that fit it.
struct Attack {
    cells: Vec<Vec<Option<i64>>>,
    rows: Vec<Option<i64>>,
    columns: Vec<Option<i64>>,
    whole: i64,
    found: Vec<Vec<(i64, i64)>>,
}

impl Attack {
    /// Tries every whole number in every cell, row by row.
    fn go(&mut self, table: &mut Vec<Vec<i64>>) {
        let (height, width) = (self.rows.len(), self.columns.len());
        let sum = |row: &Vec<i64>| row.iter().sum::<i64>();
        let used: i64 = table.iter().map(sum).sum();
        let full = match table.last() {
            Some(row) if row.len() < width => false,
            Some(row) if self.rows[table.len() - 1].is_some_and(|wanted| wanted != sum(row)) => return,
            last => last.is_some(),
        };
        if full && table.len() == height {
            let of_column = |at: usize| table.iter().map(|row| row[at]).sum::<i64>();
            let fits =
                |(at, wanted): (usize, &Option<i64>)| wanted.is_none_or(|wanted| wanted == of_column(at));
            if used == self.whole && self.columns.iter().enumerate().all(fits) {
                for (found, row) in self.found.iter_mut().zip(table.iter()) {
                    for (range, count) in found.iter_mut().zip(row) {
                        *range = (range.0.min(*count), range.1.max(*count));
                    }
                }
            }
            return;
        }
        if full || table.is_empty() {
            table.push(Vec::new());
            self.go(table);
            table.pop();
            return;
        }
        let (row, column) = (table.len() - 1, table[table.len() - 1].len());
        let left = |wanted: Option<i64>, used: i64| wanted.map_or(i64::MAX, |wanted| wanted - used);
        let above: i64 = table[..row].iter().map(|row| row[column]).sum();
        let most = left(Some(self.whole), used)
            .min(left(self.rows[row], sum(&table[row])))
            .min(left(self.columns[column], above));
        for count in 0..=most {
            if self.cells[row][column].is_none_or(|seen| seen == count) {
                table[row].push(count);
                self.go(table);
                table[row].pop();
            }
        }
    }
}

/// The narrowest range that an attacker who tries all tables is left with, of a hidden cell that counts somebody.
fn narrowest(counts: &[Vec<i64>], min_cell: i64) -> Option<i64> {
    let shown = shown_of(counts, min_cell);
    let number = |text: &Option<String>| text.as_ref().map(|text| text.parse().expect("a number"));
    let numbers = |name: &str| shown[name].iter().map(number).collect::<Vec<Option<i64>>>();
    let (mut rows, mut columns, cells) = (numbers("r"), numbers("c"), numbers("x"));
    let whole = rows.pop().flatten().expect("all customers together are seen");
    columns.pop();
    let cells: Vec<Vec<Option<i64>>> = cells.chunks(columns.len()).map(<[_]>::to_vec).collect();
    let found = counts.iter().map(|row| row.iter().map(|count| (*count, *count)).collect()).collect();
    let mut attack = Attack { cells, rows, columns, whole, found };
    attack.go(&mut Vec::new());
    let hidden = |(at, count): (usize, &i64)| {
        let (row, column) = (at / counts[0].len(), at % counts[0].len());
        let (low, high) = attack.found[row][column];
        (attack.cells[row][column].is_none() && *count > 0).then_some(high - low)
    };
    counts.iter().flatten().enumerate().filter_map(hidden).min()
}

/// Compared with every table that there can be: two steps of an attacker who compares sums are not enough to judge by.
#[test]
fn every_table_that_fits_what_is_seen_leaves_hidden_counts_min_cell_apart() {
    // Left to themselves the sums of each row and column say 0 to 4 of these; together they say 0 to 3, and 0 to 2.
    let known = [
        vec![vec![0, 1, 1], vec![2, 4, 7], vec![1, 8, 4]],
        vec![vec![0, 1, 1, 6], vec![1, 3, 7, 8], vec![0, 1, 4, 2]],
    ];
    for counts in &known {
        assert!(narrowest(counts, 4) >= Some(4), "{counts:?}");
    }
    let mut seed = 11_u64;
    let mut draw = |sides: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from((seed >> 33) % sides).expect("small")
    };
    let mut hidden = 0;
    for _ in 0..300 {
        let counts: Vec<Vec<i64>> =
            (0..3).map(|_| (0..3).map(|_| if draw(3) == 0 { draw(4) } else { draw(6) }).collect()).collect();
        if counts.iter().flatten().sum::<i64>() < 4 {
            continue;
        }
        if let Some(width) = narrowest(&counts, 4) {
            hidden += 1;
            assert!(width >= 4, "{counts:?} leaves {width}: {:?}", shown_of(&counts, 4));
        }
    }
    assert!(hidden > 200, "{hidden} tables with something to hide");
}
