-- title:   ABC class, RFM scores, frequency and loyalty of each customer
-- grain:   one row per snapshot and customer_id of the population
-- key:     [snapshot, customer_id]
-- note: >
--   ABC by net revenue, best first: A while the share accumulated before the customer is below `abc_a_share`, B below
--   `abc_b_share`, C the rest; equal revenues share a class. D has no net revenue. Shares are of the revenue of
--   customers above 0. A score is least(5, 1 + floor(5 x customers strictly worse / customers)): equal values get equal
--   scores, 5 is best. Recency is days since the last sale, frequency sales and monetary net revenue in the window; who
--   has no sale is the least recent. Frequency: one-time is one order ever; of the others, low ordered less often in
--   the window than the median of repeat buyers, or not at all; high as often or more. The median of an even number
--   lies halfway between the two in the middle. The loyalty score is 1 plus one for each of four marks: ordered in at
--   least `loyal_quarters` of the last four quarters; at least `loyal_repeat_orders` orders after the first in the
--   window; at least `loyal_full_price_share` of the revenue of lines sold at full price; a customer for
--   `loyal_tenure_days` or longer. Loyal needs the score and no silence. Orders are sales.

with customers as (
    select
        measures.snapshot, measures.customer_id, measures.days_since_last_order, measures.orders, measures.orders_ever,
        measures.net_revenue,
        1
        + case when measures.active_quarters >= policy.loyal_quarters then 1 else 0 end
        + case when measures.orders - 1 >= policy.loyal_repeat_orders then 1 else 0 end
        + case
            when measures.sold_revenue > 0
                and measures.full_price_revenue >= measures.sold_revenue * policy.loyal_full_price_share
                then 1
            else 0
        end
        + case when measures.days_since_first_order >= policy.loyal_tenure_days then 1 else 0 end as loyalty_score
    from business.customer_sums as measures cross join settings.policy as policy where measures.is_in_window
),

revenue_steps as (
    -- One row per distinct amount keeps ties together.
    select snapshot, net_revenue, sum(net_revenue) as step_revenue
    from customers where net_revenue > 0 group by snapshot, net_revenue
),

accumulated_steps as (
    select snapshot, net_revenue,
        cast(
            coalesce(
                sum(step_revenue) over (
                    partition by snapshot
                    order by net_revenue desc nulls last
                    rows between unbounded preceding and 1 preceding
                ),
                0
            ) as decimal(28, 4)
        ) as revenue_before
    from revenue_steps
),

order_counts as (
    -- Repeat buyers by their orders are few rows.
    select snapshot, orders, count(*) as customers from customers where orders_ever > 1 group by snapshot, orders
),

ranked_counts as (
    select snapshot, orders, customers,
        sum(customers) over (partition by snapshot order by orders nulls last rows between unbounded preceding
            and current row) as customers_up_to,
        sum(customers) over (partition by snapshot) as repeat_buyers
    from order_counts
),

populations as (
    select snapshot, count(*) as customers,
        cast(coalesce(sum(net_revenue) filter (where net_revenue > 0), 0) as decimal(28, 4)) as revenue
    from customers group by snapshot
),

medians as (
    -- One value in the middle, or two: their mean is the median, kept as sum and count.
    select snapshot, sum(orders) as middle_orders, count(*) as middle_rows
    from ranked_counts where 2 * customers_up_to >= repeat_buyers and 2 * (customers_up_to - customers) <= repeat_buyers
    group by snapshot
),

customers_with_worse as (
    -- A rank that starts with the worst is 1 + the number of customers strictly worse. Five times that over
    -- the number of all is below 5, and a quotient of whole numbers is never rounded up to the next one.
    select customers.*,
        5 * (rank() over (partition by snapshot order by days_since_last_order desc nulls first) - 1) as worse_recency,
        5 * (rank() over (partition by snapshot order by orders nulls last) - 1) as worse_frequency,
        5 * (rank() over (partition by snapshot order by net_revenue nulls last) - 1) as worse_monetary
    from customers
),

scored_customers as (
    select customers.snapshot, customers.customer_id, customers.orders, customers.orders_ever, customers.net_revenue,
        customers.loyalty_score, populations.revenue,
        cast(1 + floor(cast(worse_recency as double) / cast(populations.customers as double)) as bigint) as r_score,
        cast(1 + floor(cast(worse_frequency as double) / cast(populations.customers as double)) as bigint) as f_score,
        cast(1 + floor(cast(worse_monetary as double) / cast(populations.customers as double)) as bigint) as m_score
    from customers_with_worse as customers
    inner join populations on customers.snapshot = populations.snapshot  -- many-to-one
)

select customers.snapshot, customers.customer_id, accumulated_steps.revenue_before,
    case
        when customers.net_revenue <= 0 then 'd'
        when accumulated_steps.revenue_before < customers.revenue * policy.abc_a_share then 'a'
        when accumulated_steps.revenue_before < customers.revenue * policy.abc_b_share then 'b'
        else 'c'
    end as abc_class,
    customers.r_score, customers.f_score, customers.m_score, segments.rfm_segment,
    case
        when customers.orders_ever = 1 then 'one_time'
        when customers.orders = 0 then 'low'
        when customers.orders * medians.middle_rows < medians.middle_orders then 'low'
        else 'high'
    end as frequency_class,
    cast(customers.loyalty_score as bigint) as loyalty_score,
    case
        when customers.loyalty_score >= policy.loyal_min_score
            and lifecycle.lifecycle_stage not in ('at_risk', 'lapsed')
            then 'loyal'
        when customers.loyalty_score >= policy.ordinary_min_score then 'ordinary'
        else 'occasional'
    end as loyalty_class
from scored_customers as customers
inner join business.customer_lifecycle as lifecycle  -- one-to-one
    on customers.snapshot = lifecycle.snapshot and customers.customer_id = lifecycle.customer_id
left join settings.rfm_segments as segments  -- many-to-one
    on customers.r_score = segments.r_score and customers.f_score = segments.f_score
    and customers.m_score = segments.m_score
left join medians on customers.snapshot = medians.snapshot  -- many-to-one; none without repeat buyers
left join accumulated_steps  -- many-to-one; none for customers without revenue
    on customers.snapshot = accumulated_steps.snapshot and customers.net_revenue = accumulated_steps.net_revenue
cross join settings.policy as policy
