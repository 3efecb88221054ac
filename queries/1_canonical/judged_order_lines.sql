-- title:   Order lines as they arrived, typed and judged one by one
-- grain:   one row per row of the source
-- publish: view
-- note: >
--   own_outcome is what a row tells by itself: `used`, `out_of_scope` (on or after the as-of date) or the reason of a
--   rejection, the first rule that applies. What rows tell together is judged in the files after this one. source_file
--   is the number of the row's file, in the order of the names. A returned line takes money out of revenue: one whose
--   net amount is above 0 is rejected or turned, by `return_sign`.

with accepted_dates as (select earliest_date, newest_date, max_future_days from canonical.accepted_dates),

order_lines as (
    select converted_lines.*,
        -- The sign is that of the stated amount: of a line without an exchange rate no other is known.
        coalesce(is_return, quantity < 0, false) and stated_net > 0 as is_positive_return,
        -- An id of blanks names nobody. They are listed, because engines differ in what a plain trim removes:
        -- tab, line feed, carriage return, no-break space, ideographic space.
        coalesce(trim(both ' ' || chr(9) || chr(10) || chr(13) || chr(160) || chr(12288) from order_id), '') <> ''
            as has_order_id,
        coalesce(trim(both ' ' || chr(9) || chr(10) || chr(13) || chr(160) || chr(12288) from customer_id), '') <> ''
            as has_customer_id
    from canonical.converted_order_lines as converted_lines
),

signed_lines as (
    select order_lines.*, order_lines.is_positive_return and policy.return_sign = 'negate' as is_turned,
        order_lines.is_positive_return and policy.return_sign = 'refuse' as is_refused
    from order_lines cross join settings.policy as policy
),

turned_lines as (
    select
        order_id, source_line, source_file, customer_id, ordered_at, order_date, product_id, category, customer_segment,
        country, region, state, currency, exchange_rate,
        case when is_turned then -stated_net else stated_net end as stated_net,
        case when is_turned then -abs(quantity) else quantity end as quantity,
        case when is_turned then -gross_amount else gross_amount end as gross_amount,
        case when is_turned then -stated_discount else stated_discount end as stated_discount,
        case when is_turned then -net_amount else net_amount end as net_amount,
        case when is_turned then -abs(stated_cost) else stated_cost end as stated_cost, freight_amount, amount_problem,
        amounts_disagree, is_cost_stated, is_return, is_refused, has_order_id, has_customer_id
    from signed_lines
)

select order_lines.order_id, order_lines.source_line, order_lines.source_file, order_lines.customer_id,
    order_lines.ordered_at, order_lines.order_date,
    case
        when order_lines.amount_problem = 'filtered' then 'filtered'
        when not order_lines.has_customer_id then 'customer_missing'
        when not order_lines.has_order_id then 'order_missing'
        when order_lines.order_date is null then 'date_missing'
        when order_lines.order_date < accepted.earliest_date then 'date_before_earliest'
        when order_lines.order_date - accepted.newest_date > accepted.max_future_days then 'date_in_the_future'
        when order_lines.amount_problem is not null then order_lines.amount_problem
        when order_lines.stated_net is null then 'amount_missing'
        when order_lines.amounts_disagree then 'amounts_disagree'
        when order_lines.is_refused then 'return_amount_positive'
        when not order_lines.is_cost_stated and policy.margin is null then 'cost_missing'
        when order_lines.currency is null then 'currency_missing'
        when order_lines.order_date >= policy.as_of then 'out_of_scope'
        when order_lines.exchange_rate is null then 'rate_missing'
        else 'used'
    end as own_outcome,
    order_lines.has_order_id, order_lines.has_order_id and order_lines.has_customer_id as has_ids,
    order_lines.amount_problem, order_lines.product_id, order_lines.category, order_lines.customer_segment,
    order_lines.country, order_lines.region, order_lines.state, order_lines.currency,
    order_lines.quantity, order_lines.exchange_rate, order_lines.stated_net, order_lines.gross_amount,
    order_lines.stated_discount,
    cast(order_lines.gross_amount - order_lines.net_amount as decimal(18, 4)) as discount_amount,
    order_lines.net_amount, order_lines.stated_cost,
    -- A cost that the source does not know is estimated from the declared margin.
    cast(coalesce(order_lines.stated_cost, order_lines.net_amount - cast(order_lines.net_amount as decimal(28,
        4)) * policy.margin) as decimal(18, 4)) as cost_amount,
    order_lines.freight_amount, order_lines.is_return
from turned_lines as order_lines cross join settings.policy as policy cross join accepted_dates as accepted
