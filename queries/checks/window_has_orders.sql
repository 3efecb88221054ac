-- title:    The window of the report holds at least one order
-- severity: stop
-- judges:   inputs
-- message:
--   text: "no order from {window_start} until the as-of date {as_of}: {found}"
--   see: as_of and window
-- note: >
--   A report of zeros would look like a bad year. More often the as-of date lies outside of the history, or every row
--   was rejected. An order is a sale: returns alone make no report. Orders of internal customers do not count.

with documents as (
    select count(*) filter (where orders.is_internal) as internal_orders,
        count(*) filter (where not orders.is_internal and orders.is_sale) as orders,
        count(*) filter (where not orders.is_internal and not orders.is_sale) as return_documents
    from business.orders as orders
    inner join settings.snapshots as snapshots  -- the orders of the window
        on orders.order_date >= snapshots.window_start and orders.order_date < snapshots.as_of
    where snapshots.snapshot = 'current'
)

select snapshots.window_start, snapshots.as_of,
    case
        when documents.internal_orders > 0 and documents.return_documents > 0
            then 'all order lines of these days are returned, or of internal customers'
        when documents.internal_orders > 0 then 'all orders of these days are of internal customers'
        when documents.return_documents > 0 then 'all order lines of these days are returned'
        when source_totals.rows_used > 0
            then 'the order lines that can be used are of ' || cast(source_totals.oldest_date as varchar)
            || ' to ' || cast(source_totals.newest_date as varchar)
        when source_totals.rows_out_of_scope > 0 then 'all order lines that can be used are later'
        else 'no order line can be used'
    end as found
from settings.snapshots as snapshots cross join business.source_totals as source_totals cross join documents
where snapshots.snapshot = 'current' and source_totals.source = 'order_lines' and documents.orders = 0
