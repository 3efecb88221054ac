-- title:   Rejected rows by reason
-- key:     [source, reason]
-- publish: yes
-- note: >
--   Amount is net of an order line, the cost of a service case, the amount of a payment; a missing one counts as 0, and
--   customers, visits and exchange rates have none. An amount in another currency that has no exchange rate is missing:
--   business.currency_totals states it as it is. The absolute amount adds up without regard to sign: it is what the
--   limit `checks.max_rejected_money` compares. setting names what decides the reason, with its value; NULL where
--   nothing can be set.

select rejected.source, rejected.outcome as reason, rejected.rows, rejected.amount, rejected.absolute_amount,
    case rejected.outcome
        when 'date_before_earliest' then 'policy.earliest_date: ' || cast(accepted.earliest_date as varchar)
        when 'date_in_the_future'
            then 'policy.max_future_days: ' || cast(accepted.max_future_days as varchar) || ' after '
            || cast(accepted.newest_date as varchar)
        when 'rate_missing'
            then 'sources.exchange_rates, policy.max_rate_age_days: ' || cast(policy.max_rate_age_days as varchar)
        when 'cost_missing' then 'policy.margin is not set'
        when 'return_amount_positive' then 'policy.return_sign: refuse'
        when 'replaced_by_later_file' then 'checks.orders_in_two_files: keep_last'
        when 'duplicate_exact'
            then case when rejected.source = 'order_lines' then 'checks.duplicates: ' || checks.duplicates end
    end as setting
from canonical.source_outcomes as rejected cross join canonical.accepted_dates as accepted
cross join settings.checks as checks cross join settings.policy as policy
where rejected.outcome not in ('used', 'out_of_scope', 'filtered')
