-- title:   Rejected rows by reason
-- grain:   one row per source and reason
-- key:     [source, reason]
-- inputs:  [canonical.checked_order_lines]
-- note: >
--   Amount is net; a missing amount counts as 0. The absolute amount adds up without regard to
--   sign: it is what the limit `checks.max_rejected_money` compares.

select
    cast('order_lines' as varchar) as source,
    outcome as reason,

    count(*) as rows,
    cast(coalesce(sum(net_amount), 0) as decimal(28, 4)) as amount,
    cast(coalesce(sum(abs(net_amount)), 0) as decimal(28, 4)) as absolute_amount
from canonical.checked_order_lines
where outcome not in ('used', 'out_of_scope')
group by outcome
