-- title:   Profit from which a customer is Platinum, Gold or no longer Lead
-- key:     [snapshot, scenario]
-- scope:   base
-- note: >
--   The customer pyramid of Zeithaml, Rust and Lemon (2001). Lead earns no more than `lead_max_profit`. The others by
--   profit, best first: a rank is 1 + the number of strictly better customers, so equal profits share a tier, and the
--   cut-off is the lowest profit with a rank within `platinum_share` or `gold_share` of all customers. With
--   `tier_cutoff: absolute` the cut-offs are those of the policy. Not known (NULL) where the tier has no customer.

with populations as (
    -- A scenario is of all customers of its snapshot.
    select snapshot, count(*) as customers from business.customer_profit group by snapshot
),

ranked_profits as (
    select snapshot, scenario, profit,
        rank() over (partition by snapshot, scenario order by profit desc nulls last) as profit_rank
    from business.scenario_profits
),

lowest_profits as (
    select ranked_profits.snapshot, ranked_profits.scenario,
        min(ranked_profits.profit) filter (where ranked_profits.profit > policy.lead_max_profit
            and ranked_profits.profit_rank <= populations.customers * policy.platinum_share) as platinum,
        min(ranked_profits.profit) filter (
            where ranked_profits.profit > policy.lead_max_profit
                and ranked_profits.profit_rank > populations.customers * policy.platinum_share
                and ranked_profits.profit_rank <= populations.customers * policy.gold_share
        ) as gold
    from ranked_profits
    inner join populations on ranked_profits.snapshot = populations.snapshot  -- many-to-one
    cross join settings.policy as policy
    group by ranked_profits.snapshot, ranked_profits.scenario
)

select lowest_profits.snapshot, lowest_profits.scenario,
    cast(case policy.tier_cutoff when 'absolute' then policy.platinum_min_profit
        else lowest_profits.platinum end as decimal(38, 16)) as platinum_min_profit,
    cast(case policy.tier_cutoff when 'absolute' then policy.gold_min_profit
        else lowest_profits.gold end as decimal(38, 16)) as gold_min_profit,
    cast(policy.lead_max_profit as decimal(38, 16)) as lead_max_profit
from lowest_profits cross join settings.policy as policy
