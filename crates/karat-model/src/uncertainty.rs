//! How far sums of forecasts may be off: a standard error for each sum over a group of customers.
//!
//! Two things are uncertain, and both are in the error:
//!
//! - **The parameters.** They were estimated from these customers. The delta method carries their covariance over to a sum:
//!   the slopes of the sum by the logarithms of the parameters, times the covariance of these logarithms, times the slopes
//!   (Oehlert 1992, "A note on the delta method", The American Statistician 46(1), 27–29). Customers of one group
//!   err together here, so that this part does not get smaller with more customers in a group.
//! - **What the customers do.** Even with the true parameters, who leaves, who buys how often, and for how much, is chance:
//!   the variances of the models' own distributions, given each history, added up over customers, who buy independently of
//!   each other (Fader, Hardie, Lee 2005; Fader, Hardie 2013, as the models themselves).
//!
//! What no error can hold is that the models or the rates of profit are wrong, or that the times change; the backtest is
//! there for this.
//!
//! A plain rule has no parameters. Its purchases are a rate that was counted over the weeks before, so that the variance of
//! what comes is `expected · (1 + weeks ahead / weeks counted)`, as for the difference of two Poisson counts (Krishnamoorthy,
//! Peng 2011, "Improved closed-form prediction intervals for binomial and Poisson distributions", Journal of
//! Statistical Planning and Inference 141(5), 1709–1718).

use special::Error as _;

use super::{
    Estimated, Fit, Group, Parameters,
    forecast::{Forecast, Forecaster, Horizon, Kinds},
    gamma_gamma,
    sums::{CHUNK, by_chunk, ordered_sums},
    value,
};

/// A small step of the logarithm of a parameter, for slopes by differences.
const STEP: f64 = 1e-4;
/// The most parts into which members are cut; far more than a machine has cores.
const MOST_CHUNKS: usize = 256;
/// Parameters of buying and of spend.
const PARAMETERS: usize = 7;

/// The most classes by which customers are grouped.
pub const CLASSES: usize = 8;

/// The plain rules beside the model.
pub const RULES: usize = 2;

/// A customer as a member of groups.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Member {
    /// The history, of one customer.
    pub history: Group,
    /// Repeat purchases with revenue above 0: those of which the model of spend knows.
    pub paid_frequency: u32,
    /// Mean value of these; 0 without any.
    pub mean_spend: f64,
    /// Contribution margin of each unit of money spent, where it is known.
    pub margin_rate: Option<f64>,
    /// Profit of each unit of money spent, where it is known.
    pub profit_rate: Option<f64>,
    /// Purchases that each plain rule expects within the weeks of the horizon.
    pub by_rule: [f64; RULES],
    /// Numbers of the groups of which the customer is a member.
    pub groups: [Option<u16>; CLASSES],
}

/// What the sums are made of.
#[derive(Debug, Clone, Copy)]
pub struct Basis<'a> {
    /// How customers buy.
    pub buying: &'a Fit<Parameters>,
    /// What they spend; without it there is no money.
    pub spend: Option<&'a Fit<gamma_gamma::Parameters>>,
    /// How far ahead.
    pub horizon: Horizon,
    /// The weeks over which the plain rules counted: fewer than a year of a short history.
    pub weeks_counted: f64,
    /// The chance of being alive below which value at risk does not go.
    pub least_alive: f64,
}

/// Who says how many purchases to expect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// The model of buying.
    Model,
    /// The plain rule at this place of [`Member::by_rule`].
    Rule(usize),
}

/// Figures of a customer, or their sums: expected purchases, expected profit, lifetime value, value at risk.
pub const FIGURES: usize = 4;

/// Forecasts of the members at the estimates and beside them.
pub struct Sums<'a> {
    members: &'a [Member],
    basis: Basis<'a>,
    kinds: Kinds,
    forecasters: Vec<Forecaster>,
    spends: Vec<gamma_gamma::Parameters>,
    spread_seen: f64,
}

/// How many standard errors each way hold this share of all cases, by the normal distribution.
#[must_use]
pub fn standard_errors_of_share(share: f64) -> f64 {
    std::f64::consts::SQRT_2 * share.inv_error()
}

/// The parameters themselves, then each moved by a step.
fn moved<P: Estimated>(parameters: &P) -> Vec<P> {
    let values = parameters.values();
    let with = |at: usize| {
        let mut moved = values.clone();
        moved[at] *= libm::exp(STEP);
        P::from_values(&moved)
    };
    std::iter::once(*parameters).chain((0..values.len()).map(with)).collect()
}

/// The covariance of the logarithms of all parameters: the two models were fitted apart.
fn covariance(basis: &Basis<'_>) -> Option<[[f64; PARAMETERS]; PARAMETERS]> {
    let mut whole = [[0.0; PARAMETERS]; PARAMETERS];
    let mut place = |part: &[Vec<f64>], from: usize| {
        for (row, cells) in part.iter().enumerate() {
            whole[from + row][from..from + cells.len()].copy_from_slice(cells);
        }
    };
    place(basis.buying.log_covariance.as_ref()?, 0);
    if let Some(spend) = basis.spend {
        place(spend.log_covariance.as_ref()?, 4);
    }
    Some(whole)
}

impl<'a> Sums<'a> {
    /// Forecasts the members with the parameters as they were estimated, and with each of them moved.
    #[must_use]
    pub fn new(members: &'a [Member], basis: Basis<'a>) -> Self {
        let kinds = Kinds::of(members.iter().map(|member| &member.history));
        let at = |parameters| Forecaster::new(parameters, &kinds, &basis.horizon);
        Self {
            members,
            forecasters: moved(&basis.buying.parameters).into_iter().map(at).collect(),
            spends: basis.spend.map_or(Vec::new(), |fit| moved(&fit.parameters)),
            spread_seen: spread_seen(members),
            basis,
            kinds,
        }
    }

    /// The standard errors of the sums over each group, in the order of the figures; no money without a model of spend.
    #[must_use]
    pub fn standard_errors(&self, groups: usize, method: Method) -> Vec<[Option<f64>; FIGURES]> {
        // Not many chunks, for each holds sums of all groups.
        let size = self.members.len().div_ceil(MOST_CHUNKS).max(CHUNK);
        let chunks = by_chunk(self.members, size, |chunk| {
            let mut sums = vec![Spread::default(); groups];
            for member in chunk {
                let spread = self.spread(method, member);
                for group in member.groups.into_iter().flatten() {
                    sums[usize::from(group)].add(&spread);
                }
            }
            sums
        });
        let mut sums = vec![Spread::default(); groups];
        for chunk in chunks {
            for (sum, part) in sums.iter_mut().zip(&chunk) {
                sum.add(part);
            }
        }
        let covariance = covariance(&self.basis);
        let of = |sum: &Spread, figure| match (figure, self.basis.spend) {
            (1.., None) => None,
            _ => sum.standard_error(figure, covariance.as_ref()?),
        };
        sums.iter().map(|sum| std::array::from_fn(|figure| of(sum, figure))).collect()
    }

    /// The slopes and variances of the figures of one customer.
    fn spread(&self, method: Method, member: &Member) -> Spread {
        let place = self.kinds.place(&member.history);
        let here = self.forecasters[0].of(place, &member.history);
        let spend = self.spend(0, member);
        let figures = self.figures(method, member, &here, spend);
        let mut spread = Spread::default();
        let mut differ = |parameter: usize, moved: [f64; FIGURES]| {
            for (figure, (there, here)) in moved.iter().zip(figures).enumerate() {
                spread.slopes[figure][parameter] = (there - here) / STEP;
            }
        };
        for (parameter, forecaster) in self.forecasters[1..].iter().enumerate() {
            let there = forecaster.of(place, &member.history);
            differ(parameter, self.figures(method, member, &there, spend));
        }
        for parameter in 1..self.spends.len() {
            let there = self.spend(parameter, member);
            differ(3 + parameter, self.figures(method, member, &here, there));
        }
        spread.variances = self.variances(method, member, &here, spend);
        spread
    }

    /// Expected spend per purchase; 0 where it is not known, so that it adds nothing, as in the sums themselves.
    fn spend(&self, parameters: usize, member: &Member) -> f64 {
        self.spends
            .get(parameters)
            .and_then(|at| gamma_gamma::expected_spend(at, member.paid_frequency, member.mean_spend))
            .unwrap_or(0.0)
    }

    /// What chance adds, were the parameters known.
    fn variances(&self, method: Method, member: &Member, forecast: &Forecast, spend: f64) -> [f64; FIGURES] {
        let [mean, profit, ..] = self.figures(method, member, forecast, spend);
        let lost = self.profit_while_alive(method, profit, forecast.alive);
        let square = match method {
            Method::Model => forecast.purchases_square,
            Method::Rule(_) => mean * (mean + 1.0 + self.basis.horizon.weeks / self.basis.weeks_counted),
        };
        let [within, square_of_spend] = self.spread_of_spend(member, spend);
        // The mean of a customer is not known for sure, and each purchase differs from it. (For discounted purchases the
        // last term is a little too large: it should be discounted twice.)
        let money = |mean: f64, square: f64, rate: f64| {
            (square_of_spend * square - mean * mean * spend * spend + within * mean) * rate * rate
        };
        [
            square - mean * mean,
            money(mean, square, member.profit_rate.unwrap_or(0.0)),
            money(forecast.discounted, forecast.discounted_square, member.margin_rate.unwrap_or(0.0)),
            forecast.alive * (1.0 - forecast.alive) * lost * lost,
        ]
    }

    /// The variance of one purchase around the mean of the customer, and the mean square of that mean: a customer's
    /// purchases are gamma distributed with shape `p`, and the scale of the mean has the shape `q + p·x` after `x` of them.
    ///
    /// Where that shape is 2 or less the mean square has no bound. Of no customer less is known than of one picked from all,
    /// so the spread that was seen over customers is the most it can be.
    fn spread_of_spend(&self, member: &Member, spend: f64) -> [f64; 2] {
        let Some(at) = self.spends.first() else {
            return [0.0; 2];
        };
        let beyond = at.q + at.p * f64::from(member.paid_frequency) - 2.0;
        let relative = if beyond > 0.0 { (1.0 / beyond).min(self.spread_seen) } else { self.spread_seen };
        let square = spend * spend * (1.0 + relative);
        [square / at.p, square]
    }

    /// The figures of one customer. What is not known adds nothing, as in the sums themselves.
    fn figures(&self, method: Method, member: &Member, forecast: &Forecast, spend: f64) -> [f64; FIGURES] {
        let purchases = match method {
            Method::Model => forecast.purchases,
            Method::Rule(rule) => member.by_rule[rule],
        };
        let profit = purchases * spend * member.profit_rate.unwrap_or(0.0);
        [
            purchases,
            profit,
            forecast.discounted * spend * member.margin_rate.unwrap_or(0.0),
            (1.0 - forecast.alive.max(self.basis.least_alive))
                * self.profit_while_alive(method, profit, forecast.alive),
        ]
    }

    /// What a customer brings while they are one. A rule expects what they bring if they go on; the model's purchases already
    /// hold the chance that they are gone.
    fn profit_while_alive(&self, method: Method, profit: f64, alive: f64) -> f64 {
        match method {
            Method::Model => value::profit_while_alive(profit, alive, self.basis.least_alive),
            Method::Rule(_) => profit.max(0.0),
        }
    }
}

/// The variance of mean spend over customers with a repeat, as a multiple of its squared mean.
fn spread_seen(members: &[Member]) -> f64 {
    let is_seen = |member: &Member| member.paid_frequency > 0 && member.mean_spend > 0.0;
    let [customers, total] = ordered_sums(members, |member, sums: &mut [f64; 2]| {
        if is_seen(member) {
            sums[0] += 1.0;
            sums[1] += member.mean_spend;
        }
    });
    if customers <= 0.0 {
        return 0.0;
    }
    let mean = total / customers;
    let [squares] = ordered_sums(members, |member, sums: &mut [f64; 1]| {
        if is_seen(member) {
            let distance = member.mean_spend / mean - 1.0;
            sums[0] += distance * distance;
        }
    });
    squares / customers
}

/// Slopes by the logarithms of the parameters, and variances, of figures or of their sums.
#[derive(Debug, Clone, Default)]
struct Spread {
    slopes: [[f64; PARAMETERS]; FIGURES],
    variances: [f64; FIGURES],
}

impl Spread {
    fn add(&mut self, other: &Self) {
        for (sums, terms) in self.slopes.iter_mut().zip(&other.slopes) {
            for (sum, term) in sums.iter_mut().zip(terms) {
                *sum += term;
            }
        }
        for (sum, term) in self.variances.iter_mut().zip(other.variances) {
            *sum += term;
        }
    }

    fn standard_error(&self, figure: usize, covariance: &[[f64; PARAMETERS]; PARAMETERS]) -> Option<f64> {
        let slopes = &self.slopes[figure];
        let mut variance = self.variances[figure];
        for (row, first) in covariance.iter().zip(slopes) {
            for (cell, second) in row.iter().zip(slopes) {
                variance += first * cell * second;
            }
        }
        // Rounding may leave a hair less than nothing.
        variance.is_finite().then(|| libm::sqrt(variance.max(0.0)))
    }
}
