-- title:   Service cases, visits and payments of each customer
-- grain:   one row per snapshot and customer_id with a case, a visit or a payment
-- key:     [snapshot, customer_id]
-- note: >
--   Of the window, also of people without an order, but recent complaints and satisfaction: those are of the last
--   `angry_days`. What was answered, solved or paid on or after a snapshot's as-of date was not known then. A case
--   without minutes counts 0 minutes; one of which nobody said whether it is a complaint is none. Refunds are no
--   payments to be made on time.
-- columns:
--   cases_at_rate: cases without a recorded cost; they cost `per_case` each
--   recorded_case_cost: cost of the other cases, as the source has it
--   case_costs: cost to serve of the cases
--   sales_after_visit: sales on a day on which the customer visited

with snapshots as (select snapshot, as_of, window_start from settings.snapshots),

cases_at_snapshots as (
    select snapshots.snapshot, cases.*, cases.opened_date >= snapshots.window_start as is_in_window,
        snapshots.as_of - cases.opened_date <= policy.angry_days as is_recent,
        cases.resolved_at is null or cast(cases.resolved_at as date) < snapshots.as_of as is_rated_by_then
    from business.case_costs as cases
    inner join snapshots on cases.opened_date < snapshots.as_of
    cross join settings.policy as policy
),

visit_days as (
    -- Several visits of one day count once.
    select customer_id, visit_date from canonical.visits group by customer_id, visit_date
),

cases as (
    select snapshot, customer_id, count(*) filter (where is_in_window) as cases,
        count(*) filter (where is_in_window and is_complaint) as complaints,
        count(*) filter (where is_in_window and recorded_cost is null) as cases_at_rate,
        sum(recorded_cost) filter (where is_in_window) as recorded_case_cost,
        sum(minutes) filter (where is_in_window) as handling_minutes,
        sum(cost_to_serve) filter (where is_in_window) as case_costs,
        count(minutes) filter (where is_in_window) as timed_cases,
        count(satisfaction) filter (where is_in_window) as rated_cases,
        sum(satisfaction) filter (where is_in_window) as satisfaction_total,
        count(*) filter (where is_recent and is_complaint) as recent_complaints,
        min(satisfaction) filter (where is_recent and is_rated_by_then) as lowest_recent_satisfaction
    from cases_at_snapshots group by snapshot, customer_id
),

listed as (
    select snapshots.snapshot, visits.customer_id, 1 as visits, 0 as sales, 0 as payments, 0 as payments_on_time
    from canonical.visits as visits
    inner join snapshots on visits.visit_date >= snapshots.window_start and visits.visit_date < snapshots.as_of
    union all
    select snapshots.snapshot, orders.customer_id, 0 as visits, 1 as sales, 0 as payments, 0 as payments_on_time
    from business.orders as orders
    inner join visit_days  -- many-to-one
        on orders.customer_id = visit_days.customer_id and orders.order_date = visit_days.visit_date
    inner join snapshots on orders.order_date >= snapshots.window_start and orders.order_date < snapshots.as_of
    where orders.is_sale
    union all
    select snapshots.snapshot, payments.customer_id, 0 as visits, 0 as sales, 1 as payments,
        case when payments.paid_date <= payments.due_date then 1 else 0 end as payments_on_time
    from canonical.payments as payments
    inner join snapshots on payments.due_date >= snapshots.window_start and payments.due_date < snapshots.as_of
    -- A payment of no known amount is due, too.
    where coalesce(payments.amount, 1) > 0
),

others as (
    select snapshot, customer_id, sum(visits) as visits, sum(sales) as sales, sum(payments) as payments,
        sum(payments_on_time) as payments_on_time
    from listed group by snapshot, customer_id
)

select coalesce(cases.snapshot, others.snapshot) as snapshot,
    coalesce(cases.customer_id, others.customer_id) as customer_id,
    coalesce(cases.cases, 0) as cases, coalesce(cases.complaints, 0) as complaints,
    coalesce(cases.cases_at_rate, 0) as cases_at_rate,
    cast(coalesce(cases.recorded_case_cost, 0) as decimal(28, 4)) as recorded_case_cost,
    cast(coalesce(cases.handling_minutes, 0) as decimal(28, 4)) as handling_minutes,
    cast(coalesce(cases.case_costs, 0) as decimal(28, 10)) as case_costs, coalesce(cases.timed_cases, 0) as timed_cases,
    coalesce(cases.rated_cases, 0) as rated_cases,
    cast(coalesce(cases.satisfaction_total, 0) as decimal(28, 4)) as satisfaction_total,
    coalesce(cases.recent_complaints, 0) as recent_complaints, cases.lowest_recent_satisfaction,
    cast(coalesce(others.visits, 0) as bigint) as visits,
    cast(coalesce(others.sales, 0) as bigint) as sales_after_visit,
    cast(coalesce(others.payments, 0) as bigint) as payments,
    cast(coalesce(others.payments_on_time, 0) as bigint) as payments_on_time
from cases
full join others  -- one-to-one
    on cases.snapshot = others.snapshot and cases.customer_id = others.customer_id
