//! Dates that a run derives.

use jiff::civil::date;

use super::*;

/// The spans of the sample.
const SPANS: Spans = Spans {
    window_days: 365,
    compare_days: 7,
    reactivated_days: 60,
    expected_orders_months: 12,
    backtest_weeks: 26,
};

#[test]
fn a_monday_is_its_own_last_monday() {
    assert_eq!(last_monday(date(2026, 11, 23)), date(2026, 11, 23));
    assert_eq!(last_monday(date(2026, 11, 22)), date(2026, 11, 16));
}

#[test]
fn the_snapshots_are_the_day_the_week_and_the_year_before() {
    let calendar = calendar(date(2018, 1, 1), &SPANS).expect("within the calendar");
    let dates: Vec<_> = calendar.snapshots.iter().map(|snapshot| (snapshot.name, snapshot.as_of)).collect();
    assert_eq!(
        dates,
        [("current", date(2018, 1, 1)), ("previous", date(2017, 12, 25)), ("year_ago", date(2017, 1, 1))]
    );
    let current = &calendar.snapshots[0];
    assert_eq!(current.window_start, date(2017, 1, 1));
    assert_eq!(current.last_day, date(2017, 12, 31));
    assert_eq!(
        current.quarter_starts,
        [date(2017, 10, 1), date(2017, 7, 1), date(2017, 4, 1), date(2017, 1, 1)]
    );
    assert_eq!(calendar.weeks.len(), 53);
    assert_eq!(calendar.weeks[1].0, date(2017, 12, 25));
}

#[test]
fn months_ahead_are_whole_weeks_and_twelve_are_fifty_two() {
    for (months, weeks) in [(1, 4), (3, 13), (6, 26), (12, 52), (18, 78), (60, 260)] {
        let spans = Spans { expected_orders_months: months, ..SPANS };
        let calendar = calendar(date(2018, 1, 1), &spans).expect("within the calendar");
        let found: Vec<_> = calendar
            .moments
            .iter()
            .map(|moment| (moment.name, moment.horizon_weeks, moment.counted_weeks))
            .collect();
        assert_eq!(found, [("now", weeks, 52), ("backtest", 26, 52)], "{months} months");
    }
}

#[test]
fn a_window_beyond_the_calendar_is_an_error() {
    let spans = Spans { window_days: 36_500, ..SPANS };
    assert!(calendar(date(-9990, 1, 1), &spans).is_err());
}
