-- title:    Every customer has exactly one value of each class
-- severity: stop
-- message:
--   text: "{violations} customers of the snapshot {snapshot} have no value of a class"

select snapshot, customer_id
from business.customer_classes
where tier is null or abc_class is null or rfm_segment is null or value_class is null
    or frequency_class is null or lifecycle_stage is null or loyalty_class is null or lifecycle_phase is null
    or customer_kind is null or region_class is null or industry is null or need_class is null
    or temperament is null or customer_type is null or quality_customer is null or country is null or region is null
