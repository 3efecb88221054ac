-- title:    Every customer has exactly one value of each class
-- inputs:   [business.customer_classes]
-- severity: stop

select
    snapshot,
    customer_id
from business.customer_classes
where tier is null
    or abc_class is null
    or rfm_segment is null
    or value_class is null
    or frequency_class is null
    or lifecycle_stage is null
    or loyalty_class is null
