-- title:   Revenue by country of the order lines
-- grain:   one row per country, and a total; none where order lines have no country
-- key:     [country]
-- note:    Where the lines were sold, whoever bought them; results.countries has customers by their home country.
--   Largest by net revenue first, equal ones by name; the report shows places_shown of them.
-- columns:
--   margin_rate: contribution margin / net revenue

select places.country, places.position,
    places.lines, places.net_revenue, places.revenue_share, places.contribution_margin, places.margin_rate,
    places.is_shown
from business.place_shares as places
inner join settings.source_columns as columns  -- many-to-one
    on places.level = columns.column_name and columns.source = 'order_lines'
where places.kind = 'lines' and places.level = 'country' and columns.is_mapped order by places.position, places.country
