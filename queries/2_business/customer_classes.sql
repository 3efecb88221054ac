-- title:   Every class of each customer
-- grain:   one row per snapshot and customer_id of the population
-- key:     [snapshot, customer_id]
-- publish: yes
-- classes:
--   abc_class: {result: abc_classes, values: [a, b, c, d],
--     cells: {by: [abc_class], count: customers_in_window, columns: [customers_in_window, net_revenue, revenue_share,
--     profit, profit_share, profit_rate], parts: {customers: [customers, customer_share]}, open: [position]},
--     title: "Customers, revenue and profit by ABC class", note: "Of all customers who ever ordered: D holds those
--     without net revenue in the window, with those who did not order in it."}
--   customer_kind: {result: customer_kinds, values: [retail, merchant, channel, not_known],
--     cells: {by: [customer_kind], count: customers, columns: [customers, customer_share, orders, net_revenue,
--     revenue_share, profit, profit_share, profit_rate], outside: [internal], open: [position]},
--     title: "Customers, revenue and profit by kind of customer", note: "Internal customers are outside the population,
--     so they are in no total and have no shares. No cost to serve is charged to them: their contribution margin is
--     known, and a profit is not."}
--   customer_type: {result: customer_types, values: [angry, new_buyer, discount_chaser, impulsive, researcher, sceptic,
--     loyal, regular, not_known],
--     title: "Customers, revenue and profit by customer type", note: "The first type that applies. Prospects never
--     ordered: they are outside the population, so they are in no total and have no shares."}
--   frequency_class: {result: frequency_classes, values: [high, low, one_time], in_aggregate: true,
--     title: "Customers, revenue and profit by frequency class", note: "One-time is one order ever; low and high lie
--     below and at or above the median of repeat buyers."}
--   industry: {result: industries, values: [manufacturing, retail, services, other, not_known], in_aggregate: true,
--     title: "Customers, revenue and profit by industry", note: "By the customer file and the list in
--     business.industry_map."}
--   lifecycle_phase: {result: lifecycle_phases, values: [acquisition, development, retention, departure],
--     title: "Customers, revenue and profit by lifecycle phase", note: "Acquisition holds prospects and new customers,
--     development the active and the reactivated, retention the late (`at_risk`), departure the lapsed. Customers are
--     all known customers, with or without an order in the window; money is that of the window."}
--   lifecycle_stage: {result: lifecycle_stages, by_tier: tier_lifecycle_stages, values: [prospect, new, active,
--     reactivated, at_risk, lapsed], phases: [acquisition, acquisition, development, development, retention,
--     departure], in_aggregate: true,
--     cells: {by: [lifecycle_stage], count: customers_in_window, columns: [customers_in_window, net_revenue,
--     revenue_share, profit, profit_share], parts: {customers: [customers, customer_share]}, open: [position, phase]},
--     title: "Customers, revenue and profit by lifecycle stage", note: "Customers are all known customers, with or
--     without an order in the window; prospects never ordered. Money is that of the window."}
--   loyalty_class: {result: loyalty_classes, values: [loyal, ordinary, occasional], in_aggregate: true,
--     title: "Customers, revenue and profit by loyalty class", note: "Loyal needs a loyalty score of loyal_min_score
--     and no silence."}
--   need_class: {result: need_classes, values: [price_sensitive, service_led, product_led, mixed, not_known],
--     in_aggregate: true,
--     title: "Customers, revenue and profit by need class", note: "By behaviour in the window; the first of price
--     sensitive, service led and product led that applies, else mixed."}
--   quality_customer: {result: quality_customers, values: [yes, no, not_known], in_aggregate: true,
--     title: "Customers, revenue and profit by quality", note: "Yes with quality_min_marks of five marks: paid on time,
--     profit rate, cases, regular orders, basket."}
--   region_class: {result: region_classes, values: [local, domestic, overseas, not_known],
--     title: "Customers, revenue and profit by home market", note: "Local is the home region, domestic the rest of the
--     home country, overseas every other country."}
--   rfm_segment: {result: rfm_segments, values: [champions, loyal, potential_loyalist, new_customers, promising,
--     need_attention, about_to_sleep, at_risk, cannot_lose_them, hibernating, lost], in_aggregate: true,
--     title: "Customers, revenue and profit by RFM segment", note: "Segments partition the 125 combinations of scores;
--     the map is settings.rfm_segments."}
--   temperament: {result: temperaments, values: [impulsive, rational, emotional, unclear, not_known], in_aggregate:
--     true,
--     title: "Customers, revenue and profit by temperament, a proxy", note: "A proxy from behaviour in the window: it
--     says how customers buy, not how they are."}
--   tier: {values: [platinum, gold, iron, lead]}
--   value_class: {result: value_classes, by_tier: tier_value_classes, values: [high, middle, low], in_aggregate: true,
--     title: "Customers, revenue and profit by value class", note: "High, middle and low by the mean of the frequency,
--     monetary and loyalty scores."}
-- note:    Each customer has exactly one value of each class, `not_known` among them. The value class compares the mean
--   of the frequency, monetary and loyalty scores with `high_value_min_score` and `middle_value_min_score`. Local is
--   the home region of the home country (`project.home`), domestic elsewhere in the home country, overseas any other;
--   without a home region nobody is local, and without a home country nothing is known.

with phases as (select value as lifecycle_stage, phase from business.class_values where class_name = 'lifecycle_stage'),

home as (
    select countries.name as country, regions.name as region
    from settings.project as project
    left join canonical.place_names as countries  -- one-to-one, as the one that follows; none without a home
        on project.home_country = countries.written and countries.kind = 'country'
    left join canonical.place_names as regions on project.home_region = regions.written and regions.kind = 'region'
)

select tiers.snapshot, tiers.customer_id,
    tiers.tier, scores.abc_class, scores.r_score, scores.f_score, scores.m_score, scores.rfm_segment,
    case
        when scores.f_score + scores.m_score + scores.loyalty_score
            >= 3 * cast(policy.high_value_min_score as decimal(28, 6))
            then 'high'
        when scores.f_score + scores.m_score + scores.loyalty_score
            >= 3 * cast(policy.middle_value_min_score as decimal(28, 6))
            then 'middle'
        else 'low'
    end as value_class,
    scores.frequency_class, lifecycle.lifecycle_stage, phases.phase as lifecycle_phase, scores.loyalty_score,
    scores.loyalty_class, coalesce(kinds.customer_kind, 'not_known') as customer_kind,
    case
        when places.country is null or home.country is null then 'not_known'
        when places.country <> home.country then 'overseas'
        when coalesce(places.region = home.region, false) then 'local'
        else 'domestic'
    end as region_class,
    coalesce(kinds.industry, 'not_known') as industry, characters.need_class, characters.temperament,
    characters.customer_type, characters.quality_customer, coalesce(places.country, 'not_known') as country,
    coalesce(places.region, 'not_known') as region
from business.customer_tiers as tiers
inner join business.customer_scores as scores  -- one-to-one, as the one that follows
    on tiers.snapshot = scores.snapshot and tiers.customer_id = scores.customer_id
inner join business.customer_lifecycle as lifecycle
    on tiers.snapshot = lifecycle.snapshot and tiers.customer_id = lifecycle.customer_id
inner join phases on lifecycle.lifecycle_stage = phases.lifecycle_stage  -- many-to-one
inner join business.customer_characters as characters  -- one-to-one
    on tiers.snapshot = characters.snapshot and tiers.customer_id = characters.customer_id
left join business.customer_kinds as kinds  -- many-to-one; none of who is not in the customer file
    on tiers.customer_id = kinds.customer_id
left join business.customer_places as places  -- many-to-one; none where nothing is known
    on tiers.customer_id = places.customer_id
cross join home cross join settings.policy as policy
