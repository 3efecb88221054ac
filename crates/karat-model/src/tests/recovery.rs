//! Customers made up with known parameters, which the fits must find again.

use rand::{RngExt, SeedableRng};
use rand_distr::{Beta, Distribution, Exp1, Gamma};
use rand_pcg::Pcg64;

use crate::{
    Buying, Estimated, Fit, Group, Parameters,
    gamma_gamma::{self, Spend},
};

const CUSTOMERS: usize = 6_000;

/// Plays out the lives of customers aged 40 to 78 weeks; `may_leave_at_once` as in MBG/NBD.
fn histories(at: &Parameters, may_leave_at_once: bool, random: &mut Pcg64) -> Vec<Group> {
    let rates = Gamma::new(at.r, 1.0 / at.alpha).expect("positive parameters");
    let chances = Beta::new(at.a, at.b).expect("positive parameters");
    (0..CUSTOMERS)
        .map(|_| {
            let age_weeks = f64::from(random.random_range(280..546_u32)) / 7.0;
            let (rate, chance) = (rates.sample(random), chances.sample(random));
            let mut group = Group { frequency: 0, recency_weeks: 0.0, age_weeks, customers: 1 };
            let mut is_alive = !may_leave_at_once || random.random::<f64>() >= chance;
            let mut now = 0.0;
            while is_alive {
                let wait: f64 = Exp1.sample(random);
                now += wait / rate;
                if now > age_weeks {
                    break;
                }
                group.frequency += 1;
                group.recency_weeks = now;
                is_alive = random.random::<f64>() >= chance;
            }
            group
        })
        .collect()
}

#[track_caller]
fn within_three_standard_errors<P: Estimated + std::fmt::Debug>(fit: &Fit<P>, truth: &P) {
    assert!(fit.converged, "{}", fit.reason);
    let errors = fit.standard_errors.expect("a proper maximum has standard errors").values();
    for ((found, truth), error) in fit.parameters.values().into_iter().zip(truth.values()).zip(errors) {
        assert!(error > 0.0 && (found - truth).abs() < 3.0 * error, "{fit:?}");
        assert!(error < truth, "an estimate without any precision: {fit:?}");
    }
}

#[test]
fn bg_nbd_recovers_the_parameters_of_simulated_customers() {
    let truth = Parameters { r: 0.6, alpha: 5.0, a: 0.8, b: 2.5 };
    let groups = histories(&truth, false, &mut Pcg64::seed_from_u64(2005));
    within_three_standard_errors(&Buying::BgNbd.fit(&groups).expect("possible histories"), &truth);
}

#[test]
fn mbg_nbd_recovers_the_parameters_of_simulated_customers() {
    let truth = Parameters { r: 1.5, alpha: 8.0, a: 0.9, b: 3.0 };
    let groups = histories(&truth, true, &mut Pcg64::seed_from_u64(2007));
    within_three_standard_errors(&Buying::MbgNbd.fit(&groups).expect("possible histories"), &truth);
}

#[test]
fn gamma_gamma_recovers_the_parameters_of_simulated_customers() {
    let truth = gamma_gamma::Parameters { p: 5.0, q: 3.5, gamma: 20.0 };
    let mut random = Pcg64::seed_from_u64(2013);
    let scales = Gamma::new(truth.q, 1.0 / truth.gamma).expect("positive parameters");
    let spends: Vec<Spend> = (0..CUSTOMERS)
        .map(|_| {
            let frequency = random.random_range(1..12_u32);
            let x = f64::from(frequency);
            let scale = scales.sample(&mut random) * x;
            let mean_value = Gamma::new(truth.p * x, 1.0 / scale).expect("positive").sample(&mut random);
            Spend { frequency, mean_value, customers: 1 }
        })
        .collect();
    within_three_standard_errors(&gamma_gamma::fit(&spends).expect("possible spends"), &truth);
}
