-- title:   How much hangs on single account owners
-- grain:   one row per kind and owner; the kinds are owner, other, not_assigned, total, not_known
-- key:     [kind, owner]
-- note:    The `list_rows_shown` owners with the most profit, the others in one row, customers without an owner, and
--   the population. A share is what would leave with the owner if every customer followed. Flagged is who holds more
--   than `owner_dependency_share` of revenue or of profit. The owner is that of the source `customers` today; customers
--   whom it does not hold are not assigned. One row `not_known` when it is not configured or has no column owner.
-- columns:
--   owners: account owners in the row
--   dependency_position: rank of those flagged, most profit first
--   is_dependency: whether more than owner_dependency_share of revenue or profit hangs on this owner

with owner_column as (
    select is_mapped from settings.source_columns where source = 'customers' and column_name = 'owner'
),

population as (
    select customers, cast(net_revenue as decimal(28, 4)) as net_revenue, cast(profit as decimal(28, 10)) as profit
    from business.class_totals where snapshot = 'current' and class_name = 'all'
),

owner_sums as (
    select known_customers.owner, count(*) as customers, cast(sum(profit.net_revenue) as decimal(28, 4)) as net_revenue,
        cast(sum(profit.profit) as decimal(28, 10)) as profit
    from business.customer_profit as profit cross join owner_column
    left join canonical.customers as known_customers  -- one-to-one; none whom the file does not hold
        on profit.customer_id = known_customers.customer_id
    where profit.snapshot = 'current' and owner_column.is_mapped group by known_customers.owner
),

ranked_owners as (
    -- By the profit that would leave with them, customers without an owner last.
    select owner_sums.*,
        row_number() over (
            order by case when owner is null then 1 else 0 end, profit desc nulls last, owner nulls last
        ) as position
    from owner_sums
),

placed_owners as (
    select
        case when owners.owner is null then 'not_assigned' when owners.position > policy.list_rows_shown then 'other'
            else 'owner' end as kind,
        case when owners.position > policy.list_rows_shown then '' else coalesce(owners.owner, '') end as owner,
        owners.owner is not null as is_owner, owners.position, owners.customers, owners.net_revenue, owners.profit
    from ranked_owners as owners cross join settings.policy as policy
),

kinds as (
    select kind, owner, min(position) as position, count(*) filter (where is_owner) as owners,
        cast(sum(customers) as bigint) as customers, cast(sum(net_revenue) as decimal(28, 4)) as net_revenue,
        cast(sum(profit) as decimal(28, 10)) as profit
    from placed_owners group by kind, owner
    union all
    select case when owner_column.is_mapped then 'total' else 'not_known' end as kind, '' as owner,
        cast(null as bigint) as position, cast(0 as bigint) as owners, population.customers, population.net_revenue,
        population.profit
    from population cross join owner_column
),

listed as (
    select kinds.*,
        kinds.kind = 'owner'
        and (
            kinds.net_revenue > population.net_revenue * policy.owner_dependency_share and population.net_revenue > 0
            or kinds.profit > population.profit * policy.owner_dependency_share and population.profit > 0
        ) as is_dependency
    from kinds cross join population cross join settings.policy as policy
)

select listed.kind, listed.owner,
    row_number() over (order by listed.position nulls last, listed.kind nulls last, listed.owner nulls last)
        as position,
    case
        when listed.is_dependency then row_number() over (
            order by case when listed.is_dependency then 0 else 1 end,
                listed.position nulls last, listed.kind nulls last, listed.owner nulls last
        )
    end as dependency_position,
    cast(case when listed.kind = 'total' then sum(listed.owners) over () else listed.owners end as bigint) as owners,
    listed.customers, listed.net_revenue,
    case when population.net_revenue > 0 then cast(listed.net_revenue as double)
        / nullif(cast(population.net_revenue as double), 0) end as revenue_share,
    listed.profit,
    case when population.profit > 0 then cast(cast(listed.profit as decimal(28, 4)) as double)
        / nullif(cast(cast(population.profit as decimal(28, 4)) as double), 0) end as profit_share,
    listed.is_dependency
from listed cross join population order by position, listed.kind, listed.owner
