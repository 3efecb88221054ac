//! Gamma-Gamma: what one purchase of a customer is worth (Fader, Hardie 2013; Colombo, Jiang 1999).
//!
//! The values of a customer's purchases are gamma distributed around an own mean, and these means vary over customers.
//! The model takes it that spend and frequency are independent: see [`correlation`]. Only repeat purchases count, and
//! only customers who have some and whose mean value is more than zero have a place in it.

use special::Gamma;

use super::{
    Estimated, Fit, ModelError,
    history::put_together,
    optimise::{Derivatives, maximise},
    sums::{as_number, ordered_sums},
};

/// A group of customers with equal frequency and mean value of repeat purchases.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spend {
    /// Repeat purchases (`x`); groups without any tell nothing and are passed over.
    pub frequency: u32,
    /// Mean value of these purchases, in any currency.
    pub mean_value: f64,
    /// How many customers share these two.
    pub customers: u64,
}

/// How the values of purchases vary within a customer (`p`) and over customers (`q`, `gamma`).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Parameters {
    /// Shape of the values of one customer's purchases.
    pub p: f64,
    /// Shape of their scale over customers; the mean of all customers exists when it is more than 1.
    pub q: f64,
    /// Scale, in the currency of the values.
    pub gamma: f64,
}

impl Estimated for Parameters {
    fn values(&self) -> Vec<f64> {
        vec![self.p, self.q, self.gamma]
    }

    fn from_values(values: &[f64]) -> Self {
        Self { p: values[0], q: values[1], gamma: values[2] }
    }
}

/// Fits the model to all groups with repeat purchases by maximum likelihood.
///
/// A fit without a proper maximum is not an error: it comes back with `converged: false` and the reason.
pub fn fit(spends: &[Spend]) -> Result<Fit<Parameters>, ModelError> {
    let spends = merged(spends)?;
    let customers: u64 = spends.iter().map(|spend| spend.customers).sum();
    if spends.is_empty() {
        return Err(ModelError::NoCustomers);
    }
    let by_frequency = by_frequency(&spends);
    let [purchases, total] = ordered_sums(&spends, |spend, sums: &mut [f64; 2]| {
        let weight = as_number(spend.customers) * f64::from(spend.frequency);
        sums[0] += weight;
        sums[1] += weight * spend.mean_value;
    });
    let mean = total / purchases;
    let starts = [(2.0, 3.0), (6.0, 4.0), (1.0, 2.0), (20.0, 8.0)].map(|(p, q)| [p, q, mean * (q - 1.0) / p]);
    let optimum = maximise(["p", "q", "gamma"], &starts, as_number(customers), |values| {
        derivatives(&Parameters::from_values(values), &spends, &by_frequency)
    });
    Ok(Fit::of(optimum, customers))
}

/// Possible groups with repeat purchases, sorted and without repetition.
fn merged(spends: &[Spend]) -> Result<Vec<Spend>, ModelError> {
    let mut sorted = Vec::with_capacity(spends.len());
    for &spend in spends.iter().filter(|spend| spend.customers > 0 && spend.frequency > 0) {
        if !(spend.mean_value > 0.0 && spend.mean_value.is_finite()) {
            return Err(ModelError::ImpossibleSpend {
                frequency: spend.frequency,
                mean_value: spend.mean_value,
            });
        }
        sorted.push(spend);
    }
    let by_history = |one: &Spend, other: &Spend| {
        one.frequency.cmp(&other.frequency).then(one.mean_value.total_cmp(&other.mean_value))
    };
    sorted.sort_unstable_by(by_history);
    put_together(&mut sorted, by_history, |spend| &mut spend.customers);
    Ok(sorted)
}

/// Customers by frequency, from sorted groups: the gamma functions depend on nothing else.
fn by_frequency(spends: &[Spend]) -> Vec<(f64, f64)> {
    let mut counts: Vec<(u32, u64)> = Vec::new();
    for spend in spends {
        match counts.last_mut() {
            Some((frequency, customers)) if *frequency == spend.frequency => *customers += spend.customers,
            _ => counts.push((spend.frequency, spend.customers)),
        }
    }
    counts.into_iter().map(|(frequency, customers)| (f64::from(frequency), as_number(customers))).collect()
}

/// The log-likelihood of all groups with its first and second derivatives.
fn derivatives(at: &Parameters, spends: &[Spend], by_frequency: &[(f64, f64)]) -> Derivatives<3> {
    let &Parameters { p, q, gamma } = at;
    let sums = ordered_sums(spends, |spend, sums: &mut [f64; 8]| {
        let customers = as_number(spend.customers);
        let x = f64::from(spend.frequency);
        let total = x * spend.mean_value;
        let all = total + gamma;
        // ln (xz / (xz+gamma)) and ln (gamma / (xz+gamma)).
        let log_own = -libm::log1p(gamma / total);
        let log_common = -libm::log1p(total / gamma);
        let terms = [
            p * x * log_own + q * log_common - libm::log(spend.mean_value),
            x * log_own,
            log_common,
            q * total / (gamma * all) - p * x / all,
            -x / all,
            total / (gamma * all),
            (p * x + q) / (all * all) - q / (gamma * gamma),
            0.0,
        ];
        for (sum, term) in sums.iter_mut().zip(terms) {
            *sum += customers * term;
        }
    });
    let [mut value, mut s_p, mut s_q, s_gamma, p_gamma, q_gamma, gamma_gamma, _] = sums;
    let (log_gamma_q, psi_q, psi_1_q) = (libm::lgamma(q), q.digamma(), q.trigamma());
    let (mut pp, mut pq, mut qq) = (0.0, 0.0, 0.0);
    for &(x, customers) in by_frequency {
        let own = p * x;
        let all = own + q;
        let (psi_all, psi_1_all) = (all.digamma(), all.trigamma());
        value += customers * (libm::lgamma(all) - libm::lgamma(own) - log_gamma_q);
        s_p += customers * x * (psi_all - own.digamma());
        s_q += customers * (psi_all - psi_q);
        pp += customers * x * x * (psi_1_all - own.trigamma());
        pq += customers * x * psi_1_all;
        qq += customers * (psi_1_all - psi_1_q);
    }
    Derivatives {
        value,
        slope: [s_p, s_q, s_gamma],
        curvature: [[pp, pq, p_gamma], [pq, qq, q_gamma], [p_gamma, q_gamma, gamma_gamma]],
    }
}

/// The expected value of a purchase of a customer whose `frequency` repeat purchases had the mean `mean_value`.
///
/// Without repeat purchases this is the mean of all customers. None where the expectation does not exist.
#[must_use]
pub fn expected_spend(parameters: &Parameters, frequency: u32, mean_value: f64) -> Option<f64> {
    let &Parameters { p, q, gamma } = parameters;
    let x = f64::from(frequency);
    let total = if frequency > 0 { x * mean_value } else { 0.0 };
    let weight = p * x + q - 1.0;
    (weight > 0.0).then(|| p * (gamma + total) / weight)
}

/// Pearson's correlation of frequency and mean value over customers with repeat purchases, which the model takes to be
/// zero; 0.3 or more is a reason to doubt it. None where one of the two does not vary.
#[must_use]
pub fn correlation(spends: &[Spend]) -> Option<f64> {
    let sorted = merged(spends).ok()?;
    let [customers, frequencies, values] = ordered_sums(&sorted, |spend, sums: &mut [f64; 3]| {
        let weight = as_number(spend.customers);
        sums[0] += weight;
        sums[1] += weight * f64::from(spend.frequency);
        sums[2] += weight * spend.mean_value;
    });
    // A second pass over the distances from the means loses no digits.
    let (mean_frequency, mean_value) = (frequencies / customers, values / customers);
    let [xx, yy, xy] = ordered_sums(&sorted, |spend, sums: &mut [f64; 3]| {
        let weight = as_number(spend.customers);
        let (x, y) = (f64::from(spend.frequency) - mean_frequency, spend.mean_value - mean_value);
        sums[0] += weight * x * x;
        sums[1] += weight * y * y;
        sums[2] += weight * x * y;
    });
    let scale = libm::sqrt(xx) * libm::sqrt(yy);
    (scale > 0.0).then(|| (xy / scale).clamp(-1.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::optimise::check_derivatives;

    #[test]
    fn slopes_and_curvatures_are_those_of_the_likelihood() {
        let spend = |frequency, mean_value, customers| Spend { frequency, mean_value, customers };
        let spends = [spend(1, 3.5, 2), spend(1, 40.0, 1), spend(2, 22.0, 4), spend(7, 19.0, 1)];
        let counts = by_frequency(&spends);
        for at in [[6.0, 3.7, 15.0], [0.4, 1.2, 90.0]] {
            check_derivatives(at, |values| derivatives(&Parameters::from_values(values), &spends, &counts));
        }
    }

    #[test]
    fn the_gamma_functions_have_all_their_digits() {
        // Argument, digamma, trigamma and logarithm of the gamma function, computed with 60 digits by mpmath.
        #[expect(
            clippy::unreadable_literal,
            clippy::excessive_precision,
            reason = "digits as they were computed"
        )]
        let reference = [
            [0.001, -1000.57557193181028, 1000001.64253319583, 6.90717888538385366],
            [0.2, -5.289039896592188, 26.2673772054237763, 1.52406382243078447],
            [3.7, 1.16715353936151144, 0.310037857670038302, 1.42807232666538813],
            [8.0, 2.01564147795561, 0.133137014694031425, 8.5251613610654143],
            [250.3, 5.52066126542421941, 0.0040031972159257849, 1130.17978903658494],
            [30000.0, 10.3089359938850332, 0.0000333338888950617284, 279264.344284309433],
        ];
        for [x, digamma, trigamma, log_gamma] in reference {
            for (found, exact) in
                [(x.digamma(), digamma), (x.trigamma(), trigamma), (libm::lgamma(x), log_gamma)]
            {
                assert!((found / exact - 1.0).abs() < 2e-14, "{x}: {found}, not {exact}");
            }
        }
    }
}
