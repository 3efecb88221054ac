-- What an analyst would write by hand in DuckDB for the core of the report, on a history that `karat generate` wrote.
-- It has the meaning of Karat's defaults where it costs time: profit tiers, RFM by ranks, ABC, lifecycle by the customer's own
-- rhythm, three snapshots, migration, cohorts, whale curve, 53 weekly points. It checks nothing and keeps no evidence.
-- benchmark.py runs it in the folder of the history.

create or replace table snapshots as
select * from (values ('current', date '2026-01-01'), ('previous', date '2025-12-25'), ('year_ago', date '2025-01-01')) t(snapshot, as_of);

create or replace table orders as
select order_id, min(customer_id) as customer_id, min(ordered_at)::date as order_date,
       sum(gross_amount) as gross, sum(coalesce(discount_amount, 0)) as discount, sum(cost_amount) as cost,
       count(*) as lines, sum(quantity) as units, count(*) filter (where quantity < 0) as returned_lines
from read_parquet('order_lines/**/*.parquet')
where customer_id is not null and ordered_at < timestamp '2026-01-01'
group by order_id;

create or replace table cases as
select customer_id, opened_at::date as day, count(*) as cases, sum(coalesce(cost, 8.00)) as cost
from read_parquet('service_cases/**/*.parquet') group by all;

create or replace table customers as
with m as (
    select snapshot, any_value(as_of) as as_of, customer_id, min(order_date) as first_day, max(order_date) as last_day, count(*) as orders_ever,
           count(*) filter (where order_date >= as_of - 365) as orders,
           sum(gross) filter (where order_date >= as_of - 365) as gross,
           sum(discount) filter (where order_date >= as_of - 365) as discount,
           sum(cost) filter (where order_date >= as_of - 365) as cost,
           sum(lines) filter (where order_date >= as_of - 365) as lines,
           sum(returned_lines) filter (where order_date >= as_of - 365) as returned_lines
    from orders join snapshots on order_date < as_of group by snapshot, customer_id
), c as (
    select snapshot, customer_id, sum(cases.cost) as case_cost from cases join snapshots on day < as_of and day >= as_of - 365 group by all
)
select m.*, gross - discount as revenue,
       gross - discount - cost - 2.50 * orders - 0.30 * lines - 6.00 * returned_lines - 0.019 * (gross - discount) - coalesce(case_cost, 0) as profit
from m left join c using (snapshot, customer_id) where orders > 0;

create or replace table classes as
with r as (
    select *, count(*) over w as n, rank() over (partition by snapshot order by profit desc) as profit_rank,
           rank() over (partition by snapshot order by last_day desc) - 1 as newer,
           rank() over (partition by snapshot order by orders desc) - 1 as more,
           rank() over (partition by snapshot order by revenue desc) - 1 as richer,
           sum(revenue) over (partition by snapshot order by revenue desc rows unbounded preceding) - revenue as before,
           sum(revenue) over w as total
    from customers window w as (partition by snapshot)
)
select *, case when profit <= 0 then 'lead' when profit_rank <= 0.05 * n then 'platinum' when profit_rank <= 0.2 * n then 'gold' else 'iron' end as tier,
       5 - least(4, floor(5.0 * newer / n)) as r, 5 - least(4, floor(5.0 * more / n)) as f, 5 - least(4, floor(5.0 * richer / n)) as m,
       case when revenue <= 0 then 'd' when before < 0.8 * total then 'a' when before < 0.95 * total then 'b' else 'c' end as abc
from r;

create or replace table rhythm as
with days as (select distinct customer_id, order_date from orders),
gaps as (select customer_id, order_date - lag(order_date) over (partition by customer_id order by order_date) as gap from days)
select customer_id, count(gap) as gaps, quantile_disc(gap, 0.9) as p90 from gaps group by customer_id;

create or replace table lifecycle as
select customer_id, case when as_of - first_day <= 60 then 'new' when gaps >= 4 and as_of - last_day > 2 * p90 then 'lapsed'
    when gaps >= 4 and as_of - last_day > p90 then 'at_risk' else 'active' end as stage, profit
from classes join rhythm using (customer_id) where snapshot = 'current';

create or replace table out_tiers as select snapshot, tier, count(*) c, sum(orders) o, sum(revenue) r, sum(cost) k, sum(profit) p from classes group by all order by all;
create or replace table out_rfm as select r, f, count(*) c, sum(revenue) rv, sum(profit) p from classes where snapshot = 'current' group by all order by all;
create or replace table out_abc as select abc, count(*) c, sum(revenue) r, sum(profit) p from classes where snapshot = 'current' group by all order by all;
create or replace table out_life as select stage, count(*) c, sum(profit) p from lifecycle group by all order by all;
create or replace table out_moves as
select coalesce(a.tier, 'none') as was, coalesce(b.tier, 'none') as is_now, count(*) c, sum(coalesce(b.profit, 0) - coalesce(a.profit, 0)) as change
from (from classes where snapshot = 'year_ago') a full join (from classes where snapshot = 'current') b using (customer_id) group by all order by all;
create or replace table out_cohorts as
with f as (select customer_id, min(order_date) as first_day from orders group by all)
select date_trunc('month', first_day) as cohort, date_diff('month', first_day, order_date) as age, count(distinct customer_id) c, sum(gross - discount) r
from orders join f using (customer_id) group by all order by all;
create or replace table out_whale as select profit_rank, sum(profit) over (order by profit_rank, customer_id rows unbounded preceding) as cumulated from classes where snapshot = 'current';
create or replace table out_weeks as
with w as (select i, date '2026-01-01' - 7 * i as week_end from (select unnest(range(53))::integer as i) t),
d as (select order_date, sum(gross - discount) as r, sum(gross - discount - cost) as p, count(*) as o from orders group by all)
select i, sum(r) as r, sum(p) as p, sum(o) as o from w join d on order_date < week_end and order_date >= week_end - 365 group by all order by all;
create or replace table out_week_customers as
with w as (select i, date '2026-01-01' - 7 * i as week_end from (select unnest(range(53))::integer as i) t),
days as (select distinct customer_id, order_date from orders),
spans as (select customer_id, order_date as from_day, least(order_date + 365, coalesce(lead(order_date) over (partition by customer_id order by order_date), date '2099-01-01')) as to_day from days)
select i, count(*) as active from w join spans on from_day < week_end and week_end <= to_day group by all order by all;
