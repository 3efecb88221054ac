-- title:   Profit at risk as it stood at the end of each of the last weeks
-- grain:   one row per weeks_ago in which a profitable customer was late or had lapsed
-- key:     [weeks_ago]
-- note:    For each week the profit of profitable customers who were late or had lapsed at its end, in the window that
--   the week looks back on, as business.profits_at_risk has it for the snapshots. Days are numbered from the earliest
--   lawful date.

with weeks as (
    select weeks.weeks_ago, weeks.window_start - policy.earliest_date as first_day,
        weeks.week_end - policy.earliest_date as end_day
    from settings.weeks as weeks cross join settings.policy as policy
),

late_customers as (
    select weeks.weeks_ago, weeks.first_day, weeks.end_day, late_customers.customer_id
    from weeks
    inner join business.weekly_late_customers as late_customers  -- one-to-many
        on weeks.weeks_ago = late_customers.weeks_ago
),

reach as (select min(first_day) as first_day from weeks),

contributions as (
    select orders.customer_id, orders.order_date - policy.earliest_date as day_number, orders.profit
    from business.order_costs as orders cross join settings.policy as policy cross join reach
    where orders.order_date - policy.earliest_date >= reach.first_day
    union all
    select cases.customer_id, cases.opened_date - policy.earliest_date as day_number,
        cast(-cases.cost_to_serve as decimal(28, 10)) as profit
    from business.case_costs as cases cross join settings.policy as policy cross join reach
    where cases.opened_date - policy.earliest_date >= reach.first_day
),

customer_profits as (
    select late_customers.weeks_ago, late_customers.customer_id, sum(contributions.profit) as profit
    from late_customers
    inner join contributions  -- each week meets the orders and cases of its window
        on late_customers.customer_id = contributions.customer_id
        and contributions.day_number >= late_customers.first_day and contributions.day_number < late_customers.end_day
    group by late_customers.weeks_ago, late_customers.customer_id
)

select customer_profits.weeks_ago,
    cast(sum(customer_profits.profit - rates.per_customer) as decimal(28, 10)) as profit_at_risk
from customer_profits cross join settings.rates as rates where customer_profits.profit > rates.per_customer
group by customer_profits.weeks_ago
