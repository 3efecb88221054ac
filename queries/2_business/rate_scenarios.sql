-- title:   Tier of each customer when one rate of the cost to serve moves
-- grain:   one row per scenario and customer_id of the current tiers
-- key:     []
-- publish: no
-- inputs:  [business.customer_costs, business.customer_tiers, settings.cost_rates, settings.policy]
-- scope:   base
-- note: >
--   Each rate that is not 0, and all of them together, `rate_sensitivity` down and up; scenario 0 leaves
--   them as configured. Recorded costs of service cases are no rate and stay. Tiers are cut
--   as in business.customer_tiers, anew in each scenario; a check compares scenario 0 with them.

with

moved_rates as (
    select position, activity
    from settings.cost_rates
    where rate <> 0
    union all
    select 1000 as position, 'all_rates' as activity
),

directions as (
    select *
    from (values (1, -1, 'down'), (2, 1, 'up')) as listed (direction_position, sign, direction)
),

scenarios as (
    select
        cast(
            row_number() over (order by moved_rates.position nulls last, directions.direction_position nulls last)
            as bigint
        ) as scenario,
        moved_rates.activity,
        directions.direction,
        cast(directions.sign * policy.rate_sensitivity as decimal(18, 6)) as change
    from moved_rates
    cross join directions
    cross join settings.policy as policy
    union all
    select
        cast(0 as bigint) as scenario,
        'as_configured' as activity,
        'none' as direction,
        cast(0 as decimal(18, 6)) as change
),

customers as (
    select
        tiers.customer_id,
        tiers.tier,
        tiers.profit,
        costs.order_cost,
        costs.line_cost,
        costs.unit_cost,
        costs.return_cost,
        costs.case_cost,
        costs.minute_cost,
        costs.payment_cost,
        costs.freight_cost,
        costs.customer_cost
    from business.customer_tiers as tiers
    inner join business.customer_costs as costs  -- one-to-one
        on tiers.snapshot = costs.snapshot
        and tiers.customer_id = costs.customer_id
    where tiers.snapshot = 'current'
),

populations as (
    select count(*) as customers
    from business.customer_tiers
    where snapshot = 'current'
),

scenario_customers as (
    select
        scenarios.scenario,
        scenarios.activity,
        scenarios.direction,
        customers.customer_id,
        customers.tier as from_tier,
        customers.profit as from_profit,
        cast(
            customers.profit - scenarios.change * cast(
                case scenarios.activity
                    when 'per_order' then customers.order_cost
                    when 'per_line' then customers.line_cost
                    when 'per_unit' then customers.unit_cost
                    when 'per_return' then customers.return_cost
                    when 'per_case' then customers.case_cost
                    when 'per_minute' then customers.minute_cost
                    when 'payment_fee_rate' then customers.payment_cost
                    when 'freight_rate' then customers.freight_cost
                    when 'per_customer' then customers.customer_cost
                    when 'all_rates'
                        then customers.order_cost + customers.line_cost + customers.unit_cost
                            + customers.return_cost + customers.case_cost + customers.minute_cost
                            + customers.payment_cost + customers.freight_cost + customers.customer_cost
                    else cast(0 as decimal(28, 10))
                end as decimal(28, 10)
            ) as decimal(38, 16)
        ) as profit
    from customers
    cross join scenarios
),

ranked_customers as (
    -- One window over all scenarios: each holds the same customers, so the ranks before it are known.
    select
        scenario_customers.*,
        cast(rank() over (order by scenario nulls last, profit desc nulls last) as bigint)
        - scenario * populations.customers as profit_rank
    from scenario_customers
    cross join populations
)

select
    ranked_customers.scenario,
    ranked_customers.customer_id,

    ranked_customers.activity,
    ranked_customers.direction,
    ranked_customers.from_tier,
    case
        when ranked_customers.profit <= policy.lead_max_profit then 'lead'
        when policy.tier_cutoff = 'absolute' and ranked_customers.profit >= policy.platinum_min_profit
            then 'platinum'
        when policy.tier_cutoff = 'absolute' and ranked_customers.profit >= policy.gold_min_profit
            then 'gold'
        when policy.tier_cutoff = 'relative'
            and ranked_customers.profit_rank <= populations.customers * policy.platinum_share
            then 'platinum'
        when policy.tier_cutoff = 'relative'
            and ranked_customers.profit_rank <= populations.customers * policy.gold_share
            then 'gold'
        else 'iron'
    end as to_tier,

    ranked_customers.from_profit,
    ranked_customers.profit as to_profit
from ranked_customers
cross join populations
cross join settings.policy as policy
