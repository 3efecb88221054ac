-- title:   Order lines by the currency in which they are stated
-- key:     [currency]
-- scope:   base
-- note: >
--   Lines that are used, of the whole history, and those that are rejected, whatever the reason, and whose amount could
--   not be converted: their currency has no exchange rate of their day, or they name none, which is the row (none).
--   Stated amounts are in the currency of the row, which is why no sum of them is taken over rows.
-- columns:
--   stated_revenue: net amounts as they are stated, of the lines that are used
--   net_revenue: the same lines in the currency of the project
--   lines_without_rate: lines that are rejected
--   stated_revenue_without_rate: net amounts as they are stated, of the lines that are rejected
--   stated_absolute_revenue: as stated_revenue, without regard to sign
--   stated_absolute_without_rate: as stated_revenue_without_rate, without regard to sign

with parts as (
    select currency, lines, stated_revenue, stated_absolute_revenue, net_revenue, lowest_rate, highest_rate,
        0 as lines_without_rate, cast(0 as decimal(28, 4)) as stated_revenue_without_rate,
        cast(0 as decimal(28, 4)) as stated_absolute_without_rate
    from canonical.order_contents
    union all
    select coalesce(currency, '(none)') as currency, 0 as lines, cast(0 as decimal(28, 4)) as stated_revenue,
        cast(0 as decimal(28, 4)) as stated_absolute_revenue, cast(0 as decimal(28, 4)) as net_revenue,
        cast(null as decimal(18, 10)) as lowest_rate, cast(null as decimal(18, 10)) as highest_rate,
        lines as lines_without_rate, stated_revenue as stated_revenue_without_rate,
        stated_absolute_revenue as stated_absolute_without_rate
    from canonical.order_parts where is_without_rate and outcome not in ('used', 'out_of_scope', 'filtered')
)

select currency, cast(sum(lines) as bigint) as lines, cast(sum(stated_revenue) as decimal(28, 4)) as stated_revenue,
    cast(sum(stated_absolute_revenue) as decimal(28, 4)) as stated_absolute_revenue,
    cast(sum(net_revenue) as decimal(28, 4)) as net_revenue, min(lowest_rate) as lowest_rate,
    max(highest_rate) as highest_rate, cast(sum(lines_without_rate) as bigint) as lines_without_rate,
    cast(sum(stated_revenue_without_rate) as decimal(28, 4)) as stated_revenue_without_rate,
    cast(sum(stated_absolute_without_rate) as decimal(28, 4)) as stated_absolute_without_rate
from parts group by currency
