-- title:  Customers with country and region
-- grain:  one row per customer_id
-- key:    [customer_id]
-- inputs: [source.customer, source.nation, source.region]

select
    customer.c_custkey as customer_id,
    customer.c_name as name,
    customer.c_mktsegment as industry,
    nation.n_name as country,
    region.r_name as region
from source.customer
left join source.nation
    on customer.c_nationkey = nation.n_nationkey
left join source.region
    on nation.n_regionkey = region.r_regionkey
