-- title:   Churn after complaints, by the tier that customers had
-- grain:   one row per from_snapshot and tier, and a total for each; none where complaints are not known
-- key:     [from_snapshot, tier]
-- note:    Customers of the tier at the earlier snapshot, with and without a complaint in the `complaint_days` before
--   it, those left out who were lapsed then already. Churned is who is lapsed now, as in results.churn_by_tier.
--   Interval by Newcombe (1998) for `interval_share` of cases. Where a group has fewer than `min_cell` customers the
--   report shows their number only.
-- columns:
--   difference: rate with a complaint less rate without

select outcomes.from_snapshot, outcomes.tier, snapshots.as_of as from_as_of, outcomes.position,
    outcomes.customers_with as customers_with_complaint, outcomes.outcomes_with as churned_with_complaint,
    outcomes.rate_with as churn_rate_with_complaint, outcomes.customers_without as customers_without_complaint,
    outcomes.outcomes_without as churned_without_complaint, outcomes.rate_without as churn_rate_without_complaint,
    outcomes.difference, outcomes.difference_low, outcomes.difference_high, outcomes.has_enough_customers
from business.complaint_outcomes as outcomes
inner join settings.snapshots as snapshots on outcomes.from_snapshot = snapshots.snapshot  -- many-to-one
where outcomes.outcome = 'lapsed' order by from_as_of desc nulls last, outcomes.position, from_snapshot, tier
