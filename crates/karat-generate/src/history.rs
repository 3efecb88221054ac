//! Everything that is recorded of one customer.

use super::customer::Customer;
use super::order::{Order, orders};
use super::random::{Purpose, rng};
use super::service::{Case, Payment, Visit, cases, payments, visits};
use super::world::World;

/// Everything that is recorded of one customer.
#[derive(Debug)]
pub(super) struct History {
    /// Who.
    pub customer: Customer,
    /// Orders and returns, oldest first.
    pub orders: Vec<Order>,
    /// Service cases, oldest first.
    pub cases: Vec<Case>,
    /// Payments and refunds, by order.
    pub payments: Vec<Payment>,
    /// Visits, oldest first.
    pub visits: Vec<Visit>,
}

impl History {
    /// Draws the whole history of the customer with this number, from 1.
    pub(super) fn draw(world: &World, number: u64) -> Self {
        let mut rng = rng(world.seed, Purpose::Customer, number);
        let customer = Customer::draw(&mut rng, world, number);
        let orders = orders(&mut rng, world, &customer);
        let cases = cases(&mut rng, world, &customer, &orders);
        let payments = payments(&mut rng, world, &customer, &orders);
        let visits = visits(&mut rng, world, &customer, &orders);
        Self { customer, orders, cases, payments, visits }
    }
}
