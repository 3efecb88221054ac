-- title:   Customers, revenue and profit of each account owner
-- grain:   one row per kind and owner, the kind being owner, or not_assigned for customers without one
-- key:     [kind, owner]
-- note:    Current population. The owner is that of the source `customers` today; no row when that source has no column
--   owner. Customers whom the source does not hold are not assigned. `position` ranks owners by the profit that would
--   leave with them.

with owner_column as (
    select is_mapped from settings.source_columns where source = 'customers' and column_name = 'owner'
),

sums as (
    select known_customers.owner, count(*) as customers, cast(sum(profit.net_revenue) as decimal(28, 4)) as net_revenue,
        cast(sum(profit.profit) as decimal(28, 10)) as profit
    from business.customer_tiers as tiers
    inner join business.customer_profit as profit  -- one-to-one
        on tiers.snapshot = profit.snapshot and tiers.customer_id = profit.customer_id
    cross join owner_column
    left join canonical.customers as known_customers  -- one-to-one; none whom the file does not hold
        on tiers.customer_id = known_customers.customer_id
    where tiers.snapshot = 'current' and owner_column.is_mapped group by known_customers.owner
)

select case when owner is null then 'not_assigned' else 'owner' end as kind, coalesce(owner, '') as owner,
    row_number() over (order by case when owner is null then 1 else 0 end, profit desc nulls last, owner nulls last)
        as position,
    customers, net_revenue, profit
from sums
