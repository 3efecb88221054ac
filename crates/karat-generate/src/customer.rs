//! Who the customers are: what the customer file says of them.

use super::habits::{Habits, Kind, PERSONAS, Persona};
use super::random::{Rng, any, between, happens, pick, real, uniform, whole};
use super::world::{World, timestamp};

/// A customer, before any order.
#[derive(Debug)]
pub(super) struct Customer {
    /// Identifier.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// What sort of customer the books say it is.
    pub kind: Kind,
    /// How it was made to behave; lets one compare the classes with what was planted.
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

const KINDS: [(Kind, u32); 4] =
    [(Kind::Retail, 800), (Kind::Merchant, 140), (Kind::Channel, 54), (Kind::Internal, 6)];

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
    ("Ada Marlow", 48),
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

/// Most customers that a history may have; the numbers beyond are free for customers that do not exist.
pub(super) const MOST_CUSTOMERS: u64 = 900_000_000;

/// Writes the identifier of a customer.
pub(super) fn customer_id(number: u64) -> String {
    format!("C{number:07}")
}

impl Customer {
    /// Makes the customer with this number, from 1.
    pub(super) fn draw(rng: &mut Rng, world: &World, number: u64) -> Self {
        let kind = pick(rng, &KINDS);
        let persona = if kind == Kind::Internal { Persona::Regular } else { pick(rng, &PERSONAS) };
        let (country, region) = if kind == Kind::Internal { ("GB", "London") } else { pick(rng, &PLACES) };
        let last = any(rng, &LAST_NAMES);
        let (name, industry, owner) = match kind {
            Kind::Retail => (format!("{} {last}", any(rng, &FIRST_NAMES)), "Private household", "Web shop"),
            Kind::Merchant => {
                let industry = pick(rng, &INDUSTRIES);
                (format!("{last} {industry} Ltd"), industry, pick(rng, &OWNERS))
            }
            Kind::Channel => (format!("{last} Wholesale plc"), "Retail trade", pick(rng, &OWNERS)),
            Kind::Internal => (format!("Branch {last}"), "Internal", "Head office"),
        };
        // Early customers recommend most, so that some of them carry a large part of the business.
        let referred_by = (number > 20 && kind != Kind::Internal && happens(rng, 0.12)).then(|| {
            let share = uniform(rng, 0.0, 1.0);
            let most = i64::try_from(number - 1).unwrap_or(i64::MAX);
            customer_id(whole(share * share * share * real(most), 1, most).unsigned_abs())
        });
        let (habits, signed_up) = Habits::draw(rng, world, kind, persona);
        let signed_up_at = timestamp(signed_up, between(rng, 0, 25_199));
        let id = customer_id(number);
        Self { id, name, kind, persona, country, region, industry, owner, referred_by, signed_up_at, habits }
    }
}
