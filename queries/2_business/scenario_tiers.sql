-- title:   Tier of each customer by profit, in every snapshot and scenario
-- grain:   one row per snapshot, scenario, cutoff_snapshot and customer_id of the population
-- publish: no
-- scope:   base
-- note:    The one place where a profit becomes a tier. The cut-offs are those of the snapshot and scenario itself; the
--   current profits are judged by the cut-offs of the earlier snapshots, too.

with judged_profits as (
    select snapshot, scenario, activity, direction, snapshot as cutoff_snapshot, customer_id, profit
    from business.scenario_profits
    union all
    select profit.snapshot, 0 as scenario, 'as_configured' as activity, 'none' as direction,
        earlier.snapshot as cutoff_snapshot, profit.customer_id, cast(profit.profit as decimal(38, 16)) as profit
    from business.customer_profit as profit cross join business.compared_snapshots as earlier
    where profit.snapshot = 'current'
)

select judged_profits.snapshot, judged_profits.scenario, judged_profits.cutoff_snapshot, judged_profits.customer_id,
    judged_profits.activity, judged_profits.direction,
    case
        when judged_profits.profit <= cutoffs.lead_max_profit then 'lead'
        when judged_profits.profit >= cutoffs.platinum_min_profit then 'platinum'
        when judged_profits.profit >= cutoffs.gold_min_profit then 'gold'
        else 'iron'
    end as tier,
    judged_profits.profit
from judged_profits
inner join business.scenario_cutoffs as cutoffs  -- many-to-one; none where the earlier snapshot has no population
    on judged_profits.cutoff_snapshot = cutoffs.snapshot and judged_profits.scenario = cutoffs.scenario
