-- title:   Order lines as they arrived, each with what became of it
-- grain:   one row per row of the source
-- key:     []
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
    select
        order_id,
        source_line,
        customer_id,
        ordered_at,
        quantity,
        gross_amount,
        discount_amount,
        net_amount,
        cost_amount,
        freight_amount,
        amount_problem,
        is_return,
        product_id,
        category,
        customer_segment,
        country,
        region,
        state
    from raw.order_lines
),

orders_of_two_customers as (
    -- Whose order it was cannot be guessed, so none of its lines is used.
    select order_id
    from order_lines
    where trim(order_id) <> '' and trim(customer_id) <> ''
    group by order_id
    having min(customer_id) <> max(customer_id)
),

ranked_lines as (
    -- Equal rows share a content rank but not a line number: that makes an exact duplicate visible.
    select
        order_lines.*,
        row_number() over line_order as line_number,
        rank() over line_order as content_rank
    from order_lines
    window line_order as (
        partition by order_id
        order by
            source_line nulls last, customer_id nulls last, ordered_at nulls last, product_id nulls last,
            quantity nulls last, net_amount nulls last, gross_amount nulls last,
            discount_amount nulls last, cost_amount nulls last, freight_amount nulls last,
            amount_problem nulls last, is_return nulls last, category nulls last,
            customer_segment nulls last, country nulls last, region nulls last, state nulls last
    )
),

lines_with_rivals as (
    -- Rows of one line number that differ in content have more than one content rank among them.
    select
        ranked_lines.*,
        min(content_rank) over (partition by order_id, source_line) as lowest_rank,
        max(content_rank) over (partition by order_id, source_line) as highest_rank
    from ranked_lines
),

completed_lines as (
    -- Two of the three amounts of a price make the third; without a discount, list price is net price.
    select
        lines_with_rivals.*,
        orders_of_two_customers.order_id is not null as has_two_customers,
        cast(coalesce(gross_amount, net_amount + coalesce(discount_amount, 0)) as decimal(18, 4))
            as gross,
        cast(coalesce(net_amount, gross_amount - coalesce(discount_amount, 0)) as decimal(18, 4))
            as net,
        cast(ordered_at as date) as order_date
    from lines_with_rivals
    left join orders_of_two_customers  -- many-to-one
        on lines_with_rivals.order_id = orders_of_two_customers.order_id
)

select
    case
        when completed_lines.customer_id is null or trim(completed_lines.customer_id) = ''
            then 'customer_missing'
        when completed_lines.order_id is null or trim(completed_lines.order_id) = ''
            then 'order_missing'
        when completed_lines.order_date is null then 'date_missing'
        when completed_lines.order_date < policy.earliest_date then 'date_before_earliest'
        when completed_lines.order_date > policy.latest_date then 'date_in_the_future'
        when completed_lines.amount_problem is not null then completed_lines.amount_problem
        when completed_lines.net is null then 'amount_missing'
        when completed_lines.discount_amount <> completed_lines.gross - completed_lines.net
            then 'amounts_disagree'
        when completed_lines.cost_amount is null and policy.margin is null then 'cost_missing'
        when completed_lines.has_two_customers then 'order_of_two_customers'
        when completed_lines.line_number > completed_lines.content_rank then 'duplicate_exact'
        when completed_lines.source_line is not null
            and completed_lines.lowest_rank < completed_lines.highest_rank then 'line_conflict'
        when completed_lines.order_date >= policy.as_of then 'out_of_scope'
        else 'used'
    end as outcome,

    completed_lines.order_id,
    completed_lines.line_number,
    completed_lines.customer_id,

    completed_lines.ordered_at,
    completed_lines.order_date,

    completed_lines.product_id,
    completed_lines.category,
    completed_lines.customer_segment,
    completed_lines.country,
    completed_lines.region,
    completed_lines.state,

    completed_lines.quantity,
    completed_lines.gross as gross_amount,
    cast(completed_lines.gross - completed_lines.net as decimal(18, 4)) as discount_amount,
    completed_lines.net as net_amount,
    -- A cost that the source does not know is estimated from the declared margin.
    cast(
        coalesce(
            completed_lines.cost_amount,
            completed_lines.net - cast(completed_lines.net as decimal(28, 4)) * policy.margin
        ) as decimal(18, 4)
    ) as cost_amount,
    cast(coalesce(completed_lines.freight_amount, 0) as decimal(18, 4)) as freight_amount,

    completed_lines.cost_amount is not null as has_cost,
    -- A line is a return when the source says so; else when goods go back, or money where no quantity is known.
    coalesce(completed_lines.is_return, completed_lines.quantity < 0, completed_lines.net < 0)
        as is_return
from completed_lines
cross join policy
