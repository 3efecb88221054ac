-- title:   What the classes of customers need, and whether it is there
-- grain:   one row
-- key:     [has_cases]
-- note: >
--   A source or column that is not configured says nothing about a customer: no row is not zero. Two of list price, net
--   price and discount tell the third.

with sources as (
    -- A count over all rows gives one row, also when none is configured.
    select count(*) filter (where source = 'customers' and is_configured) > 0 as has_customers,
        count(*) filter (where source = 'service_cases' and is_configured) > 0 as has_cases,
        count(*) filter (where source = 'visits' and is_configured) > 0 as has_visits
    from settings.sources
),

columns as (
    select count(*) filter (where source = 'customers' and column_name = 'kind' and is_mapped) > 0 as has_kind,
        count(*) filter (where source = 'customers' and column_name = 'industry' and is_mapped) > 0 as has_industry,
        count(*) filter (where source in ('customers', 'order_lines') and column_name = 'country' and is_mapped) > 0
            as has_country,
        count(*) filter (where source in ('customers', 'order_lines') and column_name = 'region' and is_mapped) > 0
            as has_region,
        count(*) filter (where source = 'order_lines'
            and column_name in ('gross_amount', 'net_amount', 'discount_amount') and is_mapped) > 1 as has_discount,
        count(*) filter (where source = 'order_lines' and column_name = 'quantity' and is_mapped) > 0 as has_quantity,
        count(*) filter (where source = 'order_lines' and column_name = 'category' and is_mapped) > 0 as has_category,
        count(*) filter (where source = 'service_cases' and column_name in ('is_complaint', 'satisfaction')
            and is_mapped) > 0 as has_complaints,
        count(*) filter (where source = 'payments' and column_name = 'paid_date' and is_mapped) > 0 as has_payments
    from settings.source_columns
)

select sources.has_customers, sources.has_cases, sources.has_visits, columns.has_kind, columns.has_industry,
    columns.has_country, columns.has_region, columns.has_discount, columns.has_quantity, columns.has_category,
    columns.has_complaints, columns.has_payments, project.home_country is not null as has_home_country,
    project.home_region is not null as has_home_region
from sources cross join columns cross join settings.project as project
