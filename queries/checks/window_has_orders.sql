-- title:    The window of the report holds at least one order
-- inputs:   [business.customer_measures, business.source_totals, settings.snapshots]
-- severity: stop
-- judges:   inputs
-- message:
--   text: "no order from {window_start} until the as-of date {as_of}: {found}"
--   see: as_of and window
-- note: >
--   A report of zeros would look like a bad year. More often the as-of date lies outside of the
--   history, or every row was rejected. An order is a sale: returns alone make no report. Orders of internal
--   customers do not count.

select
    snapshots.window_start,
    snapshots.as_of,
    case
        when source_totals.rows_used > 0
            then 'the order lines that can be used are of ' || cast(source_totals.oldest_date as varchar)
            || ' to ' || cast(source_totals.newest_date as varchar)
        when source_totals.rows_out_of_scope > 0 then 'all order lines that can be used are later'
        else 'no order line can be used'
    end as found
from settings.snapshots as snapshots
cross join business.source_totals as source_totals
where snapshots.snapshot = 'current'
    and source_totals.source = 'order_lines'
    and not exists (
        select measures.customer_id
        from business.customer_measures as measures
        where measures.snapshot = 'current' and measures.orders > 0
    )
