//! Who the customers are: what the customer file says of them, and the habits that it does not say.

use rand::RngExt;

use super::dice::{
    Dice, any, between, exponential, gamma, happens, log_normal, pareto, pick, real, uniform, whole,
};
use super::world::{CATEGORIES, World, moment};

/// A customer, before any order.
#[derive(Debug)]
pub(super) struct Customer {
    /// Identifier.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// What sort of customer the books say it is.
    pub kind: Kind,
    /// How it was made to behave; lets a reader compare the classes with what was planted.
    pub persona: Persona,
    /// ISO code of its country.
    pub country: &'static str,
    /// Region of that country.
    pub region: &'static str,
    /// Trade.
    pub industry: &'static str,
    /// Who looks after it.
    pub owner: &'static str,
    /// Who recommended the shop to it.
    pub referred_by: Option<String>,
    /// When it became known, in microseconds since 1970.
    pub signed_up_at: i64,
    /// What decides about its orders.
    pub habits: Habits,
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

const KINDS: [(Kind, u32); 4] = [
    (Kind::Retail, 800),
    (Kind::Merchant, 140),
    (Kind::Channel, 54),
    (Kind::Internal, 6),
];

const PERSONAS: [(Persona, u32); 9] = [
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

/// Country and region with weights; home is London in GB.
const PLACES: [((&str, &str), u32); 22] = [
    (("GB", "London"), 170),
    (("GB", "South East"), 130),
    (("GB", "North West"), 100),
    (("GB", "East of England"), 80),
    (("GB", "South West"), 75),
    (("GB", "West Midlands"), 70),
    (("GB", "Yorkshire"), 65),
    (("GB", "Scotland"), 60),
    (("GB", "East Midlands"), 50),
    (("GB", "Wales"), 30),
    (("GB", "North East"), 25),
    (("GB", "Northern Ireland"), 15),
    (("DE", "Bavaria"), 20),
    (("DE", "Berlin"), 15),
    (("FR", "Île-de-France"), 25),
    (("IE", "Leinster"), 30),
    (("NL", "North Holland"), 15),
    (("US", "California"), 15),
    (("US", "New York"), 12),
    (("AU", "New South Wales"), 10),
    (("CN", "上海"), 8),
    (("JP", "東京"), 5),
];

const INDUSTRIES: [(&str, u32); 9] = [
    ("Retail trade", 24),
    ("Hospitality", 14),
    ("Professional services", 14),
    ("Manufacturing", 13),
    ("Construction", 10),
    ("Health care", 9),
    ("Education", 8),
    ("Logistics", 5),
    ("Public administration", 3),
];

/// The first looks after more than a fifth of the business: a dependency worth a flag.
const OWNERS: [(&str, u32); 9] = [
    ("Ada Marlow", 30),
    ("Ben Okafor", 14),
    ("Chen Wei", 12),
    ("Dilys Price", 10),
    ("Emre Aydin", 9),
    ("Fiona Grant", 8),
    ("Goran Ilic", 7),
    ("Hana Mori", 6),
    ("Ivo Santos", 4),
];

const FIRST_NAMES: [&str; 20] = [
    "Amira", "Bela", "Clara", "David", "Elif", "Frank", "Grace", "Hugo", "Ines", "Jonas", "Kofi", "Lena",
    "Mei", "Noah", "Olga", "Priya", "Quentin", "Rosa", "Sven", "Zoë",
];

const LAST_NAMES: [&str; 24] = [
    "Abbott", "Baker", "Clarke", "Dunn", "Evans", "Fischer", "Gupta", "Hughes", "Ito", "Jensen", "Khan",
    "Lopez", "Martin", "Novak", "O'Brien", "Patel", "Quinn", "Rossi", "Smith", "Taylor", "Usman", "Verma",
    "Walker", "Young",
];

/// What most customers get.
const USUAL_DISCOUNTS: [(i64, u32); 6] = [(5, 30), (10, 35), (15, 15), (20, 14), (30, 4), (40, 2)];
/// What those get who wait for it.
const CHASED_DISCOUNTS: [(i64, u32); 7] =
    [(15, 10), (20, 28), (25, 20), (30, 20), (40, 13), (50, 7), (60, 2)];
/// What a few accounts once negotiated, and nobody has looked at since.
const RUINOUS_DISCOUNTS: [(i64, u32); 4] = [(35, 20), (40, 30), (50, 30), (60, 20)];

/// Most customers that a history may have; the numbers beyond are free for customers that do not exist.
pub(super) const MOST_CUSTOMERS: u64 = 900_000_000;

/// Writes the identifier of a customer.
pub(super) fn customer_id(number: u64) -> String {
    format!("C{number:07}")
}

impl Customer {
    /// Makes the customer with this number, from 1.
    pub(super) fn draw(dice: &mut Dice, world: &World, number: u64) -> Self {
        let kind = pick(dice, &KINDS);
        let persona = if kind == Kind::Internal {
            Persona::Regular
        } else {
            pick(dice, &PERSONAS)
        };
        let (country, region) = if kind == Kind::Internal {
            ("GB", "London")
        } else {
            pick(dice, &PLACES)
        };
        let last = any(dice, &LAST_NAMES);
        let (name, industry, owner) = match kind {
            Kind::Retail => (
                format!("{} {last}", any(dice, &FIRST_NAMES)),
                "Private household",
                "Web shop",
            ),
            Kind::Merchant => {
                let industry = pick(dice, &INDUSTRIES);
                (format!("{last} {industry} Ltd"), industry, pick(dice, &OWNERS))
            }
            Kind::Channel => (
                format!("{last} Wholesale plc"),
                "Retail trade",
                pick(dice, &OWNERS),
            ),
            Kind::Internal => (format!("Branch {last}"), "Internal", "Head office"),
        };
        // Early customers recommend most, so that some of them carry a large part of the business.
        let referred_by = (number > 20 && kind != Kind::Internal && happens(dice, 0.12)).then(|| {
            let nearness: f64 = dice.random::<f64>().powi(3);
            let most = i64::try_from(number - 1).unwrap_or(i64::MAX);
            customer_id(whole(nearness * real(most), 1, most).unsigned_abs())
        });
        let (habits, signed_up) = Habits::draw(dice, world, kind, persona);
        let signed_up_at = moment(signed_up, between(dice, 0, 6 * 3600));
        let id = customer_id(number);
        Self {
            id,
            name,
            kind,
            persona,
            country,
            region,
            industry,
            owner,
            referred_by,
            signed_up_at,
            habits,
        }
    }
}

impl Habits {
    /// Draws the habits, and the day on which the customer became known.
    fn draw(dice: &mut Dice, world: &World, kind: Kind, persona: Persona) -> (Self, i64) {
        let (start, signed_up, arrives) = arrival(dice, world, persona);
        let mut habits = Self::of_kind(dice, kind);
        habits.start = start;
        habits.arrives = arrives;
        // Some leave soon and some never: the rate of leaving differs between customers, too.
        let mut leaving_per_year = gamma(dice, 1.2, 0.5);
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
                habits.discounted = uniform(dice, 0.78, 0.98);
                habits.discounts = &CHASED_DISCOUNTS;
                habits.returned *= 1.5;
            }
            Persona::Impulsive => {
                habits.orders_per_year *= 1.4;
                habits.more_lines = 0.15;
                habits.returned = uniform(dice, 0.2, 0.4);
                habits.visits = 1.0;
            }
            Persona::Researcher => habits.visits = uniform(dice, 6.0, 11.0),
            Persona::Sceptic => habits.orders_per_year *= 0.7,
            Persona::Angry => {
                habits.cases = (habits.cases * 3.0).min(0.8);
                habits.returned *= 2.0;
            }
        }
        if matches!(kind, Kind::Merchant | Kind::Channel) && happens(dice, 0.06) {
            habits.discounted = 0.95;
            habits.discounts = &RUINOUS_DISCOUNTS;
        }
        let days = exponential(dice, 365.25 / leaving_per_year.max(0.001));
        habits.end = world.end.min(start + whole(days, 1, 100_000));
        if persona == Persona::Angry {
            // Nobody complains about a shop that he has left.
            habits.end = world.end;
        }
        (habits, signed_up)
    }

    /// Draws the habits that go with the kind of customer.
    fn of_kind(dice: &mut Dice, kind: Kind) -> Self {
        let (orders, more_lines, pieces, price_level) = match kind {
            Kind::Retail => (1.7, 1.45, 1.1, 100),
            Kind::Merchant => (3.4, 2.7, 3.0, any(dice, &[94, 96, 98])),
            Kind::Channel => (4.8, 3.6, 9.0, any(dice, &[84, 87, 90])),
            Kind::Internal => (2.5, 1.5, 2.0, 75),
        };
        let business = kind != Kind::Retail;
        // Most of the money comes from a few: a log-normal body with a Pareto tail.
        let tail = if happens(dice, 0.05) {
            pareto(dice, 1.25).min(25.0)
        } else {
            1.0
        };
        Self {
            start: 0,
            end: 0,
            arrives: false,
            orders_per_year: gamma(dice, 0.7, orders),
            regular: business && happens(dice, 0.4),
            more_lines: log_normal(dice, more_lines, 0.45).min(14.0),
            pieces: log_normal(dice, pieces, 0.5) * tail,
            price_level,
            discounted: uniform(dice, 0.05, 0.4),
            discounts: &USUAL_DISCOUNTS,
            returned: uniform(dice, 0.01, 0.08),
            favourite: dice.random_range(0..CATEGORIES.len()),
            cases: if happens(dice, 0.08) {
                0.55
            } else {
                uniform(dice, 0.02, 0.12)
            },
            terms: match kind {
                Kind::Retail => 0,
                Kind::Merchant => 30,
                Kind::Channel | Kind::Internal => 60,
            },
            late: match kind {
                Kind::Retail => 0.05,
                Kind::Merchant | Kind::Channel => exponential(dice, 8.0),
                Kind::Internal => 0.0,
            },
            visits: uniform(dice, 0.1, 1.6),
        }
    }
}

/// Draws the first day in the period, the day of signing up, and whether the customer came within the period.
fn arrival(dice: &mut Dice, world: &World, persona: Persona) -> (i64, i64, bool) {
    let last = world.end - 1;
    match persona {
        Persona::NewBuyer => {
            let day = between(dice, world.first.max(last - 50), last - 1).max(world.first);
            (day, day, true)
        }
        Persona::Prospect => {
            let day = between(dice, world.first, last);
            (day, day, false)
        }
        _ if happens(dice, 0.4) => (world.first, world.first - between(dice, 1, 730), false),
        _ => {
            let day = between(dice, world.first, last);
            (day, day, true)
        }
    }
}
