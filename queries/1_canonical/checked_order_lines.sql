-- title:   Order lines as they arrived, each with what became of it
-- grain:   one row per row of the source
-- key:     []
-- order:   [order_id, line_number]
-- publish: no
-- inputs:  [raw.order_lines, settings.policy]
-- note: >
--   outcome is `used`, `out_of_scope` (on or after the as-of date) or the reason of a rejection.
--   A row has one outcome: the first rule that applies. Kept inside the run, because it repeats
--   every source row; `canonical.order_lines` and `canonical.rejected_rows` are its two halves.

with

policy as (
    select as_of, earliest_date, latest_date, margin
    from settings.policy
),

order_lines as (
    -- Two of the three amounts of a price make the third; without a discount, list price is net price.
    select
        order_id,
        source_line,
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

        -- An id of blanks names nobody. They are listed, because engines differ in what a plain trim removes:
        -- tab, line feed, carriage return, no-break space, ideographic space.
        coalesce(trim(both ' ' || chr(9) || chr(10) || chr(13) || chr(160) || chr(12288) from order_id), '') <> ''
            as has_order_id,
        coalesce(trim(both ' ' || chr(9) || chr(10) || chr(13) || chr(160) || chr(12288) from customer_id), '') <> ''
            as has_customer_id
    from raw.order_lines
),

orders_of_two_customers as (
    -- Whose order it was cannot be guessed, so none of its lines is used.
    select order_id
    from order_lines
    where has_order_id and has_customer_id
    group by order_id
    having min(customer_id) <> max(customer_id)
),

judged_lines as (
    -- What a row tells by itself; rows that repeat or contradict each other are judged below.
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
            when order_lines.order_date < policy.earliest_date then 'date_before_earliest'
            when order_lines.order_date > policy.latest_date then 'date_in_the_future'
            when order_lines.amount_problem is not null then order_lines.amount_problem
            when order_lines.net_amount is null then 'amount_missing'
            when order_lines.stated_discount <> order_lines.gross_amount - order_lines.net_amount
                then 'amounts_disagree'
            when order_lines.stated_cost is null and policy.margin is null then 'cost_missing'
            when orders_of_two_customers.order_id is not null then 'order_of_two_customers'
            when order_lines.order_date >= policy.as_of then 'out_of_scope'
            else 'used'
        end as own_outcome
    from order_lines
    left join orders_of_two_customers  -- many-to-one
        on order_lines.order_id = orders_of_two_customers.order_id
    cross join policy
),

ranked_lines as (
    -- Ranks over all rows, in one order: as one window per order they would cost a hundred times as much.
    -- Equal rows share a content rank but not a row rank: that makes an exact duplicate visible.
    select
        judged_lines.*,
        row_number() over by_content as row_rank,
        rank() over by_content as content_rank,
        rank() over (order by order_id nulls last) as order_rank,
        rank() over (order by order_id nulls last, source_line nulls last) as number_rank
    from judged_lines
    window by_content as (
        order by
            order_id nulls last, source_line nulls last, customer_id nulls last, ordered_at nulls last,
            product_id nulls last, quantity nulls last, net_amount nulls last, gross_amount nulls last,
            stated_discount nulls last, stated_cost nulls last, freight_amount nulls last,
            amount_problem nulls last, is_return nulls last, category nulls last,
            customer_segment nulls last, country nulls last, region nulls last, state nulls last
    )
),

lines_with_rivals as (
    -- Rows of one line number that differ in content have more than one content rank among them.
    select
        ranked_lines.*,
        cast(row_rank as bigint) - cast(order_rank as bigint) + 1 as line_number,
        max(content_rank) over (order by order_id nulls last, source_line nulls last) as highest_rank
    from ranked_lines
)

select
    order_id,
    line_number,
    customer_id,

    ordered_at,
    order_date,

    case
        when own_outcome not in ('used', 'out_of_scope') then own_outcome
        when row_rank > content_rank then 'duplicate_exact'
        -- The source gave one line number of an order two contents: neither is used.
        when source_line is not null and number_rank < highest_rank then 'line_conflict'
        else own_outcome
    end as outcome,
    product_id,
    category,
    customer_segment,
    country,
    region,
    state,

    quantity,
    gross_amount,
    discount_amount,
    net_amount,
    cost_amount,
    freight_amount,

    stated_cost is not null as has_cost,
    -- A line is a return when the source says so; else when goods go back, or money where no quantity is known.
    coalesce(is_return, quantity < 0, net_amount < 0) as is_return
from lines_with_rivals
