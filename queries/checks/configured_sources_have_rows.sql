-- title:    Every source that is configured has rows that can be used
-- scope:    base
-- severity: warn
-- judges:   inputs
-- message:
--   text: "no row of {source} can be used: {rows_read} were read, {rows_rejected} rejected, {rows_filtered} left out by
--     `where`, {rows_out_of_scope} are out of scope"
-- note:     The files may be empty, or every row belongs to a later report.

select sources.source, source_totals.rows_read, source_totals.rows_rejected, source_totals.rows_filtered,
    source_totals.rows_out_of_scope
from settings.sources as sources
inner join business.source_totals as source_totals on sources.source = source_totals.source  -- one-to-one
where sources.is_configured and source_totals.rows_used = 0
