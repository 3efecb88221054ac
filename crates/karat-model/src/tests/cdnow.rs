//! The CDNOW sample: the values of the papers, of Hardie's spreadsheets and of other packages.

use super::{cdnow, near};
use crate::{Buying, Group, Parameters, gamma_gamma, value};

/// The first ten customers as the literature prints them: x, `t_x`, T, mean spend.
const FIRST_TEN: [(u32, f64, f64, f64); 10] = [
    (2, 30.43, 38.86, 22.35),
    (1, 1.71, 38.86, 11.77),
    (0, 0.0, 38.86, 0.0),
    (0, 0.0, 38.86, 0.0),
    (0, 0.0, 38.86, 0.0),
    (7, 29.43, 38.86, 73.74),
    (1, 5.0, 38.86, 11.77),
    (0, 0.0, 38.86, 0.0),
    (2, 35.71, 38.86, 25.55),
    (0, 0.0, 38.86, 0.0),
];

fn group(frequency: u32, recency_weeks: f64, age_weeks: f64) -> Group {
    Group { frequency, recency_weeks, age_weeks, customers: 1 }
}

#[test]
fn bg_nbd_finds_the_published_parameters() {
    let fit = Buying::BgNbd.fit(&cdnow().0).expect("the sample can be fitted");
    assert!(fit.converged, "{}", fit.reason);
    assert_eq!(fit.customers, 2357);
    near(fit.parameters.r, 0.242_594_540_565, 1e-6);
    near(fit.parameters.alpha, 4.413_602_496_794, 2e-5);
    near(fit.parameters.a, 0.792_922_037_124, 1e-5);
    near(fit.parameters.b, 2.425_906_854_917, 5e-5);
    near(fit.log_likelihood, -9_582.429_206_673_929, 1e-6);
}

#[test]
fn mbg_nbd_finds_the_published_parameters() {
    let fit = Buying::MbgNbd.fit(&cdnow().0).expect("the sample can be fitted");
    assert!(fit.converged, "{}", fit.reason);
    near(fit.parameters.r, 0.525, 5e-4);
    near(fit.parameters.alpha, 6.183, 5e-4);
    near(fit.parameters.a, 0.891, 5e-4);
    near(fit.parameters.b, 1.614, 5e-4);
}

#[test]
fn gamma_gamma_finds_the_published_parameters() {
    let fit = gamma_gamma::fit(&cdnow().1).expect("the sample can be fitted");
    assert!(fit.converged, "{}", fit.reason);
    assert_eq!(fit.customers, 946);
    near(fit.parameters.p, 6.249_6, 5e-4);
    near(fit.parameters.q, 3.744_2, 5e-4);
    near(fit.parameters.gamma, 15.443_5, 5e-4);
    near(fit.log_likelihood, -4_055.917_694_801_871, 1e-5);
}

#[test]
fn spend_and_frequency_hardly_go_together_in_the_sample() {
    let found = gamma_gamma::correlation(&cdnow().1).expect("both vary");
    near(found, 0.113_9, 5e-4);
}

#[test]
fn expectations_are_those_of_the_spreadsheet() {
    let at = Buying::BgNbd.fit(&cdnow().0).expect("the sample can be fitted").parameters;
    near(Buying::BgNbd.expected_purchases(&at, &group(2, 30.43, 38.86), 39.0), 1.225_906_830_9, 1e-5);
    for (weeks, expected) in [
        (0.142_9, 0.007_816_000_143_239_006),
        (1.0, 0.053_184_289_885_182_104),
        (3.0, 0.150_630_835_326_335_5),
        (31.857_1, 1.040_489_133_529_284_7),
        (32.0, 1.043_732_035_188_408_3),
        (78.0, 1.857_958_386_345_763_8),
    ] {
        near(Buying::BgNbd.expected_purchases_of_new(&at, weeks), expected, 1e-5);
    }
}

#[test]
fn the_likelihood_of_a_busy_customer_does_not_overflow() {
    let at = Parameters { r: 0.25, alpha: 4.0, a: 0.8, b: 2.5 };
    near(Buying::BgNbd.log_likelihood(&at, &group(0, 0.0, 40.0)), -0.599_473_82, 1e-5);
    near(Buying::BgNbd.log_likelihood(&at, &group(200, 38.0, 40.0)), 100.795_7, 1e-4);
}

#[test]
fn the_likelihood_of_all_is_the_sum_of_the_likelihoods_of_each() {
    let groups = cdnow().0;
    for model in [Buying::BgNbd, Buying::MbgNbd] {
        let fit = model.fit(&groups).expect("the sample can be fitted");
        let sum: f64 = groups.iter().map(|group| model.log_likelihood(&fit.parameters, group)).sum();
        near(sum, fit.log_likelihood, 1e-7);
    }
}

#[test]
fn expected_spend_is_that_of_the_spreadsheet() {
    let at = gamma_gamma::fit(&cdnow().1).expect("the sample can be fitted").parameters;
    let expected = [
        24.653_918, 18.910_017, 35.170_372, 35.170_372, 35.170_372, 71.464_706, 18.910_017, 35.170_372,
        27.281_93, 35.170_372,
    ];
    for ((frequency, _, _, mean), expected) in FIRST_TEN.into_iter().zip(expected) {
        let found = gamma_gamma::expected_spend(&at, frequency, mean).expect("q is more than 1");
        near(found, expected, 0.02);
    }
}

#[test]
fn the_value_of_twelve_months_is_that_of_other_packages_with_months_in_weeks() {
    let (groups, spends) = cdnow();
    let buying = Buying::BgNbd.fit(&groups).expect("the sample can be fitted").parameters;
    let spending = gamma_gamma::fit(&spends).expect("the sample can be fitted").parameters;
    // The other package rounds its summary to two decimals, hence the tolerance.
    let expected = [36.2785, 4.6375, 8.3441, 8.3441, 8.3441, 283.5236, 6.8814, 8.3441, 43.3536, 8.3441];
    for ((frequency, recency, age, mean), expected) in FIRST_TEN.into_iter().zip(expected) {
        let purchases: Vec<f64> = (1..=12)
            .map(|month| {
                let horizon = f64::from(month) * 4.345;
                Buying::BgNbd.expected_purchases(&buying, &group(frequency, recency, age), horizon)
            })
            .collect();
        let spend = gamma_gamma::expected_spend(&spending, frequency, mean).expect("q is more than 1");
        // One percent a month.
        let found = value::clv(&purchases, 12.0, 1.01_f64.powi(12) - 1.0, spend);
        near(found / expected, 1.0, 1e-3);
    }
}

#[test]
fn a_draw_without_a_deviation_is_the_estimate() {
    let fit = Buying::MbgNbd.fit(&cdnow().0).expect("the sample can be fitted");
    assert!(fit.standard_errors.is_some_and(|errors| errors.alpha > 0.0));
    assert_eq!(fit.drawn(&[0.0; 4]), Some(fit.parameters));
    assert_eq!(fit.drawn(&[0.0; 3]), None);
}

#[test]
fn neither_the_order_nor_the_grouping_of_customers_changes_a_bit() {
    let (groups, spends) = cdnow();
    let backwards: Vec<Group> = groups.iter().rev().copied().collect();
    let mut together: Vec<Group> = Vec::new();
    for &group in &backwards {
        let same = |other: &&mut Group| Group { customers: 1, ..**other } == group;
        match together.iter_mut().find(same) {
            Some(known) => known.customers += 1,
            None => together.push(group),
        }
    }
    assert!(together.len() < groups.len());
    assert_eq!(Buying::MbgNbd.fit(&groups), Buying::MbgNbd.fit(&together));
    assert_eq!(Buying::BgNbd.fit(&groups), Buying::BgNbd.fit(&backwards));
    let spends_backwards: Vec<_> = spends.iter().rev().copied().collect();
    assert_eq!(gamma_gamma::fit(&spends), gamma_gamma::fit(&spends_backwards));
}

#[test]
fn standard_errors_are_those_of_other_packages() {
    let errors = Buying::BgNbd
        .fit(&cdnow().0)
        .expect("the sample can be fitted")
        .standard_errors
        .expect("a proper maximum has standard errors");
    near(errors.r, 0.012_6, 5e-4);
    near(errors.alpha, 0.378, 5e-3);
    near(errors.a, 0.186, 5e-3);
    near(errors.b, 0.705, 5e-3);
}

#[test]
fn predictions_are_those_of_integrating_over_rates_and_chances_to_leave() {
    // The definition of the models as a double integral, by mpmath: P(alive), expected purchases, log-likelihood.
    let at = Parameters { r: 0.525, alpha: 6.183, a: 0.891, b: 1.614 };
    let (twice, once) = (group(2, 30.43, 38.86), group(0, 0.0, 38.86));
    near(Buying::MbgNbd.probability_alive(&at, &twice), 0.706_202_265_118_5, 1e-11);
    near(Buying::MbgNbd.expected_purchases(&at, &twice, 39.0), 1.262_960_623_267_4, 1e-11);
    near(Buying::MbgNbd.log_likelihood(&at, &twice), -9.485_551_314_533_9, 1e-11);
    near(Buying::MbgNbd.probability_alive(&at, &once), 0.389_735_080_919, 1e-11);
    near(Buying::MbgNbd.expected_purchases(&at, &once, 39.0), 0.154_012_746_675, 1e-11);
    near(Buying::MbgNbd.log_likelihood(&at, &once), -0.539_837_463_531, 1e-11);
    near(Buying::BgNbd.probability_alive(&at, &twice), 0.634_849_081_445_8, 1e-11);
    near(Buying::BgNbd.expected_purchases(&at, &twice, 39.0), 1.093_355_669_613_9, 1e-11);
    near(Buying::BgNbd.log_likelihood(&at, &twice), -9.158_664_228_311, 1e-11);
    // The closed form with the hypergeometric function, with 40 digits.
    near(Buying::MbgNbd.expected_purchases_of_new(&at, 1.0), 0.053_084_795_263_701_84, 1e-15);
    near(Buying::MbgNbd.expected_purchases_of_new(&at, 52.0), 1.419_723_757_712_746, 1e-14);
}
