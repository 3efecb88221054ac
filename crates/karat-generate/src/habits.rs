//! How customers behave: the habits that no file says, and the personas from which they come.

use rand::RngExt;

use super::random::{Rng, any, between, exponential, gamma, happens, log_normal, pareto, uniform, whole};
use super::world::{CATEGORIES, World};

/// What the books call a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A person.
    Retail,
    /// A business that uses what it buys.
    Merchant,
    /// A business that sells on.
    Channel,
    /// A part of the shop itself.
    Internal,
}

impl Kind {
    /// The word of the customer file.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Retail => "retail",
            Self::Merchant => "merchant",
            Self::Channel => "channel",
            Self::Internal => "internal",
        }
    }
}

/// The hidden traits of a customer.
#[derive(Debug)]
pub(super) struct Habits {
    /// First day on which it may order.
    pub start: i64,
    /// First day on which it does not order any more.
    pub end: i64,
    /// Whether it comes with an order: true of those who came within the period.
    pub arrives: bool,
    /// Orders a year while it stays.
    pub orders_per_year: f64,
    /// Whether it orders at regular intervals.
    pub regular: bool,
    /// Lines of an order beyond the first.
    pub more_lines: f64,
    /// Pieces on a typical line.
    pub pieces: f64,
    /// Percent of the list price that it is charged.
    pub price_level: i64,
    /// Share of its orders with a discount.
    pub discounted: f64,
    /// The discounts that it gets, in percent, with weights.
    pub discounts: &'static [(i64, u32)],
    /// Share of its lines that come back.
    pub returned: f64,
    /// Position of the category that it likes.
    pub favourite: usize,
    /// Service cases per order.
    pub cases: f64,
    /// Days between order and due date.
    pub terms: i64,
    /// Days after the due date on which it typically pays.
    pub late: f64,
    /// Visits before an order.
    pub visits: f64,
}

/// How a customer was made to behave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Persona {
    /// Like most.
    Regular,
    /// Looks, and never orders.
    Prospect,
    /// Came in the last weeks.
    NewBuyer,
    /// Orders often, at full price, and stays.
    Loyal,
    /// Orders when there is a discount.
    DiscountChaser,
    /// Buys one thing at a glance, and often sends it back.
    Impulsive,
    /// Looks many times before each order.
    Researcher,
    /// Looks long before the first order, or sends that back.
    Sceptic,
    /// Complained several times in the last weeks.
    Angry,
}

impl Persona {
    /// The word of the customer file.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Regular => "regular",
            Self::Prospect => "prospect",
            Self::NewBuyer => "new_buyer",
            Self::Loyal => "loyal",
            Self::DiscountChaser => "discount_chaser",
            Self::Impulsive => "impulsive",
            Self::Researcher => "researcher",
            Self::Sceptic => "sceptic",
            Self::Angry => "angry",
        }
    }
}

/// Personas with weights.
pub(super) const PERSONAS: [(Persona, u32); 9] = [
    (Persona::Regular, 52),
    (Persona::Prospect, 6),
    (Persona::NewBuyer, 4),
    (Persona::Loyal, 9),
    (Persona::DiscountChaser, 11),
    (Persona::Impulsive, 6),
    (Persona::Researcher, 5),
    (Persona::Sceptic, 4),
    (Persona::Angry, 3),
];

/// What most customers get.
const USUAL_DISCOUNTS: [(i64, u32); 6] = [(5, 30), (10, 35), (15, 15), (20, 14), (30, 4), (40, 2)];
/// What those get who wait for it.
const CHASED_DISCOUNTS: [(i64, u32); 7] =
    [(15, 10), (20, 28), (25, 20), (30, 20), (40, 13), (50, 7), (60, 2)];
/// What a few accounts once negotiated, and nobody has looked at since.
const RUINOUS_DISCOUNTS: [(i64, u32); 4] = [(35, 20), (40, 30), (50, 30), (60, 20)];

impl Habits {
    /// Draws the habits, and the day on which the customer became known.
    pub(super) fn draw(rng: &mut Rng, world: &World, kind: Kind, persona: Persona) -> (Self, i64) {
        let (start, signed_up, arrives) = arrival(rng, world, kind, persona);
        let mut habits = Self::of_kind(rng, kind);
        habits.start = start;
        habits.arrives = arrives;
        // Some leave soon and some never: the rate of leaving differs between customers, too.
        let mut leaving_per_year = gamma(rng, 1.2, 0.5);
        match persona {
            Persona::Regular | Persona::Prospect | Persona::NewBuyer => {}
            Persona::Loyal => {
                habits.orders_per_year = habits.orders_per_year.mul_add(1.4, 1.5);
                habits.discounted *= 0.25;
                habits.returned *= 0.4;
                habits.late *= 0.3;
                habits.regular = true;
                leaving_per_year *= 0.15;
            }
            Persona::DiscountChaser => {
                habits.orders_per_year *= 1.3;
                habits.discounted = uniform(rng, 0.78, 0.98);
                habits.discounts = &CHASED_DISCOUNTS;
                habits.returned *= 1.5;
            }
            Persona::Impulsive => {
                habits.orders_per_year *= 1.4;
                habits.more_lines = 0.15;
                habits.returned = uniform(rng, 0.2, 0.4);
                habits.visits = 1.0;
            }
            Persona::Researcher => habits.visits = uniform(rng, 6.0, 11.0),
            Persona::Sceptic => habits.orders_per_year *= 0.7,
            Persona::Angry => {
                habits.cases = (habits.cases * 3.0).min(0.8);
                habits.returned *= 2.0;
            }
        }
        if matches!(kind, Kind::Merchant | Kind::Channel) && happens(rng, 0.1) {
            habits.discounted = 0.95;
            habits.discounts = &RUINOUS_DISCOUNTS;
        }
        let days = exponential(rng, 365.25 / leaving_per_year.max(0.001));
        habits.end = world.end.min(start + whole(days, 1, 100_000));
        if persona == Persona::Angry {
            // Nobody complains about a shop that he has left.
            habits.end = world.end;
        }
        (habits, signed_up)
    }

    /// Draws the habits that go with the kind of customer.
    fn of_kind(rng: &mut Rng, kind: Kind) -> Self {
        let (orders, more_lines, pieces, price_level) = match kind {
            Kind::Retail => (1.75, 1.52, 1.1, 100),
            Kind::Merchant => (3.5, 2.8, 3.0, any(rng, &[94, 96, 98])),
            Kind::Channel => (4.9, 3.75, 9.0, any(rng, &[84, 87, 90])),
            Kind::Internal => (2.5, 1.5, 2.0, 75),
        };
        let business = kind != Kind::Retail;
        // Most of the money comes from a few: a log-normal body with a Pareto tail.
        let tail = if happens(rng, 0.05) { pareto(rng, 1.25).min(25.0) } else { 1.0 };
        Self {
            start: 0,
            end: 0,
            arrives: false,
            orders_per_year: gamma(rng, 0.7, orders),
            regular: business && happens(rng, 0.4),
            more_lines: log_normal(rng, more_lines, 0.45).min(14.0),
            pieces: log_normal(rng, pieces, 0.5) * tail,
            price_level,
            discounted: uniform(rng, 0.05, 0.4),
            discounts: &USUAL_DISCOUNTS,
            returned: uniform(rng, 0.01, 0.08),
            favourite: rng.random_range(0..CATEGORIES.len()),
            cases: if happens(rng, 0.08) { 0.55 } else { uniform(rng, 0.02, 0.12) },
            terms: match kind {
                Kind::Retail => 0,
                Kind::Merchant => 30,
                Kind::Channel | Kind::Internal => 60,
            },
            late: match kind {
                Kind::Retail => 0.05,
                Kind::Merchant | Kind::Channel => exponential(rng, 8.0),
                Kind::Internal => 0.0,
            },
            visits: uniform(rng, 0.1, 1.6),
        }
    }
}

/// Draws the first day in the period, the day of signing up, and whether the customer came within the period.
fn arrival(rng: &mut Rng, world: &World, kind: Kind, persona: Persona) -> (i64, i64, bool) {
    let consumer = kind == Kind::Retail;
    match persona {
        Persona::NewBuyer => {
            let earliest = world.first.max(world.end - 50);
            let day = world.busy_day(rng, consumer, earliest, world.end);
            (day, day, true)
        }
        Persona::Prospect => {
            let day = between(rng, world.first, world.end - 1);
            (day, day, false)
        }
        _ if happens(rng, 0.4) => (world.first, world.first - between(rng, 1, 730), false),
        _ => {
            let day = world.busy_day(rng, consumer, world.first, world.end);
            (day, day, true)
        }
    }
}
