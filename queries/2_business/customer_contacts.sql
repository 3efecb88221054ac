-- title:   Service cases, visits and payments of each customer
-- grain:   one row per snapshot and customer_id with a case, a visit or a payment
-- key:     [snapshot, customer_id]
-- inputs:  [business.orders, canonical.payments, canonical.service_cases, canonical.visits, settings.policy,
--           settings.snapshots]
-- note: >
--   Of the window, but recent complaints and satisfaction: those are of the last `angry_days`. What was
--   answered, solved or paid on or after a snapshot's as-of date was not known then. Refunds are no
--   payments to be made on time.
-- columns:
--   sales_after_visit: sales on a day on which the customer visited

with

snapshots as (
    select snapshot, as_of, window_start
    from settings.snapshots
),

cases as (
    select
        snapshots.snapshot,
        service_cases.customer_id,
        count(*) filter (where service_cases.opened_date >= snapshots.window_start) as cases,
        count(*) filter (
            where service_cases.is_complaint
                and snapshots.as_of - service_cases.opened_date <= policy.angry_days
        ) as recent_complaints,
        min(service_cases.satisfaction) filter (
            where snapshots.as_of - service_cases.opened_date <= policy.angry_days
                and (service_cases.resolved_at is null or cast(service_cases.resolved_at as date) < snapshots.as_of)
        ) as lowest_recent_satisfaction
    from canonical.service_cases as service_cases
    inner join snapshots
        on service_cases.opened_date < snapshots.as_of
    cross join settings.policy as policy
    group by snapshots.snapshot, service_cases.customer_id
),

visits as (
    select snapshots.snapshot, visits.customer_id, count(*) as visits
    from canonical.visits as visits
    inner join snapshots
        on visits.visit_date >= snapshots.window_start
        and visits.visit_date < snapshots.as_of
    group by snapshots.snapshot, visits.customer_id
),

visit_days as (
    -- Several visits of one day count once.
    select customer_id, visit_date
    from canonical.visits
    group by customer_id, visit_date
),

visited_sales as (
    select snapshots.snapshot, orders.customer_id, count(*) as sales_after_visit
    from business.orders as orders
    inner join visit_days  -- many-to-one
        on orders.customer_id = visit_days.customer_id
        and orders.order_date = visit_days.visit_date
    inner join snapshots
        on orders.order_date >= snapshots.window_start
        and orders.order_date < snapshots.as_of
    where orders.is_sale
    group by snapshots.snapshot, orders.customer_id
),

payments as (
    select
        snapshots.snapshot,
        payments.customer_id,
        count(*) as payments,
        count(*) filter (where payments.paid_date <= payments.due_date) as payments_on_time
    from canonical.payments as payments
    inner join snapshots
        on payments.due_date >= snapshots.window_start
        and payments.due_date < snapshots.as_of
    -- A payment of no known amount is due, too.
    where coalesce(payments.amount, 1) > 0
    group by snapshots.snapshot, payments.customer_id
),

listed as (
    select
        snapshot, customer_id, cases, recent_complaints, lowest_recent_satisfaction,
        0 as visits, 0 as sales_after_visit, 0 as payments, 0 as payments_on_time
    from cases
    union all
    select
        snapshot, customer_id, 0 as cases, 0 as recent_complaints, null as lowest_recent_satisfaction,
        visits, 0 as sales_after_visit, 0 as payments, 0 as payments_on_time
    from visits
    union all
    select
        snapshot, customer_id, 0 as cases, 0 as recent_complaints, null as lowest_recent_satisfaction,
        0 as visits, sales_after_visit, 0 as payments, 0 as payments_on_time
    from visited_sales
    union all
    select
        snapshot, customer_id, 0 as cases, 0 as recent_complaints, null as lowest_recent_satisfaction,
        0 as visits, 0 as sales_after_visit, payments, payments_on_time
    from payments
)

select
    snapshot,
    customer_id,

    cast(sum(cases) as bigint) as cases,
    cast(sum(recent_complaints) as bigint) as recent_complaints,
    min(lowest_recent_satisfaction) as lowest_recent_satisfaction,
    cast(sum(visits) as bigint) as visits,
    cast(sum(sales_after_visit) as bigint) as sales_after_visit,
    cast(sum(payments) as bigint) as payments,
    cast(sum(payments_on_time) as bigint) as payments_on_time
from listed
group by snapshot, customer_id
