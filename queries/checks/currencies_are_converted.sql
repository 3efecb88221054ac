-- title:    Order lines in another currency have an exchange rate of their day
-- scope:    base
-- severity: stop
-- judges:   inputs
-- message:
--   text: "{lines_without_rate} order lines worth {stated_absolute_without_rate} {currency} have no exchange rate of
--     their day or the {max_rate_age_days} days before it ({missing_share} of the money in {currency}, limit
--     {allowed_share})"
--   see: "{setting}"
-- note: >
--   Amounts in two currencies are never added up: of each currency, what has no rate may make at most
--   checks.max_rejected_money of its own money, without regard to sign. Without the source exchange_rates there may be
--   one currency only, that of the project. Nobody knows what the money of lines without a currency is worth, so none
--   of it may be lost but where the limit is 100%.

select totals.currency, totals.lines_without_rate, totals.stated_absolute_without_rate,
    cast(totals.stated_absolute_without_rate as double)
    / nullif(cast(totals.stated_absolute_without_rate + totals.stated_absolute_revenue as double), 0) as missing_share,
    checks.max_rejected_money as allowed_share, policy.max_rate_age_days,
    case
        when totals.currency = '(none)' then 'sources.order_lines.columns.currency, which may say what a blank one is'
        when sources.is_configured then 'policy.max_rate_age_days and checks.max_rejected_money'
        else 'sources.exchange_rates, which is not configured'
    end as setting
from business.currency_totals as totals cross join settings.checks as checks
cross join settings.policy as policy cross join settings.sources as sources
where sources.source = 'exchange_rates' and totals.lines_without_rate > 0
    and (
        not sources.is_configured and totals.currency <> '(none)'
        or totals.stated_absolute_without_rate
        > (totals.stated_absolute_without_rate + totals.stated_absolute_revenue) * checks.max_rejected_money
    )
