-- title:   Measures of the window as they stood at the end of each of the last weeks
-- grain:   one row per week_end whose window the history covers
-- key:     [week_end]
-- cells:   {apart: [week_end], count: fewest_customers, columns: [customers, net_revenue, profit, profit_rate], open:
--   [weeks_ago]}
-- note:    Each row looks back on a window of the same length; week_end is exclusive. With today's cost rates and data.
--   Two weeks, subtracted, tell of those who ordered between them, so an aggregate edition has all weeks or none.
-- columns:
--   fewest_customers: fewest customers of a span that tells two windows apart (business.window_spans)

with days as (
    select order_date, sum(net_revenue) as net_revenue, sum(profit) as profit
    from business.order_costs group by order_date
),

weeks as (
    select weeks.weeks_ago, weeks.week_end, weeks.window_start
    from settings.weeks as weeks
    inner join business.window_coverage as coverage on weeks.window_start = coverage.window_start  -- many-to-one
    where coverage.is_covered
),

sums as (
    select weeks.weeks_ago, weeks.week_end, sum(days.net_revenue) as net_revenue, sum(days.profit) as profit
    from weeks
    inner join days on days.order_date >= weeks.window_start and days.order_date < weeks.week_end
    group by weeks.weeks_ago, weeks.week_end
),

active_customers as (
    -- A customer counts once: at the last day with a sale or a return document before the end of the week, if that
    -- lies in the window.
    select weeks.weeks_ago, count(*) as customers
    from weeks
    inner join business.order_days as order_days
        on order_days.order_date >= weeks.window_start and order_days.order_date < weeks.week_end
        and (order_days.next_order_date is null or order_days.next_order_date >= weeks.week_end)
    group by weeks.weeks_ago
),

service_cases as (
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
    from service_cases as cases
    inner join business.order_days as order_days  -- each case meets each such day of its customer
        on cases.customer_id = order_days.customer_id
    cross join settings.policy as policy
),

service_cost_changes as (
    -- The cost of a service case counts in a window that holds the case and a sale or return document of its customer.
    -- The window that ends on a day holds both from the later of case and order on, until one of them leaves it, or
    -- the next order takes over. So the cost of any window is the sum of the changes on the days before its end: a few
    -- thousand rows in place of every case in every week.
    select case sides.side when 'first' then spans.first_day else spans.last_day end as day_number,
        sum(case sides.side when 'first' then spans.cost else -spans.cost end) as cost
    from spans cross join (values ('first'), ('last')) as sides (side) where spans.first_day < spans.last_day
    group by case sides.side when 'first' then spans.first_day else spans.last_day end
),

service_costs as (
    select weeks.weeks_ago, sum(changes.cost) as cost
    from weeks cross join settings.policy as policy
    inner join service_cost_changes as changes on changes.day_number < weeks.week_end - policy.earliest_date
    group by weeks.weeks_ago
),

weekly_profit as (
    select sums.weeks_ago, sums.week_end, active_customers.customers,
        cast(sums.net_revenue as decimal(28, 4)) as net_revenue,
        cast(sums.profit - cast(active_customers.customers as decimal(28, 4)) * rates.per_customer
            - coalesce(service_costs.cost, 0) as decimal(28, 10)) as profit
    from sums
    inner join active_customers on sums.weeks_ago = active_customers.weeks_ago  -- one-to-one
    left join service_costs on sums.weeks_ago = service_costs.weeks_ago  -- one-to-one; none without service cases
    cross join settings.rates as rates
),

smallest_span as (select coalesce(min(customers), 0) as customers from business.window_spans)

select weekly_profit.week_end, weekly_profit.weeks_ago,
    weekly_profit.customers, weekly_profit.net_revenue, weekly_profit.profit,
    case when weekly_profit.net_revenue > 0 then cast(cast(weekly_profit.profit as decimal(28, 4)) as double)
        / cast(weekly_profit.net_revenue as double) end as profit_rate,
    cast(coalesce(at_risk.profit_at_risk, 0) as decimal(28, 10)) as profit_at_risk,
    cast(smallest_span.customers as bigint) as fewest_customers
from weekly_profit cross join smallest_span
left join business.weekly_profit_at_risk as at_risk  -- one-to-one; none when nobody was silent
    on weekly_profit.weeks_ago = at_risk.weeks_ago
order by weekly_profit.week_end
