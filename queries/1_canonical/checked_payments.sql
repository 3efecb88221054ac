-- title:   Payments as they arrived, each with what became of the row
-- grain:   one row per row of the source
-- publish: no
-- note:    outcome is `used`, `out_of_scope` (due on or after the as-of date) or the reason of a rejection; the first
--   rule that applies. What is paid on or after the as-of date is unpaid yet, so paid_date is NULL. Paid before due is
--   early, not wrong. A refund is negative.

with amount_column as (
    -- Where the source has amounts, a payment without one is a mistake.
    select is_mapped from settings.source_columns where source = 'payments' and column_name = 'amount'
),

payments as (
    select payments.payment_id, payments.customer_id,
        case when trim(both blanks.blanks from payments.order_id) <> '' then payments.order_id end as order_id,
        payments.due_date, payments.paid_date, payments.amount, payments.value_problem,
        coalesce(trim(both blanks.blanks from payments.payment_id), '') <> '' as has_payment_id,
        coalesce(trim(both blanks.blanks from payments.customer_id), '') <> '' as has_customer_id,
        amount_column.is_mapped as has_amounts, policy.as_of, accepted.earliest_date, accepted.newest_date,
        accepted.max_future_days
    from raw.payments as payments cross join settings.policy as policy cross join settings.blanks as blanks
    cross join canonical.accepted_dates as accepted cross join amount_column
),

judged_payments as (
    -- What a row tells by itself; rows that repeat or contradict each other are judged below.
    select payments.*, case when paid_date < as_of then paid_date end as known_paid_date,
        case
            when value_problem = 'filtered' then 'filtered'
            when not has_customer_id then 'customer_missing'
            when not has_payment_id then 'payment_missing'
            when due_date is null then 'date_missing'
            when due_date < earliest_date or paid_date < earliest_date then 'date_before_earliest'
            when due_date - newest_date > max_future_days or paid_date - newest_date > max_future_days
                then 'date_in_the_future'
            when value_problem is not null then value_problem
            when has_amounts and amount is null then 'amount_missing'
            when due_date >= as_of then 'out_of_scope'
            else 'used'
        end as own_outcome
    from payments
),

ranked_payments as (
    -- Ranks over all repeated rows, in one order: as one window per id they would cost a hundred times as much.
    -- Equal rows share a content rank but not a row rank: that makes an exact duplicate visible.
    select judged_payments.*, row_number() over by_content as row_rank, rank() over by_content as content_rank,
        rank() over (order by payment_id nulls last) as payment_rank
    from judged_payments
    inner join canonical.repeated_ids as repeated  -- many-to-one
        on repeated.source = 'payments' and judged_payments.payment_id = repeated.id
    window by_content as (
        order by payment_id nulls last, customer_id nulls last, order_id nulls last, due_date nulls last,
            paid_date nulls last, amount nulls last, value_problem nulls last
    )
),

payments_with_rivals as (
    -- Rows of one payment that differ in content have more than one content rank among them.
    select ranked_payments.*, max(content_rank) over (order by payment_id nulls last) as highest_rank
    from ranked_payments
)

select payment_id, customer_id, order_id, due_date, known_paid_date as paid_date, own_outcome as outcome, amount
from judged_payments
left join canonical.repeated_ids as repeated  -- many-to-one
    on repeated.source = 'payments' and judged_payments.payment_id = repeated.id
where repeated.id is null
union all
select payment_id, customer_id, order_id, due_date, known_paid_date as paid_date,
    case
        when own_outcome not in ('used', 'out_of_scope') then own_outcome
        when row_rank > content_rank then 'duplicate_exact'
        -- Two different rows of one payment: which is true cannot be guessed, so neither is used.
        when payment_rank < highest_rank then 'payment_conflict'
        else own_outcome
    end as outcome,
    amount
from payments_with_rivals
