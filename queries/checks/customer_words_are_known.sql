-- title:    Every kind and industry of the customer file has a meaning
-- scope:    base
-- severity: warn
-- message:
--   text: words of the customer file without a meaning count as not known
--   detail: "{column_name} `{word}` of {customers} customers"
--   see: business.industry_map
-- note:     A kind is retail, merchant, channel or internal; an industry stands in business.industry_map. Other words
--   count as not known.

with words as (
    select 'kind' as column_name, written_kind as word, count(*) as customers
    from business.customer_kinds where customer_kind = 'not_known' and written_kind is not null group by written_kind
    union all
    select 'industry' as column_name, written_industry as word, count(*) as customers
    from business.customer_kinds where industry = 'not_known' and written_industry is not null group by written_industry
)

select column_name, word, customers from words
