//! Ranges of sums against what simulated customers do afterwards, and against a parametric bootstrap.

use rand::{RngExt, SeedableRng};
use rand_distr::{Beta, Distribution, Exp1, Gamma, StandardNormal};
use rand_pcg::Pcg64;

use super::near;
use crate::forecast::{Horizon, forecasts};
use crate::uncertainty::{self, Basis, CLASSES, FIGURES, Member, Method, Sums};
use crate::{Buying, Fit, Group, Parameters, gamma_gamma, value};

const BUYING: Parameters = Parameters { r: 0.9, alpha: 9.0, a: 0.8, b: 3.0 };
const SPEND: gamma_gamma::Parameters = gamma_gamma::Parameters { p: 4.0, q: 4.5, gamma: 30.0 };
pub(super) const HORIZON: Horizon = Horizon { weeks: 52.0, quarters: 4, discount_rate: 0.0 };
const PROFIT_RATE: f64 = 0.2;
const MARGIN_RATE: f64 = 0.35;
const LEAST_ALIVE: f64 = 0.01;

/// A customer, and what comes in the weeks of the horizon: purchases, money, and whether the customer is still one.
pub(super) struct Life {
    pub(super) member: Member,
    purchases: f64,
    money: f64,
    is_alive: bool,
}

/// Few ages: customers of one age share most of the work.
fn age(number: usize) -> f64 {
    [60.0, 80.0, 100.0, 120.0][number / 2 % 4]
}

/// Plays out the lives of customers of the ages given; every second one is of group 1, all are of group 0.
pub(super) fn lives(customers: usize, age_weeks: impl Fn(usize) -> f64, random: &mut Pcg64) -> Vec<Life> {
    let rates = Gamma::new(BUYING.r, 1.0 / BUYING.alpha).expect("positive parameters");
    let chances = Beta::new(BUYING.a, BUYING.b).expect("positive parameters");
    let scales = Gamma::new(SPEND.q, 1.0 / SPEND.gamma).expect("positive parameters");
    (0..customers)
        .map(|number| {
            let age_weeks = age_weeks(number);
            let (rate, chance) = (rates.sample(random), chances.sample(random));
            let values = Gamma::new(SPEND.p, 1.0 / scales.sample(random)).expect("positive parameters");
            let mut is_alive = random.random::<f64>() >= chance;
            let mut life = Life {
                member: Member {
                    history: Group { frequency: 0, recency_weeks: 0.0, age_weeks, customers: 1 },
                    paid_frequency: 0,
                    mean_spend: 0.0,
                    margin_rate: Some(MARGIN_RATE),
                    profit_rate: Some(PROFIT_RATE),
                    by_rule: [0.0; 2],
                    groups: [None; CLASSES],
                },
                purchases: 0.0,
                money: 0.0,
                is_alive: false,
            };
            life.member.groups[0] = Some(0);
            life.member.groups[1] = (number % 2 == 1).then_some(1);
            let mut spent = 0.0;
            let mut now = 0.0;
            let mut was_alive = is_alive;
            while is_alive {
                let wait: f64 = Exp1.sample(random);
                now += wait / rate;
                if now > age_weeks + HORIZON.weeks {
                    break;
                }
                if now <= age_weeks {
                    life.member.history.frequency += 1;
                    life.member.history.recency_weeks = now;
                    spent += values.sample(random);
                } else {
                    life.purchases += 1.0;
                    life.money += values.sample(random);
                }
                is_alive = random.random::<f64>() >= chance;
                if now <= age_weeks {
                    was_alive = is_alive;
                }
            }
            if life.member.history.frequency > 0 {
                life.member.paid_frequency = life.member.history.frequency;
                life.member.mean_spend = spent / f64::from(life.member.history.frequency);
            }
            life.is_alive = was_alive;
            life
        })
        .collect()
}

fn fits(members: &[Member]) -> (Fit<Parameters>, Fit<gamma_gamma::Parameters>) {
    let histories: Vec<Group> = members.iter().map(|member| member.history).collect();
    let spends: Vec<gamma_gamma::Spend> = members
        .iter()
        .map(|member| gamma_gamma::Spend {
            frequency: member.history.frequency,
            mean_value: member.mean_spend,
            customers: 1,
        })
        .collect();
    let buying = Buying::MbgNbd.fit(&histories).expect("possible histories");
    let spend = gamma_gamma::fit(&spends).expect("possible spends");
    assert!(buying.converged && spend.converged);
    (buying, spend)
}

/// The figures of each customer by the parameters given.
fn figures(members: &[Member], buying: &Parameters, spend: &gamma_gamma::Parameters) -> Vec<[f64; FIGURES]> {
    let histories: Vec<Group> = members.iter().map(|member| member.history).collect();
    let of_one = |(member, forecast): (&Member, crate::forecast::Forecast)| {
        let spend = gamma_gamma::expected_spend(spend, member.history.frequency, member.mean_spend)
            .expect("q is more than 1");
        let profit = forecast.purchases * spend * PROFIT_RATE;
        [
            forecast.purchases,
            profit,
            forecast.discounted * spend * MARGIN_RATE,
            value::at_risk(profit, forecast.alive, LEAST_ALIVE),
        ]
    };
    let forecasts = forecasts(buying, &histories, &HORIZON);
    members.iter().zip(forecasts).map(of_one).collect()
}

fn sums(figures: &[[f64; FIGURES]]) -> [f64; FIGURES] {
    std::array::from_fn(|figure| figures.iter().map(|one| one[figure]).sum())
}

pub(super) fn basis<'a>(buying: &'a Fit<Parameters>, spend: &'a Fit<gamma_gamma::Parameters>) -> Basis<'a> {
    Basis { buying, spend: Some(spend), horizon: HORIZON, weeks_counted: 52.0, least_alive: LEAST_ALIVE }
}

#[test]
fn what_customers_do_lies_as_far_from_the_sums_as_their_errors_say() {
    const TIMES: usize = 80;
    let mut random = Pcg64::seed_from_u64(1992);
    // For purchases, profit and value at risk: squares of the distances in standard errors, and how many were within 1.96.
    let mut squares = [0.0; 3];
    let mut within = [0; 3];
    for _ in 0..TIMES {
        let lives = lives(500, age, &mut random);
        let members: Vec<Member> = lives.iter().map(|life| life.member).collect();
        let (buying, spend) = fits(&members);
        let expected = figures(&members, &buying.parameters, &spend.parameters);
        let sums = sums(&expected);
        let errors = Sums::new(&members, basis(&buying, &spend)).standard_errors(2, Method::Model)[0];
        let histories: Vec<Group> = members.iter().map(|member| member.history).collect();
        let alive = forecasts(&buying.parameters, &histories, &HORIZON);
        let gone = lives.iter().zip(&expected).zip(&alive).filter(|((life, _), _)| !life.is_alive);
        let happened = [
            (0, lives.iter().map(|life| life.purchases).sum::<f64>()),
            (1, lives.iter().map(|life| life.money).sum::<f64>() * PROFIT_RATE),
            // Value at risk is what was expected of those who turn out to be gone, had they stayed.
            (
                3,
                gone.map(|((_, figures), forecast)| figures[1] / forecast.alive.max(LEAST_ALIVE))
                    .sum::<f64>(),
            ),
        ];
        for (place, (figure, happened)) in happened.into_iter().enumerate() {
            let distance = (happened - sums[figure]) / errors[figure].expect("there is an error");
            squares[place] += distance * distance;
            within[place] += usize::from(distance.abs() <= 1.96);
        }
    }
    for place in 0..3 {
        let spread = libm::sqrt(squares[place] / 80.0);
        assert!((0.8..1.25).contains(&spread), "{place}: {spread}, {within:?}");
        assert!(within[place] >= 70, "{within:?} of {TIMES}");
    }
}

#[test]
fn the_delta_method_agrees_with_a_parametric_bootstrap() {
    const DRAWS: usize = 400;
    let mut random = Pcg64::seed_from_u64(1979);
    let members: Vec<Member> = lives(3_000, age, &mut random).iter().map(|life| life.member).collect();
    let (buying, spend) = fits(&members);
    // Without a covariance only chance is left; what it takes off is the part of the parameters.
    let sure = |matrix: &Option<Vec<Vec<f64>>>| {
        matrix.as_ref().map(|matrix| vec![vec![0.0; matrix.len()]; matrix.len()])
    };
    let (mut sure_buying, mut sure_spend) = (buying.clone(), spend.clone());
    sure_buying.log_covariance = sure(&buying.log_covariance);
    sure_spend.log_covariance = sure(&spend.log_covariance);
    let both = Sums::new(&members, basis(&buying, &spend)).standard_errors(2, Method::Model)[0];
    let chance = Sums::new(&members, basis(&sure_buying, &sure_spend)).standard_errors(2, Method::Model)[0];

    let mut drawn = Vec::new();
    for _ in 0..DRAWS {
        let mut normals =
            |count: usize| -> Vec<f64> { (0..count).map(|_| StandardNormal.sample(&mut random)).collect() };
        let buying = buying.drawn(&normals(4)).expect("there is a covariance");
        let spend = spend.drawn(&normals(3)).expect("there is a covariance");
        drawn.push(sums(&figures(&members, &buying, &spend)));
    }
    for figure in 0..FIGURES {
        let (both, chance) = (both[figure].expect("an error"), chance[figure].expect("an error"));
        assert!(both > chance);
        let delta = libm::sqrt(both * both - chance * chance);
        let mean = drawn.iter().map(|sums| sums[figure]).sum::<f64>() / 400.0;
        let variance = drawn.iter().map(|sums| (sums[figure] - mean).powi(2)).sum::<f64>() / 399.0;
        let bootstrap = libm::sqrt(variance);
        assert!((delta / bootstrap - 1.0).abs() < 0.12, "{figure}: {delta}, {bootstrap}");
    }
}

#[test]
fn a_group_errs_less_than_all_and_more_for_its_size() {
    let mut random = Pcg64::seed_from_u64(3);
    let members: Vec<Member> = lives(800, age, &mut random).iter().map(|life| life.member).collect();
    let (buying, spend) = fits(&members);
    let errors = Sums::new(&members, basis(&buying, &spend)).standard_errors(3, Method::Model);
    for (all, half) in errors[0].iter().zip(errors[1]) {
        let (all, half) = (all.expect("an error"), half.expect("an error"));
        assert!(half < all && half > all / 2.0, "{half} of {all}");
    }
    // Nobody is a member of the third group.
    assert_eq!(errors[2], [Some(0.0); FIGURES]);
}

#[test]
fn a_rule_is_off_by_the_chance_in_its_counts() {
    let mut member = lives(1, age, &mut Pcg64::seed_from_u64(4))[0].member;
    member.by_rule = [6.0, 0.0];
    let members = [member; 50];
    let (buying, spend) = {
        let many: Vec<Member> =
            lives(800, age, &mut Pcg64::seed_from_u64(5)).iter().map(|life| life.member).collect();
        fits(&many)
    };
    let sums = Sums::new(&members, basis(&buying, &spend));
    // 300 expected in as many weeks as were counted: the variance is 300 ahead and 300 behind.
    let of_rule = |rule| sums.standard_errors(1, Method::Rule(rule))[0];
    near(of_rule(0)[0].expect("an error"), libm::sqrt(600.0), 1e-9);
    near(of_rule(1)[0].expect("an error"), 0.0, 1e-12);
    // Lifetime value is the model's, whoever says how many purchases to expect.
    assert_eq!(of_rule(0)[2], sums.standard_errors(1, Method::Model)[0][2]);
}

#[test]
fn without_a_model_of_spend_there_is_no_error_of_money() {
    let members: Vec<Member> =
        lives(600, age, &mut Pcg64::seed_from_u64(6)).iter().map(|life| life.member).collect();
    let (buying, _) = fits(&members);
    let basis = Basis {
        buying: &buying,
        spend: None,
        horizon: HORIZON,
        weeks_counted: 52.0,
        least_alive: LEAST_ALIVE,
    };
    let errors = Sums::new(&members, basis).standard_errors(2, Method::Model)[0];
    assert!(errors[0].is_some_and(|error| error > 0.0));
    assert_eq!(errors[1..], [None; 3]);
}

#[test]
fn errors_are_numbers_even_where_the_spread_of_spend_has_no_bound() {
    let members: Vec<Member> =
        lives(600, age, &mut Pcg64::seed_from_u64(7)).iter().map(|life| life.member).collect();
    let (buying, mut spend) = fits(&members);
    spend.parameters.q = 1.3;
    for error in Sums::new(&members, basis(&buying, &spend)).standard_errors(2, Method::Model)[0] {
        assert!(error.is_some_and(|error| error > 0.0 && error.is_finite()));
    }
}

#[test]
fn shares_of_cases_are_those_of_the_normal_distribution() {
    near(uncertainty::standard_errors_of_share(0.95), 1.959_963_984_540_054, 1e-9);
    near(uncertainty::standard_errors_of_share(0.5), 0.674_489_750_196_081_7, 1e-9);
    near(uncertainty::standard_errors_of_share(0.999), 3.290_526_731_491_926, 1e-8);
}

#[test]
fn value_at_risk_is_what_leaving_would_cost() {
    // 100 expected at P = 0.8 are 125 while alive, of which a fifth is at risk.
    near(value::at_risk(100.0, 0.8, 0.01), 25.0, 1e-12);
    // It grows as the customer goes, and stops at the least chance.
    near(value::at_risk(10.0, 0.1, 0.01), 90.0, 1e-12);
    near(value::at_risk(1.0, 0.01, 0.01), 99.0, 1e-12);
    near(value::at_risk(1.0, 0.000_1, 0.01), 99.0, 1e-12);
    // Nobody loses a loss.
    near(value::at_risk(-40.0, 0.5, 0.01), 0.0, 0.0);
}
