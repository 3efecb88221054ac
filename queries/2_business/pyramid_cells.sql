-- title:   Groups of customers that the four conditions of the pyramid compare, with exact sums
-- key:     [condition, measure, tier_group, driver]
-- note:    Upper is Platinum and Gold, lower is Iron and Lead. Profile and service look at the current window; drivers
--   and service effect at customers of a year ago and what they did since, with and without a driver. The driver of
--   orders is discount (at least `price_sensitive_discount_rate` of list price), that of the service effect a complaint
--   in the `complaint_days` before. A value is one number per customer, with four decimals; who has none does not
--   count.
-- columns:
--   total: sum of the values
--   square_total: sum of the squared values

with current_customers as (
    select case when tiers.tier in ('platinum', 'gold') then 'upper' else 'lower' end as tier_group, profit.orders,
        profit.net_revenue, profit.gross_revenue, profit.discount_amount, profit.service_cases,
        coalesce(contacts.complaints, 0) as complaints, profit.handling_minutes,
        coalesce(contacts.timed_cases, 0) as timed_cases, coalesce(contacts.rated_cases, 0) as rated_cases,
        cast(coalesce(contacts.satisfaction_total, 0) as decimal(28, 4)) as satisfaction_total
    from business.customer_tiers as tiers
    inner join business.customer_profit as profit  -- one-to-one
        on tiers.snapshot = profit.snapshot and tiers.customer_id = profit.customer_id
    left join business.customer_contacts as contacts  -- one-to-one; none without a case, visit or payment
        on tiers.snapshot = contacts.snapshot and tiers.customer_id = contacts.customer_id
    where tiers.snapshot = 'current'
),

current_measures as (
    select *
    from (values
        ('profile', 'orders'),
        ('profile', 'net_revenue_per_order'),
        ('profile', 'discount_rate'),
        ('service', 'cases_per_order'),
        ('service', 'with_complaint'),
        ('service', 'minutes_per_case'),
        ('service', 'satisfaction')
    ) as listed (condition, measure)
),

earlier_customers as (
    select case when customers.tier in ('platinum', 'gold') then 'upper' else 'lower' end as tier_group,
        customers.discount_amount_then > 0 and customers.discount_amount_then >= customers.gross_revenue_then
            * policy.price_sensitive_discount_rate as has_discount,
        customers.has_complaint, customers.orders_again, customers.orders_now, customers.net_revenue_now,
        customers.profit_now - customers.profit_then as profit_change
    from business.earlier_customers as customers cross join settings.policy as policy
    where customers.from_snapshot = 'year_ago'
),

earlier_measures as (
    select *
    from (values
        ('drivers', 'ordered_again_after_discount'),
        ('drivers', 'net_revenue_per_order_after_discount'),
        ('service_effect', 'profit_change_after_complaint'),
        ('service_effect', 'ordered_again_after_complaint')
    ) as listed (condition, measure)
),

customer_values as (
    select measures.condition, measures.measure, customers.tier_group, 'none' as driver,
        case measures.measure
            when 'orders' then cast(customers.orders as decimal(18, 4))
            when 'net_revenue_per_order'
                then cast(
                    cast(customers.net_revenue as double) / nullif(cast(customers.orders as double), 0)
                    as decimal(18, 4)
                )
            when 'discount_rate'
                then case
                    when customers.gross_revenue > 0
                        then cast(
                            cast(customers.discount_amount as double)
                            / nullif(cast(customers.gross_revenue as double), 0)
                            as decimal(18, 4)
                        )
                end
            when 'cases_per_order'
                then cast(
                    cast(customers.service_cases as double) / nullif(cast(customers.orders as double), 0)
                    as decimal(18, 4)
                )
            when 'with_complaint' then cast(case when customers.complaints > 0 then 1 else 0 end as decimal(18, 4))
            when 'minutes_per_case'
                then cast(
                    cast(customers.handling_minutes as double) / nullif(cast(customers.timed_cases as double), 0)
                    as decimal(18, 4)
                )
            when 'satisfaction'
                then cast(
                    cast(customers.satisfaction_total as double) / nullif(cast(customers.rated_cases as double), 0)
                    as decimal(18, 4)
                )
        end as value
    from current_customers as customers cross join current_measures as measures
    union all
    select measures.condition, measures.measure, customers.tier_group,
        case
            when measures.condition = 'drivers' and customers.has_discount then 'with'
            when measures.condition = 'drivers' and not customers.has_discount then 'without'
            when measures.condition = 'service_effect' and customers.has_complaint then 'with'
            when measures.condition = 'service_effect' and not customers.has_complaint then 'without'
            else 'not_known'
        end as driver,
        case
            when measures.measure in ('ordered_again_after_discount', 'ordered_again_after_complaint')
                then cast(case when customers.orders_again then 1 else 0 end as decimal(18, 4))
            when measures.measure = 'net_revenue_per_order_after_discount'
                then cast(
                    cast(customers.net_revenue_now as double) / nullif(cast(customers.orders_now as double), 0)
                    as decimal(18, 4)
                )
            when measures.measure = 'profit_change_after_complaint' then cast(customers.profit_change as decimal(18, 4))
        end as value
    from earlier_customers as customers cross join earlier_measures as measures
)

select condition, measure, tier_group, driver, count(*) as customers, cast(sum(value) as decimal(38, 4)) as total,
    -- Squared in a wide type: money squared has more digits than money.
    cast(sum(cast(value as decimal(19, 4)) * cast(value as decimal(19, 4))) as decimal(38, 8)) as square_total
from customer_values where value is not null and driver <> 'not_known' group by condition, measure, tier_group, driver
