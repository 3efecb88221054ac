-- title:    Rejected money stays within the limit
-- inputs:   [canonical.order_lines, canonical.rejected_rows, settings.checks]
-- severity: stop
-- note: >
--   The limit is checks.max_rejected_money, a share of the money read, both without regard to sign,
--   so that a rejected return does not hide a rejected sale.

with

rejected as (
    select coalesce(sum(absolute_amount), 0) as amount
    from canonical.rejected_rows
),

used as (
    select coalesce(sum(abs(net_amount)), 0) as amount
    from canonical.order_lines
)

select
    rejected.amount as rejected_amount,
    used.amount as used_amount,
    checks.max_rejected_money as allowed_share
from rejected
cross join used
cross join settings.checks as checks
where cast(rejected.amount as decimal(28, 4))
    > cast(rejected.amount + used.amount as decimal(28, 4)) * checks.max_rejected_money
