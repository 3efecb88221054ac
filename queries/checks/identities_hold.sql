-- title:    Every sum that must agree agrees
-- severity: stop
-- message:
--   text: "{violations} sums that must agree differ"
--   detail: "{identity} ({left_side} against {right_side})"

select identity, left_side, right_side, difference from results.reconciliation where holds is distinct from true
