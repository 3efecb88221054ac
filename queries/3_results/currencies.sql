-- title:   The currencies of the order lines
-- key:     [currency]
-- scope:   base
-- cells:   {open: [position, lines, revenue_share, lowest_rate, highest_rate, lines_without_rate]}
-- note:    Over the whole history that is used. Stated amounts are in the currency of the row and not added up; net
--   revenue is in that of the project, at the rate of the day of each line.
-- columns:
--   revenue_share: share of net revenue
--   lowest_rate: lowest rate at which a line was converted
--   highest_rate: highest rate at which a line was converted
--   currency: (none) of lines that name none
--   lines_without_rate: lines that are rejected and have no rate of their day

select totals.currency,
    row_number() over (order by totals.net_revenue desc nulls last, totals.currency nulls last) as position,
    totals.currency = project.currency as is_project_currency, totals.lines, totals.stated_revenue, totals.net_revenue,
    cast(totals.net_revenue as double) / nullif(cast(sum(totals.net_revenue) over () as double), 0) as revenue_share,
    totals.lowest_rate, totals.highest_rate, totals.lines_without_rate, totals.stated_revenue_without_rate
from business.currency_totals as totals cross join settings.project as project order by position, currency
