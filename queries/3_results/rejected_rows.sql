-- title:   Why rows were not used
-- key:     [source, reason]
-- scope:   base
-- cells:   {open: [position, rows, row_share]}
-- note:    Of every source. The share is that of the rows read of the source.

select rejected_rows.source, rejected_rows.reason, sources.position, rejected_rows.rows,
    cast(rejected_rows.rows as double) / nullif(cast(source_totals.rows_read as double), 0) as row_share,
    rejected_rows.amount
from canonical.rejected_rows as rejected_rows
inner join settings.sources as sources on rejected_rows.source = sources.source  -- many-to-one
inner join business.source_totals as source_totals on rejected_rows.source = source_totals.source  -- many-to-one
order by position, source, reason
