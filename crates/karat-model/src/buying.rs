//! What BG/NBD and MBG/NBD have in common: purchases at a rate that is gamma distributed over customers (`r`, `alpha`),
//! and a chance to leave for good that is beta distributed (`a`, `b`).
//!
//! The two models differ only in how often a customer of `x` repeat purchases has had the chance to leave: `x` times in
//! BG/NBD, `x + 1` times in MBG/NBD, where the first purchase is a chance too. With `y` for that number the likelihood is
//!
//! ```text
//! G(r+x)/G(r) · alpha^r / (alpha+T)^(r+x) · B(a, b+y)/B(a, b) · (1 + w)
//! w = [y>0] · a/(b+y-1) · ((alpha+T)/(alpha+t_x))^(r+x)        P(alive) = 1 / (1 + w)
//! ```
//!
//! Ratios of gamma functions with a whole number between the arguments are sums of logarithms, taken over a count of
//! customers by number of purchases: exact, and without the cancellation that the gamma function would bring in.

use super::{
    ModelError,
    fit::{Estimated, Fit},
    history::{Group, merged},
    horizon::{Future, Purchases, purchases_while_alive},
    optimise::{Derivatives, maximise},
    sums::{as_number, ordered_sums},
};

/// What makes the customers of BG/NBD and MBG/NBD: how they buy (`r`, `alpha`) and how they leave (`a`, `b`).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Parameters {
    /// Shape of the purchase rates: the smaller, the more customers differ.
    pub r: f64,
    /// Scale of the purchase rates, in weeks: a new customer buys `r / alpha` times a week on average.
    pub alpha: f64,
    /// First shape of the chance to leave after a purchase, whose mean is `a / (a + b)`.
    pub a: f64,
    /// Second shape of the chance to leave.
    pub b: f64,
}

impl Estimated for Parameters {
    fn values(&self) -> Vec<f64> {
        vec![self.r, self.alpha, self.a, self.b]
    }

    fn from_values(values: &[f64]) -> Self {
        Self { r: values[0], alpha: values[1], a: values[2], b: values[3] }
    }
}

/// The two models.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Buying {
    /// After each repeat purchase a customer may leave for good (Fader, Hardie, Lee 2005).
    ///
    /// A customer who never bought again had no chance to leave and counts as alive for ever: for reports take [`Self::MbgNbd`]; this
    /// model is there to be compared with the literature.
    BgNbd,
    /// After each purchase, the first included, a customer may leave for good (Batislam, Denizel, Filiztekin 2007). A one-time buyer
    /// fades like everyone else.
    MbgNbd,
}

impl Buying {
    /// How often a customer of so many repeat purchases has had the chance to leave.
    fn chances(self, frequency: u32) -> f64 {
        match self {
            Self::BgNbd => f64::from(frequency),
            Self::MbgNbd => f64::from(frequency) + 1.0,
        }
    }

    /// Fits the four parameters to all groups by maximum likelihood.
    ///
    /// A fit without a proper maximum is not an error: it comes back with `converged: false` and the reason.
    pub fn fit(self, groups: &[Group]) -> Result<Fit<Parameters>, ModelError> {
        let groups = merged(groups)?;
        let customers: u64 = groups.iter().map(|group| group.customers).sum();
        if customers == 0 {
            return Err(ModelError::NoCustomers);
        }
        if groups.iter().all(|group| group.frequency == 0) {
            return Err(ModelError::NoRepeatBuyers { customers });
        }
        let counts = Counts::of(self, &groups);
        let [purchases, weeks] = ordered_sums(&groups, |group, sums: &mut [f64; 2]| {
            sums[0] += as_number(group.customers) * f64::from(group.frequency);
            sums[1] += as_number(group.customers) * group.age_weeks;
        });
        let weeks_per_purchase = weeks / purchases;
        let starts = [(0.5, 0.8, 2.5), (1.0, 1.0, 3.0), (0.25, 0.3, 5.0), (2.0, 2.0, 2.0)]
            .map(|(r, a, b)| [r, r * weeks_per_purchase, a, b]);
        let optimum = maximise(["r", "alpha", "a", "b"], &starts, as_number(customers), |values| {
            derivatives(&Parameters::from_values(values), self, &groups, &counts)
        });
        Ok(Fit::of(optimum, customers))
    }

    /// The log-likelihood of the history of one customer of the group.
    #[must_use]
    pub fn log_likelihood(self, at: &Parameters, group: &Group) -> f64 {
        let mut sums = [0.0; 15];
        add_group(at, self, &Group { customers: 1, ..*group }, &mut sums);
        let mut value = sums[0];
        for before in 0..group.frequency {
            value += libm::log(at.r + f64::from(before));
        }
        let chances = match self {
            Self::BgNbd => group.frequency,
            Self::MbgNbd => group.frequency.saturating_add(1),
        };
        for before in 0..chances {
            value -= libm::log1p(at.a / (at.b + f64::from(before)));
        }
        value
    }

    /// The probability that a customer is still one: exactly 1 where there was no chance to leave, else strictly between 0 and 1.
    #[must_use]
    pub fn probability_alive(self, at: &Parameters, group: &Group) -> f64 {
        let y = self.chances(group.frequency);
        if y > 0.0 {
            // What is too near to 0 or 1 for a floating-point number is still neither.
            Silence::of(at, y, group).probability_alive.clamp(f64::MIN_POSITIVE, 1.0 - f64::EPSILON)
        } else {
            1.0
        }
    }

    /// How often a customer with this history is expected to buy in the next `horizon_weeks`.
    #[must_use]
    pub fn expected_purchases(self, at: &Parameters, group: &Group, horizon_weeks: f64) -> f64 {
        let ahead = self.while_alive(at, group.frequency, group.age_weeks, horizon_weeks);
        self.probability_alive(at, group) * ahead.mean
    }

    /// The purchases of the next `horizon_weeks` if the customer is alive; when the last purchase was does not matter then.
    pub(super) fn while_alive(
        self,
        at: &Parameters,
        frequency: u32,
        age_weeks: f64,
        horizon_weeks: f64,
    ) -> Purchases {
        let future = Future {
            shape: at.r + f64::from(frequency),
            scale: at.alpha + age_weeks,
            a: at.a,
            b: at.b + self.chances(frequency),
        };
        purchases_while_alive(&future, horizon_weeks)
    }

    /// How often a new customer is expected to buy again in the first `weeks`.
    #[must_use]
    pub fn expected_purchases_of_new(self, at: &Parameters, weeks: f64) -> f64 {
        let new = Group { frequency: 0, recency_weeks: 0.0, age_weeks: 0.0, customers: 1 };
        self.expected_purchases(at, &new, weeks)
    }
}

/// The log-likelihood of all groups with its first and second derivatives.
fn derivatives(at: &Parameters, model: Buying, groups: &[Group], counts: &Counts) -> Derivatives<4> {
    let &Parameters { r, a, b, .. } = at;
    let mut sums = ordered_sums(groups, |group, sums| add_group(at, model, group, sums));
    // The ratios of gamma functions: ln G(r+x)/G(r), then ln B(a, b+y)/B(a, b).
    for (before, &customers) in (0_u32..).zip(&counts.purchases) {
        let value = r + f64::from(before);
        sums[0] += customers * libm::log(value);
        sums[1] += customers / value;
        sums[5] -= customers / (value * value);
    }
    for (before, &customers) in (0_u32..).zip(&counts.chances) {
        let stayed = b + f64::from(before);
        let all = a + stayed;
        sums[0] -= customers * libm::log1p(a / stayed);
        sums[3] -= customers / all;
        sums[4] += customers * a / (stayed * all);
        sums[12] += customers / (all * all);
        sums[13] += customers / (all * all);
        sums[14] -= customers * a * (stayed + all) / (stayed * stayed * all * all);
    }
    let [value, s_r, s_alpha, s_a, s_b, rr, r_alpha, ra, rb, alpha_alpha, alpha_a, alpha_b, aa, ab, bb] =
        sums;
    Derivatives {
        value,
        slope: [s_r, s_alpha, s_a, s_b],
        curvature: [
            [rr, r_alpha, ra, rb],
            [r_alpha, alpha_alpha, alpha_a, alpha_b],
            [ra, alpha_a, aa, ab],
            [rb, alpha_b, ab, bb],
        ],
    }
}

/// Adds what one group gives beyond the ratios of gamma functions: the value, four slopes, ten curvatures.
fn add_group(at: &Parameters, model: Buying, group: &Group, sums: &mut [f64; 15]) {
    let &Parameters { r, alpha, a, b } = at;
    let customers = as_number(group.customers);
    let x = f64::from(group.frequency);
    let y = model.chances(group.frequency);
    let per_age = 1.0 / (alpha + group.age_weeks);
    let by_age = libm::log1p(group.age_weeks / alpha);
    let mut terms = [0.0; 15];
    // -(r+x) ln(alpha+T) + r ln alpha, with the large parts that cancel left out.
    terms[0] = -r * by_age - if x > 0.0 { x * libm::log(alpha + group.age_weeks) } else { 0.0 };
    terms[1] = -by_age;
    terms[2] = r / alpha - (r + x) * per_age;
    terms[6] = group.age_weeks * per_age / alpha;
    terms[9] = (r + x) * per_age * per_age - r / (alpha * alpha);
    if y > 0.0 {
        let silence = Silence::of(at, y, group);
        let left = silence.probability_left;
        let per_recency = 1.0 / (alpha + group.recency_weeks);
        let nearer = per_age - per_recency;
        terms[0] += silence.log_one_plus_odds;
        let slopes = [silence.stretch, (r + x) * nearer, 1.0 / a, -1.0 / (b + y - 1.0)];
        for (term, slope) in terms[1..5].iter_mut().zip(slopes) {
            *term += left * slope;
        }
        let spread = left * silence.probability_alive;
        let mut next = 5;
        for (row, slope) in slopes.iter().enumerate() {
            for other in &slopes[row..] {
                terms[next] += spread * slope * other;
                next += 1;
            }
        }
        terms[6] += left * nearer;
        terms[9] += left * (r + x) * (per_recency - per_age) * (per_recency + per_age);
        terms[12] -= left / (a * a);
        terms[14] += left * slopes[3] * slopes[3];
    }
    for (sum, term) in sums.iter_mut().zip(terms) {
        *sum += customers * term;
    }
}

/// What the time since the last purchase says about a customer.
struct Silence {
    /// The logarithm of `(alpha+T)/(alpha+t_x)`.
    stretch: f64,
    /// The logarithm of `1+w`, where `w` are the odds of having left.
    log_one_plus_odds: f64,
    probability_left: f64,
    probability_alive: f64,
}

impl Silence {
    fn of(at: &Parameters, y: f64, group: &Group) -> Self {
        let &Parameters { r, alpha, a, b } = at;
        let silent = group.age_weeks - group.recency_weeks;
        let stretch = libm::log1p(silent / (alpha + group.recency_weeks));
        let log_odds = libm::log(a / (b + y - 1.0)) + (r + f64::from(group.frequency)) * stretch;
        // The smaller of the two probabilities is computed directly, the other as its complement.
        let odds = libm::exp(-log_odds.abs());
        let (smaller, larger) = (odds / (1.0 + odds), 1.0 / (1.0 + odds));
        let is_likely_gone = log_odds > 0.0;
        Self {
            stretch,
            log_one_plus_odds: log_odds.max(0.0) + libm::log1p(odds),
            probability_left: if is_likely_gone { larger } else { smaller },
            probability_alive: if is_likely_gone { smaller } else { larger },
        }
    }
}

/// How many customers made more than so many repeat purchases, and how many had more than so many chances to leave.
struct Counts {
    purchases: Vec<f64>,
    chances: Vec<f64>,
}

impl Counts {
    fn of(model: Buying, groups: &[Group]) -> Self {
        let most = groups.iter().map(|group| group.frequency).max().unwrap_or(0);
        let mut with: Vec<u64> = vec![0; most as usize + 1];
        for group in groups {
            with[group.frequency as usize] += group.customers;
        }
        // From the top down: customers with more than `at` purchases are those with `at + 1` and those with more.
        let mut above = vec![0_u64; with.len()];
        for at in (0..with.len() - 1).rev() {
            above[at] = above[at + 1] + with[at + 1];
        }
        let all = above[0] + with[0];
        let purchases: Vec<f64> = above[..with.len() - 1].iter().map(|&count| as_number(count)).collect();
        let chances = match model {
            Buying::BgNbd => purchases.clone(),
            Buying::MbgNbd => [as_number(all)].into_iter().chain(purchases.iter().copied()).collect(),
        };
        Self { purchases, chances }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::optimise::check_derivatives;

    #[test]
    fn slopes_and_curvatures_are_those_of_the_likelihood() {
        let group = |frequency, recency_weeks, age_weeks, customers| Group {
            frequency,
            recency_weeks,
            age_weeks,
            customers,
        };
        let groups = [
            group(0, 0.0, 0.0, 1),
            group(0, 0.0, 9.0, 3),
            group(1, 2.0, 10.0, 2),
            group(2, 30.0, 31.0, 1),
            group(9, 5.0, 40.0, 1),
        ];
        for model in [Buying::BgNbd, Buying::MbgNbd] {
            let counts = Counts::of(model, &groups);
            for at in [[0.3, 4.0, 0.8, 2.5], [2.0, 10.0, 1.5, 0.4]] {
                check_derivatives(at, |values| {
                    derivatives(&Parameters::from_values(values), model, &groups, &counts)
                });
            }
        }
    }
}
