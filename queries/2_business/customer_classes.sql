-- title:   Every class of each customer
-- grain:   one row per snapshot and customer_id of the population
-- key:     [snapshot, customer_id]
-- publish: yes
-- inputs:  [business.class_values, business.customer_characters, business.customer_frequency,
--           business.customer_kinds, business.customer_lifecycle, business.customer_loyalty,
--           business.customer_places, business.customer_revenue_classes, business.customer_rfm,
--           business.customer_tiers, business.customer_types, business.quality_customers, canonical.place_names,
--           settings.policy, settings.project]
-- note: >
--   Each customer has exactly one value of each class, `not_known` among them. The value class compares
--   the mean of the frequency, monetary and loyalty scores with `high_value_min_score` and
--   `middle_value_min_score`. Local is the home region of the home country (`project.home`), domestic
--   elsewhere in the home country, overseas any other; without a home region nobody is local, and
--   without a home country nothing is known.

with

policy as (
    select high_value_min_score, middle_value_min_score
    from settings.policy
),

phases as (
    select value as lifecycle_stage, phase
    from business.class_values
    where class_name = 'lifecycle_stage'
),

home as (
    select countries.name as country, regions.name as region
    from settings.project as project
    left join canonical.place_names as countries  -- one-to-one, as the one that follows; none without a home
        on project.home_country = countries.written
        and countries.kind = 'country'
    left join canonical.place_names as regions
        on project.home_region = regions.written
        and regions.kind = 'region'
)

select
    tiers.snapshot,
    tiers.customer_id,

    tiers.tier,
    revenue_classes.abc_class,
    rfm.r_score,
    rfm.f_score,
    rfm.m_score,
    rfm.rfm_segment,
    case
        when rfm.f_score + rfm.m_score + loyalty.loyalty_score
            >= 3 * cast(policy.high_value_min_score as decimal(28, 6))
            then 'high'
        when rfm.f_score + rfm.m_score + loyalty.loyalty_score
            >= 3 * cast(policy.middle_value_min_score as decimal(28, 6))
            then 'middle'
        else 'low'
    end as value_class,
    frequency.frequency_class,
    lifecycle.lifecycle_stage,
    phases.phase as lifecycle_phase,
    loyalty.loyalty_score,
    loyalty.loyalty_class,
    coalesce(kinds.customer_kind, 'not_known') as customer_kind,
    case
        when places.country is null or home.country is null then 'not_known'
        when places.country <> home.country then 'overseas'
        when coalesce(places.region = home.region, false) then 'local'
        else 'domestic'
    end as region_class,
    coalesce(kinds.industry, 'not_known') as industry,
    characters.need_class,
    characters.temperament,
    types.customer_type,
    quality.quality_customer,
    coalesce(places.country, 'not_known') as country,
    coalesce(places.region, 'not_known') as region
from business.customer_tiers as tiers
inner join business.customer_revenue_classes as revenue_classes  -- one-to-one, as all that follow
    on tiers.snapshot = revenue_classes.snapshot
    and tiers.customer_id = revenue_classes.customer_id
inner join business.customer_rfm as rfm
    on tiers.snapshot = rfm.snapshot
    and tiers.customer_id = rfm.customer_id
inner join business.customer_frequency as frequency
    on tiers.snapshot = frequency.snapshot
    and tiers.customer_id = frequency.customer_id
inner join business.customer_lifecycle as lifecycle
    on tiers.snapshot = lifecycle.snapshot
    and tiers.customer_id = lifecycle.customer_id
inner join business.customer_loyalty as loyalty
    on tiers.snapshot = loyalty.snapshot
    and tiers.customer_id = loyalty.customer_id
inner join phases  -- many-to-one
    on lifecycle.lifecycle_stage = phases.lifecycle_stage
inner join business.customer_characters as characters  -- one-to-one
    on tiers.snapshot = characters.snapshot
    and tiers.customer_id = characters.customer_id
inner join business.customer_types as types  -- one-to-one
    on tiers.snapshot = types.snapshot
    and tiers.customer_id = types.customer_id
inner join business.quality_customers as quality  -- one-to-one
    on tiers.snapshot = quality.snapshot
    and tiers.customer_id = quality.customer_id
left join business.customer_kinds as kinds  -- many-to-one; none of who is not in the customer file
    on tiers.customer_id = kinds.customer_id
left join business.customer_places as places  -- many-to-one; none where nothing is known
    on tiers.customer_id = places.customer_id
cross join home
cross join policy
