-- title:   Revenue by country and region of the order lines
-- grain:   one row per level, country and region, and a total of each level; none where order lines have no such column
-- key:     [level, country, region]
-- note:    Where the lines were sold, whoever bought them; results.countries and results.regions have customers by
--   their home. Rows of the level `country` have the region `total`. Largest by net revenue first, equal ones by name;
--   the report shows places_shown of them.
-- columns:
--   margin_rate: contribution margin / net revenue

select places.level, places.country, places.region, places.position,
    places.lines, places.net_revenue, places.revenue_share, places.contribution_margin, places.margin_rate,
    places.is_shown
from business.place_shares as places
inner join settings.source_columns as columns  -- many-to-one
    on places.level = columns.column_name and columns.source = 'order_lines'
where places.kind = 'lines' and columns.is_mapped
order by places.level, places.position, places.country, places.region
