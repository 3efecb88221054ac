-- title:   Who bought within a year, customers of each tier beside prospects
-- grain:   one row per tier, one for all customers (`total`) and one for prospects, where there were any
-- key:     [tier]
-- note: >
--   Measured, not estimated: of the customers whose window ended a year ago, by the tier that they had, how many bought
--   in the year since; and of those who had signed up or visited by then without an order, how many became customers.
--   Nothing is told where the history does not cover that window.
-- columns:
--   customers: customers of the tier a year ago, or prospects of that time
--   buyers: those of them with a purchase since
--   buyer_share: buyers / customers
--   has_enough_customers: false below `min_cell` customers, of whom the report shows no share

with years as (select snapshot, as_of from business.compared_snapshots where snapshot = 'year_ago'),

buyers as (
    select distinct purchase_days.customer_id
    from years cross join settings.policy as policy
    inner join business.order_gaps as purchase_days
        on purchase_days.order_date >= years.as_of and purchase_days.order_date < policy.as_of
),

known_then as (
    select tiers.tier, tiers.customer_id
    from business.customer_tiers as tiers
    inner join years on tiers.snapshot = years.snapshot  -- many-to-one
    union all
    -- Who is in the file without a day may have come since.
    select 'prospect' as tier, prospects.customer_id
    from business.prospects as prospects
    inner join years on prospects.snapshot = years.snapshot  -- many-to-one
    where prospects.signed_up_date < years.as_of or prospects.first_visit_date < years.as_of
),

judged as (
    select known_then.tier, buyers.customer_id is not null as is_buyer
    from known_then
    left join buyers on known_then.customer_id = buyers.customer_id  -- many-to-one; none who bought nothing since
),

sums as (
    -- Prospects are in no total.
    select coalesce(tier, 'total') as tier,
        case when grouping(tier) = 1 then count(*) filter (where tier <> 'prospect') else count(*) end as customers,
        case when grouping(tier) = 1 then count(*) filter (where is_buyer and tier <> 'prospect')
            else count(*) filter (where is_buyer) end as buyers
    from judged group by grouping sets ((tier), ())
),

places as (
    select value as tier, position from business.class_values where class_name = 'tier'
    union all
    select 'total' as tier, 100 as position
    union all
    select 'prospect' as tier, 110 as position
)

select sums.tier, cast(places.position as bigint) as position,
    sums.customers, sums.buyers, cast(sums.buyers as double) / nullif(cast(sums.customers as double), 0) as buyer_share,
    sums.customers >= policy.min_cell as has_enough_customers
from sums
inner join places on sums.tier = places.tier  -- many-to-one
cross join settings.policy as policy
where sums.customers > 0 order by position, sums.tier
