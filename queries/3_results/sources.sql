-- title:   The sources, and what became of their rows
-- key:     [source]
-- scope:   base
-- cells:   {open: [position, oldest_date, newest_date, rows_read, rows_used, rows_rejected, rows_filtered,
--   rows_out_of_scope, rejected_share, is_configured]}
-- note:    A source that is not configured has no rows, and switches off what needs it. Days are those of the rows
--   used; of customers, the day of signing up; of payments, the newest is the last day on which one was paid, if that
--   is known.

select sources.source, sources.position, source_totals.oldest_date, source_totals.newest_date,
    source_totals.rows_read, source_totals.rows_used, source_totals.rows_rejected, source_totals.rows_filtered,
    source_totals.rows_out_of_scope,
    cast(source_totals.rows_rejected as double) / nullif(cast(source_totals.rows_read as double), 0) as rejected_share,
    sources.is_configured
from settings.sources as sources
inner join business.source_totals as source_totals on sources.source = source_totals.source  -- one-to-one
order by position, source
