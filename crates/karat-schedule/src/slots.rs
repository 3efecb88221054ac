//! The timestamps at which a cron line asks for a run.
//!
//! A time that the clocks skip in spring is due at the end of the gap; one that they pass twice in autumn is due once,
//! the first time, unless the line asks for every hour (as Vixie cron does).

use std::str::FromStr;

use croner::Cron;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use crate::Error;

/// Most slots that `all` makes up for: ten years of weeks.
const MOST_MISSED: usize = 520;

/// What becomes of slots that passed while nothing was running.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CatchUp {
    /// Nothing.
    None,
    /// The latest is done.
    Latest,
    /// All since the last publication are done, oldest first.
    All,
}

/// A cron line in its time zone.
#[derive(Debug)]
pub struct Slots {
    cron: Cron,
    zone: TimeZone,
}

impl Slots {
    /// Reads a line of five fields.
    ///
    /// # Errors
    /// Returns [`Error::NoCronLine`] or [`Error::NoTimeZone`].
    pub fn new(cron: &str, timezone: &str) -> Result<Self, Error> {
        Ok(Self {
            cron: Cron::from_str(cron)
                .map_err(|source| Error::NoCronLine { line: cron.to_owned(), source })?,
            zone: TimeZone::get(timezone)
                .map_err(|source| Error::NoTimeZone { name: timezone.to_owned(), source })?,
        })
    }

    /// The first slot after `timestamp`.
    ///
    /// # Errors
    /// Returns [`Error::NoSlot`] when there is none.
    pub fn after(&self, timestamp: Timestamp) -> Result<Timestamp, Error> {
        let from = timestamp.to_zoned(self.zone.clone());
        let found = self.cron.find_next_occurrence(&from, false);
        self.timestamp(found)
    }

    /// The last slot up to and including `timestamp`.
    ///
    /// # Errors
    /// Returns [`Error::NoSlot`] when there is none.
    pub fn up_to(&self, timestamp: Timestamp) -> Result<Timestamp, Error> {
        let from = timestamp.to_zoned(self.zone.clone());
        let found = self.cron.find_previous_occurrence(&from, true);
        self.timestamp(found)
    }

    fn timestamp(&self, found: Result<Zoned, croner::errors::CronError>) -> Result<Timestamp, Error> {
        found
            .map(|zoned| zoned.timestamp())
            .map_err(|source| Error::NoSlot { line: self.cron.pattern.to_string(), source })
    }

    /// The slots up to `now` that are to be made up for, oldest first.
    ///
    /// Of a schedule that never published anything, only the latest can be meant.
    ///
    /// # Errors
    /// Returns the failures of [`Self::up_to`] and `is_done`.
    pub fn missed<E: From<Error>>(
        &self,
        catch_up: CatchUp,
        now: Timestamp,
        anything_published: bool,
        is_done: impl Fn(Timestamp) -> Result<bool, E>,
    ) -> Result<Vec<Timestamp>, E> {
        let most = match catch_up {
            CatchUp::None => 0,
            CatchUp::All if anything_published => MOST_MISSED,
            CatchUp::Latest | CatchUp::All => 1,
        };
        let mut missed = Vec::new();
        let mut timestamp = now;
        while missed.len() < most {
            let slot = self.up_to(timestamp)?;
            if is_done(slot)? {
                break;
            }
            missed.push(slot);
            timestamp = slot - jiff::SignedDuration::from_secs(1);
        }
        missed.reverse();
        Ok(missed)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::ToSpan;
    use jiff::civil::date;

    use super::*;

    fn slots(cron: &str, zone: &str) -> Slots {
        Slots::new(cron, zone).expect("a valid line")
    }

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a timestamp")
    }

    /// Every slot in `[from, to)`.
    fn between(slots: &Slots, from: &str, to: &str) -> Vec<String> {
        let mut found = Vec::new();
        let mut timestamp = at(from) - jiff::SignedDuration::from_secs(1);
        loop {
            timestamp = slots.after(timestamp).expect("a slot");
            if timestamp >= at(to) {
                return found;
            }
            found.push(timestamp.to_zoned(slots.zone.clone()).strftime("%m-%d %H:%M %:z").to_string());
        }
    }

    #[test]
    fn a_weekly_slot_keeps_its_local_time_over_both_changes_of_the_clock() {
        let weekly = slots("0 6 * * MON", "Europe/London");
        assert_eq!(
            between(&weekly, "2026-03-22T00:00:00Z", "2026-04-07T00:00:00Z"),
            ["03-23 06:00 +00:00", "03-30 06:00 +01:00", "04-06 06:00 +01:00"]
        );
        assert_eq!(
            between(&weekly, "2026-10-18T00:00:00Z", "2026-11-01T00:00:00Z"),
            ["10-19 06:00 +01:00", "10-26 06:00 +00:00"]
        );
    }

    #[test]
    fn a_time_that_the_clocks_skip_is_due_once_and_on_that_day() {
        // On 29 March 2026 Berlin goes from 02:00 to 03:00.
        let daily = slots("30 2 * * *", "Europe/Berlin");
        let found = between(&daily, "2026-03-27T23:00:00Z", "2026-03-30T22:00:00Z");
        assert_eq!(found.len(), 3, "{found:?}");
        assert_eq!(found[1], "03-29 03:00 +02:00");
    }

    #[test]
    fn a_time_that_the_clocks_pass_twice_is_due_once() {
        // On 25 October 2026 Berlin goes from 03:00 back to 02:00.
        let daily = slots("30 2 * * *", "Europe/Berlin");
        let found = between(&daily, "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z");
        assert_eq!(found, ["10-25 02:30 +02:00"]);
    }

    #[test]
    fn an_hourly_line_is_due_in_every_hour_that_passes() {
        let hourly = slots("0 * * * *", "Europe/Berlin");
        let spring = between(&hourly, "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z");
        let autumn = between(&hourly, "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z");
        assert_eq!((spring.len(), autumn.len()), (23, 25), "{spring:?} {autumn:?}");
    }

    /// Over a hundred years in every time zone: each Monday has one slot, they ascend, none is skipped, and each is at the
    /// local time of the line, or where the clocks skip that, at the end of the gap.
    #[test]
    fn every_monday_of_a_hundred_years_has_one_slot_in_every_time_zone() {
        let (from, to) = (date(1980, 1, 1), date(2080, 1, 1));
        let mut zones = 0;
        // Many names mean one clock. What the clocks do in these years decides all slots, so one name of each is enough.
        let mut clocks: BTreeMap<Vec<(Timestamp, i32)>, Slots> = BTreeMap::new();
        for name in jiff::tz::db().available() {
            let Ok(slots) = Slots::new("30 2 * * MON", name.as_str()) else {
                panic!("{name} is no time zone");
            };
            zones += 1;
            let start = from.to_zoned(TimeZone::UTC).expect("a day").timestamp() - 72.hours();
            let end = to.to_zoned(TimeZone::UTC).expect("a day").timestamp() + 72.hours();
            let offset = |timestamp: Timestamp| slots.zone.to_offset(timestamp).seconds();
            let mut clock = vec![(start, offset(start))];
            let changes = slots.zone.following(start).take_while(|change| change.timestamp() < end);
            clock.extend(changes.map(|change| (change.timestamp(), change.offset().seconds())));
            clocks.entry(clock).or_insert(slots);
        }
        assert!(zones > 400 && clocks.len() > 150, "{zones} time zones, {} clocks", clocks.len());
        let clocks: Vec<&Slots> = clocks.values().collect();
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        std::thread::scope(|scope| {
            for share in clocks.chunks(clocks.len().div_ceil(threads)) {
                scope.spawn(move || {
                    for slots in share {
                        every_monday(slots, from, to);
                    }
                });
            }
        });
    }

    fn every_monday(slots: &Slots, from: jiff::civil::Date, to: jiff::civil::Date) {
        let name = slots.zone.iana_name().unwrap_or_default();
        let mut timestamp = from.to_zoned(slots.zone.clone()).expect("a day").timestamp();
        let mut monday = first_monday(from.year());
        while monday < to {
            let slot = slots.after(timestamp).expect("a slot");
            assert!(slot > timestamp, "{name} {monday}: {slot}");
            let local = slot.to_zoned(slots.zone.clone()).datetime();
            let asked = monday.at(2, 30, 0, 0);
            if local != asked {
                // The clocks skipped the asked time, and the slot is the first timestamp behind the gap.
                let meant = slots.zone.to_ambiguous_timestamp(asked);
                assert!(meant.is_ambiguous(), "{name} {monday}: {local}");
                let before = slots.zone.to_offset(slot - jiff::SignedDuration::from_secs(1));
                assert!(before < slots.zone.to_offset(slot), "{name} {monday}: {local} is not behind a gap");
            }
            timestamp = slot;
            monday = monday.checked_add(7.days()).expect("a week");
        }
    }

    fn first_monday(year: i16) -> jiff::civil::Date {
        date(year, 1, 1).nth_weekday_of_month(1, jiff::civil::Weekday::Monday).expect("a Monday")
    }

    #[test]
    fn what_was_missed_is_made_up_for_as_asked() {
        let weekly = slots("0 6 * * MON", "UTC");
        let now = at("2026-11-18T12:00:00Z");
        let done = |slot: Timestamp| Ok::<_, Error>(slot <= at("2026-10-26T06:00:00Z"));
        let missed = |catch_up, anything| {
            weekly
                .missed(catch_up, now, anything, done)
                .expect("slots")
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
        };
        assert!(missed(CatchUp::None, true).is_empty());
        assert_eq!(missed(CatchUp::Latest, true), ["2026-11-16T06:00:00Z"]);
        assert_eq!(
            missed(CatchUp::All, true),
            ["2026-11-02T06:00:00Z", "2026-11-09T06:00:00Z", "2026-11-16T06:00:00Z"]
        );
        assert_eq!(missed(CatchUp::All, false), ["2026-11-16T06:00:00Z"]);
        let all_done = weekly.missed(CatchUp::All, now, true, |_| Ok::<_, Error>(true)).expect("slots");
        assert!(all_done.is_empty());
    }
}
