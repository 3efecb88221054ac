-- title:   Moves of each customer between tiers since an earlier snapshot
-- grain:   one row per from_snapshot and customer_id of the earlier or the current population
-- key:     [from_snapshot, customer_id]
-- publish: yes
-- note:    From an earlier snapshot, previous or year_ago, to the current one. Who is in only one of the two
--   populations comes from `new` (no sale before the earlier as-of date) or `reactivated` (ordered before, but not in
--   the earlier window), or goes to `not_in_window`. Both snapshots are made with today's data, rules and cost rates,
--   so none of these is the reason of a move here. With an earlier window that the history does not cover, or that has
--   no orders, nothing is compared, and there is no row.
-- columns:
--   step: part of the profit bridge that the customer is in
--   from_profit: profit in the earlier window; 0 of who did not order in it
--   to_profit: profit in the current window; 0 of who did not order in it
--   reason: >
--     no_move, cutoff_moved (the cut-offs of the earlier snapshot put the customer's profit of now into the earlier
--     tier), own_behaviour (all other moves)

with tiers as (select value as tier, position from business.class_values where class_name = 'tier'),

customers as (
    select customers.snapshot, customers.customer_id, customers.tier, tiers.position, customers.profit
    from business.customer_tiers as customers
    inner join tiers on customers.tier = tiers.tier  -- many-to-one
),

earlier_customers as (
    select customers.*
    from customers
    inner join business.compared_snapshots as compared_snapshots  -- many-to-one
        on customers.snapshot = compared_snapshots.snapshot
),

current_customers as (
    -- Each current customer meets each earlier snapshot that has a population, and its cut-offs.
    select scenarios.cutoff_snapshot as from_snapshot, customers.customer_id, customers.tier, customers.position,
        customers.profit, scenarios.tier as tier_by_earlier_cutoffs
    from customers
    inner join business.scenario_tiers as scenarios  -- one-to-many
        on customers.snapshot = scenarios.snapshot and customers.customer_id = scenarios.customer_id
    where customers.snapshot = 'current' and scenarios.scenario = 0 and scenarios.cutoff_snapshot <> 'current'
),

pairs as (
    select coalesce(earlier.snapshot, now.from_snapshot) as from_snapshot,
        coalesce(earlier.customer_id, now.customer_id) as customer_id, earlier.tier as from_tier, now.tier as to_tier,
        earlier.position as from_position, now.position as to_position, earlier.profit as from_profit,
        now.profit as to_profit, now.tier_by_earlier_cutoffs
    from earlier_customers as earlier
    full join current_customers as now  -- one-to-one
        on earlier.snapshot = now.from_snapshot and earlier.customer_id = now.customer_id
),

judged_pairs as (
    select pairs.*,
        case
            when pairs.to_tier is null then 'gone'
            when pairs.from_tier is null and measures.first_order_date is null then 'new'
            when pairs.from_tier is null then 'reactivated'
            when pairs.from_position = pairs.to_position then 'stayed'
            when pairs.from_position > pairs.to_position then 'moved_up'
            else 'moved_down'
        end as step
    from pairs
    left join business.customer_sums as measures  -- one-to-one; none of who had not ordered yet
        on pairs.from_snapshot = measures.snapshot and pairs.customer_id = measures.customer_id
)

select from_snapshot, customer_id,
    coalesce(from_tier, step) as from_tier, coalesce(to_tier, 'not_in_window') as to_tier, step,
    case
        when step = 'stayed' then 'no_move'
        when step in ('moved_up', 'moved_down') and tier_by_earlier_cutoffs = from_tier then 'cutoff_moved'
        else 'own_behaviour'
    end as reason,
    cast(coalesce(from_profit, 0) as decimal(28, 10)) as from_profit,
    cast(coalesce(to_profit, 0) as decimal(28, 10)) as to_profit
from judged_pairs
