-- title:   What referred customers bring, by who referred them
-- grain:   one row per kind and referrer_id; the kinds are referrer, other, not_referred, total, not_known
-- key:     [kind, referrer_id]
-- note:    The `list_rows_shown` referrers whose customers bring the most profit, the others in one row, customers whom
--   nobody referred, and the population. Each customer is credited once, to the one who referred them directly; who
--   names themselves is not referred. The referrer may be without an order in the window, or unknown to the order
--   history. One row `not_known` when the source `customers` is not configured or has no column referred_by.
-- columns:
--   referrers: customers who referred others, in the row
--   customers: customers referred by them; of not_referred and total, customers of the population
--   own_profit: profit of the referrers themselves in the window

with referrer_column as (
    select is_mapped from settings.source_columns where source = 'customers' and column_name = 'referred_by'
),

population as (
    select customers, cast(net_revenue as decimal(28, 4)) as net_revenue, cast(profit as decimal(28, 10)) as profit
    from business.class_totals where snapshot = 'current' and class_name = 'all'
),

referrer_sums as (
    select known_customers.referred_by as referrer_id, count(*) as customers,
        cast(sum(profit.net_revenue) as decimal(28, 4)) as net_revenue,
        cast(sum(profit.profit) as decimal(28, 10)) as profit
    from canonical.customers as known_customers
    inner join business.customer_profit as profit  -- one-to-one
        on known_customers.customer_id = profit.customer_id and profit.snapshot = 'current'
    where known_customers.referred_by is not null and known_customers.referred_by <> known_customers.customer_id
    group by known_customers.referred_by
),

ranked_referrers as (
    select sums.*, tiers.tier, own.profit as own_profit,
        row_number() over (order by sums.profit desc nulls last, sums.referrer_id nulls last) as place
    from referrer_sums as sums
    left join business.customer_tiers as tiers  -- one-to-one, as the next; none without an order in the window
        on sums.referrer_id = tiers.customer_id and tiers.snapshot = 'current'
    left join business.customer_profit as own on sums.referrer_id = own.customer_id and own.snapshot = 'current'
),

placed_referrers as (
    select case when referrers.place > policy.list_rows_shown then 'other' else 'referrer' end as kind,
        case when referrers.place > policy.list_rows_shown then '' else referrers.referrer_id end as referrer_id,
        case when referrers.place <= policy.list_rows_shown then referrers.tier end as tier, referrers.place,
        referrers.customers, referrers.net_revenue, referrers.profit, referrers.own_profit
    from ranked_referrers as referrers cross join settings.policy as policy
),

kinds as (
    select kind, referrer_id, min(tier) as tier, min(place) as place, count(*) as referrers,
        cast(sum(customers) as bigint) as customers, cast(sum(net_revenue) as decimal(28, 4)) as net_revenue,
        cast(sum(profit) as decimal(28, 10)) as profit, cast(sum(own_profit) as decimal(28, 10)) as own_profit
    from placed_referrers group by kind, referrer_id
    union all
    -- What the referred bring is taken off the row of the others below.
    select rows_of_all.kind, '' as referrer_id, cast(null as varchar) as tier, cast(null as bigint) as place,
        cast(0 as bigint) as referrers, population.customers, population.net_revenue, population.profit,
        cast(null as decimal(28, 10)) as own_profit
    from population cross join referrer_column
    cross join (values ('not_referred'), ('total'), ('not_known')) as rows_of_all (kind)
    where referrer_column.is_mapped = (rows_of_all.kind <> 'not_known')
),

referred as (
    select kinds.*, sum(referrers) over () as all_referrers,
        coalesce(sum(customers) filter (where referrers > 0) over (), 0) as referred_customers,
        coalesce(sum(net_revenue) filter (where referrers > 0) over (), 0) as referred_revenue,
        coalesce(sum(profit) filter (where referrers > 0) over (), 0) as referred_profit
    from kinds
),

listed as (
    select kind, referrer_id, tier, place, own_profit,
        cast(case when kind = 'total' then all_referrers else referrers end as bigint) as referrers,
        cast(case when kind = 'not_referred' then customers - referred_customers else customers end as bigint)
            as customers,
        cast(case when kind = 'not_referred' then net_revenue - referred_revenue else net_revenue end
            as decimal(28, 4)) as net_revenue,
        cast(case when kind = 'not_referred' then profit - referred_profit else profit end as decimal(28, 10)) as profit
    from referred
)

select listed.kind, listed.referrer_id,
    row_number() over (order by listed.place nulls last, listed.kind nulls last, listed.referrer_id nulls last)
        as position,
    listed.tier, listed.referrers, listed.customers, listed.net_revenue, listed.profit,
    case when population.profit > 0 then cast(cast(listed.profit as decimal(28, 4)) as double)
        / nullif(cast(cast(population.profit as decimal(28, 4)) as double), 0) end as profit_share,
    listed.own_profit
from listed cross join population order by position, listed.kind, listed.referrer_id
