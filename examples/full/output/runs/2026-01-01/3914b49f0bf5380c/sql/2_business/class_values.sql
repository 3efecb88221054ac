-- title:   Values of each class, in the order in which they are shown
-- grain:   one row per class_name and value
-- key:     [class_name, value]
-- inputs:  []
-- note: >
--   A class value without customers still has a row in the results. Phase maps lifecycle stages
--   to the four phases of the customer lifecycle.

select
    cast(class_name as varchar) as class_name,
    cast(value as varchar) as value,

    cast(position as bigint) as position,
    cast(phase as varchar) as phase
from (
    values
    ('tier', 'platinum', 1, null),
    ('tier', 'gold', 2, null),
    ('tier', 'iron', 3, null),
    ('tier', 'lead', 4, null),
    ('abc_class', 'a', 1, null),
    ('abc_class', 'b', 2, null),
    ('abc_class', 'c', 3, null),
    ('abc_class', 'd', 4, null),
    ('rfm_segment', 'champions', 1, null),
    ('rfm_segment', 'loyal', 2, null),
    ('rfm_segment', 'potential_loyalist', 3, null),
    ('rfm_segment', 'new_customers', 4, null),
    ('rfm_segment', 'promising', 5, null),
    ('rfm_segment', 'need_attention', 6, null),
    ('rfm_segment', 'about_to_sleep', 7, null),
    ('rfm_segment', 'at_risk', 8, null),
    ('rfm_segment', 'cannot_lose_them', 9, null),
    ('rfm_segment', 'hibernating', 10, null),
    ('rfm_segment', 'lost', 11, null),
    ('value_class', 'high', 1, null),
    ('value_class', 'middle', 2, null),
    ('value_class', 'low', 3, null),
    ('frequency_class', 'high', 1, null),
    ('frequency_class', 'low', 2, null),
    ('frequency_class', 'one_time', 3, null),
    ('loyalty_class', 'loyal', 1, null),
    ('loyalty_class', 'ordinary', 2, null),
    ('loyalty_class', 'occasional', 3, null),
    ('lifecycle_stage', 'prospect', 1, 'acquisition'),
    ('lifecycle_stage', 'new', 2, 'acquisition'),
    ('lifecycle_stage', 'active', 3, 'development'),
    ('lifecycle_stage', 'reactivated', 4, 'development'),
    ('lifecycle_stage', 'at_risk', 5, 'retention'),
    ('lifecycle_stage', 'lapsed', 6, 'departure')
) as listed (class_name, value, position, phase)
