-- title:   Valid rows that belong to a later report
-- grain:   one row per source and reason
-- key:     [source, reason]
-- inputs:  [canonical.checked_order_lines]
-- note: >
--   Rows dated on or after the as-of date. They are valid, so they count apart from rejected
--   rows.

select
    cast('order_lines' as varchar) as source,
    cast('after_as_of' as varchar) as reason,

    count(*) as rows,
    cast(coalesce(sum(net_amount), 0) as decimal(28, 4)) as amount
from canonical.checked_order_lines
where outcome = 'out_of_scope'
group by outcome
