//! What the lint lets pass, and what it refuses.

use super::*;

fn found(sql: &str, place: Place) -> String {
    let statement = parse(sql).expect("the statement parses");
    breaches(&statement, place)
        .into_iter()
        .map(|(line, what)| format!("{line}: {what}"))
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn accepts_the_agreed_ratio() {
    assert_eq!(
        found("select cast(a as double) / nullif(cast(b as double), 0) as r from t", Place::Table),
        ""
    );
}

#[test]
fn accepts_a_trim_that_lists_its_blanks() {
    assert_eq!(found("select trim(both ' ' || chr(160) from a) as b from t", Place::Table), "");
}

#[test]
fn refuses_what_differs_between_engines_and_says_where() {
    for (sql, part) in [
        ("select\n    a / b as r\nfrom t", "2: a ratio is"),
        ("select now() as x from t", "clock"),
        ("select random() as x from t", "same bytes"),
        ("select avg(a) as x from t", "truncates"),
        ("select current_date as x from t", "clock"),
        ("select rank() over (order by a desc) as x from t", "nulls last"),
        ("select row_number() over (partition by a) as x from t", "needs an `order by`"),
        ("select a\nfrom t\nwhere a > 0.5", "3: `0.5`"),
        ("select a from t limit 3", "no `limit`"),
        ("select * from t", "no `*`"),
        ("select a from t order by a", "belongs to results"),
        ("select a % 2 as b from t", "`%`"),
        ("select trim(a) as b from t", "plain `trim`"),
    ] {
        let breaches = found(sql, Place::Table);
        assert!(breaches.contains(part), "{sql}: {breaches}");
    }
}

#[test]
fn what_opens_lists_and_reads_numbers_is_for_staging() {
    for call in ["plain_number(a, ',')", "unnest(a)"] {
        let sql = format!("select {call} as b from t");
        assert_eq!(found(&sql, Place::Staging), "");
        assert!(found(&sql, Place::Table).contains("is not in the portable subset"));
    }
}

#[test]
fn a_result_needs_an_order() {
    assert!(found("select a from t", Place::Result).contains("order by"));
    assert_eq!(found("select a from t order by a", Place::Result), "");
}

#[test]
fn refuses_anything_but_one_query() {
    for sql in [
        "select 1; select 2",
        "create table a (b int)",
        "",
        "copy t to 'x'",
        "set a = 1",
        "insert into t values (1)",
    ] {
        assert!(parse(sql).is_err(), "{sql}");
    }
}

#[test]
fn deep_nesting_is_an_error_and_not_a_crash() {
    assert!(parse(&format!("select {}1{}", "(".repeat(5_000), ")".repeat(5_000))).is_err());
    // Found by changing texts at random: half an hour for fifty levels.
    let arrays = parse(&format!("select {}1", "array[".repeat(700)));
    assert!(arrays.is_err_and(|(_, what)| what.contains("nested")));
    assert!(parse(&format!("select {}1", "1+".repeat(200_000))).is_err());
}
