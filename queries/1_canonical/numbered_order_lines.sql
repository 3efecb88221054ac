-- title:   Order lines as they arrived, typed, judged one by one and numbered
-- grain:   one row per row of the source
-- key:     []
-- order:   [order_id, line_number]
-- publish: no
-- inputs:  [canonical.accepted_dates, raw.order_lines, settings.policy]
-- note: >
--   own_outcome is what a row tells by itself: `used`, `out_of_scope` (on or after the as-of date)
--   or the reason of a rejection, the first rule that applies. What rows tell together is judged
--   in the files after this one. line_number counts the rows of an order from 1 by the source's
--   own line number, then by content. source_file is the number of the row's file, in the order of
--   the paths. A returned line takes money out of revenue: one whose net amount is above 0 is
--   rejected or turned, by `return_sign`.

with

policy as (
    select as_of, margin, return_sign
    from settings.policy
),

accepted_dates as (
    select earliest_date, newest_date, max_future_days
    from canonical.accepted_dates
),

order_lines as (
    -- Two of the three amounts of a price make the third; without a discount, list price is net price.
    select
        order_id,
        source_line,
        source_file,
        customer_id,
        ordered_at,
        cast(ordered_at as date) as order_date,
        product_id,
        category,
        customer_segment,
        country,
        region,
        state,
        quantity,
        cast(coalesce(gross_amount, net_amount + coalesce(discount_amount, 0)) as decimal(18, 4))
            as gross_amount,
        discount_amount as stated_discount,
        cast(coalesce(net_amount, gross_amount - coalesce(discount_amount, 0)) as decimal(18, 4))
            as net_amount,
        cost_amount as stated_cost,
        cast(coalesce(freight_amount, 0) as decimal(18, 4)) as freight_amount,
        amount_problem,
        is_return,
        coalesce(is_return, quantity < 0, false)
        and coalesce(net_amount, gross_amount - coalesce(discount_amount, 0)) > 0 as is_positive_return,

        -- An id of blanks names nobody. They are listed, because engines differ in what a plain trim removes:
        -- tab, line feed, carriage return, no-break space, ideographic space.
        coalesce(trim(both ' ' || chr(9) || chr(10) || chr(13) || chr(160) || chr(12288) from order_id), '') <> ''
            as has_order_id,
        coalesce(trim(both ' ' || chr(9) || chr(10) || chr(13) || chr(160) || chr(12288) from customer_id), '') <> ''
            as has_customer_id
    from raw.order_lines
),

signed_lines as (
    select
        order_lines.*,
        order_lines.is_positive_return and policy.return_sign = 'negate' as is_turned,
        order_lines.is_positive_return and policy.return_sign = 'refuse' as is_refused
    from order_lines
    cross join policy
),

turned_lines as (
    select
        order_id,
        source_line,
        source_file,
        customer_id,
        ordered_at,
        order_date,
        product_id,
        category,
        customer_segment,
        country,
        region,
        state,
        case when is_turned then -abs(quantity) else quantity end as quantity,
        case when is_turned then -gross_amount else gross_amount end as gross_amount,
        case when is_turned then -stated_discount else stated_discount end as stated_discount,
        case when is_turned then -net_amount else net_amount end as net_amount,
        case when is_turned then -abs(stated_cost) else stated_cost end as stated_cost,
        freight_amount,
        amount_problem,
        is_return,
        is_refused,
        has_order_id,
        has_customer_id
    from signed_lines
),

judged_lines as (
    select
        order_lines.*,
        cast(order_lines.gross_amount - order_lines.net_amount as decimal(18, 4)) as discount_amount,
        -- A cost that the source does not know is estimated from the declared margin.
        cast(
            coalesce(
                order_lines.stated_cost,
                order_lines.net_amount - cast(order_lines.net_amount as decimal(28, 4)) * policy.margin
            ) as decimal(18, 4)
        ) as cost_amount,
        case
            when not order_lines.has_customer_id then 'customer_missing'
            when not order_lines.has_order_id then 'order_missing'
            when order_lines.order_date is null then 'date_missing'
            when order_lines.order_date < accepted.earliest_date then 'date_before_earliest'
            when order_lines.order_date - accepted.newest_date > accepted.max_future_days then 'date_in_the_future'
            when order_lines.amount_problem is not null then order_lines.amount_problem
            when order_lines.net_amount is null then 'amount_missing'
            when order_lines.stated_discount <> order_lines.gross_amount - order_lines.net_amount
                then 'amounts_disagree'
            when order_lines.is_refused then 'return_amount_positive'
            when order_lines.stated_cost is null and policy.margin is null then 'cost_missing'
            when order_lines.order_date >= policy.as_of then 'out_of_scope'
            else 'used'
        end as own_outcome
    from turned_lines as order_lines
    cross join policy
    cross join accepted_dates as accepted
),

ranked_lines as (
    -- Ranks over all rows, in one order: as one window per order they would cost many times as much.
    select
        judged_lines.*,
        row_number() over by_content as row_rank,
        rank() over (order by order_id nulls last) as order_rank,
        rank() over (order by order_id nulls last, source_line nulls last) as number_rank
    from judged_lines
    window by_content as (
        order by
            order_id nulls last, source_line nulls last, customer_id nulls last, ordered_at nulls last,
            product_id nulls last, quantity nulls last, net_amount nulls last, gross_amount nulls last,
            stated_discount nulls last, stated_cost nulls last, freight_amount nulls last,
            amount_problem nulls last, is_return nulls last, category nulls last,
            customer_segment nulls last, country nulls last, region nulls last, state nulls last,
            source_file nulls last
    )
),

numbered_lines as (
    select
        ranked_lines.*,
        cast(row_rank as bigint) - cast(order_rank as bigint) + 1 as line_number,
        lead(number_rank) over (order by order_id nulls last, source_line nulls last) as next_number_rank
    from ranked_lines
)

select
    order_id,
    line_number,
    source_line,
    source_file,
    customer_id,

    ordered_at,
    order_date,

    own_outcome,
    -- Another row of the order has the same line number, or neither has one.
    number_rank < row_rank or coalesce(number_rank = next_number_rank, false) as is_repeated,
    has_order_id and has_customer_id as has_ids,
    amount_problem,
    product_id,
    category,
    customer_segment,
    country,
    region,
    state,

    quantity,
    gross_amount,
    stated_discount,
    discount_amount,
    net_amount,
    stated_cost,
    cost_amount,
    freight_amount,

    is_return
from numbered_lines
order by order_id nulls last, row_rank nulls last
