-- title:   Customers as they arrived, each with what became of the row
-- grain:   one row per row of the source
-- publish: no
-- note:    outcome is `used`, `out_of_scope` (signed up on or after the as-of date and no buyer before it) or the
--   reason of a rejection; the first rule that applies. Which of two different rows of one customer is true cannot be
--   guessed, so neither is used. Blank texts are not known.

with buyers as (select customer_id from canonical.order_parts where outcome = 'used' group by customer_id),

customers as (
    select customers.customer_id,
        case when trim(both blanks.blanks from customers.name) <> '' then customers.name end as name,
        case when trim(both blanks.blanks from customers.kind) <> '' then customers.kind end as kind,
        case when trim(both blanks.blanks from customers.industry) <> '' then customers.industry end as industry,
        case when trim(both blanks.blanks from customers.country) <> '' then customers.country end as country,
        case when trim(both blanks.blanks from customers.region) <> '' then customers.region end as region,
        case when trim(both blanks.blanks from customers.segment) <> '' then customers.segment end as segment,
        case when trim(both blanks.blanks from customers.owner) <> '' then customers.owner end as owner,
        case when trim(both blanks.blanks from customers.referred_by) <> '' then customers.referred_by end
            as referred_by,
        customers.signed_up_at, cast(customers.signed_up_at as date) as signed_up_date, customers.value_problem,
        coalesce(trim(both blanks.blanks from customers.customer_id), '') <> '' as has_customer_id, policy.as_of,
        accepted.newest_date, accepted.max_future_days
    from raw.customers as customers cross join settings.policy as policy cross join settings.blanks as blanks
    cross join canonical.accepted_dates as accepted
),

judged_customers as (
    -- What a row tells by itself; rows that repeat or contradict each other are judged below. A customer may
    -- have signed up long before the first order that is accepted, or ordered before signing up.
    select customers.*,
        case
            when customers.value_problem = 'filtered' then 'filtered'
            when not customers.has_customer_id then 'customer_missing'
            when customers.value_problem is not null then customers.value_problem
            when customers.signed_up_date - customers.newest_date > customers.max_future_days then 'date_in_the_future'
            when customers.signed_up_date >= customers.as_of and buyers.customer_id is null then 'out_of_scope'
            else 'used'
        end as own_outcome
    from customers
    left join buyers on customers.customer_id = buyers.customer_id  -- many-to-one
),

ranked_customers as (
    -- Ranks over all repeated rows, in one order: as one window per id they would cost a hundred times as much.
    -- Equal rows share a content rank but not a row rank: that makes an exact duplicate visible.
    select judged_customers.*, row_number() over by_content as row_rank, rank() over by_content as content_rank,
        rank() over (order by customer_id nulls last) as customer_rank
    from judged_customers
    inner join canonical.repeated_ids as repeated  -- many-to-one
        on repeated.source = 'customers' and judged_customers.customer_id = repeated.id
    window by_content as (
        order by customer_id nulls last, signed_up_at nulls last, name nulls last, kind nulls last,
            industry nulls last, country nulls last, region nulls last, segment nulls last,
            owner nulls last, referred_by nulls last, value_problem nulls last
    )
),

customers_with_rivals as (
    -- Rows of one customer that differ in content have more than one content rank among them.
    select ranked_customers.*, max(content_rank) over (order by customer_id nulls last) as highest_rank
    from ranked_customers
)

select customer_id, signed_up_at, signed_up_date, own_outcome as outcome, name, kind, industry, country, region,
    segment, owner, referred_by
from judged_customers
left join canonical.repeated_ids as repeated  -- many-to-one
    on repeated.source = 'customers' and judged_customers.customer_id = repeated.id
where repeated.id is null
union all
select customer_id, signed_up_at, signed_up_date,
    case
        when own_outcome not in ('used', 'out_of_scope') then own_outcome
        when row_rank > content_rank then 'duplicate_exact'
        when customer_rank < highest_rank then 'customer_conflict'
        else own_outcome
    end as outcome,
    name, kind, industry, country, region, segment, owner, referred_by
from customers_with_rivals
