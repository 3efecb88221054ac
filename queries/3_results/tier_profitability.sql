-- title:   What each tier brings
-- grain:   one row per tier, and a total
-- key:     [tier]
-- cells:   {by: [tier], count: customers, columns: [customers, customer_share, orders, lines, gross_revenue,
--   discount_amount, discount_rate, net_revenue, revenue_share, cost_of_goods, contribution_margin, cost_to_serve,
--   profit, profit_share, profit_per_customer, profit_rate, orders_per_customer, net_revenue_per_order,
--   list_price_kept_rate], first: true}
-- note:    Gross revenue is list price before discount, before tax. A year ago is the same window ending a year
--   earlier, with the tiers of that time; not known where the history does not cover that window.
-- columns:
--   customer_share: customers of the tier / customers of the population
--   discount_amount: not known where the order lines have one price
--   discount_rate: discount / gross revenue
--   profit_rate: profit / net revenue
--   list_price_kept_rate: profit / gross revenue

with tiers as (
    select shares.*, class_sources.has_discount
    from business.class_shares as shares cross join business.class_sources as class_sources
    where shares.class_name = 'tier'
),

year_ago as (
    select
        case when totals.class_name = 'all' then 'total' else totals.value end as tier, totals.customers, totals.profit
    from business.class_totals as totals
    inner join business.compared_snapshots as compared_snapshots  -- many-to-one
        on totals.snapshot = compared_snapshots.snapshot
    where totals.snapshot = 'year_ago' and totals.class_name in ('tier', 'all')
)

select tiers.value as tier,
    tiers.customers, tiers.customer_share, tiers.orders, tiers.lines, tiers.gross_revenue,
    case when tiers.has_discount then tiers.discount_amount end as discount_amount,
    case when tiers.has_discount then tiers.discount_rate end as discount_rate,
    tiers.net_revenue, tiers.revenue_share, tiers.cost_of_goods, tiers.contribution_margin, tiers.cost_to_serve,
    tiers.profit, tiers.profit_share, tiers.profit_per_customer, tiers.profit_rate,
    cast(tiers.orders as double) / nullif(cast(tiers.customers as double), 0) as orders_per_customer,
    cast(tiers.net_revenue as double) / nullif(cast(tiers.orders as double), 0) as net_revenue_per_order,
    cast(cast(tiers.profit as decimal(28, 4)) as double)
        / nullif(cast(greatest(tiers.gross_revenue, 0) as double), 0) as list_price_kept_rate,
    tiers.unprofitable_customers, year_ago.customers as year_ago_customers,
    cast(year_ago.profit as decimal(28, 10)) as year_ago_profit
from tiers
left join year_ago on tiers.value = year_ago.tier  -- one-to-one; none where nothing is compared
order by tiers.position, tiers.value
