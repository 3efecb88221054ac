-- title:   What a class of customers would need, and does not have
-- key:     [class_name, gap]
-- cells:   {open: [class_position, position]}
-- note: >
--   No row: everything is there. A gap is a source or column that is not configured; what it would tell applies to
--   nobody.

with needs as (
    select *
    from (values
        ('customer_kind', 1, 'kind', 1),
        ('region_class', 2, 'country', 1),
        ('region_class', 2, 'region', 2),
        ('region_class', 2, 'home_country', 3),
        ('region_class', 2, 'home_region', 4),
        ('industry', 3, 'industry', 1),
        ('need_class', 4, 'discount', 1),
        ('need_class', 4, 'quantity', 2),
        ('need_class', 4, 'category', 3),
        ('need_class', 4, 'service_cases', 4),
        ('temperament', 5, 'discount', 1),
        ('temperament', 5, 'category', 2),
        ('temperament', 5, 'visits', 3),
        ('customer_type', 6, 'discount', 1),
        ('customer_type', 6, 'complaints', 2),
        ('customer_type', 6, 'visits', 3),
        ('quality_customer', 7, 'payments', 1),
        ('quality_customer', 7, 'service_cases', 2)
    ) as listed (class_name, class_position, gap, gap_position)
),

judged_needs as (
    select needs.*,
        case needs.gap
            when 'kind' then class_sources.has_kind
            when 'country' then class_sources.has_country
            when 'region' then class_sources.has_region
            when 'home_country' then class_sources.has_home_country
            when 'home_region' then class_sources.has_home_region
            when 'industry' then class_sources.has_industry
            when 'discount' then class_sources.has_discount
            when 'quantity' then class_sources.has_quantity
            when 'category' then class_sources.has_category
            when 'service_cases' then class_sources.has_cases
            when 'complaints' then class_sources.has_complaints
            when 'visits' then class_sources.has_visits
            when 'payments' then class_sources.has_payments
        end as is_there
    from needs cross join business.class_sources as class_sources
)

select cast(class_name as varchar) as class_name, cast(gap as varchar) as gap,
    cast(class_position as bigint) as class_position, cast(gap_position as bigint) as position
from judged_needs where not is_there order by class_position, position, class_name, gap
