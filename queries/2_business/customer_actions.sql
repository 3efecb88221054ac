-- title:   What to do next for each customer, why, and how much is at stake
-- grain:   one row per customer_id of the current population
-- key:     [customer_id]
-- publish: yes
-- note: >
--   The action is the first row of business.actions that fits; NULL where none does. Name and owner come from the
--   source `customers`. The reason is the first that applies: lapsed, late, loses_money, fell (a lower tier than a year
--   ago), new, returned, rose, steady. At stake is, for Lead, the loss that would end; else value at risk where there
--   is an outlook; else the profit of the window of who is late or has lapsed; else nothing.
-- columns:
--   prior_tier: tier at the previous snapshot; NULL without an order in its window, or where none is compared
--   year_ago_tier: tier a year ago; NULL without an order in that window, or where none is compared
--   stake: what the amount at stake is, `loss`, `value_at_risk`, `profit_of_the_late` or `none`
--   stake_amount: money at stake, never below 0
--   tier_position: rank within the tier by money at stake, then by profit

with customers as (
    select classes.customer_id, classes.tier, classes.lifecycle_stage, classes.customer_type, profit.net_revenue,
        profit.profit
    from business.customer_classes as classes
    inner join business.customer_profit as profit  -- one-to-one
        on classes.snapshot = profit.snapshot and classes.customer_id = profit.customer_id
    where classes.snapshot = 'current'
),

marks as (
    -- Few, however many customers there are.
    select distinct tier, lifecycle_stage, customer_type from customers
),

first_actions as (
    select marks.tier, marks.lifecycle_stage, marks.customer_type, min(actions.position) as position
    from marks
    inner join business.actions as actions
        on (actions.tier = 'any' or actions.tier = marks.tier)
        and (actions.lifecycle_stage = 'any' or actions.lifecycle_stage = marks.lifecycle_stage)
        and (actions.customer_type = 'any' or actions.customer_type = marks.customer_type)
    group by marks.tier, marks.lifecycle_stage, marks.customer_type
),

tier_levels as (select * from (values ('platinum', 1), ('gold', 2), ('iron', 3), ('lead', 4)) as listed (tier, level)),

earlier_tiers as (
    select tiers.customer_id, max(tiers.tier) filter (where tiers.snapshot = 'previous') as prior_tier,
        max(tiers.tier) filter (where tiers.snapshot = 'year_ago') as year_ago_tier,
        max(tier_levels.level) filter (where tiers.snapshot = 'year_ago') as year_ago_level
    from business.customer_tiers as tiers
    inner join tier_levels on tiers.tier = tier_levels.tier  -- many-to-one
    inner join business.compared_snapshots as compared_snapshots  -- many-to-one
        on tiers.snapshot = compared_snapshots.snapshot
    group by tiers.customer_id
),

reasoned_customers as (
    select customers.customer_id, customers.tier, customers.lifecycle_stage, customers.customer_type,
        customers.net_revenue, customers.profit, earlier_tiers.prior_tier, earlier_tiers.year_ago_tier,
        case
            when customers.lifecycle_stage = 'lapsed' then 'lapsed'
            when customers.lifecycle_stage = 'at_risk' then 'late'
            when customers.tier = 'lead' then 'loses_money'
            when tier_levels.level > earlier_tiers.year_ago_level then 'fell'
            when customers.lifecycle_stage = 'new' then 'new'
            when customers.lifecycle_stage = 'reactivated' then 'returned'
            when tier_levels.level < earlier_tiers.year_ago_level then 'rose'
            else 'steady'
        end as reason,
        case
            when customers.tier = 'lead' then 'loss'
            when ahead.value_at_risk is not null then 'value_at_risk'
            when customers.lifecycle_stage in ('at_risk', 'lapsed') then 'profit_of_the_late'
            else 'none'
        end as stake,
        cast(ahead.value_at_risk as decimal(28, 10)) as value_at_risk
    from customers
    inner join tier_levels on customers.tier = tier_levels.tier  -- many-to-one
    left join earlier_tiers  -- one-to-one; none who had no order in either window
        on customers.customer_id = earlier_tiers.customer_id
    left join business.customer_value_ahead as ahead  -- one-to-one; none without a fit
        on customers.customer_id = ahead.customer_id
),

staked_customers as (
    select reasoned_customers.*,
        greatest(
            cast(0 as decimal(28, 10)),
            case stake
                when 'loss' then cast(0 - profit as decimal(28, 10))
                when 'value_at_risk' then value_at_risk
                when 'profit_of_the_late' then profit
                else cast(0 as decimal(28, 10))
            end
        ) as stake_amount
    from reasoned_customers
),

ranked_customers as (
    select staked_customers.*,
        row_number() over (
            partition by tier
            order by stake_amount desc nulls last, profit desc nulls last, customer_id nulls last
        ) as tier_position
    from staked_customers
)

select ranked_customers.customer_id, measures.last_order_date,
    cast(policy.as_of + cast(cast(actions.days as varchar) || ' days' as interval) as date) as due_date,
    known_customers.name, known_customers.owner, ranked_customers.tier, ranked_customers.prior_tier,
    ranked_customers.year_ago_tier, ranked_customers.lifecycle_stage, ranked_customers.customer_type,
    ranked_customers.reason, actions.action, actions.responsible, ranked_customers.stake,
    cast(ranked_customers.tier_position as bigint) as tier_position, measures.days_since_last_order,
    lifecycle.late_ratio, ranked_customers.net_revenue, ranked_customers.profit, ranked_customers.value_at_risk,
    cast(ranked_customers.stake_amount as decimal(28, 10)) as stake_amount
from ranked_customers
inner join business.customer_sums as measures  -- one-to-one
    on ranked_customers.customer_id = measures.customer_id and measures.snapshot = 'current'
inner join business.customer_lifecycle as lifecycle  -- one-to-one
    on ranked_customers.customer_id = lifecycle.customer_id and lifecycle.snapshot = 'current'
left join canonical.customers as known_customers  -- one-to-one; none whom the file does not hold
    on ranked_customers.customer_id = known_customers.customer_id
left join first_actions  -- many-to-one; none where no action fits
    on ranked_customers.tier = first_actions.tier and ranked_customers.lifecycle_stage = first_actions.lifecycle_stage
    and ranked_customers.customer_type = first_actions.customer_type
left join business.actions as actions on first_actions.position = actions.position  -- many-to-one
cross join settings.policy as policy
