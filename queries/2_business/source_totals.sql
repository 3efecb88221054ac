-- title:   What became of the rows of each source
-- key:     [source]
-- scope:   base
-- note:    Each number is counted at its own place, so that they can be compared. Amounts are those of
--   canonical.rejected_rows; a returned line has the sign that `return_sign` gives it. The days are those of the rows
--   used, ordered, signed up, opened, due, visited or rated; the newest day of payments is the last on which one was
--   paid, if that is known. A source that is not configured has no row anywhere.

with footer_rows as (select source, sum(rows) as rows from settings.inputs group by source),

order_amounts as (
    select coalesce(is_return, quantity < 0, false) as is_return, net_amount from canonical.converted_order_lines
),

read_rows as (
    select 'order_lines' as source, count(*) as rows,
        cast(
            coalesce(
                sum(
                    case
                        when policy.return_sign = 'negate'
                            and order_amounts.is_return and order_amounts.net_amount > 0
                            then -order_amounts.net_amount
                        else order_amounts.net_amount
                    end
                ),
                0
            ) as decimal(28, 4)
        ) as amount
    from order_amounts cross join settings.policy as policy
    union all
    select 'customers' as source, count(*) as rows, cast(0 as decimal(28, 4)) as amount from raw.customers
    union all
    select 'service_cases' as source, count(*) as rows, cast(coalesce(sum(cost), 0) as decimal(28, 4)) as amount
    from raw.service_cases
    union all
    select 'payments' as source, count(*) as rows, cast(coalesce(sum(amount), 0) as decimal(28, 4)) as amount
    from raw.payments
    union all
    select 'visits' as source, count(*) as rows, cast(0 as decimal(28, 4)) as amount from raw.visits
    union all
    select 'exchange_rates' as source, count(*) as rows, cast(0 as decimal(28, 4)) as amount from raw.exchange_rates
),

used_rows as (select * from canonical.source_outcomes where outcome = 'used'),

rejected_rows as (
    select source, sum(rows) as rows, sum(amount) as amount, sum(absolute_amount) as absolute_amount
    from canonical.rejected_rows group by source
),

out_of_scope_rows as (
    select source, sum(rows) filter (where reason = 'after_as_of') as rows,
        sum(amount) filter (where reason = 'after_as_of') as amount,
        sum(rows) filter (where reason = 'filtered') as filtered_rows,
        sum(amount) filter (where reason = 'filtered') as filtered_amount
    from canonical.out_of_scope_rows group by source
)

select sources.source, used_rows.oldest_date, used_rows.newest_date,
    cast(coalesce(footer_rows.rows, 0) as bigint) as rows_in_footers,
    cast(coalesce(read_rows.rows, 0) as bigint) as rows_read, cast(coalesce(used_rows.rows, 0) as bigint) as rows_used,
    cast(coalesce(rejected_rows.rows, 0) as bigint) as rows_rejected,
    cast(coalesce(out_of_scope_rows.filtered_rows, 0) as bigint) as rows_filtered,
    cast(coalesce(out_of_scope_rows.rows, 0) as bigint) as rows_out_of_scope,
    cast(coalesce(read_rows.amount, 0) as decimal(28, 4)) as amount_read,
    cast(coalesce(used_rows.amount, 0) as decimal(28, 4)) as amount_used,
    cast(coalesce(rejected_rows.amount, 0) as decimal(28, 4)) as amount_rejected,
    cast(coalesce(out_of_scope_rows.filtered_amount, 0) as decimal(28, 4)) as amount_filtered,
    cast(coalesce(out_of_scope_rows.amount, 0) as decimal(28, 4)) as amount_out_of_scope,
    cast(coalesce(used_rows.absolute_amount, 0) as decimal(28, 4)) as absolute_amount_used,
    cast(coalesce(rejected_rows.absolute_amount, 0) as decimal(28, 4)) as absolute_amount_rejected
from settings.sources as sources
left join footer_rows on sources.source = footer_rows.source  -- one-to-one
left join read_rows on sources.source = read_rows.source  -- one-to-one
left join used_rows on sources.source = used_rows.source  -- one-to-one
left join rejected_rows on sources.source = rejected_rows.source  -- one-to-one
left join out_of_scope_rows  -- one-to-one
    on sources.source = out_of_scope_rows.source
