-- title:   Profit of each customer, as configured and when one rate of the cost to serve moves
-- grain:   one row per snapshot, scenario and customer_id of the population
-- publish: view
-- scope:   base
-- note:    Scenario 0 is the profit as it is, of every snapshot. The others move, of the current snapshot, each rate
--   that is not 0, and all of them together, `rate_sensitivity` down and up. Recorded costs of service cases are no
--   rate and stay.

with moved_rates as (
    select position, activity from settings.cost_rates where rate <> 0
    union all
    select 1000 as position, 'all_rates' as activity
),

scenarios as (
    select
        cast(
            row_number() over (order by moved_rates.position nulls last, directions.direction_position nulls last)
            as bigint
        ) as scenario,
        moved_rates.activity, directions.direction,
        cast(directions.sign * policy.rate_sensitivity as decimal(18, 6)) as change
    from moved_rates
    cross join (values (1, -1, 'down'), (2, 1, 'up')) as directions (direction_position, sign, direction)
    cross join settings.policy as policy
)

select snapshot, cast(0 as bigint) as scenario, customer_id, 'as_configured' as activity, 'none' as direction,
    cast(profit as decimal(38, 16)) as profit
from business.customer_profit
union all
select costs.snapshot, scenarios.scenario, costs.customer_id, scenarios.activity, scenarios.direction,
    cast(costs.profit - scenarios.change * costs.cost as decimal(38, 16)) as profit
from business.activity_costs as costs
inner join scenarios on costs.activity = scenarios.activity  -- each customer meets both directions of each rate
where costs.customer_id is not null
