-- title:   How each customer behaves in the window
-- grain:   one row per snapshot and customer_id of the population
-- key:     [snapshot, customer_id]
-- note: >
--   What rests on a source or column that is not configured is not known (NULL), and so is a ratio of nothing. Orders
--   are sales: business.orders says what a sale is. Lines are of the day of their order; returns are taken off the
--   revenue of their category. Regular: with at least `rhythm_min_gaps` gaps between order days, over the whole history
--   before as-of, their standard deviation is below `rational_max_gap_variation` times their mean, compared as squares
--   of exact sums.
-- columns:
--   return_rate: returned lines / lines sold
--   visited_sale_share: orders on a day with a visit / orders
--   discounted_unit_share: units sold at price_sensitive_discount_rate or more / units sold
--   full_price_share: net revenue of the lines sold without a discount / that of all lines sold
--   category_share: net revenue of the largest category / net revenue
--   basket_amount: net revenue / orders
--   is_first_returned: as many lines came back before the second purchase as the first one had

with category_revenue as (
    select snapshots.snapshot, line_sums.customer_id, line_sums.category, sum(line_sums.net_revenue) as net_revenue,
        sum(line_sums.sold_lines) as sold_lines
    from business.line_sums as line_sums
    inner join settings.snapshots as snapshots
        on line_sums.order_date >= snapshots.window_start and line_sums.order_date < snapshots.as_of
    group by snapshots.snapshot, line_sums.customer_id, line_sums.category
),

categories as (
    -- Lines without a category count in net revenue only.
    select snapshot, customer_id, count(*) filter (where category is not null and sold_lines > 0) as categories,
        cast(sum(net_revenue) as decimal(28, 4)) as net_revenue,
        cast(coalesce(max(net_revenue) filter (where category is not null), 0) as decimal(28, 4))
            as largest_category_revenue
    from category_revenue group by snapshot, customer_id
),

gaps as (
    -- A gap counts at each snapshot that it precedes.
    select
        snapshots.snapshot, order_gaps.customer_id, count(*) as gaps, cast(sum(order_gaps.gap_days) as bigint) as days,
        cast(sum(order_gaps.gap_days * order_gaps.gap_days) as bigint) as squared_days
    from business.order_gaps as order_gaps
    inner join settings.snapshots as snapshots on order_gaps.order_date < snapshots.as_of
    where order_gaps.gap_days is not null group by snapshots.snapshot, order_gaps.customer_id
),

regularity as (
    -- n times the sum of squares, less the square of the sum, is n squared times the variance.
    select gaps.snapshot, gaps.customer_id,
        cast(gaps.gaps * gaps.squared_days - gaps.days * gaps.days as double) as squared_spread,
        cast(gaps.days * gaps.days as double) as squared_total,
        cast(policy.rational_max_gap_variation as double) as max_variation
    from gaps cross join settings.policy as policy where gaps.gaps >= policy.rhythm_min_gaps
),

customers as (
    select profit.snapshot, profit.customer_id, measures.orders, measures.sales_of_one_line, measures.discounted_sales,
        measures.sold_lines, measures.returned_lines, measures.sold_units, measures.discounted_units,
        measures.sold_revenue, measures.full_price_revenue, profit.net_revenue, profit.profit
    from business.customer_profit as profit
    inner join business.customer_sums as measures  -- one-to-one
        on profit.snapshot = measures.snapshot and profit.customer_id = measures.customer_id
)

select customers.snapshot, customers.customer_id,
    case when class_sources.has_cases then coalesce(contacts.cases, 0) end as cases,
    case when class_sources.has_complaints then coalesce(contacts.recent_complaints, 0) end as recent_complaints,
    contacts.lowest_recent_satisfaction,
    case when class_sources.has_visits then coalesce(contacts.visits, 0) end as visits,
    case when class_sources.has_visits then coalesce(first_purchases.visits_before, 0) end as visits_before,
    case when class_sources.has_payments and contacts.payments > 0 then contacts.payments end as payments,
    case when class_sources.has_payments and contacts.payments > 0 then contacts.payments_on_time end
        as payments_on_time,
    case when class_sources.has_category then coalesce(categories.categories, 0) end as categories,
    cast(case when class_sources.has_cases then coalesce(contacts.cases, 0) end as double)
        / nullif(cast(customers.orders as double), 0) as cases_per_order,
    cast(case when class_sources.has_visits then coalesce(contacts.visits, 0) end as double)
        / nullif(cast(customers.orders as double), 0) as visits_per_order,
    cast(customers.returned_lines as double) / nullif(cast(customers.sold_lines as double), 0) as return_rate,
    cast(case when class_sources.has_visits then coalesce(contacts.sales_after_visit, 0) end as double)
        / nullif(cast(customers.orders as double), 0) as visited_sale_share,
    cast(case when class_sources.has_discount then customers.discounted_sales end as double)
        / nullif(cast(customers.orders as double), 0) as discounted_sale_share,
    cast(
        case when class_sources.has_discount and class_sources.has_quantity then customers.discounted_units end
        as double
    ) / nullif(cast(customers.sold_units as double), 0) as discounted_unit_share,
    case
        when class_sources.has_discount and customers.sold_revenue > 0
            then cast(customers.full_price_revenue as double) / cast(customers.sold_revenue as double)
    end as full_price_share,
    case
        when class_sources.has_category and categories.net_revenue > 0
            then cast(categories.largest_category_revenue as double) / cast(categories.net_revenue as double)
    end as category_share,
    sqrt(cast(regularity.squared_spread as double) / nullif(cast(regularity.squared_total as double), 0))
        as gap_variation,
    cast(customers.net_revenue as double) / nullif(cast(customers.orders as double), 0) as basket_amount,
    case when customers.net_revenue > 0 then cast(cast(customers.profit as decimal(28, 4)) as double)
        / cast(customers.net_revenue as double) end as profit_rate,
    customers.orders > 0 and 2 * customers.sales_of_one_line >= customers.orders as is_usually_one_line,
    coalesce(regularity.squared_spread < regularity.squared_total * regularity.max_variation
        * regularity.max_variation, false) as is_regular,
    coalesce(first_purchases.returned_date < snapshots.as_of, false) as is_first_returned
from customers
inner join settings.snapshots as snapshots on customers.snapshot = snapshots.snapshot  -- many-to-one
left join business.customer_contacts as contacts  -- one-to-one; none without a case, visit or payment
    on customers.snapshot = contacts.snapshot and customers.customer_id = contacts.customer_id
left join categories  -- one-to-one
    on customers.snapshot = categories.snapshot and customers.customer_id = categories.customer_id
left join regularity  -- one-to-one; none with few gaps
    on customers.snapshot = regularity.snapshot and customers.customer_id = regularity.customer_id
left join business.first_purchases as first_purchases  -- many-to-one; none of who only returned
    on customers.customer_id = first_purchases.customer_id
cross join business.class_sources as class_sources
