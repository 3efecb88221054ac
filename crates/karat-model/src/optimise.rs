//! Climbs a log-likelihood to its top: the trust-region method of `basin`, with exact second derivatives.
//!
//! All parameters are positive, so the search runs over their logarithms; a change of the unit of time or money then
//! only shifts the start. The optimiser compares values of the likelihood, which round off near the top; a few plain
//! Newton steps, which look at the slope only, settle the last digits. Whether the top was reached is decided here and
//! not by the optimiser: the step that is left must be less than a millionth of a standard error.

use std::{cell::RefCell, convert::Infallible};

use basin::{
    CostFunction, DenseMatrix, Executor, FirstOrderState, Gradient, Hessian, MoreSorensen, TrustRegion,
};

/// A log-likelihood with its first and second derivatives by the parameters themselves.
#[derive(Debug, Clone, Copy)]
pub(super) struct Derivatives<const N: usize> {
    pub(super) value: f64,
    pub(super) slope: [f64; N],
    pub(super) curvature: [[f64; N]; N],
}

/// Where the climb ended.
#[derive(Debug, Clone)]
pub(super) struct Optimum<const N: usize> {
    pub(super) parameters: [f64; N],
    /// The inverse of the observed information about the logarithms of the parameters, if that is positive definite.
    pub(super) log_covariance: Option<[[f64; N]; N]>,
    pub(super) value: f64,
    pub(super) iterations: u64,
    pub(super) converged: bool,
    pub(super) reason: String,
}

/// Steps from one start; a proper maximum needs about a dozen.
const MOST_ITERATIONS: u64 = 200;
/// A parameter this many powers of e away from its start has run away: there is no proper maximum.
const FAR: f64 = 12.0;
/// Beyond this the likelihood is not asked.
const LIMIT: f64 = 20.0;
/// The largest squared distance from the top, in standard errors, that counts as being there.
const CLOSE: f64 = 1e-12;
/// Newton steps after the climb.
const MOST_POLISHING: usize = 8;

/// Finds the maximum of `likelihood`, from each of `starts` in turn until one of them leads to a proper maximum.
///
/// `names` are those of the parameters, for the reason; `customers` scales the likelihood to one customer.
pub(super) fn maximise<const N: usize>(
    names: [&str; N],
    starts: &[[f64; N]],
    customers: f64,
    likelihood: impl Fn(&[f64; N]) -> Derivatives<N>,
) -> Optimum<N> {
    let centre = starts.first().map_or([0.0; N], |start| start.map(libm::log));
    let hill = Hill { likelihood, customers, centre, last: RefCell::new(None) };
    let mut best: Option<Optimum<N>> = None;
    let mut iterations = 0;
    for start in starts {
        let mut optimum = climb(&hill, names, start.map(libm::log));
        iterations += optimum.iterations;
        optimum.iterations = iterations;
        let is_better = best.as_ref().is_none_or(|best| optimum.value > best.value);
        if optimum.converged || is_better {
            best = Some(optimum);
        }
        if best.as_ref().is_some_and(|best| best.converged) {
            break;
        }
    }
    let mut best = best.expect("every model gives at least one start");
    best.iterations = iterations;
    best
}

fn climb<const N: usize, F>(hill: &Hill<N, F>, names: [&str; N], start: [f64; N]) -> Optimum<N>
where
    F: Fn(&[f64; N]) -> Derivatives<N>,
{
    let solver = TrustRegion::with_subproblem(MoreSorensen::default())
        .with_max_radius(4.0)
        .with_absolute_gradient_tolerance(1e-7);
    let outcome =
        Executor::new(hill, solver, FirstOrderState::new(start.to_vec())).max_iter(MOST_ITERATIONS).run();
    let (mut logs, mut iterations) = match outcome {
        Ok(found) => (array(found.param()), found.iter()),
        Err(never) => match never {},
    };

    let mut here = hill.at(&logs);
    let mut step = newton_step(&here);
    for _ in 0..MOST_POLISHING {
        let Some((change, distance)) = step else { break };
        // Far from the top a plain Newton step is not to be trusted; at the top it changes nothing any more.
        if !(f64::EPSILON * f64::EPSILON..=1.0).contains(&distance) {
            break;
        }
        let mut next = logs;
        for (log, change) in next.iter_mut().zip(change) {
            *log += change;
        }
        let there = hill.at(&next);
        let next_step = newton_step(&there);
        match next_step {
            Some((_, next_distance)) if next_distance < distance => {}
            _ => break,
        }
        (logs, here, step) = (next, there, next_step);
        iterations += 1;
    }

    let run_away = (0..N).find(|&at| (logs[at] - hill.centre[at]).abs() > FAR);
    let distance = step.map(|(_, distance)| distance);
    let (converged, reason) = match (run_away, distance) {
        (Some(at), _) => {
            let end = if logs[at] > hill.centre[at] { "infinity" } else { "zero" };
            (false, format!("the likelihood has no maximum: {} runs to {end}", names[at]))
        }
        (None, None) => (false, "the likelihood has no peak where the optimiser stopped".to_owned()),
        (None, Some(distance)) if distance > CLOSE => (
            false,
            format!("the optimiser stopped {:.1e} standard errors from the maximum", libm::sqrt(distance)),
        ),
        (None, Some(_)) => (true, "the maximum of the likelihood was reached".to_owned()),
    };
    Optimum {
        parameters: logs.map(libm::exp),
        log_covariance: inverse(&negated(&here.curvature)),
        value: here.value,
        iterations,
        converged,
        reason,
    }
}

/// The likelihood as the optimiser sees it: per customer, upside down, over logarithms.
struct Hill<const N: usize, F> {
    likelihood: F,
    customers: f64,
    centre: [f64; N],
    /// Value, slope and curvature come from one pass over the data, but are asked for one by one.
    last: RefCell<Option<([f64; N], Derivatives<N>)>>,
}

impl<const N: usize, F: Fn(&[f64; N]) -> Derivatives<N>> Hill<N, F> {
    /// The likelihood and its derivatives by the logarithms of the parameters.
    fn at(&self, logs: &[f64; N]) -> Derivatives<N> {
        if let Some((point, found)) = self.last.borrow().as_ref()
            && point.map(f64::to_bits) == logs.map(f64::to_bits)
        {
            return *found;
        }
        let found = if logs.iter().zip(&self.centre).all(|(log, centre)| (log - centre).abs() <= LIMIT) {
            let parameters = logs.map(libm::exp);
            by_logarithms(&parameters, (self.likelihood)(&parameters))
        } else {
            Derivatives { value: f64::NEG_INFINITY, slope: [0.0; N], curvature: [[0.0; N]; N] }
        };
        *self.last.borrow_mut() = Some((*logs, found));
        found
    }
}

fn by_logarithms<const N: usize>(parameters: &[f64; N], by_value: Derivatives<N>) -> Derivatives<N> {
    let mut found = by_value;
    for at in 0..N {
        found.slope[at] *= parameters[at];
        for other in 0..N {
            found.curvature[at][other] *= parameters[at] * parameters[other];
        }
        found.curvature[at][at] += found.slope[at];
    }
    found
}

impl<const N: usize, F: Fn(&[f64; N]) -> Derivatives<N>> CostFunction for &Hill<N, F> {
    type Param = Vec<f64>;
    type Output = f64;
    type Error = Infallible;

    fn cost(&self, logs: &Vec<f64>) -> Result<f64, Infallible> {
        Ok(-self.at(&array(logs)).value / self.customers)
    }
}

impl<const N: usize, F: Fn(&[f64; N]) -> Derivatives<N>> Gradient for &Hill<N, F> {
    type Gradient = Vec<f64>;

    fn gradient(&self, logs: &Vec<f64>) -> Result<Vec<f64>, Infallible> {
        Ok(self.at(&array(logs)).slope.iter().map(|slope| -slope / self.customers).collect())
    }
}

impl<const N: usize, F: Fn(&[f64; N]) -> Derivatives<N>> Hessian for &Hill<N, F> {
    type Hessian = DenseMatrix<f64>;

    fn hessian(&self, logs: &Vec<f64>) -> Result<DenseMatrix<f64>, Infallible> {
        let curvature = self.at(&array(logs)).curvature;
        Ok(DenseMatrix::from_fn(N, N, |row, column| -curvature[row][column] / self.customers))
    }
}

fn array<const N: usize>(values: &[f64]) -> [f64; N] {
    values.try_into().expect("the optimiser keeps the number of parameters")
}

/// The Newton step to the top and its squared length in standard errors, if the likelihood curves down here.
fn newton_step<const N: usize>(here: &Derivatives<N>) -> Option<([f64; N], f64)> {
    let covariance = inverse(&negated(&here.curvature))?;
    let mut step = [0.0; N];
    let mut distance = 0.0;
    for (at, row) in covariance.iter().enumerate() {
        step[at] = row.iter().zip(here.slope).map(|(cell, slope)| cell * slope).sum();
        distance += step[at] * here.slope[at];
    }
    (distance.is_finite() && distance >= 0.0).then_some((step, distance))
}

fn negated<const N: usize>(matrix: &[[f64; N]; N]) -> [[f64; N]; N] {
    matrix.map(|row| row.map(|cell| -cell))
}

/// The inverse of a positive definite matrix; none if it is not, within rounding.
fn inverse<const N: usize>(matrix: &[[f64; N]; N]) -> Option<[[f64; N]; N]> {
    // A matrix scaled to a diagonal of ones is judged by its shape and not by its units.
    let mut scale = [0.0; N];
    for at in 0..N {
        if !(matrix[at][at] > 0.0 && matrix[at][at].is_finite()) {
            return None;
        }
        scale[at] = 1.0 / libm::sqrt(matrix[at][at]);
    }
    let scaled: Vec<Vec<f64>> = (0..N)
        .map(|row| (0..N).map(|column| matrix[row][column] * scale[row] * scale[column]).collect())
        .collect();
    let root = cholesky(&scaled)?;
    // The inverse of the root, row by row, then the product of that inverse with itself.
    let mut root_inverse = [[0.0; N]; N];
    for (row, of_root) in root.iter().enumerate() {
        #[expect(clippy::needless_range_loop, reason = "a cell depends on the rows above it")]
        for column in 0..=row {
            let unit = if row == column { 1.0 } else { 0.0 };
            let known: f64 = (column..row).map(|at| of_root[at] * root_inverse[at][column]).sum();
            root_inverse[row][column] = (unit - known) / of_root[row];
        }
    }
    let mut result = [[0.0; N]; N];
    for row in 0..N {
        for column in 0..N {
            let sum: f64 =
                (row.max(column)..N).map(|at| root_inverse[at][row] * root_inverse[at][column]).sum();
            result[row][column] = sum * scale[row] * scale[column];
        }
    }
    Some(result)
}

/// The lower triangular root of a positive definite matrix; none if it is not positive definite, within rounding.
pub(super) fn cholesky(matrix: &[Vec<f64>]) -> Option<Vec<Vec<f64>>> {
    let size = matrix.len();
    let mut root = vec![vec![0.0; size]; size];
    for row in 0..size {
        for column in 0..=row {
            let known: f64 = (0..column).map(|at| root[row][at] * root[column][at]).sum();
            let left = matrix[row][column] - known;
            root[row][column] = if row == column {
                if left.is_nan() || left <= 1e-14 * matrix[row][row] {
                    return None;
                }
                libm::sqrt(left)
            } else {
                left / root[column][column]
            };
        }
    }
    Some(root)
}

/// Fails if the slopes or curvatures are not those of the values, by central differences.
#[cfg(test)]
#[track_caller]
pub(super) fn check_derivatives<const N: usize>(
    at: [f64; N],
    likelihood: impl Fn(&[f64; N]) -> Derivatives<N>,
) {
    let exact = likelihood(&at);
    for by in 0..N {
        let step = 1e-5 * at[by];
        let moved = |direction: f64| {
            let mut moved = at;
            moved[by] += direction * step;
            likelihood(&moved)
        };
        let (ahead, behind) = (moved(1.0), moved(-1.0));
        let near = |name: &str, exact: f64, ahead: f64, behind: f64| {
            let found = (ahead - behind) / (2.0 * step);
            assert!(
                (found - exact).abs() <= 1e-6 * exact.abs().max(1.0),
                "{name} {by}: {found}, not {exact}"
            );
        };
        near("slope", exact.slope[by], ahead.value, behind.value);
        for of in 0..N {
            near("curvature", exact.curvature[of][by], ahead.slope[of], behind.slope[of]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_matrix_times_its_inverse_is_one_whatever_its_units() {
        let matrix = [[4.0e12, 2.0e5, 1.0e6], [2.0e5, 3.0, 0.5], [1.0e6, 0.5, 2.0]];
        let inverse = inverse(&matrix).expect("it is positive definite");
        for row in 0..3 {
            for column in 0..3 {
                let cell: f64 = (0..3).map(|at| matrix[row][at] * inverse[at][column]).sum();
                let one = if row == column { 1.0 } else { 0.0 };
                let unit = libm::sqrt(matrix[row][row] / matrix[column][column]);
                assert!((cell - one).abs() < 1e-12 * unit.max(1.0), "{row} {column}: {cell}");
            }
        }
    }

    #[test]
    fn a_matrix_that_is_not_positive_definite_has_no_inverse() {
        assert_eq!(inverse(&[[1.0, 2.0], [2.0, 1.0]]), None);
        assert_eq!(inverse(&[[1.0, 1.0], [1.0, 1.0]]), None);
        assert_eq!(inverse(&[[f64::NAN, 0.0], [0.0, 1.0]]), None);
    }
}
