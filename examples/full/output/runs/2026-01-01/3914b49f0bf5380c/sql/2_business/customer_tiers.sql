-- title:   Tier of each customer by profit
-- grain:   one row per snapshot and customer_id of the population
-- key:     [snapshot, customer_id]
-- inputs:  [business.customer_profit, settings.policy]
-- note: >
--   The customer pyramid of Zeithaml, Rust and Lemon (2001). Lead earns no more than
--   `lead_max_profit`. The others by profit, best first; a rank is 1 + the number of strictly
--   better customers, so equal profits share a tier.

with

customers as (
    select snapshot, customer_id, profit
    from business.customer_profit
),

policy as (
    select
        tier_cutoff,
        platinum_share,
        gold_share,
        lead_max_profit,
        platinum_min_profit,
        gold_min_profit
    from settings.policy
),

populations as (
    select snapshot, count(*) as customers
    from customers
    group by snapshot
),

ranked_customers as (
    select
        snapshot,
        customer_id,
        profit,
        rank() over (partition by snapshot order by profit desc nulls last) as profit_rank
    from customers
)

select
    ranked_customers.snapshot,
    ranked_customers.customer_id,

    ranked_customers.profit_rank,
    ranked_customers.profit,

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
    end as tier
from ranked_customers
inner join populations  -- many-to-one
    on ranked_customers.snapshot = populations.snapshot
cross join policy
