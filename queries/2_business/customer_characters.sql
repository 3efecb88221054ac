-- title:   Need class and temperament of each customer
-- grain:   one row per snapshot and customer_id of the population
-- key:     [snapshot, customer_id]
-- inputs:  [business.behaviour_cutoffs, business.class_sources, business.customer_behaviours, settings.policy]
-- note: >
--   The first that applies. Needs: price_sensitive buys at least `price_sensitive_unit_share` of the
--   units at a discount of `price_sensitive_discount_rate` or more; service_led has more service cases per
--   order than the cut-off; product_led pays full price for `product_led_full_price_share` of the
--   spend, in at most `product_led_max_categories` categories; else mixed. Temperament is a proxy from
--   behaviour, not a fact about a person: impulsive has a return rate or a share of sales on the day of
--   a visit above the cut-off, and usually one line in the basket; rational uses discounts more
--   than the cut-off, and orders regularly or visits often per order; emotional pays full price
--   (`product_led_full_price_share`) and spends more than `emotional_category_share` in one category; else
--   unclear. What a missing source or column would tell applies to nobody; who matches nothing is
--   `not_known` then, instead of mixed or unclear.

with

policy as (
    select
        cast(price_sensitive_unit_share as double) as price_sensitive_unit_share,
        cast(product_led_full_price_share as double) as full_price_share,
        product_led_max_categories,
        cast(emotional_category_share as double) as emotional_category_share
    from settings.policy
)

select
    behaviours.snapshot,
    behaviours.customer_id,

    case
        when behaviours.discounted_unit_share >= policy.price_sensitive_unit_share then 'price_sensitive'
        when behaviours.cases_per_order > cutoffs.cases_per_order then 'service_led'
        when behaviours.full_price_share >= policy.full_price_share
            and behaviours.categories <= policy.product_led_max_categories
            then 'product_led'
        when class_sources.has_discount
            and class_sources.has_quantity
            and class_sources.has_cases
            and class_sources.has_category
            then 'mixed'
        else 'not_known'
    end as need_class,
    case
        when behaviours.is_usually_one_line and behaviours.return_rate > cutoffs.return_rate then 'impulsive'
        when behaviours.is_usually_one_line and behaviours.visited_sale_share > cutoffs.visited_sale_share
            then 'impulsive'
        when behaviours.discounted_sale_share > cutoffs.discounted_sale_share and behaviours.is_regular
            then 'rational'
        when behaviours.discounted_sale_share > cutoffs.discounted_sale_share
            and behaviours.visits_per_order > cutoffs.visits_per_order
            then 'rational'
        when behaviours.full_price_share >= policy.full_price_share
            and behaviours.category_share > policy.emotional_category_share
            then 'emotional'
        when class_sources.has_discount and class_sources.has_visits and class_sources.has_category then 'unclear'
        else 'not_known'
    end as temperament
from business.customer_behaviours as behaviours
inner join business.behaviour_cutoffs as cutoffs  -- many-to-one
    on behaviours.snapshot = cutoffs.snapshot
cross join business.class_sources as class_sources
cross join policy
