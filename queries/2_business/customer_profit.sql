-- title:   Profit of each customer, for each snapshot
-- grain:   one row per snapshot and customer_id of the population
-- key:     [snapshot, customer_id]
-- publish: yes
-- note:    The population is every customer with a sale or a return document in the window. Contribution margin is net
--   revenue less cost of goods; cost to serve is that of the orders (business.order_costs) and of the service cases
--   (business.case_costs) of the window and `per_customer`, unrounded, so that customers add up to rate x volume
--   exactly; profit is contribution margin less cost to serve. Cases of people without an order in the window are the
--   cost of nobody here; results.reconciliation shows them.
-- columns:
--   sold_units: units of the lines that are no returns
--   returned_revenue: net revenue of the lines that are returns, as a rule below 0
--   cases_at_rate: service cases without a recorded cost
--   recorded_case_cost: recorded cost of the other cases
--   case_costs: cost to serve of the service cases

with costs as (
    -- Who has no case, visit or payment has no row there.
    select measures.*, contacts.cases, contacts.cases_at_rate, contacts.recorded_case_cost, contacts.handling_minutes,
        cast(coalesce(contacts.case_costs, 0) as decimal(28, 10)) as case_costs,
        cast(measures.net_revenue - measures.cost_of_goods as decimal(28, 4)) as contribution_margin,
        cast(measures.order_costs + coalesce(contacts.case_costs, 0) + rates.per_customer as decimal(28, 10))
            as cost_to_serve
    from business.customer_sums as measures
    left join business.customer_contacts as contacts  -- one-to-one
        on measures.snapshot = contacts.snapshot and measures.customer_id = contacts.customer_id
    cross join settings.rates as rates
    where measures.is_in_window
)

select snapshot, customer_id,
    orders, lines, sold_units, returned_lines, gross_revenue, discount_amount, net_revenue,
    cast(net_revenue - sold_revenue as decimal(28, 4)) as returned_revenue,
    cost_of_goods, freight_amount,
    coalesce(cases, 0) as service_cases, coalesce(cases_at_rate, 0) as cases_at_rate,
    cast(coalesce(recorded_case_cost, 0) as decimal(28, 4)) as recorded_case_cost,
    cast(coalesce(handling_minutes, 0) as decimal(28, 4)) as handling_minutes, case_costs, contribution_margin,
    cost_to_serve, cast(contribution_margin - cost_to_serve as decimal(28, 10)) as profit
from costs
