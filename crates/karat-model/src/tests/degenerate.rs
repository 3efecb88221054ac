//! Histories that no model can learn from: a reason, never a panic and never a silent number.

use super::cdnow;
use crate::{
    Buying, Group, ModelError,
    gamma_gamma::{self, Spend},
};

fn group(frequency: u32, recency_weeks: f64, age_weeks: f64, customers: u64) -> Group {
    Group { frequency, recency_weeks, age_weeks, customers }
}

#[test]
fn nobody_and_nobody_who_came_back_are_errors() {
    assert_eq!(Buying::BgNbd.fit(&[]), Err(ModelError::NoCustomers));
    assert_eq!(Buying::MbgNbd.fit(&[group(3, 2.0, 4.0, 0)]), Err(ModelError::NoCustomers));
    let once = [group(0, 0.0, 30.0, 400), group(0, 0.0, 10.0, 200)];
    assert_eq!(Buying::MbgNbd.fit(&once), Err(ModelError::NoRepeatBuyers { customers: 600 }));
    assert_eq!(
        gamma_gamma::fit(&[Spend { frequency: 0, mean_value: 0.0, customers: 9 }]),
        Err(ModelError::NoCustomers)
    );
}

#[test]
fn impossible_histories_are_errors() {
    for impossible in [
        group(1, 5.0, 4.0, 1),
        group(1, 0.0, 4.0, 1),
        group(0, 1.0, 4.0, 1),
        group(1, f64::NAN, 4.0, 1),
        group(1, 1.0, f64::INFINITY, 1),
        group(0, 0.0, -1.0, 1),
        group(u32::MAX, 1.0, 4.0, 1),
    ] {
        let found = Buying::BgNbd.fit(&[group(2, 1.0, 9.0, 5), impossible]);
        assert!(matches!(found, Err(ModelError::ImpossibleHistory { .. })), "{impossible:?}: {found:?}");
    }
    for mean_value in [0.0, -3.0, f64::NAN, f64::INFINITY] {
        let found = gamma_gamma::fit(&[Spend { frequency: 1, mean_value, customers: 1 }]);
        assert!(matches!(found, Err(ModelError::ImpossibleSpend { .. })), "{mean_value}: {found:?}");
    }
}

#[test]
fn histories_without_a_maximum_are_reported_as_not_converged() {
    let cases: &[&[Group]] = &[
        &[group(3, 20.0, 30.0, 1)],
        &[group(3, 20.0, 30.0, 5_000)],
        &[group(1, 30.0, 30.0, 10), group(0, 0.0, 30.0, 10)],
        &[group(0, 0.0, 0.0, 10), group(1, 1.0, 1.0, 1)],
        &[group(5_000, 1_000.0, 1_000.0, 3), group(1, 1.0, 1_000.0, 3)],
    ];
    for groups in cases {
        for fit in [Buying::BgNbd.fit(groups), Buying::MbgNbd.fit(groups)] {
            let fit = fit.expect("the histories are possible");
            assert!(!fit.converged, "{groups:?}: {fit:?}");
            assert!(!fit.reason.is_empty());
            assert!(fit.log_likelihood.is_finite());
        }
    }
}

#[test]
fn spend_without_a_maximum_is_reported_as_not_converged() {
    let spend = |frequency, mean_value, customers| Spend { frequency, mean_value, customers };
    let cases: &[&[Spend]] = &[
        &[spend(1, 20.0, 1)],
        &[spend(2, 20.0, 5_000)],
        &[spend(1, 20.0, 100), spend(3, 20.0, 100), spend(50, 20.0, 3)],
    ];
    for spends in cases {
        let fit = gamma_gamma::fit(spends).expect("the spends are possible");
        assert!(!fit.converged, "{spends:?}: {fit:?}");
        assert!(fit.log_likelihood.is_finite());
        assert_eq!(gamma_gamma::correlation(&spends[..1]), None);
    }
}

#[test]
fn one_customer_with_five_thousand_orders_does_not_break_the_fit() {
    let (mut groups, mut spends) = cdnow();
    groups.push(group(5_000, 999.0, 1_000.0, 1));
    spends.push(Spend { frequency: 5_000, mean_value: 19.99, customers: 1 });
    for fit in [Buying::BgNbd.fit(&groups), Buying::MbgNbd.fit(&groups)] {
        let fit = fit.expect("the histories are possible");
        assert!(fit.converged && fit.standard_errors.is_some(), "{fit:?}");
    }
    assert!(gamma_gamma::fit(&spends).expect("the spends are possible").converged);
}
