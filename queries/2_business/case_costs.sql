-- title:   What each service case costs
-- grain:   one row per case_id
-- publish: view
-- note: >
--   The one place where a case is charged: its recorded cost, else `per_case`, and `per_minute` for its handling
--   minutes beside it; leave that rate at 0 where the recorded costs hold the time.

select service_cases.case_id, service_cases.customer_id,
    service_cases.opened_date, service_cases.opened_at, service_cases.first_answer_at, service_cases.resolved_at,
    service_cases.channel, service_cases.cost as recorded_cost, service_cases.minutes, service_cases.satisfaction,
    cast(
        coalesce(cast(service_cases.cost as decimal(28, 10)), cast(rates.per_case as decimal(28, 10)))
        + cast(cast(coalesce(service_cases.minutes, 0) as decimal(28, 4)) * rates.per_minute as decimal(28, 10))
        as decimal(28, 10)
    ) as cost_to_serve,
    service_cases.is_complaint
from canonical.service_cases as service_cases cross join settings.rates as rates
