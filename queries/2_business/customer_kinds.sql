-- title:   Kind and industry of each customer of the customer file
-- grain:   one row per customer_id of the source `customers`
-- key:     [customer_id]
-- note:    Words are compared without regard to case and to blanks around them. A kind that is none of the four words,
--   or an industry that business.industry_map does not list, is `not_known`. Who is internal belongs to the company
--   itself and is outside the population.
-- columns:
--   written_kind: the kind as the source has it
--   written_industry: the industry as the source has it

with customers as (
    select customer_id, kind as written_kind, industry as written_industry,
        lower(trim(both blanks.blanks from kind)) as kind,
        lower(trim(both blanks.blanks from industry)) as industry
    from canonical.customers cross join settings.blanks as blanks
)

select customers.customer_id,
    case when customers.kind in ('retail', 'merchant', 'channel', 'internal') then customers.kind else 'not_known' end
        as customer_kind,
    coalesce(industry_map.industry, 'not_known') as industry, customers.written_kind, customers.written_industry,
    coalesce(customers.kind = 'internal', false) as is_internal
from customers
left join business.industry_map as industry_map  -- many-to-one; none of an industry that is not listed
    on customers.industry = industry_map.source_industry
