-- title:   Used order lines added up by order, category and place
-- grain:   one row per order_id, category, country, region and state
-- key:     []
-- publish: no
-- inputs:  [canonical.checked_order_lines]
-- note: >
--   Places are as they are written.
-- columns:
--   sold_lines: lines that are no returns

select
    order_id,

    category,
    country,
    region,
    state,

    count(*) as lines,
    count(*) filter (where not is_return) as sold_lines,
    cast(sum(net_amount) as decimal(28, 4)) as net_revenue,
    cast(sum(cost_amount) as decimal(28, 4)) as cost_of_goods
from canonical.checked_order_lines
where outcome = 'used'
group by order_id, category, country, region, state
