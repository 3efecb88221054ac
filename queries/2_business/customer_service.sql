-- title:   Service that each customer took, for each snapshot
-- grain:   one row per snapshot and customer_id with a service case in the window
-- key:     [snapshot, customer_id]
-- inputs:  [canonical.service_cases, settings.snapshots]
-- note: >
--   Cases opened in the window of the snapshot, also those of people without an order. Empty without
--   the source `service_cases`. A case without minutes counts 0 minutes; one of which nobody said
--   whether it is a complaint is none.
-- columns:
--   cases_at_rate: cases without a recorded cost; they cost `per_case` each
--   recorded_case_cost: cost of the other cases, as the source has it

select
    snapshots.snapshot,
    service_cases.customer_id,

    count(*) as cases,
    count(*) filter (where service_cases.is_complaint) as complaints,
    count(*) filter (where service_cases.cost is null) as cases_at_rate,
    cast(coalesce(sum(service_cases.cost), 0) as decimal(28, 4)) as recorded_case_cost,
    cast(coalesce(sum(service_cases.minutes), 0) as decimal(28, 4)) as handling_minutes,
    count(service_cases.minutes) as timed_cases,
    count(service_cases.satisfaction) as rated_cases,
    cast(coalesce(sum(service_cases.satisfaction), 0) as decimal(28, 4)) as satisfaction_total
from canonical.service_cases as service_cases
inner join settings.snapshots as snapshots  -- a case counts in each snapshot whose window holds it
    on service_cases.opened_date >= snapshots.window_start
    and service_cases.opened_date < snapshots.as_of
group by snapshots.snapshot, service_cases.customer_id
