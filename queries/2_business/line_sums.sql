-- title:   Order lines of an order, by category and place
-- grain:   one row per row of canonical.order_contents
-- publish: no
-- note:    A line belongs to the day of its order, however late it was shipped or sent back.
-- columns:
--   is_sale: whether the lines are those of sales, or of return documents
--   sold_lines: lines that are no returns

select orders.customer_id, orders.order_date, contents.category, countries.name as country, regions.name as region,
    contents.lines, contents.sold_lines, contents.net_revenue, contents.cost_of_goods, orders.is_sale,
    orders.is_internal
from canonical.order_contents as contents
inner join business.orders as orders on contents.order_id = orders.order_id  -- many-to-one
left join canonical.place_names as countries  -- many-to-one, as the one that follows; none of a blank text
    on contents.country = countries.written and countries.kind = 'country'
left join canonical.place_names as regions on contents.region = regions.written and regions.kind = 'region'
