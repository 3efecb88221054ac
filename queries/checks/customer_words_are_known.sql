-- title:    Every kind and industry of the customer file has a meaning
-- inputs:   [business.industry_map, canonical.customers]
-- scope:    base
-- severity: warn
-- message:
--   text: "words of the customer file without a meaning count as not known"
--   detail: "{column_name} `{word}` of {customers} customers"
--   see: business.industry_map
-- note: >
--   A kind is retail, merchant, channel or internal; an industry stands in business.industry_map.
--   Other words count as not known.

with

customers as (
    select
        kind,
        industry,
        lower(trim(both ' ' || chr(9) || chr(10) || chr(13) || chr(160) || chr(12288) from kind)) as kind_word,
        lower(trim(both ' ' || chr(9) || chr(10) || chr(13) || chr(160) || chr(12288) from industry)) as industry_word
    from canonical.customers
),

words as (
    select 'kind' as column_name, kind as word, count(*) as customers
    from customers
    where kind_word not in ('retail', 'merchant', 'channel', 'internal')
    group by kind
    union all
    select 'industry' as column_name, customers.industry as word, count(*) as customers
    from customers
    left join business.industry_map as industry_map  -- many-to-one; none of a word that is not listed
        on customers.industry_word = industry_map.source_industry
    where customers.industry is not null
        and industry_map.source_industry is null
    group by customers.industry
)

select
    column_name,
    word,
    customers
from words
