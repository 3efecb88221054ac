-- title:   Rejected rows by reason
-- grain:   one row per source and reason
-- key:     [source, reason]
-- publish: yes
-- note: >
--   Amount is net of an order line, the cost of a service case, the amount of a payment; a missing one counts as 0, and
--   customers, visits and exchange rates have none. An amount in another currency that has no exchange rate is missing:
--   business.currency_totals states it as it is. The absolute amount adds up without regard to sign: it is what the
--   limit `checks.max_rejected_money` compares. setting names what decides the reason, with its value; NULL where
--   nothing can be set.

with rejected as (
    select 'order_lines' as source, outcome as reason, sum(lines) as rows,
        cast(coalesce(sum(net_revenue), 0) as decimal(28, 4)) as amount,
        cast(coalesce(sum(absolute_revenue), 0) as decimal(28, 4)) as absolute_amount
    from canonical.order_parts
    where outcome not in ('used', 'out_of_scope', 'filtered')
    group by outcome
    union all
    select 'customers' as source, outcome as reason, count(*) as rows, cast(0 as decimal(28, 4)) as amount,
        cast(0 as decimal(28, 4)) as absolute_amount
    from canonical.checked_customers
    where outcome not in ('used', 'out_of_scope', 'filtered')
    group by outcome
    union all
    select 'service_cases' as source, outcome as reason, count(*) as rows,
        cast(coalesce(sum(cost), 0) as decimal(28, 4)) as amount,
        cast(coalesce(sum(abs(cost)), 0) as decimal(28, 4)) as absolute_amount
    from canonical.checked_service_cases
    where outcome not in ('used', 'out_of_scope', 'filtered')
    group by outcome
    union all
    select 'payments' as source, outcome as reason, count(*) as rows,
        cast(coalesce(sum(amount), 0) as decimal(28, 4)) as amount,
        cast(coalesce(sum(abs(amount)), 0) as decimal(28, 4)) as absolute_amount
    from canonical.checked_payments
    where outcome not in ('used', 'out_of_scope', 'filtered')
    group by outcome
    union all
    select 'visits' as source, outcome as reason, count(*) as rows, cast(0 as decimal(28, 4)) as amount,
        cast(0 as decimal(28, 4)) as absolute_amount
    from canonical.checked_visits
    where outcome not in ('used', 'out_of_scope', 'filtered')
    group by outcome
    union all
    select 'exchange_rates' as source, outcome as reason, count(*) as rows, cast(0 as decimal(28, 4)) as amount,
        cast(0 as decimal(28, 4)) as absolute_amount
    from canonical.checked_exchange_rates
    where outcome not in ('used', 'out_of_scope', 'filtered')
    group by outcome
)

select cast(rejected.source as varchar) as source, cast(rejected.reason as varchar) as reason,
    cast(rejected.rows as bigint) as rows, rejected.amount, rejected.absolute_amount,
    case rejected.reason
        when 'date_before_earliest' then 'policy.earliest_date: ' || cast(accepted.earliest_date as varchar)
        when 'date_in_the_future'
            then 'policy.max_future_days: ' || cast(accepted.max_future_days as varchar) || ' after '
            || cast(accepted.newest_date as varchar)
        when 'rate_missing'
            then 'sources.exchange_rates, policy.max_rate_age_days: ' || cast(policy.max_rate_age_days as varchar)
        when 'cost_missing' then 'policy.margin is not set'
        when 'return_amount_positive' then 'policy.return_sign: refuse'
        when 'replaced_by_later_file' then 'checks.orders_in_two_files: keep_last'
        when 'duplicate_exact'
            then case when rejected.source = 'order_lines' then 'checks.duplicates: ' || checks.duplicates end
    end as setting
from rejected cross join canonical.accepted_dates as accepted
cross join settings.checks as checks cross join settings.policy as policy
