-- title:   Country and region of each customer
-- grain:   one row per customer_id whose country or region is known
-- key:     [customer_id]
-- inputs:  [canonical.customers, canonical.order_lines]
-- note: >
--   Those of the customer file; of a customer for whom it has neither, those of the last day with an
--   order line that has one (of several on that day, the first by name). As they are today, also in
--   earlier snapshots.

with

places_in_file as (
    select customer_id, country, region
    from canonical.customers
    where country is not null or region is not null
),

blanks as (
    -- What surrounds nothing: engines differ in what a plain trim removes.
    select ' ' || chr(9) || chr(10) || chr(13) || chr(160) || chr(12288) as characters
),

places_by_day as (
    -- Blank texts are not known.
    select
        order_lines.customer_id,
        order_lines.order_date,
        case when trim(both blanks.characters from order_lines.country) <> '' then order_lines.country end as country,
        case when trim(both blanks.characters from order_lines.region) <> '' then order_lines.region end as region
    from canonical.order_lines as order_lines
    cross join blanks
    where order_lines.country is not null or order_lines.region is not null
),

last_days as (
    select customer_id, max(order_date) as order_date
    from places_by_day
    where country is not null or region is not null
    group by customer_id
),

last_places as (
    select places_by_day.customer_id, places_by_day.country, places_by_day.region
    from places_by_day
    inner join last_days  -- many-to-one
        on places_by_day.customer_id = last_days.customer_id
        and places_by_day.order_date = last_days.order_date
    where places_by_day.country is not null or places_by_day.region is not null
    group by places_by_day.customer_id, places_by_day.country, places_by_day.region
),

ranked_places as (
    -- One window over all customers: as one window per customer it would cost many times as much.
    select
        customer_id,
        country,
        region,
        cast(row_number() over (
            order by customer_id nulls last, country nulls last, region nulls last
        ) as bigint)
        - cast(rank() over (order by customer_id nulls last) as bigint) as places_before
    from last_places
)

select
    customer_id,

    country,
    region,
    'customers' as place_source
from places_in_file
union all
select
    ranked_places.customer_id,

    ranked_places.country,
    ranked_places.region,
    'order_lines' as place_source
from ranked_places
left join places_in_file  -- one-to-one
    on ranked_places.customer_id = places_in_file.customer_id
where ranked_places.places_before = 0
    and places_in_file.customer_id is null
