//! What all customers of a history share: the days of the period and the products.

use jiff::civil::Date;

use super::random::{Purpose, Rng, between, happens, log_normal, real, rng, uniform, whole};

/// Seconds of a day.
const DAY: i64 = 86_400;

/// The stage on which customers act.
#[derive(Debug)]
pub(super) struct World {
    /// Seed of the history.
    pub seed: u64,
    /// First day of the period, in days since 1970.
    pub first: i64,
    /// First day after the period.
    pub end: i64,
    /// The days of the period, in order.
    pub days: Vec<Day>,
    /// The months of the period, as `2023-01`, in order.
    pub months: Vec<String>,
    /// What is sold, popular products of a category first.
    pub products: Vec<Product>,
}

/// One day of the period.
#[derive(Debug)]
pub(super) struct Day {
    /// Position of its month in the period.
    pub month: usize,
    /// How much consumers buy, 1 on an average day.
    pub consumer_weight: f64,
    /// How much businesses buy, 1 on an average day.
    pub business_weight: f64,
    /// Whether discounts are on offer more than usual.
    pub promotion: bool,
}

/// Something that is sold.
#[derive(Debug)]
pub(super) struct Product {
    /// Identifier.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// Position in [`CATEGORIES`].
    pub category: usize,
    /// List price in cents, at the beginning of the period.
    pub price: i64,
    /// Cost in cents, at the beginning of the period.
    pub cost: i64,
}

/// A family of products.
pub(super) struct Category {
    /// Name for people.
    pub name: &'static str,
    /// Typical price in cents.
    price: f64,
    /// Typical cost as a share of the price.
    cost_share: f64,
    /// What its products are called.
    nouns: [&'static str; 6],
}

/// Products in each category.
pub(super) const PRODUCTS_PER_CATEGORY: usize = 60;

/// How many times the average the busiest day can be.
const BUSIEST_DAY: f64 = 2.0;

/// The families of products.
pub(super) const CATEGORIES: [Category; 8] = [
    category(
        "Office supplies",
        690.0,
        0.52,
        ["Binder", "Envelope", "Label", "Marker", "Notebook", "Stapler"],
    ),
    category("Books and media", 1_350.0, 0.60, ["Atlas", "Calendar", "Guide", "Manual", "Reader", "Score"]),
    category("Beauty and care", 1_650.0, 0.40, ["Balm", "Brush", "Cream", "Lotion", "Soap", "Towel"]),
    category("Toys and games", 2_100.0, 0.55, ["Blocks", "Kite", "Puzzle", "Robot", "Train", "Yo-yo"]),
    category("Kitchen", 3_200.0, 0.54, ["Kettle", "Knife", "Mug", "Pan", "Scale", "Teapot"]),
    category("Garden", 3_900.0, 0.60, ["Bench light", "Hose", "Planter", "Rake", "Shears", "Trowel"]),
    category(
        "Electronics",
        11_500.0,
        0.76,
        ["Camera", "Headset", "Keyboard", "Monitor", "Printer", "Router"],
    ),
    category("Furniture", 17_500.0, 0.70, ["Armchair", "Bookcase", "Cabinet", "Desk", "Shelf", "Table"]),
];

const STYLES: [&str; 10] = [
    "Classic", "Compact", "Everyday", "Folding", "Heritage", "Light", "Modern", "Premium", "Simple", "Studio",
];

const MONTH_WEIGHTS: [f64; 12] = [0.85, 0.85, 0.95, 0.95, 1.0, 1.0, 0.95, 0.85, 1.0, 1.1, 1.45, 1.35];

/// Monday first.
const CONSUMER_WEEK: [f64; 7] = [0.95, 0.9, 0.9, 0.95, 1.0, 1.25, 1.1];
const BUSINESS_WEEK: [f64; 7] = [1.25, 1.3, 1.3, 1.25, 1.15, 0.3, 0.15];

const fn category(name: &'static str, price: f64, cost_share: f64, nouns: [&'static str; 6]) -> Category {
    Category { name, price, cost_share, nouns }
}

impl World {
    /// Lays out the days of `from..to` and stocks the shelves.
    pub(super) fn new(seed: u64, from: Date, to: Date) -> Self {
        let mut days = Vec::new();
        let mut months: Vec<String> = Vec::new();
        for date in from.series(jiff::Span::new().days(1)).take_while(|date| *date < to) {
            let month = format!("{:04}-{:02}", date.year(), date.month());
            if months.last() != Some(&month) {
                months.push(month);
            }
            days.push(day(date, months.len() - 1));
        }
        Self { seed, first: epoch_day(from), end: epoch_day(to), days, months, products: products(seed) }
    }

    /// Finds a day of the period by its number since 1970; a day outside becomes the nearest inside.
    pub(super) fn day(&self, number: i64) -> &Day {
        let position = usize::try_from(number - self.first).unwrap_or(0);
        &self.days[position.min(self.days.len() - 1)]
    }

    /// Draws a day of `start..end`, by season and weekday.
    pub(super) fn busy_day(&self, rng: &mut Rng, consumer: bool, start: i64, end: i64) -> i64 {
        let mut number = start;
        // Nearly every draw ends after a few tries; the bound is for periods of a few quiet days.
        for _ in 0..40 {
            number = between(rng, start, end - 1);
            let day = self.day(number);
            let weight = if consumer { day.consumer_weight } else { day.business_weight };
            if happens(rng, weight / BUSIEST_DAY) {
                break;
            }
        }
        number
    }

    /// Microseconds since 1970 at which the period ends.
    pub(super) fn end_timestamp(&self) -> i64 {
        timestamp(self.end, 0)
    }
}

/// Counts the days from 1970 to `date`.
pub(super) fn epoch_day(date: Date) -> i64 {
    Date::constant(1970, 1, 1).duration_until(date).as_hours() / 24
}

/// Microseconds since 1970 of a second of a day, on the clock of the business.
pub(super) fn timestamp(day: i64, second: i64) -> i64 {
    (day * DAY + second) * 1_000_000
}

/// The day of a timestamp.
pub(super) fn day_of(timestamp: i64) -> i64 {
    timestamp.div_euclid(DAY * 1_000_000)
}

fn day(date: Date, month: usize) -> Day {
    let of_year = usize::try_from(date.month() - 1).expect("months are 1 to 12");
    let of_week = usize::try_from(date.weekday().to_monday_zero_offset()).expect("weekdays are 0 to 6");
    let holiday = matches!((date.month(), date.day()), (12, 25 | 26) | (1, 1));
    let season = MONTH_WEIGHTS[of_year] * if holiday { 0.1 } else { 1.0 };
    Day {
        month,
        consumer_weight: season * CONSUMER_WEEK[of_week],
        // Businesses plan ahead: their year is flatter than that of consumers.
        business_weight: f64::midpoint(season, 1.0) * BUSINESS_WEEK[of_week],
        promotion: matches!((date.month(), date.day()), (1 | 7, 1..=21) | (11, 18..=30)),
    }
}

fn products(seed: u64) -> Vec<Product> {
    let mut rng = rng(seed, Purpose::Catalogue, 0);
    let mut products = Vec::with_capacity(CATEGORIES.len() * PRODUCTS_PER_CATEGORY);
    for position in 0..CATEGORIES.len() {
        for rank in 0..PRODUCTS_PER_CATEGORY {
            products.push(product(&mut rng, position, rank));
        }
    }
    products
}

fn product(rng: &mut Rng, position: usize, rank: usize) -> Product {
    let category = &CATEGORIES[position];
    let noun = category.nouns[rank % category.nouns.len()];
    let style = STYLES[rank / category.nouns.len() % STYLES.len()];
    // Prices end in 9, as prices do.
    let price = whole(log_normal(rng, category.price, 0.5) / 10.0, 15, 500_000) * 10 - 1;
    // A few products are sold below what they cost, and nobody has noticed.
    let cost_share = if happens(rng, 0.04) {
        uniform(rng, 1.02, 1.2)
    } else {
        category.cost_share + uniform(rng, -0.08, 0.08)
    };
    Product {
        id: format!("P{}{:03}", position + 1, rank + 1),
        name: format!("{style} {}", noun.to_lowercase()),
        category: position,
        price,
        cost: whole(real(price) * cost_share, 1, 10_000_000),
    }
}
