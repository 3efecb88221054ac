//! What happens around the orders: service cases, payments and visits.

use super::customer::Customer;
use super::habits::{Kind, Persona};
use super::order::Order;
use super::random::{Rng, between, exponential, happens, log_normal, pick, poisson, uniform, whole};
use super::world::{World, day_of, timestamp};

/// A service case; timestamps in microseconds since 1970, money in cents.
#[derive(Debug)]
pub(super) struct Case {
    /// When the customer asked.
    pub opened_at: i64,
    /// What about.
    pub kind: &'static str,
    /// By which way.
    pub channel: &'static str,
    /// Whether it was a complaint.
    pub is_complaint: bool,
    /// What handling it cost.
    pub cost: i64,
    /// Minutes of handling.
    pub minutes: i64,
    /// 1 to 5, if the customer said.
    pub satisfaction: Option<i64>,
    /// First answer, if there is one yet.
    pub first_answer_at: Option<i64>,
    /// Resolution, if there is one yet.
    pub resolved_at: Option<i64>,
    /// Position of the order that it is about, among the customer's.
    pub order: Option<usize>,
}

/// A payment, or a refund, which is negative; days since 1970, money in cents.
#[derive(Debug)]
pub(super) struct Payment {
    /// When it was due.
    pub due: i64,
    /// When it was paid, if it is.
    pub paid: Option<i64>,
    /// How much.
    pub amount: i64,
    /// Position of the order, among the customer's.
    pub order: usize,
}

/// A visit of the shop or its site.
#[derive(Debug)]
pub(super) struct Visit {
    /// When, in microseconds since 1970.
    pub at: i64,
    /// Where.
    pub channel: &'static str,
}

const SECOND: i64 = 1_000_000;
const HOUR: i64 = 3_600 * SECOND;

const CASE_KINDS: [(&str, u32); 4] = [("delivery", 40), ("question", 30), ("quality", 18), ("invoice", 12)];
const CASE_CHANNELS: [(&str, u32); 4] = [("email", 42), ("phone", 33), ("chat", 20), ("branch", 5)];
const VISIT_CHANNELS: [(&str, u32); 4] = [("web", 62), ("app", 24), ("branch", 10), ("fair", 4)];

/// Draws the service cases.
pub(super) fn cases(rng: &mut Rng, world: &World, customer: &Customer, orders: &[Order]) -> Vec<Case> {
    let mut cases = Vec::new();
    for (position, order) in orders.iter().enumerate() {
        let share = if order.is_return { 0.5 } else { customer.habits.cases };
        if happens(rng, share) {
            let kind = if order.is_return { "return" } else { pick(rng, &CASE_KINDS) };
            let complains = happens(rng, if kind == "question" { 0.03 } else { 0.22 });
            let opened_at =
                order.at + whole(exponential(rng, 60.0), 1, 500) * HOUR + between(rng, 0, 3_599) * SECOND;
            let contact = Contact { opened_at, kind, is_complaint: complains, order: Some(position) };
            cases.extend(case(rng, world, customer, &contact));
        }
    }
    if customer.persona == Persona::Angry {
        let recent = orders.iter().rposition(|order| !order.is_return);
        // Not long ago, yet late enough that each has had its answer: angry is who complained twice.
        let earliest = customer.habits.start.max(world.end - 80);
        for _ in 0..between(rng, 2, 4) {
            let opened_at = timestamp(between(rng, earliest, world.end - 2), between(rng, 28_800, 64_799));
            let contact = Contact {
                opened_at,
                kind: pick(rng, &CASE_KINDS),
                is_complaint: true,
                order: recent.filter(|position| orders[*position].at < opened_at),
            };
            cases.extend(case(rng, world, customer, &contact));
        }
    }
    cases.sort_by_key(|case| case.opened_at);
    cases
}

/// Why a customer turns to the service, and when.
struct Contact {
    opened_at: i64,
    kind: &'static str,
    is_complaint: bool,
    /// The order that it is about.
    order: Option<usize>,
}

/// Draws one case, unless it would begin after the period.
fn case(rng: &mut Rng, world: &World, customer: &Customer, contact: &Contact) -> Option<Case> {
    let Contact { opened_at, kind, is_complaint, order } = *contact;
    let business = customer.kind != Kind::Retail;
    let worse = if is_complaint { 2.0 } else { 1.0 };
    let minutes = whole(log_normal(rng, 9.0 * worse, 0.7), 1, 240);
    let wait = log_normal(rng, if business { 1.5 } else { 5.0 }, 0.9) * worse;
    let work = log_normal(rng, if business { 6.0 } else { 14.0 }, 1.0) * worse;
    let answer = opened_at + whole(wait * 60.0, 1, 20_000) * (HOUR / 60);
    let resolved = answer + whole(work * 60.0, 1, 60_000) * (HOUR / 60);
    let mood = 4.6 - 0.03 * wait - 0.01 * work - if is_complaint { 2.0 } else { 0.0 };
    let angry = customer.persona == Persona::Angry && is_complaint;
    let score = if angry { between(rng, 1, 2) } else { whole(mood + uniform(rng, -1.2, 1.2), 1, 5) };
    let answered = happens(rng, if angry { 0.8 } else { 0.45 });
    let channel = pick(rng, &CASE_CHANNELS);
    let end = world.end_timestamp();
    (opened_at < end).then_some(Case {
        opened_at,
        kind,
        channel,
        is_complaint,
        cost: 180 + minutes * 52,
        minutes,
        satisfaction: (answered && resolved < end).then_some(score),
        first_answer_at: (answer < end).then_some(answer),
        resolved_at: (resolved < end).then_some(resolved),
        order,
    })
}

/// Draws one payment for each order, and one refund for each return.
pub(super) fn payments(rng: &mut Rng, world: &World, customer: &Customer, orders: &[Order]) -> Vec<Payment> {
    let habits = &customer.habits;
    let mut payments = Vec::with_capacity(orders.len());
    for (position, order) in orders.iter().enumerate() {
        let day = day_of(order.at);
        let (due, paid) = if order.is_return {
            (day + 14, day + between(rng, 1, 12))
        } else {
            let due = day + habits.terms;
            let late = whole(exponential(rng, habits.late.max(0.01)), 0, 400);
            let early = if late == 0 { between(rng, 0, habits.terms / 3) } else { 0 };
            (due, due + late - early)
        };
        let paid = (paid < world.end && !happens(rng, 0.003)).then_some(paid);
        payments.push(Payment { due, paid, amount: order.net(), order: position });
    }
    payments
}

/// Draws the visits: those before an order, and those that lead to none.
pub(super) fn visits(rng: &mut Rng, world: &World, customer: &Customer, orders: &[Order]) -> Vec<Visit> {
    let mut visits = Vec::new();
    let mut first = true;
    for order in orders.iter().filter(|order| !order.is_return) {
        let count = match customer.persona {
            Persona::Impulsive => 1,
            Persona::Sceptic if first => 5 + poisson(rng, 1.5),
            Persona::Researcher => 3 + poisson(rng, customer.habits.visits - 3.0),
            _ => poisson(rng, customer.habits.visits),
        };
        for _ in 0..count {
            let before = match customer.persona {
                Persona::Impulsive => between(rng, 120, 3_600),
                _ => between(rng, 900, 12 * 86_400),
            };
            visits.extend(visit(rng, world, order.at - before * SECOND));
        }
        first = false;
    }
    let idle = if customer.persona == Persona::Prospect { 3.0 } else { 0.4 };
    for _ in 0..poisson(rng, idle) {
        let day = between(rng, customer.habits.start, world.end - 1);
        let at = timestamp(day, between(rng, 25_200, 82_799));
        visits.extend(visit(rng, world, at));
    }
    visits.sort_by_key(|visit| visit.at);
    visits
}

/// Makes a visit, unless it would lie outside the period.
fn visit(rng: &mut Rng, world: &World, at: i64) -> Option<Visit> {
    let channel = pick(rng, &VISIT_CHANNELS);
    (timestamp(world.first, 0) <= at && at < world.end_timestamp()).then_some(Visit { at, channel })
}
