//! What a fit gives back, for every model alike: estimates, how sure they are, and whether to trust them.

use super::optimise::{self, Optimum};

/// Parameters that were estimated: all positive, and handled by their logarithms.
pub trait Estimated: Copy {
    /// The parameters in the order of the model's definition.
    fn values(&self) -> Vec<f64>;

    /// Puts parameters together from values in the same order.
    fn from_values(values: &[f64]) -> Self;
}

/// The outcome of a maximum-likelihood fit.
#[derive(Debug, Clone, PartialEq)]
pub struct Fit<P> {
    /// The estimates; not to be used when `converged` is false.
    pub parameters: P,
    /// Their standard errors, from the observed information; absent where the likelihood has no proper peak.
    pub standard_errors: Option<P>,
    /// The covariance matrix of the estimates, in the order of the fields of the parameters.
    pub covariance: Option<Vec<Vec<f64>>>,
    /// The covariance matrix of the logarithms of the estimates, the scale on which they are nearly normal.
    pub log_covariance: Option<Vec<Vec<f64>>>,
    /// The logarithm of the likelihood at the estimates.
    pub log_likelihood: f64,
    /// How many customers the estimates rest on.
    pub customers: u64,
    /// Steps of the optimiser, over all starts.
    pub iterations: u64,
    /// Whether the estimates are a proper maximum of the likelihood.
    pub converged: bool,
    /// The reason why the estimates are, or are not, to be trusted; a phrase for the report.
    pub reason: String,
}

impl<P: Estimated> Fit<P> {
    /// Makes a fit of what the optimiser found.
    pub(super) fn of<const N: usize>(optimum: Optimum<N>, customers: u64) -> Self {
        let values = optimum.parameters;
        let covariance = optimum.log_covariance.map(|of_logs| {
            let mut matrix = of_logs;
            for (row, first) in matrix.iter_mut().zip(values) {
                for (cell, second) in row.iter_mut().zip(values) {
                    *cell *= first * second;
                }
            }
            matrix
        });
        Self {
            parameters: P::from_values(&values),
            standard_errors: covariance.map(|matrix| {
                let errors: Vec<f64> = (0..N).map(|at| libm::sqrt(matrix[at][at])).collect();
                P::from_values(&errors)
            }),
            covariance: covariance.map(|matrix| rows(&matrix)),
            log_covariance: optimum.log_covariance.map(|matrix| rows(&matrix)),
            log_likelihood: optimum.value,
            customers,
            iterations: optimum.iterations,
            converged: optimum.converged,
            reason: optimum.reason,
        }
    }

    /// Parameters drawn from the distribution of the estimates, for a parametric bootstrap: `normals` are independent
    /// draws from the standard normal distribution, one per parameter.
    ///
    /// None where the fit has no standard errors or the number of draws is wrong.
    #[must_use]
    pub fn drawn(&self, normals: &[f64]) -> Option<P> {
        let root = optimise::cholesky(self.log_covariance.as_ref()?)?;
        let mut values = self.parameters.values();
        if normals.len() != values.len() {
            return None;
        }
        for (value, row) in values.iter_mut().zip(&root) {
            let shift: f64 = row.iter().zip(normals).map(|(cell, normal)| cell * normal).sum();
            *value *= libm::exp(shift);
        }
        Some(P::from_values(&values))
    }
}

fn rows<const N: usize>(matrix: &[[f64; N]; N]) -> Vec<Vec<f64>> {
    matrix.iter().map(|row| row.to_vec()).collect()
}
