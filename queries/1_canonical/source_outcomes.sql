-- title:   Rows of each source by what became of them
-- key:     [source, outcome]
-- publish: no
-- note:    The outcome is `used`, `out_of_scope`, `filtered` or the reason of a rejection. Amount is net of an order
--   line, the cost of a service case, the amount of a payment; a missing one counts as 0, and customers, visits and
--   exchange rates have none. The absolute amount adds up without regard to sign. Days are those on which the rows were
--   ordered, signed up, opened, due, visited or rated; the newest of payments is the last on which one was paid, if
--   that is known.

with outcomes as (
    select 'order_lines' as source, outcome, sum(lines) as rows, sum(net_revenue) as amount,
        sum(absolute_revenue) as absolute_amount, min(order_date) as oldest_date, max(last_date) as newest_date
    from canonical.order_parts group by outcome
    union all
    select 'customers' as source, outcome, count(*) as rows, 0 as amount, 0 as absolute_amount,
        min(signed_up_date) as oldest_date, max(signed_up_date) as newest_date
    from canonical.checked_customers group by outcome
    union all
    select 'service_cases' as source, outcome, count(*) as rows, sum(cost) as amount, sum(abs(cost)) as absolute_amount,
        min(opened_date) as oldest_date, max(opened_date) as newest_date
    from canonical.checked_service_cases group by outcome
    union all
    select 'payments' as source, outcome, count(*) as rows, sum(amount) as amount, sum(abs(amount)) as absolute_amount,
        min(due_date) as oldest_date, coalesce(max(paid_date), max(due_date)) as newest_date
    from canonical.checked_payments group by outcome
    union all
    select 'visits' as source, outcome, count(*) as rows, 0 as amount, 0 as absolute_amount,
        min(visit_date) as oldest_date, max(visit_date) as newest_date
    from canonical.checked_visits group by outcome
    union all
    select 'exchange_rates' as source, outcome, count(*) as rows, 0 as amount, 0 as absolute_amount,
        min(rate_date) as oldest_date, max(rate_date) as newest_date
    from canonical.checked_exchange_rates group by outcome
)

select cast(source as varchar) as source, outcome, cast(rows as bigint) as rows,
    cast(coalesce(amount, 0) as decimal(28, 4)) as amount,
    cast(coalesce(absolute_amount, 0) as decimal(28, 4)) as absolute_amount, oldest_date, newest_date
from outcomes
