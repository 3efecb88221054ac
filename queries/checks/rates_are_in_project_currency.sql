-- title:    Exchange rates are in units of the currency of the project
-- scope:    base
-- severity: stop
-- judges:   inputs
-- message:
--   text: "the exchange rate of {currency}, the currency of the project, is {rate} on {rate_date} and not 1: the rates
--     are in units of another currency"
--   see: sources.exchange_rates and project.currency
-- note:     A table of rates to another currency would convert every line wrongly, and no other figure would say so.

select rates.currency, rates.rate_date, rates.rate
from canonical.checked_exchange_rates as rates
inner join settings.project as project on rates.currency = project.currency  -- many-to-one
where rates.outcome in ('used', 'out_of_scope') and rates.rate <> 1
