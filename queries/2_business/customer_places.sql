-- title:   Country and region of each customer
-- grain:   one row per customer_id whose country or region is known
-- key:     [customer_id]
-- note: >
--   The home country and region: those of the customer file; of a customer for whom it has neither, those of the last
--   day with a sale that has one (of several on that day, the first by name). As they are today, also in earlier
--   snapshots.

with places_in_file as (
    select customer_id, country, region from canonical.customers where country is not null or region is not null
),

places_by_day as (
    select customer_id, order_date, country, region
    from business.line_sums where is_sale and (country is not null or region is not null)
),

last_days as (select customer_id, max(order_date) as order_date from places_by_day group by customer_id),

last_places as (
    select places_by_day.customer_id, places_by_day.country, places_by_day.region
    from places_by_day
    inner join last_days  -- many-to-one
        on places_by_day.customer_id = last_days.customer_id and places_by_day.order_date = last_days.order_date
    group by places_by_day.customer_id, places_by_day.country, places_by_day.region
),

ranked_places as (
    -- One window over all customers: as one window per customer it would cost many times as much.
    select customer_id, country, region,
        cast(row_number() over (order by customer_id nulls last, country nulls last, region nulls last) as bigint)
        - cast(rank() over (order by customer_id nulls last) as bigint) as places_before
    from last_places
)

select customer_id, country, region, 'customers' as place_source from places_in_file
union all
select ranked_places.customer_id, ranked_places.country, ranked_places.region, 'order_lines' as place_source
from ranked_places
left join places_in_file on ranked_places.customer_id = places_in_file.customer_id  -- one-to-one
where ranked_places.places_before = 0 and places_in_file.customer_id is null
