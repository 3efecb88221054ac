-- title:    Rejected money stays within the limit, in every source
-- inputs:   [business.source_totals, settings.checks]
-- scope:    base
-- severity: stop
-- note: >
--   The limit is checks.max_rejected_money, a share of the money of the source, both without regard
--   to sign, so that a rejected return does not hide a rejected sale.

select
    source_totals.source,
    source_totals.absolute_amount_rejected as rejected_amount,
    source_totals.absolute_amount_used as used_amount,
    checks.max_rejected_money as allowed_share
from business.source_totals as source_totals
cross join settings.checks as checks
where source_totals.absolute_amount_rejected
    > cast(source_totals.absolute_amount_rejected + source_totals.absolute_amount_used as decimal(28, 4))
    * checks.max_rejected_money
