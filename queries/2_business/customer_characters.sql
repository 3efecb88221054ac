-- title:   Need class, temperament, type and quality of each customer
-- grain:   one row per snapshot and customer_id of the population
-- key:     [snapshot, customer_id]
-- note: >
--   The first that applies. Needs: price_sensitive buys at least `price_sensitive_unit_share` of the units at a
--   discount of `price_sensitive_discount_rate` or more; service_led has more service cases per order than the cut-off;
--   product_led pays full price for `product_led_full_price_share` of the spend, in at most
--   `product_led_max_categories` categories; else mixed. Temperament is a proxy from behaviour, not a fact about a
--   person: impulsive has a return rate or a share of sales on the day of a visit above the cut-off, and usually one
--   line in the basket; rational uses discounts more than the cut-off, and orders regularly or visits often per order;
--   emotional pays full price (`product_led_full_price_share`) and spends more than `emotional_category_share` in one
--   category; else unclear. Types: angry (in the last `angry_days`, at least `angry_complaints` complaints or a
--   satisfaction of `angry_max_satisfaction` or less), new_buyer (lifecycle stage new), discount_chaser (at least
--   `discount_chaser_order_share` of the sales at a discount), impulsive (temperament), researcher (more visits per
--   order than the cut-off), sceptic (at least `sceptic_min_visits` visits before the first order, or the first
--   purchase came back), loyal (loyalty class), regular; the eighth type, prospect, never ordered: business.prospects.
--   What a missing source or column would tell applies to nobody; who matches nothing is `not_known` then, instead of
--   mixed, unclear or regular. Five marks of quality: every payment that was due in the window was paid by its day;
--   profit rate above the median; service cases per order below the median, or none; regular orders; basket above the
--   median. A mark is not known (NULL) without its source, and pays_on_time without a payment due. Yes with
--   `quality_min_marks`; no when the marks that are not known could not make it so; else `not_known`. Medians are
--   nearest-rank.

with judged_customers as (
    select behaviours.*, class_sources.has_complaints, class_sources.has_discount, class_sources.has_visits,
        cutoffs.visits_per_order as many_visits_per_order,
        case
            when behaviours.discounted_unit_share >= cast(policy.price_sensitive_unit_share as double)
                then 'price_sensitive'
            when behaviours.cases_per_order > cutoffs.cases_per_order then 'service_led'
            when behaviours.full_price_share >= cast(policy.product_led_full_price_share as double)
                and behaviours.categories <= policy.product_led_max_categories
                then 'product_led'
            when class_sources.has_discount
                and class_sources.has_quantity
                and class_sources.has_cases and class_sources.has_category
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
            when behaviours.full_price_share >= cast(policy.product_led_full_price_share as double)
                and behaviours.category_share > cast(policy.emotional_category_share as double)
                then 'emotional'
            when class_sources.has_discount and class_sources.has_visits and class_sources.has_category then 'unclear'
            else 'not_known'
        end as temperament,
        behaviours.payments_on_time = behaviours.payments as pays_on_time,
        coalesce(behaviours.profit_rate > cutoffs.median_profit_rate, false) as has_high_profit_rate,
        case
            when behaviours.cases = 0 then true
            -- Cases of who has no order are many.
            when behaviours.cases > 0 then coalesce(behaviours.cases_per_order < cutoffs.median_cases_per_order, false)
        end as has_few_cases,
        coalesce(behaviours.basket_amount > cutoffs.median_basket_amount, false) as has_large_basket
    from business.customer_behaviours as behaviours
    inner join business.behaviour_cutoffs as cutoffs on behaviours.snapshot = cutoffs.snapshot  -- many-to-one
    cross join business.class_sources as class_sources cross join settings.policy as policy
),

counted_marks as (
    select judged_customers.*,
        case when pays_on_time then 1 else 0 end
        + case when has_high_profit_rate then 1 else 0 end
        + case when has_few_cases then 1 else 0 end
        + case when is_regular then 1 else 0 end
        + case when has_large_basket then 1 else 0 end as quality_marks,
        5 - case when pays_on_time is null then 1 else 0 end - case when has_few_cases is null then 1 else 0 end
            as known_marks
    from judged_customers
)

select customers.snapshot, customers.customer_id, customers.need_class, customers.temperament,
    case
        when customers.recent_complaints >= policy.angry_complaints then 'angry'
        when customers.lowest_recent_satisfaction <= policy.angry_max_satisfaction then 'angry'
        when lifecycle.lifecycle_stage = 'new' then 'new_buyer'
        when customers.discounted_sale_share >= cast(policy.discount_chaser_order_share as double)
            then 'discount_chaser'
        when customers.temperament = 'impulsive' then 'impulsive'
        when customers.visits_per_order > customers.many_visits_per_order then 'researcher'
        when customers.visits_before >= policy.sceptic_min_visits or customers.is_first_returned then 'sceptic'
        when scores.loyalty_class = 'loyal' then 'loyal'
        when customers.has_complaints and customers.has_discount and customers.has_visits then 'regular'
        else 'not_known'
    end as customer_type,
    case
        when customers.quality_marks >= policy.quality_min_marks then 'yes'
        when customers.quality_marks + 5 - customers.known_marks < policy.quality_min_marks then 'no'
        else 'not_known'
    end as quality_customer,
    cast(customers.quality_marks as bigint) as quality_marks, cast(customers.known_marks as bigint) as known_marks,
    customers.pays_on_time, customers.has_high_profit_rate, customers.has_few_cases, customers.is_regular,
    customers.has_large_basket
from counted_marks as customers
left join business.customer_lifecycle as lifecycle  -- one-to-one, as the one that follows
    on customers.snapshot = lifecycle.snapshot and customers.customer_id = lifecycle.customer_id
left join business.customer_scores as scores
    on customers.snapshot = scores.snapshot and customers.customer_id = scores.customer_id
cross join settings.policy as policy
