-- title:   Valid rows that belong to a later report
-- grain:   one row per source and reason
-- key:     [source, reason]
-- inputs:  [canonical.checked_customers, canonical.checked_exchange_rates, canonical.checked_payments,
--           canonical.checked_service_cases, canonical.checked_visits, canonical.order_parts]
-- note: >
--   Rows dated on or after the as-of date. They are valid, so they count apart from rejected
--   rows. Amounts are those of canonical.rejected_rows.

with

out_of_scope as (
    select
        'order_lines' as source,
        'after_as_of' as reason,
        sum(lines) as rows,
        cast(coalesce(sum(net_revenue), 0) as decimal(28, 4)) as amount
    from canonical.order_parts
    where outcome = 'out_of_scope'
    group by outcome
    union all
    select
        'customers' as source,
        'after_as_of' as reason,
        count(*) as rows,
        cast(0 as decimal(28, 4)) as amount
    from canonical.checked_customers
    where outcome = 'out_of_scope'
    group by outcome
    union all
    select
        'service_cases' as source,
        'after_as_of' as reason,
        count(*) as rows,
        cast(coalesce(sum(cost), 0) as decimal(28, 4)) as amount
    from canonical.checked_service_cases
    where outcome = 'out_of_scope'
    group by outcome
    union all
    select
        'payments' as source,
        'after_as_of' as reason,
        count(*) as rows,
        cast(coalesce(sum(amount), 0) as decimal(28, 4)) as amount
    from canonical.checked_payments
    where outcome = 'out_of_scope'
    group by outcome
    union all
    select
        'visits' as source,
        'after_as_of' as reason,
        count(*) as rows,
        cast(0 as decimal(28, 4)) as amount
    from canonical.checked_visits
    where outcome = 'out_of_scope'
    group by outcome
    union all
    select
        'exchange_rates' as source,
        'after_as_of' as reason,
        count(*) as rows,
        cast(0 as decimal(28, 4)) as amount
    from canonical.checked_exchange_rates
    where outcome = 'out_of_scope'
    group by outcome
)

select
    cast(source as varchar) as source,
    cast(reason as varchar) as reason,

    cast(rows as bigint) as rows,
    amount
from out_of_scope
