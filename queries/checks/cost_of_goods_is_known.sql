-- title:    The cost of goods is known for every order line of the window
-- severity: warn
-- message:
--   text: "the cost of goods is known of {lines_with_cost} of {lines} order lines of the window; that of the others is
--     estimated"
--   see: policy.margin
-- note:     Where it is not, profit is estimated from policy.margin and the report says so.

select lines, lines_with_cost from results.cost_coverage where is_estimated is distinct from false
