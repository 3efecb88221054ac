//! What a customer buys and sends back.

use rand::RngExt;

use super::customer::Customer;
use super::habits::{Kind, Persona};
use super::random::{
    Rng, any, between, geometric, happens, log_normal, pick, poisson, real, share_of, uniform, whole,
};
use super::world::{PRODUCTS_PER_CATEGORY, World, day_of, timestamp};

/// An order, or a return, which is a row of its own with negative lines.
#[derive(Debug)]
pub(super) struct Order {
    /// When, in microseconds since 1970 on the clock of the business.
    pub at: i64,
    /// Whether goods came back.
    pub is_return: bool,
    /// What.
    pub lines: Vec<Line>,
}

/// A line of an order; money in cents.
#[derive(Debug)]
pub(super) struct Line {
    /// Position of the product in the catalogue.
    pub product: usize,
    /// Pieces, negative when they come back.
    pub quantity: i64,
    /// Price before discount.
    pub gross: i64,
    /// Discount.
    pub discount: i64,
    /// Cost of the goods.
    pub cost: i64,
}

impl Order {
    /// Net revenue in cents.
    pub(super) fn net(&self) -> i64 {
        self.lines.iter().map(|line| line.gross - line.discount).sum()
    }
}

/// Draws the orders and what comes back of them.
pub(super) fn orders(rng: &mut Rng, world: &World, customer: &Customer) -> Vec<Order> {
    let mut orders = Vec::new();
    let mut first = true;
    for day in order_days(rng, world, customer) {
        let order = order(rng, world, customer, day);
        let sceptical = first && customer.persona == Persona::Sceptic && happens(rng, 0.5);
        first = false;
        let back = come_back(rng, world, customer, &order, sceptical);
        orders.push(order);
        orders.extend(back);
    }
    // A stable sort: two orders of one second stay as they were drawn.
    orders.sort_by_key(|order| order.at);
    orders
}

/// Draws the days on which the customer orders, oldest first.
fn order_days(rng: &mut Rng, world: &World, customer: &Customer) -> Vec<i64> {
    let habits = &customer.habits;
    if customer.persona == Persona::Prospect {
        return Vec::new();
    }
    let mut days = Vec::new();
    if habits.arrives {
        days.push(habits.start);
    }
    let years = real(habits.end - habits.start) / 365.25;
    if habits.regular {
        let interval = (365.25 / habits.orders_per_year.max(0.05)).max(2.0);
        let mut next = real(habits.start) + interval * if habits.arrives { 1.0 } else { rng.random::<f64>() };
        while next < real(habits.end) {
            let day = whole(next + interval * uniform(rng, -0.2, 0.2), habits.start, habits.end - 1);
            days.push(day);
            next += interval;
        }
    } else {
        for _ in 0..poisson(rng, habits.orders_per_year * years) {
            let consumer = customer.kind == Kind::Retail;
            days.push(world.busy_day(rng, consumer, habits.start, habits.end));
        }
    }
    if customer.persona == Persona::Angry {
        // There is something recent to be angry about.
        days.push(between(rng, habits.start.max(world.end - 110), world.end - 1));
    }
    days.sort_unstable();
    days
}

fn order(rng: &mut Rng, world: &World, customer: &Customer, day: i64) -> Order {
    let habits = &customer.habits;
    let second = if customer.kind == Kind::Retail {
        between(rng, 25_200, 82_799)
    } else {
        between(rng, 28_800, 64_799)
    };
    let eager = if world.day(day).promotion { 1.6 } else { 1.0 };
    let percent =
        if happens(rng, (habits.discounted * eager).min(0.98)) { pick(rng, habits.discounts) } else { 0 };
    let count = 1 + geometric(rng, habits.more_lines, 60);
    let lines = (0..count).map(|_| line(rng, world, customer, day, percent)).collect();
    Order { at: timestamp(day, second), is_return: false, lines }
}

fn line(rng: &mut Rng, world: &World, customer: &Customer, day: i64, percent: i64) -> Line {
    let habits = &customer.habits;
    let product = product(rng, world, habits.favourite);
    let quantity = whole(log_normal(rng, habits.pieces, 0.5), 1, 2_000);
    let percent = if happens(rng, 0.85) { percent } else { 0 };
    // Prices rise slowly and costs a little faster, as they do; after four years both stand still.
    let months = i64::try_from(world.day(day).month).unwrap_or(48).min(48);
    let goods = &world.products[product];
    let price = (goods.price * habits.price_level * (1_000 + 2 * months) / 100_000).max(1);
    let cost = goods.cost * (2_000 + 5 * months) / 2_000;
    let gross = quantity * price;
    Line { product, quantity, gross, discount: share_of(gross, percent), cost: quantity * cost }
}

/// Draws a product: popular ones more often, and those of the favourite category most.
fn product(rng: &mut Rng, world: &World, favourite: usize) -> usize {
    let categories = world.products.len() / PRODUCTS_PER_CATEGORY;
    let category = if happens(rng, 0.55) { favourite } else { rng.random_range(0..categories) };
    let share = uniform(rng, 0.0, 1.0);
    let rank = whole(share * share * 60.0 - 0.5, 0, 59);
    category * PRODUCTS_PER_CATEGORY + usize::try_from(rank).unwrap_or(0)
}

/// Draws what comes back of an order, if anything does within the period.
fn come_back(rng: &mut Rng, world: &World, customer: &Customer, order: &Order, all: bool) -> Option<Order> {
    let mut lines = Vec::new();
    for line in &order.lines {
        if all || happens(rng, customer.habits.returned) {
            lines.push(returned(rng, line));
        }
    }
    let day = day_of(order.at) + between(rng, 2, 24);
    let at = timestamp(day, between(rng, 28_800, 64_799));
    (!lines.is_empty() && day < world.end).then_some(Order { at, is_return: true, lines })
}

fn returned(rng: &mut Rng, line: &Line) -> Line {
    let quantity = if happens(rng, 0.8) { line.quantity } else { between(rng, 1, line.quantity) };
    let part = |cents: i64| -(cents * quantity / line.quantity);
    // What cannot be sold again keeps its cost.
    let lost = any(rng, &[true, false, false]);
    Line {
        product: line.product,
        quantity: -quantity,
        gross: part(line.gross),
        discount: part(line.discount),
        cost: if lost { 0 } else { part(line.cost) },
    }
}
