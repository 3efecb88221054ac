-- title:   The exchange rate of each currency on each day with an order line
-- key:     [currency, order_date]
-- publish: no
-- note:    The last rate on or before the day, not older than policy.max_rate_age_days. A day without one has no row,
--   nor has the currency of the project.

with policy as (
    select policy.max_rate_age_days, project.currency as project_currency
    from settings.policy as policy cross join settings.project as project
),

rates as (
    select currency, rate_date, rate from canonical.checked_exchange_rates where outcome in ('used', 'out_of_scope')
),

line_days as (
    select order_lines.currency, cast(order_lines.ordered_at as date) as order_date
    from raw.order_lines as order_lines cross join policy where order_lines.currency <> policy.project_currency
    group by order_lines.currency, cast(order_lines.ordered_at as date)
),

days as (
    -- Days with a rate and days with a line, in one order.
    select currency, rate_date as day, rate_date, cast(null as date) as order_date from rates
    union all
    select currency, order_date as day, cast(null as date) as rate_date, order_date from line_days
),

known_days as (
    -- Rows of one day are peers: a rate of the day itself counts.
    select currency, order_date, max(rate_date) over (partition by currency order by day nulls last) as rate_date
    from days
)

select known_days.currency, known_days.order_date, rates.rate_date, rates.rate
from known_days
inner join rates on known_days.currency = rates.currency and known_days.rate_date = rates.rate_date  -- many-to-one
cross join policy
where known_days.order_date - known_days.rate_date <= policy.max_rate_age_days
