-- title:   Revenue by country of the order lines
-- grain:   one row per country, and a total; none where order lines have no country
-- key:     [country]
-- inputs:  [business.class_totals, business.line_place_totals, settings.policy, settings.source_columns]
-- note: >
--   Where the lines were sold, whoever bought them; results.countries has customers by their home country. Largest
--   by net revenue first, equal ones by name; the report shows places_shown of them.
-- columns:
--   margin_rate: contribution margin / net revenue

with

place_column as (
    select is_mapped
    from settings.source_columns
    where source = 'order_lines' and column_name = 'country'
),

population as (
    select
        lines,
        cast(net_revenue as decimal(28, 4)) as net_revenue,
        cast(contribution_margin as decimal(28, 4)) as contribution_margin
    from business.class_totals
    where snapshot = 'current' and class_name = 'all'
),

sums as (
    select
        country,
        sum(lines) as lines,
        cast(sum(net_revenue) as decimal(28, 4)) as net_revenue,
        cast(sum(contribution_margin) as decimal(28, 4)) as contribution_margin
    from business.line_place_totals
    group by country
),

places as (
    select
        country,
        row_number() over (order by net_revenue desc nulls last, country nulls last) as position,
        lines,
        net_revenue,
        contribution_margin
    from sums
    union all
    select
        'total' as country,
        1000000 as position,
        lines,
        net_revenue,
        contribution_margin
    from population
)

select
    places.country,

    cast(places.position as bigint) as position,

    cast(places.lines as bigint) as lines,
    places.net_revenue,
    case
        when population.net_revenue > 0
            then cast(places.net_revenue as double) / cast(population.net_revenue as double)
    end as revenue_share,
    places.contribution_margin,
    case
        when places.net_revenue > 0
            then cast(places.contribution_margin as double) / cast(places.net_revenue as double)
    end as margin_rate,

    places.position <= policy.places_shown as is_shown
from places
cross join population
cross join settings.policy as policy
cross join place_column
where place_column.is_mapped
order by position, country
