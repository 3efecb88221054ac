-- title:   Customers by every class
-- grain:   one row per snapshot, customer_id and class_name; class_name `all` is the population
-- key:     []
-- publish: view
-- note: >
--   Made from the lines `class` and `classes` of the files that make these tables. Who has no row or no value there is
--   `not_known`.

select
    customer_classes.snapshot, customer_classes.customer_id, class_names.class_name, customer_classes.tier,
    case class_names.class_name
        when 'all' then 'all'
{cases}
    end as value,
    profit.orders, profit.lines, profit.gross_revenue, profit.discount_amount, profit.net_revenue, profit.cost_of_goods,
    profit.contribution_margin, profit.cost_to_serve, profit.profit
from business.customer_classes as customer_classes
inner join business.customer_profit as profit  -- one-to-one
    on customer_classes.snapshot = profit.snapshot and customer_classes.customer_id = profit.customer_id
{joins}cross join (values ('all'), {names}) as class_names (class_name)
