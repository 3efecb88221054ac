-- title:   Order lines added up by order, and by what became of them
-- grain:   one row per order_id, customer_id, outcome, currency and is_without_rate
-- publish: no
-- note: >
--   What follows adds up these rows and does not read the lines again. Of a row without an amount the money counts as
--   0. The used lines of an order are one row: they are of one customer.
-- columns:
--   currency: that of lines that are not used; NULL of the used ones, which are added up
--   is_without_rate: whether the stated amount could not be converted; NULL of the used lines, which all are
--   stated_revenue: net amounts as they are stated, in the currency of the lines; NULL of the used ones
--   stated_absolute_revenue: the same without regard to sign
--   order_date: day of the first line sold, or of the first line returned where none is sold
--   outcome: what became of the lines, see canonical.checked_order_lines
--   discounted_units: units sold at a discount of at least price_sensitive_discount_rate
--   discounted_revenue: net revenue of the lines sold at such a discount
--   full_price_revenue: net revenue of the lines sold without any discount

with judged_lines as (
    select lines.*, case when lines.outcome <> 'used' then lines.currency end as unused_currency,
        case when lines.outcome <> 'used' then lines.stated_net end as unused_stated_net,
        case when lines.outcome <> 'used' then lines.exchange_rate is null and lines.stated_net is not null end
            as is_without_rate,
        not lines.is_return and lines.discount_amount > 0 and lines.discount_amount
            >= cast(lines.gross_amount as decimal(28, 4)) * policy.price_sensitive_discount_rate as is_discounted_sale
    from canonical.checked_order_lines as lines cross join settings.policy as policy
)

select order_id, customer_id, outcome, unused_currency as currency, is_without_rate,
    coalesce(min(ordered_at) filter (where not is_return), min(ordered_at)) as ordered_at,
    coalesce(min(order_date) filter (where not is_return), min(order_date)) as order_date, max(order_date) as last_date,
    count(*) as lines, count(*) filter (where is_return) as returned_lines,
    count(*) filter (where has_cost) as lines_with_cost, count(*) filter (where not is_return) as sold_lines,
    count(*) filter (where not is_return and discount_amount > 0) as discounted_lines,
    cast(coalesce(sum(quantity), 0) as decimal(28, 4)) as units,
    cast(coalesce(sum(quantity) filter (where not is_return), 0) as decimal(28, 4)) as sold_units,
    cast(coalesce(sum(quantity) filter (where is_discounted_sale), 0) as decimal(28, 4)) as discounted_units,
    cast(coalesce(sum(gross_amount), 0) as decimal(28, 4)) as gross_revenue,
    cast(coalesce(sum(discount_amount), 0) as decimal(28, 4)) as discount_amount,
    cast(coalesce(sum(net_amount), 0) as decimal(28, 4)) as net_revenue,
    cast(coalesce(sum(abs(net_amount)), 0) as decimal(28, 4)) as absolute_revenue,
    cast(coalesce(sum(cost_amount), 0) as decimal(28, 4)) as cost_of_goods,
    cast(coalesce(sum(freight_amount), 0) as decimal(28, 4)) as freight_amount,
    cast(coalesce(sum(net_amount) filter (where not is_return), 0) as decimal(28, 4)) as sold_revenue,
    cast(coalesce(sum(net_amount) filter (where is_discounted_sale), 0) as decimal(28, 4)) as discounted_revenue,
    cast(coalesce(sum(net_amount) filter (where not is_return and discount_amount <= 0), 0) as decimal(28, 4))
        as full_price_revenue,
    cast(sum(unused_stated_net) as decimal(28, 4)) as stated_revenue,
    cast(sum(abs(unused_stated_net)) as decimal(28, 4)) as stated_absolute_revenue
from judged_lines group by order_id, customer_id, outcome, unused_currency, is_without_rate
