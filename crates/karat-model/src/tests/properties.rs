//! What holds for all parameters and all histories, up to 5,000 purchases and 1,000 weeks.

use proptest::prelude::*;

use crate::forecast::{Horizon, forecasts};
use crate::{Buying, Group, Parameters, gamma_gamma};

fn parameters() -> impl Strategy<Value = Parameters> {
    // Logarithms, so that small values are as likely as large ones.
    (-5.0..3.0_f64, -3.0..6.0_f64, -5.0..3.0_f64, -5.0..4.0_f64).prop_map(|(r, alpha, a, b)| Parameters {
        r: r.exp(),
        alpha: alpha.exp(),
        a: a.exp(),
        b: b.exp(),
    })
}

fn groups() -> impl Strategy<Value = Group> {
    let frequencies = prop_oneof![Just(0_u32), 1..10_u32, 1..=5_000_u32];
    (frequencies, 0.0..=1.0_f64, 0.001..=1.0_f64).prop_map(|(frequency, age, recency)| {
        let least = f64::from(frequency) / 7.0;
        let age_weeks = least + age * (1_000.0 - least);
        let recency_weeks = if frequency > 0 { recency * age_weeks } else { 0.0 };
        Group { frequency, recency_weeks, age_weeks, customers: 1 }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn being_alive_is_never_certain_and_less_likely_with_silence(
        at in parameters(), group in groups(), silence in 0.01..500.0_f64,
    ) {
        let later = Group { age_weeks: group.age_weeks + silence, ..group };
        let (now, then) = (Buying::MbgNbd.probability_alive(&at, &group), Buying::MbgNbd.probability_alive(&at, &later));
        prop_assert!(now > 0.0 && now < 1.0 && then > 0.0 && then <= now, "{now} {then}");
        let (now, then) = (Buying::BgNbd.probability_alive(&at, &group), Buying::BgNbd.probability_alive(&at, &later));
        prop_assert!(now > 0.0 && now <= 1.0 && then > 0.0 && then <= now, "{now} {then}");
        prop_assert_eq!(now >= 1.0, group.frequency == 0);
    }

    #[test]
    fn expectations_are_numbers_and_grow_with_the_horizon(
        at in parameters(), group in groups(), horizon in 0.01..500.0_f64, longer in 0.01..500.0_f64,
    ) {
        for model in [Buying::BgNbd, Buying::MbgNbd] {
            let expected = |group: &Group, weeks| model.expected_purchases(&at, group, weeks);
            let (near, far) = (expected(&group, horizon), expected(&group, horizon + longer));
            prop_assert!(near.is_finite() && near >= 0.0 && far.is_finite());
            prop_assert!(far >= near * (1.0 - 1e-12), "{near} {far}");
            prop_assert!(expected(&group, 0.0).abs() <= 0.0);
            // Nobody buys more often than without leaving.
            let rate = (at.r + f64::from(group.frequency)) / (at.alpha + group.age_weeks);
            prop_assert!(near <= rate * horizon * (1.0 + 1e-9), "{near} {rate} {horizon}");
            let [near, far] = [horizon, horizon + longer].map(|weeks| model.expected_purchases_of_new(&at, weeks));
            prop_assert!(near >= 0.0 && far.is_finite() && far >= near * (1.0 - 1e-12), "{near} {far}");
        }
    }

    #[test]
    fn forecasts_are_numbers_with_a_spread_and_agree_with_the_model(
        at in parameters(), group in groups(), weeks in 0.01..300.0_f64, quarters in 1..40_u32, rate in 0.0..1.0_f64,
    ) {
        let horizon = |quarters, discount_rate| Horizon { weeks, quarters, discount_rate };
        let forecast = |horizon: &Horizon| forecasts(&at, &[group], horizon)[0];
        let found = forecast(&horizon(quarters, rate));
        prop_assert_eq!(found.alive.to_bits(), Buying::MbgNbd.probability_alive(&at, &group).to_bits());
        prop_assert_eq!(
            found.purchases.to_bits(),
            Buying::MbgNbd.expected_purchases(&at, &group, weeks).to_bits()
        );
        for (mean, square) in [
            (found.purchases, found.purchases_square),
            (found.discounted, found.discounted_square),
        ] {
            prop_assert!(mean.is_finite() && square.is_finite(), "{found:?}");
            prop_assert!(square >= mean * mean * (1.0 - 1e-9), "{found:?}");
        }
        // A discount takes off, and a quarter more adds.
        let (undiscounted, longer) = (forecast(&horizon(quarters, 0.0)), forecast(&horizon(quarters + 1, rate)));
        prop_assert!(found.discounted <= undiscounted.discounted * (1.0 + 1e-12));
        prop_assert!(longer.discounted >= found.discounted * (1.0 - 1e-12));
        let all = Buying::MbgNbd.expected_purchases(&at, &group, f64::from(quarters) * 365.25 / 28.0);
        prop_assert!((undiscounted.discounted - all).abs() <= 1e-9 * all.max(1e-300));
    }

    #[test]
    fn likelihoods_are_numbers(at in parameters(), group in groups()) {
        prop_assert!(Buying::BgNbd.log_likelihood(&at, &group).is_finite());
        prop_assert!(Buying::MbgNbd.log_likelihood(&at, &group).is_finite());
    }

    #[test]
    fn expected_spend_lies_between_the_customer_and_all_customers(
        p in 0.1..20.0_f64, q in 1.1..20.0_f64, gamma in 0.1..1e6_f64, x in 1..5_000_u32, mean in 0.01..1e7_f64,
    ) {
        let at = gamma_gamma::Parameters { p, q, gamma };
        let all = gamma_gamma::expected_spend(&at, 0, 0.0).expect("q is more than 1");
        let found = gamma_gamma::expected_spend(&at, x, mean).expect("q is more than 1");
        prop_assert!(found >= all.min(mean) * (1.0 - 1e-9) && found <= all.max(mean) * (1.0 + 1e-9));
    }
}
