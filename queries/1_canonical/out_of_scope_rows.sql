-- title:   Rows that do not count in this report and are no mistake
-- grain:   one row per source and reason
-- key:     [source, reason]
-- note: >
--   after_as_of: dated on or after the as-of date, valid, and part of a later report. filtered: left out by `where` of
--   the source; only the amount is read of them. Both count apart from rejected rows. Amounts are those of
--   canonical.rejected_rows; of filtered rows in another currency none is known.

with out_of_scope as (
    select 'order_lines' as source, case outcome when 'filtered' then 'filtered' else 'after_as_of' end as reason,
        sum(lines) as rows, cast(coalesce(sum(net_revenue), 0) as decimal(28, 4)) as amount
    from canonical.order_parts
    where outcome in ('out_of_scope', 'filtered')
    group by outcome
    union all
    select 'customers' as source, case outcome when 'filtered' then 'filtered' else 'after_as_of' end as reason,
        count(*) as rows, cast(0 as decimal(28, 4)) as amount
    from canonical.checked_customers
    where outcome in ('out_of_scope', 'filtered')
    group by outcome
    union all
    select 'service_cases' as source, case outcome when 'filtered' then 'filtered' else 'after_as_of' end as reason,
        count(*) as rows, cast(coalesce(sum(cost), 0) as decimal(28, 4)) as amount
    from canonical.checked_service_cases
    where outcome in ('out_of_scope', 'filtered')
    group by outcome
    union all
    select 'payments' as source, case outcome when 'filtered' then 'filtered' else 'after_as_of' end as reason,
        count(*) as rows, cast(coalesce(sum(amount), 0) as decimal(28, 4)) as amount
    from canonical.checked_payments
    where outcome in ('out_of_scope', 'filtered')
    group by outcome
    union all
    select 'visits' as source, case outcome when 'filtered' then 'filtered' else 'after_as_of' end as reason,
        count(*) as rows, cast(0 as decimal(28, 4)) as amount
    from canonical.checked_visits
    where outcome in ('out_of_scope', 'filtered')
    group by outcome
    union all
    select 'exchange_rates' as source, case outcome when 'filtered' then 'filtered' else 'after_as_of' end as reason,
        count(*) as rows, cast(0 as decimal(28, 4)) as amount
    from canonical.checked_exchange_rates
    where outcome in ('out_of_scope', 'filtered')
    group by outcome
)

select cast(source as varchar) as source, cast(reason as varchar) as reason, cast(rows as bigint) as rows, amount
from out_of_scope
