-- title:    Every sum that must agree agrees
-- inputs:   [results.reconciliation]
-- severity: stop

select
    identity,
    left_side,
    right_side,
    difference
from results.reconciliation
where not holds
