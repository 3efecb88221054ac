-- title:   Days on which service costs enter and leave the window of the population
-- grain:   one row per day_number
-- key:     []
-- publish: no
-- note: >
--   The cost of a service case counts in a window that holds the case and a sale or return document of its customer.
--   The window that ends on a day holds both from the later of case and order on, until one of them leaves it, or the
--   next order takes over. So the cost of any window is the sum of the changes on the days before its end: a few
--   thousand rows in place of every case in every week.

with cases as (
    select cases.customer_id, cases.opened_date - policy.earliest_date as opened_day, cases.cost_to_serve as cost
    from business.case_costs as cases cross join settings.policy as policy
),

spans as (
    select cases.cost, greatest(cases.opened_day, order_days.order_date - policy.earliest_date) as first_day,
        least(
            cases.opened_day + policy.window_days,
            (order_days.order_date - policy.earliest_date) + policy.window_days,
            -- Without a next order, that of the day on which this one leaves the window.
            coalesce(
                order_days.next_order_date - policy.earliest_date,
                (order_days.order_date - policy.earliest_date) + policy.window_days
            )
        ) as last_day
    from cases
    inner join business.order_days as order_days  -- each case meets each such day of its customer
        on cases.customer_id = order_days.customer_id
    cross join settings.policy as policy
),

changes as (
    select first_day as day_number, cost from spans where first_day < last_day
    union all
    select last_day as day_number, -cost as cost from spans where first_day < last_day
)

select cast(day_number as bigint) as day_number, cast(sum(cost) as decimal(28, 10)) as cost
from changes
group by day_number
