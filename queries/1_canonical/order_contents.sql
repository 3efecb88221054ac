-- title:   Used order lines added up by order, category, place and currency
-- grain:   one row per order_id, category, country, region, state and currency
-- publish: no
-- note:    Places are as they are written.
-- columns:
--   stated_revenue: net amounts as they are stated, in the currency of the lines
--   stated_absolute_revenue: the same without regard to sign
--   sold_lines: lines that are no returns

select order_id, category, country, region, state, currency,
    count(*) as lines, count(*) filter (where not is_return) as sold_lines,
    cast(sum(net_amount) as decimal(28, 4)) as net_revenue, cast(sum(cost_amount) as decimal(28, 4)) as cost_of_goods,
    cast(sum(stated_net) as decimal(28, 4)) as stated_revenue,
    cast(sum(abs(stated_net)) as decimal(28, 4)) as stated_absolute_revenue, min(exchange_rate) as lowest_rate,
    max(exchange_rate) as highest_rate
from canonical.checked_order_lines where outcome = 'used' group by order_id, category, country, region, state, currency
