//! How long many customers take. Measured on request: `KARAT_SPEED=1 cargo test --release --lib speed -- --nocapture`.
//!
//! Without the variable the test says that nothing was measured. The limits hold for an optimised build on two cores.

use std::io::Write;

use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;

use super::uncertainty::{HORIZON, basis, lives};
use crate::calendar::Stopwatch;
use crate::model::forecast::{Horizon, forecasts};
use crate::model::uncertainty::{Basis, Member, Method, Sums};
use crate::model::{Group, bg_nbd, gamma_gamma, mbg_nbd, merged};

/// Customers of up to three years, their purchases on whole days.
fn customers(count: usize) -> Vec<Member> {
    let mut random = Pcg64::seed_from_u64(23_570);
    let ages: Vec<f64> = (0..count).map(|_| f64::from(random.random_range(1..1_096_u32)) / 7.0).collect();
    let mut members: Vec<Member> =
        lives(count, |number| ages[number], &mut random).into_iter().map(|life| life.member).collect();
    for member in &mut members {
        let history = &mut member.history;
        let days = (history.recency_weeks * 7.0).ceil().min(history.age_weeks * 7.0);
        history.recency_weeks = days / 7.0;
        while f64::from(history.frequency) > days {
            history.frequency -= 1;
        }
    }
    members
}

fn say(line: &str) {
    // Past the capture of the test harness, as the comparisons with other histories do it.
    writeln!(std::io::stderr(), "{line}").expect("stderr takes a line");
}

#[test]
fn many_customers_take_seconds() {
    if std::env::var_os("KARAT_SPEED").is_none() {
        say("not measured: KARAT_SPEED is not set");
        return;
    }
    for (count, limit) in [(23_570, 1_000), (1_000_000, 10_000)] {
        let members = customers(count);
        let watch = Stopwatch::start();
        let histories: Vec<Group> = members.iter().map(|member| member.history).collect();
        let groups = merged(&histories).expect("possible histories");
        let buying = mbg_nbd::fit(&groups).expect("possible histories");
        let mbg_nbd = watch.milliseconds();
        assert!(buying.converged && bg_nbd::fit(&groups).expect("possible histories").converged);
        let spends: Vec<gamma_gamma::Spend> = members
            .iter()
            .filter(|member| member.mean_spend > 0.0)
            .map(|member| gamma_gamma::Spend {
                frequency: member.history.frequency,
                mean_value: member.mean_spend,
                customers: 1,
            })
            .collect();
        let spend = gamma_gamma::fit(&spends).expect("possible spends");
        let fits = watch.milliseconds();
        let horizon = Horizon { quarters: 12, discount_rate: 0.1, ..HORIZON };
        let forecasts = forecasts(&buying.parameters, &histories, &horizon);
        let forecast = watch.milliseconds() - fits;
        let sums = Sums::new(&members, Basis { horizon, ..basis(&buying, &spend) });
        for method in [Method::Model, Method::Rule(0), Method::Rule(1)] {
            assert!(sums.standard_errors(2, method)[0][0].is_some());
        }
        let all = watch.milliseconds();
        say(&format!(
            "{count} customers, {} different histories: MBG/NBD {mbg_nbd} ms, three fits {fits} ms, {} forecasts \
             {forecast} ms, ranges {} ms, together {all} ms",
            groups.len(),
            forecasts.len(),
            all - fits - forecast,
        ));
        assert!(cfg!(debug_assertions) || all < limit, "more than {limit} ms");
    }
}
