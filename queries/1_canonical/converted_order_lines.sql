-- title:   Order lines in the currency of the project
-- grain:   one row per row of the source
-- publish: view
-- note:    stated_discount and stated_net are in the currency of the line, every other amount is in that of the
--   project. List price, net amount, cost and freight of a line in another currency are multiplied by the rate of its
--   day, each by itself, and rounded to four decimals, halves away from zero. Whether list price less discount is the
--   net amount is told of the stated amounts; the discount in the currency of the project is what list price and net
--   amount leave, so that the three agree there too. Without a rate these amounts are NULL, and so is exchange_rate,
--   which is 1 for the currency of the project.

with project as (
    select project.currency, policy.currency_is_mapped
    from settings.project as project cross join settings.policy as policy
),

stated_lines as (
    -- Two of the three amounts of a price make the third; without a discount, list price is net price.
    select order_lines.order_id, order_lines.source_line, order_lines.source_file, order_lines.customer_id,
        order_lines.ordered_at, cast(order_lines.ordered_at as date) as order_date, order_lines.product_id,
        order_lines.category, order_lines.customer_segment, order_lines.country, order_lines.region, order_lines.state,
        case when project.currency_is_mapped then order_lines.currency else project.currency end as currency,
        project.currency_is_mapped and coalesce(order_lines.currency <> project.currency, true) as is_foreign,
        order_lines.quantity,
        cast(coalesce(order_lines.gross_amount,
            order_lines.net_amount + coalesce(order_lines.discount_amount, 0)) as decimal(18, 4)) as stated_gross,
        order_lines.discount_amount as stated_discount,
        cast(coalesce(order_lines.net_amount,
            order_lines.gross_amount - coalesce(order_lines.discount_amount, 0)) as decimal(18, 4)) as stated_net,
        order_lines.cost_amount as stated_cost,
        cast(coalesce(order_lines.freight_amount, 0) as decimal(18, 4)) as stated_freight, order_lines.amount_problem,
        order_lines.is_return
    from raw.order_lines as order_lines cross join project
),

rated_lines as (
    select stated_lines.*,
        case when stated_lines.is_foreign then day_rates.rate else cast(1 as decimal(18, 10)) end as exchange_rate,
        -- Converted, every amount must be within the bounds of an amount.
        case
            when stated_lines.is_foreign
                then greatest(
                    abs(coalesce(cast(stated_lines.stated_gross as decimal(28, 4)), 0)),
                    abs(coalesce(cast(stated_lines.stated_net as decimal(28, 4)), 0)),
                    abs(coalesce(cast(stated_lines.stated_cost as decimal(28, 4)), 0)),
                    abs(cast(stated_lines.stated_freight as decimal(28, 4)))
                ) * day_rates.rate < 10000000000000
        end as is_in_range
    from stated_lines
    left join canonical.day_rates as day_rates  -- many-to-one
        on stated_lines.currency = day_rates.currency and stated_lines.order_date = day_rates.order_date
)

select order_id, source_line, source_file, customer_id, ordered_at, order_date,
    product_id, category, customer_segment, country, region, state, currency, quantity, exchange_rate,
    case
        when not is_foreign then stated_gross
        when is_in_range then cast(cast(stated_gross as decimal(28, 4)) * exchange_rate as decimal(18, 4))
    end as gross_amount,
    stated_discount,
    case
        when not is_foreign then stated_net
        when is_in_range then cast(cast(stated_net as decimal(28, 4)) * exchange_rate as decimal(18, 4))
    end as net_amount,
    stated_net,
    case
        when not is_foreign then stated_cost
        when is_in_range then cast(cast(stated_cost as decimal(28, 4)) * exchange_rate as decimal(18, 4))
    end as stated_cost,
    case
        when not is_foreign then stated_freight
        when is_in_range then cast(cast(stated_freight as decimal(28, 4)) * exchange_rate as decimal(18, 4))
    end as freight_amount,
    coalesce(amount_problem, case when not is_in_range then 'amount_out_of_range' end) as amount_problem,
    coalesce(stated_discount <> stated_gross - stated_net, false) as amounts_disagree,
    stated_cost is not null as is_cost_stated, is_return
from rated_lines
