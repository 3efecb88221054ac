### The words of the report in English, in the syntax of Fluent (https://projectfluent.org).
###
### A message is a name, `=` and its text; `{ $name }` is filled by the template that shows it. A number chooses its
### words by `{ $n -> [one] … *[other] … }`. `group-code` names a code of the tables; one without a line here is shown
### as it is written in the data.

## Classes

any-total = Total
any-not_known = Not known
tier-platinum = Platinum
tier-gold = Gold
tier-iron = Iron
tier-lead = Lead tier
tier_name-platinum = Platinum
tier_name-gold = Gold
tier_name-iron = Iron
tier_name-lead = Lead
tier-none = No order in the window
tier-total = Total
rfm_segment-champions = Champions
rfm_segment-loyal = RFM: Loyal
rfm_segment-potential_loyalist = Potential loyalists
rfm_segment-new_customers = RFM: New customers
rfm_segment-promising = Promising
rfm_segment-need_attention = Need attention
rfm_segment-about_to_sleep = About to sleep
rfm_segment-at_risk = RFM: At risk
rfm_segment-cannot_lose_them = Cannot lose them
rfm_segment-hibernating = Hibernating
rfm_segment-lost = Lost
rfm_segment-total = Total
abc_class-a = A
abc_class-b = B
abc_class-c = C
abc_class-d = D
abc_class-total = Total
lifecycle-prospect = Prospect
lifecycle-new = New
lifecycle-active = Active
lifecycle-at_risk = Late
lifecycle-lapsed = Lapsed
lifecycle-reactivated = Returning
lifecycle-total = Total
phase-acquisition = Acquisition
phase-development = Development
phase-retention = Retention
phase-departure = Departure
frequency-one_time = One order ever
frequency-low = Less often
frequency-high = More often
frequency-total = Total
value-high = High
value-middle = Middle
value-low = Low
value-total = Total
loyalty-loyal = Loyal
loyalty-ordinary = Ordinary
loyalty-occasional = Occasional
loyalty-total = Total
phase-total = Total
customer_kind-retail = Retail
customer_kind-merchant = Merchants
customer_kind-channel = Channel
customer_kind-not_known = Not known
customer_kind-total = Total
customer_kind-internal = Internal, outside the total
region_class-local = Local
region_class-domestic = Domestic
region_class-overseas = Overseas
region_class-not_known = Not known
region_class-total = Total
industry-manufacturing = Manufacturing
industry-retail = Retail
industry-services = Services
industry-other = Other
industry-not_known = Not known
industry-total = Total
need_class-price_sensitive = Price-sensitive
need_class-service_led = Service-led
need_class-product_led = Product-led
need_class-mixed = Mixed
need_class-not_known = Not known
need_class-total = Total
temperament-impulsive = Impulsive
temperament-rational = Rational
temperament-emotional = Emotional
temperament-unclear = Unclear
temperament-not_known = Not known
temperament-total = Total
customer_type-angry = Angry
customer_type-new_buyer = New buyers
customer_type-discount_chaser = Discount chasers
customer_type-impulsive = Impulsive
customer_type-researcher = Researchers
customer_type-sceptic = Sceptics
customer_type-loyal = Loyal buyers
customer_type-regular = Regular
customer_type-not_known = Not known
customer_type-total = Total
customer_type-prospect = Prospects, outside the total
of_type-angry = The angry
of_type-new_buyer = New buyers
of_type-discount_chaser = Discount chasers
of_type-impulsive = Impulsive buyers
of_type-researcher = Researchers
of_type-sceptic = Sceptics
of_type-loyal = Loyal buyers
of_type-regular = Regular customers
quality_customer-yes = Yes
quality_customer-no = No
quality_customer-not_known = Not known
quality_customer-total = Total
place-not_known = Not known
place-total = Total
places-comma = ,{ " " }

## What a class would need

gap-kind = the kind of customer (source customers)
gap-country = the country (source customers or order_lines)
gap-region = the region (source customers or order_lines), so nobody is local
gap-home_country = the home country (project.home)
gap-home_region = the home region (project.home), so nobody is local
gap-industry = the industry (source customers)
gap-discount = discounts (two of list price, net price and discount of source order_lines)
gap-quantity = quantities (source order_lines)
gap-category = categories (source order_lines)
gap-service_cases = the source service_cases
gap-complaints = complaints or satisfaction (source service_cases)
gap-visits = the source visits
gap-payments = the day of payment (source payments)

levels_apart-0 = Agree
levels_apart-1 = Differ
levels_apart-2 = Contradict each other
owner-not_assigned = Without an owner
owner-total = Total
referral-not_referred = Not referred
referral-total = Total

## Actions; a code without a line here is shown as it is written in queries/2_business/actions.sql

action_reason-lapsed = Lapsed
action_reason-late = Late
action_reason-loses_money = In the Lead tier
action_reason-fell = Fell
action_reason-new = New
action_reason-returned = Returning
action_reason-rose = Rose
action_reason-steady = Buys as usual
action-apologise_and_solve = Apologise, and solve it
action-call_now = Call, and find out what is wrong
action-visit_and_win_back = Visit, and win back
action-welcome_call = Welcome by telephone
action-ask_why_they_returned = Ask why they returned
action-exclusive_offer = Exclusive offer
action-win_back_offer = Offer to win back
action-second_order_offer = Offer for a second order
action-cross_sell = Offer further products
action-reminder_mail = Reminder by mail
action-win_back_mail = Mail to win back
action-second_order_mail = Mail for a second order
action-self_service = Guide to self-service
action-watch_second_order = Wait for the second order
action-release = Let go
action-reprice_or_minimum_order = New price or minimum order
responsible-account_owner = Account owner
responsible-sales_lead = Head of sales
responsible-sales = Sales
responsible-marketing = Marketing
responsible-service = Service
responsible-pricing = Pricing

## Where customers went, and what that did to profit

move_state-reactivated = Came back
move_state-new = First order
move_state-not_in_window = No order
move_state-platinum = Platinum
move_state-gold = Gold
move_state-iron = Iron
move_state-lead = Lead tier
move_state-total = Total
bridge_step-new = First order
bridge_step-reactivated = Came back
bridge_step-moved_up = Moved up
bridge_step-stayed = Same tier
bridge_step-moved_down = Moved down
bridge_step-gone = No order

## The program asks: cohorts, by year and month, quarter or half; months 1 to 9 may want another digit

cohort-month = { $year }-{ $n }
cohort-month_of_one_digit = { $year }-0{ $n }
cohort-quarter = { $year } Q{ $n }
cohort-first_half = { $year } H1
cohort-second_half = { $year } H2

## Measures

measure-net_revenue = Net revenue
measure-profit = Customer profit
measure-profit_if_assumed = Profit at an assumed margin
measure-profit_rate = Profit rate
measure-customers = Buying customers
measure-profit_at_risk = Profit at risk
measure-contribution_margin = Contribution margin
measure-gross_revenue = Revenue at list price
measure-discount_amount = Discount
measure-cost_of_goods = Cost of goods
measure-cost_to_serve = Cost to serve
measure-orders = Orders
measure-unprofitable_customers = Customers without profit
measure-loss_amount = Their losses
concentration-revenue_gini = Gini coefficient of revenue
concentration-peak_profit_share = Peak of the whale curve, share of total profit

## Steps and activities

step-list_price = List price
step-discount = Discount
step-cost_of_goods = Cost of goods
step-cost_to_serve = Cost to serve
step-profit = Profit
activity-per_order = Orders
activity-per_line = Order lines
activity-per_unit = Units
activity-per_return = Returned lines
activity-per_case = Service cases
activity-recorded_cases = Service cases with a recorded cost
activity-all_rates = All rates together
activity-per_minute = Handling minutes
activity-payment_fee_rate = Payment fee, share of revenue
activity-freight_rate = Freight, share of the freight amount
activity-per_customer = Buying customers
activity-total = Total

## How firm the tiers are

boundary-platinum_gold = Platinum and Gold
boundary-gold_iron = Gold and Iron
boundary-iron_lead = Iron and Lead

## Service, and whether the pyramid holds

channel-not_known = not known
channel-others = Other channels
channel-total = Total
condition-profile = Profile
condition-service = Service
condition-drivers = What drives orders
condition-service_effect = What service does to profit
condition_measure-orders = Orders per customer
condition_measure-net_revenue_per_order = Net revenue per order
condition_measure-discount_rate = Discount, % of list price
condition_measure-cases_per_order = Service cases per order
condition_measure-with_complaint = Customers with a complaint, %
condition_measure-minutes_per_case = Handling minutes per case
condition_measure-satisfaction = Satisfaction, score of 5
condition_measure-ordered_again_after_discount = Who ordered again, %, with discount less without
condition_measure-net_revenue_per_order_after_discount = Net revenue per order, with discount less without
condition_measure-profit_change_after_complaint = Change of profit, with complaint less without
condition_measure-ordered_again_after_complaint = Who ordered again, %, with complaint less without
verdict-holds = holds
verdict-does_not = does not
verdict-too_few = too few to tell
verdict-not_known = not known
people = { $n ->
    [one] { $n } person
   *[other] { $n } people
}
cases = { $n ->
    [one] { $n } service case
   *[other] { $n } service cases
}

## Outlook

model-bg_nbd = BG/NBD
model-mbg_nbd = MBG/NBD
model-gamma_gamma = Gamma-Gamma, spend
method-model = MBG/NBD model
method-last_year_rate = Last year’s rate
method-recency_rule = Last year’s rate, nothing of those silent for long
moment-now = The time ahead
moment-backtest = Test of the last weeks
class-cohort = Year of the first order
class-lifecycle_stage = Lifecycle stage
class-rfm_segment = Segment
class-value_class = Value score
no_fit-too_few_customers = there are too few customers for a model
no_fit-history_too_short = the history is too short for a model
no_fit-no_repeat_buyers = nobody bought twice
no_fit-too_few_spenders = too few customers bought twice to tell what they spend
no_fit-not_converged = the model found no best fit

## Rows of the input

outcome-used_in_window = Used, in the window
outcome-used_before_window = Used, before the window
outcome-filtered = Left out by the filter of the configuration
outcome-out_of_scope = Out of scope, on or after the as-of day
outcome-rejected = Rejected
outcome-read = Read
reason-customer_missing = customer missing
reason-order_missing = order missing
reason-date_missing = date missing
reason-date_before_earliest = date before the earliest allowed
reason-date_in_the_future = date in the future
reason-amount_missing = amount missing
reason-amounts_disagree = amounts disagree
reason-return_amount_positive = returned line with a positive amount (policy.return_sign)
reason-cost_missing = cost missing
reason-order_of_two_customers = two customers on one order
reason-duplicate_exact = exact duplicate
reason-line_conflict = two different lines with one number
reason-replaced_by_later_file = replaced by a later file
reason-amount_not_finite = amount is no number
reason-amount_out_of_range = amount beyond all bounds
reason-customer_conflict = two different rows of one customer
reason-signed_up_at_not_a_date = day of signing up is no date
reason-case_missing = case number missing
reason-case_conflict = two different rows of one case
reason-answered_before_opened = answered before it was opened
reason-resolved_before_opened = resolved before it was opened
reason-first_answer_at_not_a_date = moment of the first answer is no date
reason-resolved_at_not_a_date = moment of the solution is no date
reason-cost_negative = cost below zero
reason-cost_not_finite = cost is no number
reason-cost_out_of_range = cost beyond all bounds
reason-minutes_negative = minutes below zero
reason-minutes_not_finite = minutes are no number
reason-minutes_out_of_range = minutes beyond all bounds
reason-satisfaction_out_of_range = satisfaction not from 1 to 5
reason-satisfaction_not_finite = satisfaction is no number
reason-payment_missing = payment number missing
reason-payment_conflict = two different rows of one payment
reason-due_date_not_a_date = due day is no date
reason-paid_date_not_a_date = day of payment is no date
reason-visit_missing = visit number missing
reason-currency_missing = currency missing
reason-rate_missing = no exchange rate of its day
reason-rate_not_positive = rate not above zero
reason-rate_conflict = two different rates of one day
reason-rate_out_of_range = rate beyond all bounds
reason-rate_date_not_a_date = day of the rate is no date
reason-visit_conflict = two different rows of one visit

## Sources

source-order_lines = Order lines
source-customers = Customers
source-service_cases = Service cases
source-payments = Payments
source-visits = Visits
source-exchange_rates = Exchange rates

## Currencies

currency-USD = US dollars
currency-EUR = euros
currency-GBP = pounds sterling
currency-CNY = yuan
currency-JPY = yen
currency-CHF = Swiss francs

sign-USD = $
sign-EUR = €
sign-GBP = £
sign-CNY = ¥
sign-JPY = ¥

## Units of a chart's caption

unit-thousands = in thousand { $currency }
unit-millions = in million { $currency }
unit-units = in { $currency }
unit-scaled = in { $word } { $currency }

## The program asks: amounts of something

customers = { $n ->
    [one] { $n } customer
   *[other] { $n } customers
}
orders = { $n ->
    [one] { $n } order
   *[other] { $n } orders
}
order_lines = { $n ->
    [one] { $n } order line
   *[other] { $n } order lines
}
others = { $n ->
    [one] { $n } other
   *[other] { $n } others
}
days = { $n ->
    [one] { $n } day
   *[other] { $n } days
}
months = { $n ->
    [one] { $n } month
   *[other] { $n } months
}
quarters = { $n ->
    [one] { $n } quarter
   *[other] { $n } quarters
}

## The program asks: the mail

mail-subject = { $project }: customer profit report as of { $as_of }

## The program asks: labels on charts

archive-spark = { $measure }, { $n } published values from { $first } to { $last }
tile-spark = { $measure }, { $n } weekly values from { $first } to { $last }
pairs-customer_share = Share of customers
pairs-profit_share = Share of profit
pairs-profit_money = Profit
pairs-customers = Customers
pairs-profit = Profit
pairs-row = { $label }: { $customers } of customers, { $profit } of profit.
pairs-row_loss = { $label }: { $customers } of customers, gives back { $amount }.
pairs-row_money = { $label }: { $customers } of customers, profit { $profit }.
pairs-gives_back = gives back { $amount }
class_chart-title = Customers and profit, by { $class }
pyramid-title = Customers and profit, by tier
pyramid-title_if_assumed = Customers and profit at an assumed margin, by tier
types-title = Customers and profit, by customer type
lifecycle-title = Customers and profit, by lifecycle stage
whale-title = Whale curve of customer profit
whale-description = Cumulated profit reaches { $peak } after { $profitable } of { $customers } customers. { $unprofitable } with a loss change it by { $erosion }, so that { $total } stays.
whale-peak = Peak: { $amount }
whale-peak_after = after { $customers }
whale-eroded_by = eroded by { $customers }
whale-stays = { $amount } stays
whale-lost = { $amount } in all
waterfall-title = From list price to profit, by tier
waterfall-kept = { $share } of list
moves-title = Customers by tier, a year earlier and now
moves-then = A year earlier
moves-now = Now
moves-part = { $customers } { $label }
moves-row = { $label }, { $customers }: { $parts }.
bridge-title = From the profit of a year earlier to that of now
bridge-then = A year earlier
bridge-now = Now
bridge-row = { $label }: { $amount }.
lorenz-title = Lorenz curve of net revenue
lorenz-description = Customers from the smallest to the largest by net revenue, against the share of revenue that they bring together. Gini coefficient { $gini }; the largest { $top_share } of customers bring { $top } of revenue.
lorenz-customers = Customers, smallest by revenue first
lorenz-equal_1 = If all customers
lorenz-equal_2 = bought the same
lorenz-gini = Gini { $gini }
lorenz-gini_1 = 0 if all bought the same,
lorenz-gini_2 = 1 if one bought everything
calibration-title = Purchases expected and made per customer, by decile of what was expected
calibration-decile = Decile { $n }
calibration-row = { $label }: { $expected } expected, { $actual } made.
calibration-expected = expected
calibration-actual = made

## management/report/ and management/appendix.html

now-name = What to do now
now-caption = Decisions, by profit impact
now-finding = Largest profit impact, { $amount }: { $action }
now-note = Profit that each decision would move in such a window, if customers bought as before.
now-note_lines = Do not add lines: they may share customers.
now-line = { $customers }, profit impact { $amount }. { $responsible }, by { $due_date }.
now-line_of_costs = Until then every profit here rests on an assumed margin of { $margin }.
head-profit_impact = Profit impact
now-more = Every customer with an action
decision-silent_best = Contact the Platinum and Gold customers who are late or have lapsed
decision-lead_break_even = Bring loss-making customers of the Lead tier to break-even: new prices, or a minimum order
decision-discount_above_median = Bring discounts down to the median rate of each tier
decision-late_others = Contact the profitable customers below Gold who are late or have lapsed
decision-cost_outliers = Lower the cost of those who cost far more to serve than the rest of their tier
decision-costs = Deliver a cost with the order lines
decision_goal-silent_best = keep Platinum and Gold customers who are late or have lapsed
decision_goal-lead_break_even = bring loss-making customers to break-even
decision_goal-discount_above_median = bring discounts down to the median rate of each tier
decision_goal-late_others = keep the profitable customers below Gold who are late or have lapsed
decision_goal-cost_outliers = serve the costliest customers like the rest of their tier
responsible-finance = Finance
pyramid-more = Orders, prices and the whale curve
waterfall-question = Where the money goes
waterfall-costs = Discount and cost to serve, by tier
waterfall-more = All steps
moves-both_ways = { $moved_up ->
        [one] { $moved_up } customer moved up, { $moved_down } down.
       *[other] { $moved_up } customers moved up, { $moved_down } down.
    }
moves-more = Every move, and each step of the bridge
ahead-name = Who is leaving, and what to expect
ahead-name_leaving = Who is leaving
ahead-caption = Profit at risk, and what is ahead, by tier
ahead-more_leaving = Late and lapsed
ahead-more_outlook = The outlook
trust-name = Can I trust it?
trust-more_quality = Data quality
trust-more_evidence = Sums and cost to serve
trust-more_missing = What is not computed
trust-more_method = Method
appendix-name = Appendix to the customer profit report
appendix-title = Appendix, { $project }, as of { $as_of }
appendix-of = The short form is the { $link_report }.
missing-nothing = Nothing: the data has what every section needs.
missing-name = Not computed, and what it needs
missing-nobody = Tiers, curves and classes need a customer with an order in the window.

## management/report.html

report-skip_report = Skip to the report
report-name = Customer profit report
report-period = The { $window_days } days from { $window_start } to { $last_day }. Money in { $currency_name }, net of discounts and returns. Days begin at midnight in { $timezone }.
report-draft = Draft. Not published, and not to be passed on.
report-colophon = { $project }. Customer profit report as of { $as_of }. Run { $short_id }, made by { $maker }. For internal use.

## management/aggregate.html

aggregate-tiers_title = Customers and profit, by tier
aggregate-value_scores_title = Customers by tier and value score
aggregate-lifecycle_retention = Lifecycle and retention
aggregate-lifecycle_note = Own rhythm: the gap between orders that a customer keeps in { $rhythm_percentile } of cases. Late: silent for longer than { $at_risk_late_ratio } × that gap; lapsed: for longer than { $lapsed_late_ratio } × that gap, or than { $lapsed_days } days. Who ordered too seldom for an own rhythm is measured by that of the tier, and where there is none, late is silent for longer than { $silent_days } days. New: first order in the last { $new_customer_days } days.
aggregate-stages_title = Customers and profit, by stage
unit-known_customers = all known customers; money in { $currency_name }
unit-customers_and_profit = customers with an order in the window, profit in { $currency_name } below
aggregate-label_churn = Customers of a year ago who have lapsed since
aggregate-groups = Who the customers are
aggregate-groups_note = Each table adds up to the same customers. A place is that of the customer file, or of the last order.
aggregate-net_revenue = By net revenue
aggregate-rfm_title = By recency, frequency and revenue
unit-largest_shown = largest by net revenue, those that are hidden left out; money in { $currency_name }
aggregate-service_note = Cases opened in the window, and their cost.
aggregate-time_ahead = The time ahead
aggregate-time_ahead_note = What the customers of each tier should bring in the coming { $months }, when they go on as they did.
aggregate-outlook_title = The time ahead, by tier
aggregate-note_of_full = Only the full edition has what names customers or hangs on few of them: actions, late and lapsed customers by name, account owners, referrals, moves between tiers, the profit bridge, cohorts, the whale curve, concentration, customer types, home markets, discounts by tier, the recency and frequency grid, tier boundaries, effects of complaints, cost to serve by activity, and the re-performance of the run. Figures of an earlier edition can be set against these; keep them as confidential as these.
aggregate-colophon = { $project }. Customer profit report as of { $as_of }, without single customers. Run { $short_id }, made by { $maker }. For internal use.

## management/sections/abc.html

abc-name = ABC and D classes
abc-finding_nobody = No customer brought revenue
abc-finding_losses_in_a = { $unprofitable_customers ->
        [one] { $unprofitable_customers } of the { $customers } largest customers by revenue brings no profit
       *[other] { $unprofitable_customers } of the { $customers } largest customers by revenue bring no profit
    }
abc-finding_otherwise = { $customers ->
        [one] { $customers } customer brings { $revenue_share } of revenue, and all of them bring a profit
       *[other] { $customers } customers bring { $revenue_share } of revenue, and all of them bring a profit
    }
abc-finding_without_share = { $customers ->
        [one] { $customers } customer is the largest by revenue, and brings a profit
       *[other] { $customers } customers are the largest by revenue, and all of them bring a profit
    }
abc-note = Classes follow net revenue, largest first; equal customers stay together. D holds customers without net revenue, { $customers_without_order } of them known but without an order in the window.
abc-label_classes = Classes by net revenue
unit-ahead = risk: of profitable customers; money in { $currency_name }
unit-money = money in { $currency_name }
head-class = Class
head-rule = Rule
head-customers = Customers
head-share_customers_ever_ordered = Share of customers who ever ordered
head-share_known_customers = Share of known customers
head-net_revenue = Net revenue
head-share_revenue = Share of revenue
head-profit = Profit
head-profit_if_assumed = Profit, assumed margin
head-share_profit = Share of profit
head-profit_rate = Profit rate
head-without_profit = Without profit
abc-first_revenue = first { $abc_a_share } of revenue
abc-up = up to { $abc_b_share }
abc-rest = the rest
abc-no_net_revenue = no net revenue

## management/sections/actions.html

actions-name = Actions
actions-finding_none = No customer calls for an action
actions-finding_urgent = { $urgent_customers ->
        [one] { $urgent_customers } customer above the Lead tier is late or has lapsed
       *[other] { $urgent_customers } customers above the Lead tier are late or have lapsed
    }
actions-urgent_amount = , with { $urgent_amount } at stake
actions-lead_loses = ; the Lead tier loses { $stake_amount }
actions-finding_loss = Nobody above the Lead tier is late; the Lead tier loses { $stake_amount }
actions-finding_otherwise = Nobody above the Lead tier is late, and nobody loses money
actions-note = Who does what, by when, is a table of the house: { $queries }. Money at stake: in the Lead tier the loss that would end; else the part of expected profit that hangs on customers who may be gone; without an outlook, the profit of the window of those who are late or have lapsed.
actions-label_tiers = Customers with an action by tier
actions-cases_tier = Cases by tier
head-tier = Tier
head-customers_action = Customers with an action
head-money_stake = Money at stake
head-late_lapsed = Late or lapsed
head-late_lapsed_profitable = Late or lapsed, profitable
head-late_profitable = Late, profitable
head-lapsed_profitable = Lapsed, profitable
head-their_money_stake = Their money at stake
actions-most_valuable_cases = : the most valuable cases
unit-most_money = at most { $list_rows_shown }; money in { $currency_name }
head-customer = Customer
head-why = Why
head-what = What to do
head-who = Who
head-by = By
head-stake = At stake
actions-where_all = Every customer with reason, money at stake and next action stands in { $tables }.

## management/sections/brief.html

brief-name = In brief
brief-no_material_change = No material change.
brief-nothing_reaches = No material change: nothing reaches { $threshold_amount }, { $material_change_share } of net revenue.

## management/sections/cohorts.html

cohorts-name = Cohort retention
cohorts-note_none = A cohort is the month of the first order, and the first month is not over.
cohorts-finding_untold = No cohort is old and large enough to tell who stays
cohorts-finding_month = { $told_retention } of the { $told_customers } won in { $told } ordered in the last month that is over
cohorts-finding_quarter = { $told_retention } of the { $told_customers } won in { $told } ordered in the last quarter that is over
cohorts-finding_half_year = { $told_retention } of the { $told_customers } won in { $told } ordered in the last half-year that is over
cohorts-note_month = A cohort is the month of the first order. Cohorts of fewer than { $min_cell } are not shown as percentages; a month not yet lived is blank, never zero.
cohorts-note_quarter = A cohort is the quarter of the first order, because shorter ones hold fewer than { $min_cell }. Cohorts of fewer than { $min_cell } are not shown as percentages; a quarter not yet lived is blank, never zero.
cohorts-note_half_year = A cohort is the half-year of the first order, because shorter ones hold fewer than { $min_cell }. Cohorts of fewer than { $min_cell } are not shown as percentages; a half-year not yet lived is blank, never zero.
cohorts-newest_shown = Shown are the newest { $cohorts_shown } of { $cohorts } cohorts.
cohorts-title = Customers who ordered again
unit-cohort_months = in percent of the cohort, by months since the first order
unit-cohort_quarters = in percent of the cohort, by quarters since the first order
unit-cohort_half_years = in percent of the cohort, by half-years since the first order
head-cohort = Cohort
head-cohort_size = Size
cohorts-revenue_retention = The { $customers } of a year ago buy { $net_revenue_retention } of what they bought then (net revenue retention). Counting each at most with what they bought then, it is { $gross_revenue_retention } (gross revenue retention).

## management/sections/concentration.html

concentration-name = Concentration
concentration-finding_too_few = Too few customers to speak of concentration
concentration-finding_profit_and_revenue = { $profit_customers } of customers bring { $concentration_share } of profit, { $revenue_customers } bring { $concentration_share } of revenue
concentration-finding_revenue = { $revenue_customers } of customers bring { $concentration_share } of revenue
concentration-profit_makers = Share of customers that brings { $concentration_share } of profit
concentration-revenue_makers = Share of customers that brings { $concentration_share } of revenue
concentration-top_profit = Share of profit of the best { $top_share } of customers
concentration-top_revenue = Share of revenue of the largest { $top_share } of customers
concentration-finding_otherwise = Without revenue there is no concentration
concentration-note = The further the curve hangs below the straight line, the more revenue depends on few customers. Customers with losses count in profit, so the best customers can make more than the whole. A negative net revenue counts as nothing in the measures of revenue.
concentration-chart_title = Lorenz curve of net revenue
unit-lorenz_axes = cumulated share of customers across, of revenue upwards
concentration-measures_concentration = Measures of concentration
head-measure = Measure
head-value = Value

## management/sections/conditions.html

conditions-name = Does the pyramid hold?
conditions-finding_all = All { $conditions } conditions of the pyramid hold
conditions-finding_untold = Whether the pyramid holds cannot be told from these data
conditions-finding_some = { $conditions_that_hold ->
        [one] { $conditions_that_hold } of { $conditions } conditions of the pyramid holds
       *[other] { $conditions_that_hold } of { $conditions } conditions of the pyramid hold
    }
conditions-some_do_not = { $conditions_that_do_not ->
        [one] , { $conditions_that_do_not } does not
       *[other] , { $conditions_that_do_not } do not
    }
conditions-some_too_few = { $conditions_with_too_few ->
        [one] , { $conditions_with_too_few } has too few customers to tell
       *[other] , { $conditions_with_too_few } have too few customers to tell
    }
conditions-some_not_known = { $conditions_not_known ->
        [one] , { $conditions_not_known } is not known
       *[other] , { $conditions_not_known } are not known
    }
conditions-note = Tiers are worth managing apart when customers differ by more than profit. A condition holds when the interval of its effect leaves out 0 and the effect is at least { $pyramid_min_effect } standard deviations, with at least { $pyramid_min_customers } in each group; it does not when the interval leaves out every effect of that size. In between there are too few customers to tell. Effect: Platinum and Gold less Iron and Lead. Nothing here says why.
conditions-four_conditions = The four conditions
conditions-other_measures = Other measures
unit-other_conditions = beside those that decide
conditions-note_not_known = Not known is what needs discounts, service cases, or a column of these, that this report does not have.
conditions-note_third = The third condition compares customers of a year ago who had bought at a discount of { $price_sensitive_discount_rate } or more with the others; the fourth those who had complained in the { $complaint_days } days before with the others. The effect is then how much more the difference is in Platinum and Gold. The middle of an interval of shares lies a little off the effect.

## management/sections/discounts.html

discounts-name = Discounts
discounts-finding_nobody = Nothing was sold
discounts-finding_none = No line is recorded with a discount
discounts-finding_unknown = Discounts are not known: the order lines have one price only
discounts-finding_champions = { $discount_made_champions ->
        [one] { $discount_made_champions } of { $champions } Champions is made by discount: at full price alone they would not be
       *[other] { $discount_made_champions } of { $champions } Champions are made by discount: at full price alone they would not be
    }
discounts-finding_rate = Discounts took { $margin_given_away_rate } of the margin at list price: { $discount_amount }
discounts-finding_otherwise = Discounts took { $discount_amount }
discounts-note = A line is sold at a discount from { $price_sensitive_discount_rate } off its list price; returned lines are left out. Price sensitive: at least { $price_sensitive_unit_share } of the units bought so. A Champion is made by discount when their revenue at full price alone would give another segment. Margin given away: all discount, as a share of contribution margin before it.
discounts-label_tiers = Discounts by tier
discounts-categories_title = What each tier buys at a discount
head-units = Units
head-at_a_discount = At a discount
head-share_units = Share of units
head-revenue_discount = Revenue at a discount
head-discount = Discount
head-margin_given_away = Margin given away
head-price_sensitive_customers = Price-sensitive customers
head-share_customers = Share of customers
head-champions = Champions
head-made_discount = Made by discount

## management/sections/evidence.html

evidence-name = Reconciliation and evidence
evidence-note = Definitions, the SQL of every table and all hashes are on the { $link_method }. To re-perform the run, execute { $sql } of the run folder with the DuckDB command line: { $duckdb }.
evidence-sums_title = Sums that must agree
unit-window = of this run’s window; money in { $currency_name }
evidence-where_earlier = The same sums for the earlier windows are on the { $link_method }.
evidence-cost_serve = Cost to serve
unit-buying_customers = in { $currency_name }; only customers with an order in the window
head-activity = Activity
head-rate = Rate
head-volume = Volume
head-cost = Cost
evidence-recorded = as recorded
evidence-sql_title = SQL behind the figures
head-file = File
head-what_holds = What it holds
head-rows = Rows
head-sha_256 = SHA-256
head-holds = Holds

## management/sections/firmness.html

firmness-name = How firm the tiers are
firmness-finding_nobody = No customer, no tier that could move
firmness-finding_no_rates = No rate of the cost to serve is configured, so none can change a tier
firmness-finding_steady = No customer changes tier when a rate of the cost to serve is { $rate_sensitivity } higher or lower
firmness-finding_all_higher = { $customers_moved ->
        [one] { $customers_moved } customer of { $customers } changes tier when every rate of the cost to serve is { $rate_sensitivity } higher
       *[other] { $customers_moved } customers of { $customers } change tier when every rate of the cost to serve is { $rate_sensitivity } higher
    }
firmness-finding_all_lower = { $customers_moved ->
        [one] { $customers_moved } customer of { $customers } changes tier when every rate of the cost to serve is { $rate_sensitivity } lower
       *[other] { $customers_moved } customers of { $customers } change tier when every rate of the cost to serve is { $rate_sensitivity } lower
    }
firmness-finding_one_higher = { $customers_moved ->
        [one] { $customers_moved } customer of { $customers } changes tier when the rate of { $activity } is { $rate_sensitivity } higher
       *[other] { $customers_moved } customers of { $customers } change tier when the rate of { $activity } is { $rate_sensitivity } higher
    }
firmness-finding_one_lower = { $customers_moved ->
        [one] { $customers_moved } customer of { $customers } changes tier when the rate of { $activity } is { $rate_sensitivity } lower
       *[other] { $customers_moved } customers of { $customers } change tier when the rate of { $activity } is { $rate_sensitivity } lower
    }
firmness-note = Rates of the cost to serve are estimates. Each is moved by { $rate_sensitivity } either way, and the tiers are cut anew. Recorded costs of service cases are no rate and stay. Near a boundary is who is within { $boundary_share } of the cut-off; at the Lead tier, within that share of the width of Iron.
firmness-label_rates = Tiers when a rate moves
unit-profit = profit in { $currency_name }
head-becomes = Becomes
head-change_tier = Change tier
head-up = Up
head-down = Down
head-profit_platinum = Profit: Platinum
head-gold = Gold
head-iron = Iron
head-lead = Lead tier
head-change = Change
head-configured = As configured
head-higher = { $activity }, higher
head-lower = { $activity }, lower
firmness-label_boundaries = Customers near a boundary
head-between = Between
head-cut_off = Cut-off
head-near_within = Near is within
head-customers_near = Customers near
head-better_tier = In the better tier
head-other = In the other
head-their_profit = Their profit

## management/sections/habits.html

habits-name = Frequency, value and loyalty
habits-finding_few = Too few customers to compare habits
habits-finding_nobody_often = Nobody orders more often than the typical repeat buyer
habits-finding_often_profit = The { $customer_share } of customers who order more often bring { $profit_share } of profit
habits-finding_often_profit_amount = The { $customer_share } of customers who order more often bring { $profit } of profit
habits-finding_often_revenue_amount = The { $customer_share } of customers who order more often bring { $net_revenue } of net revenue
habits-finding_otherwise = The { $customer_share } of customers who order more often bring { $revenue_share } of revenue
habits-note = More often: at least the median number of orders of repeat buyers. Value: the mean of the scores for frequency, revenue and loyalty. Loyalty: quarters with an order, repeat orders, share at full price and tenure.
habits-frequency = By frequency
head-orders = Orders
habits-value_score = By value score
head-value_class = Value
habits-loyalty = By loyalty
head-loyalty = Loyalty
habits-label_matrix = Tier against value score
unit-number_and_profit = number of customers, profit in { $currency_name } below

## management/sections/kinds.html

kinds-name = Kinds of customers
kinds-finding_few = Too few customers to compare kinds
kinds-finding_unknown = Too little is known of the customers to tell their types
kinds-finding_give_back = { $customer_type }, { $customer_share } of customers, lose { $profit }
kinds-finding_share = { $customer_type }, { $customer_share } of customers, bring { $profit_share } of profit
kinds-finding_profit = { $customer_type }, { $customer_share } of customers, bring { $profit } of profit
kinds-note = Each customer has one type, the first that applies in this order: angry, new buyer, discount chaser, impulsive, researcher, sceptic, loyal, regular. Types, needs and temperament are read from what customers do in the window. What a missing source would tell applies to nobody: who matches nothing else is then not known. What nobody is, is left out.
kinds-chart_title = Share of customers and share of profit, by customer type
unit-percent = in percent
kinds-chart_title_no_share = Share of customers and profit, by customer type
kinds-customer_type = By customer type
head-type = Type
kinds-prospects = Prospects are known or visited, and never ordered: they stand below the total.
kinds-gaps_of_type = The type is not known of everybody, because these are missing
kinds-label_matrix = Customer type against tier
kinds-kind_customer = By kind of customer
head-kind = Kind
kinds-internal = Internal customers are part of the company: they are in no tier, no other class and no total. Their contribution margin is { $contribution_margin }; no cost to serve is charged to them.
kinds-gaps_of_kind = The kind is not known, because this is missing
kinds-home_market = By home market
head-market = Market
kinds-gaps_of_home_market = The home market is not told apart, because these are missing
kinds-countries = By the customer’s home country
head-country = Country
unit-largest = largest by net revenue; money in { $currency_name }
kinds-regions = By the customer’s home region
head-region = Region
kinds-line_countries = By country of the order line
kinds-line_regions = By region of the order line
head-order_lines = Order lines
head-margin_rate = Margin rate
kinds-industry = By industry
head-industry = Industry
kinds-gaps_of_industry = The industry is not known, because this is missing
kinds-need = By need
head-need = Need
kinds-gaps_of_need = The need is not known of everybody, because these are missing
kinds-temperament_title = By temperament, a proxy from behaviour
head-proxy = Proxy
kinds-gaps_of_temperament = The proxy is not known of everybody, because these are missing
kinds-quality = By quality
head-quality = Quality
kinds-quality_note = A quality customer has at least { $quality_min_marks } of five marks: every payment on time, profit rate above the median, few service cases per order, regular orders, basket above the median.
kinds-gaps_of_marks = Not known is who could have the marks if these were there
kinds-lifecycle_title = By lifecycle phase, all known customers
head-phase = Phase

## management/sections/lifecycle.html

lifecycle-name = Lifecycle
lifecycle-finding_nobody = No customer is known
lifecycle-finding_at_risk = { $customers ->
        [one] { $customers } customer is late against their usual rhythm
       *[other] { $customers } customers are late against their usual rhythm
    }
lifecycle-with_profit = , with { $profit } of profit
lifecycle-and_lapsed = { $customers ->
        [one] ; { $customers } has lapsed
       *[other] ; { $customers } have lapsed
    }
lifecycle-finding_lapsed = { $customers ->
        [one] { $customers } customer has lapsed; nobody else is late
       *[other] { $customers } customers have lapsed; nobody else is late
    }
lifecycle-finding_otherwise = Nobody is late against their usual rhythm
lifecycle-note = Own rhythm: the gap between orders that a customer keeps in { $rhythm_percentile } of cases. Late: silent for longer than { $at_risk_late_ratio } × that gap; lapsed: for longer than { $lapsed_late_ratio } × that gap, or than { $lapsed_days } days. Who ordered too seldom for an own rhythm is measured by that of the tier, and where there is none, late is silent for longer than { $silent_days } days. New: first order in the last { $new_customer_days } days.
lifecycle-chart_title = Share of known customers and share of profit, by stage
lifecycle-chart_title_no_share = Share of known customers and profit, by stage
lifecycle-label_stages = Lifecycle stages
head-stage = Stage
lifecycle-label_matrix = Customers by tier and stage
unit-number_and_profit_of_buying = number of customers, profit in { $currency_name } below; only customers with an order in the window

## management/sections/moves.html

moves-name = What changed
moves-note_no_past = Nobody ordered in the window of a year ago, so no customer can have moved since.
moves-finding_small = { $stayed ->
        [one] { $stayed } of { $customers } of a year ago is in the same tier today
       *[other] { $stayed } of { $customers } of a year ago are in the same tier today
    }
moves-finding_none_stayed = None of last year’s { $told_customers } customers of the { $told_tier } tier is in it today
moves-finding_otherwise = { $told_stayed ->
        [one] { $told_stayed } of last year’s { $told_customers } customers of the { $told_tier } tier is in it today
       *[other] { $told_stayed } of last year’s { $told_customers } customers of the { $told_tier } tier are in it today
    }
moves-turned_unprofitable = { $turned_unprofitable ->
        [one] { $turned_unprofitable } customer above the Lead tier a year ago is in it now.
       *[other] { $turned_unprofitable } customers above the Lead tier a year ago are in it now.
    }
moves-note = Came back: ordered before, but not in the earlier window. First order: first order ever. Both years are seen with today’s data, rules and cost rates; { $moved_by_cutoff } changed tier only because the cut-offs moved.
unit-number_customers = number of customers
unit-number_strong_bands = number of customers; strong bands are last year’s { $told_tier }
moves-tier_migration = Tier migration
unit-number_then_now = number of customers; rows a year earlier, columns now
head-from = From
moves-profit_stands = Profit stands where it stood
moves-profit_rose = Profit rose by { $profit_change }
moves-profit_fell = Profit fell by { $profit_change }
moves-more_with = largest gain { $amount }, { $who }
moves-less_with = largest loss { $amount }, { $who }
moves-and = ;{ " " }
moves-bridge = From the profit of a year earlier to that of now, by what customers did
moves-profit_bridge = Profit bridge
head-customers_since_year_ago = Customers since a year ago
head-customers_since = Customers since { $day }

## wording/bridge_step.txt

bridge_step_of-new = { $customers ->
        [one] { $customers } customer with a first order
       *[other] { $customers } customers with a first order
    }
bridge_step_of-reactivated = { $customers ->
        [one] { $customers } customer who came back
       *[other] { $customers } customers who came back
    }
bridge_step_of-moved_up = { $customers ->
        [one] { $customers } customer now in a higher tier
       *[other] { $customers } customers now in a higher tier
    }
bridge_step_of-moved_down = { $customers ->
        [one] { $customers } customer now in a lower tier
       *[other] { $customers } customers now in a lower tier
    }
bridge_step_of-gone = { $customers ->
        [one] { $customers } customer without an order in the window now
       *[other] { $customers } customers without an order in the window now
    }
bridge_step_of-stayed = { $customers ->
        [one] { $customers } customer who stayed in their tier
       *[other] { $customers } customers who stayed in their tier
    }

## management/sections/outlook.html

outlook-name = Value ahead
outlook-finding_mbg_nbd = No outlook: { $reason }
outlook-finding_profit = The customers known today are expected to buy { $expected_orders } times in { $horizon } and bring { $expected_profit } of profit
outlook-finding_profit_if_assumed = The customers known today are expected to buy { $expected_orders } times in { $horizon } and bring { $expected_profit } of profit at an assumed margin
outlook-finding_range = ({ $expected_profit_low } to { $expected_profit_high })
outlook-finding_loss = The customers known today are expected to buy { $expected_orders } times in { $horizon }, at a loss of { $expected_profit }
outlook-finding_loss_if_assumed = The customers known today are expected to buy { $expected_orders } times in { $horizon }, at a loss of { $expected_profit } at an assumed margin
outlook-finding_otherwise = The customers known today are expected to buy { $expected_orders } times in { $horizon }
outlook-by_rule = The rule behind it is “{ $method }”: in its test it forecast { $expected_orders } purchases, and { $actual_orders } were made.
outlook-note_not_converged = The search for the most likely parameters found no peak, as happens where most of those who fall silent buy again.
outlook-note_needs = A model needs { $model_min_customers }, { $model_min_days } of history, and some who bought twice.
outlook-note_rule = An estimate by a plain rule, without customers still to be won. The model of purchases found no best fit, as happens where most of those who fall silent buy again, so P(alive), lifetime value and value at risk are not known. Each purchase is expected to bring the net revenue that those of the customer brought in the window, at the profit rate of their tier.
outlook-note_by_rule = The figures by rule above do not depend on it.
outlook-note_estimate = An estimate, without customers still to be won. P(alive): how likely a customer buys again at all. Each customer is expected to bring margin and profit at the rates of their tier, returns taken off, or at those of all customers where there was no order in the window or the tier bought nothing. Lifetime value: contribution margin of the coming { $clv_quarters }, discounted at { $clv_discount_rate } a year. Value at risk: what leaving would cost, the chance that a customer is gone times the profit expected while they are one.
outlook-label_tiers = Outlook by tier
outlook-expected_tier = Expected in { $horizon }, by tier
unit-range_of_best_method = money in { $currency_name }; below each sum its range; purchases and profit by the method that was best in the test
unit-range_of_model = money in { $currency_name }; below each sum its range; purchases and profit by the method that was best in the test, P(alive) and lifetime value by the model
head-mean_p_alive = Mean P(alive)
head-expected_purchases = Expected purchases
head-expected_profit = Expected profit
head-lifetime_value = Lifetime value
head-value_risk = Value at risk
outlook-note_range = A range is to hold the sum in { $interval_share } of cases while customers go on as they did. It covers how well the parameters are known and the chance in who buys, how often and for how much; it covers no change of prices, offers or times, and no fault of the method itself.
outlook-note_range_of_test = A range reaches to each side at least as far as the test below was off: there, all purchases together, by { $total_error_rate }.
outlook-note_nobody_leaves = The model finds no sign in this history that customers ever leave for good. P(alive) tells nobody apart here, and value at risk says nothing; the figures by rule above do.
outlook-money_not_known = Money ahead is not known: { $reason }.
outlook-note_correlation = Correlation of spend and frequency: { $correlation }, over { $customers } with a repeat.
outlook-warning_correlation = From { $spend_frequency_correlation } on, money ahead is too low for those who buy often: the model takes the two as independent.
outlook-note_independence = The model takes the two as independent; the report warns from { $spend_frequency_correlation } on.
outlook-cohorts_title = By class and by year of the first order
outlook-label_cohorts = Outlook by class and cohort
outlook-cohorts_table = Expected in { $horizon }, by class and cohort
unit-money_range = money in { $currency_name }; below each sum its range
outlook-untested_reason = The model was not tested on the last weeks: { $reason } before them
outlook-untested = The model was not tested on the last weeks
outlook-test_model_best = In the last { $weeks } weeks the model did better than either plain rule, misses per customer and in total taken together: it was off by { $total_error_rate } of all purchases together, and by { $mean_absolute_error } purchases per customer
outlook-test_rule_alone = In the last { $weeks } weeks the plain rule “{ $method }” missed least: it was off by { $total_error_rate } of all purchases, and by { $mean_absolute_error } purchases per customer. The expected purchases above use it
outlook-test_rule_best = In the last { $weeks } weeks a plain rule did better than the model, misses per customer and in total taken together: “{ $method }” was off by { $total_error_rate } of all purchases together and by { $mean_absolute_error } purchases per customer, the model by { $model_total_error_rate } and { $model_mean_absolute_error }. The expected purchases and profit above use the rule; P(alive) and lifetime value remain the model’s, and value at risk takes P(alive) from the model and profit from the rule
outlook-test_title = Forecasts of the last { $weeks } weeks, made on what was known before { $first_day }
unit-purchases = purchases of { $customers }
unit-purchases_of_all = purchases of { $customers }: all customers, not only those shown here
outlook-test_of_all = The test is of all customers, not only of those shown here
unit-deciles = per customer in the weeks tested; decile 1 holds those of whom most was expected
head-method = Method
head-expected = Expected
head-made = Made
head-off_total = Off in total
head-mean_absolute_error_per_customer = Mean absolute error per customer
head-root_mean_square_error = Root mean square error
head-mean_absolute_error = Mean absolute error
outlook-calibration_title = Purchases expected by the model, and made
outlook-label_test = Test of the model by tier
outlook-test_by_tier_title = The same weeks, by tier
unit-purchases_of_year_ago = of a year ago; number of purchases
head-tier_then = Tier then
head-bought_all = Bought at all
head-model = Model
head-last_years_rate = Last year’s rate
head-nothing_silent = Nothing of those silent for long
outlook-fits_parameters = Fits and parameters
outlook-label_parameters = Parameters of the models
outlook-parameters = Parameters
unit-fits = by maximum likelihood, with standard errors
head-parameter = Parameter
head-standard_error = Standard error
outlook-label_fits = Fits of the models
outlook-fits = Fits
unit-moment_of_fit = of what was known at the end of the last day named
head-last_day = Last day
head-iterations = Iterations
head-log_likelihood = Log-likelihood
head-outcome = Outcome
outlook-converged = converged
outlook-no_fit = no fit: { $reason }

## management/sections/owners.html

owners-name = Account owners and referrals
owners-finding_not_known = Account owners are not known: no source tells them
owners-finding_nobody = No customer has an account owner
owners-finding_both = { $owner } holds { $customers }, with { $revenue_share } of revenue and { $profit_share } of profit
owners-finding_revenue = { $owner } holds { $customers }, with { $revenue_share } of revenue
owners-finding_profit = { $owner } holds { $customers }, with { $profit_share } of profit
owners-finding_spread = No account owner holds more than { $owner_dependency_share } of revenue or of profit
owners-note_not_known = Configure the source customers and map its column owner.
owners-note_share = A share is what would leave if an owner left and every customer followed. From more than { $owner_dependency_share } of revenue or profit on, an owner is marked.
owners-referrals_not_known = Referrals are not known: no source has the column referred_by.
owners-referrals_credited = Each referred customer is credited once, to the one who referred them directly.
owners-label_owners = Account owners
unit-by_profit = most profit first; money in { $currency_name }
head-owner = Owner
head-dependency = Dependency
owners-above = above { $owner_dependency_share }
owners-no_referrals = No customer of the window was referred by another.
owners-label_referrals = Referrals
unit-by_profit_of_referred = most profit of the referred first; money in { $currency_name }
head-referred = Referred by
head-tier_referrer = Tier of the referrer
head-customers_referred = Customers referred
head-their_net_revenue = Their net revenue
head-own_profit_referrer = Own profit of the referrer

## management/sections/pyramid.html

pyramid-name = Customer pyramid
pyramid-name_if_assumed = Customer pyramid, by revenue at an assumed margin
pyramid-chart_title = Share of customers and share of profit, by tier
unit-shares = in percent; the shares of profit add up to 100%
pyramid-chart_title_no_share = Share of customers and profit, by tier
unit-profit_without_share = profit in { $currency_name }, because its total is not positive
pyramid-label_tiers = The tiers
pyramid-label_tiers_if_assumed = The tiers, by revenue at an assumed margin
head-contribution_margin = Contribution margin
head-profit_per_customer = Profit per customer
pyramid-label_prices = Orders and prices by tier
head-orders_per_customer = Orders per customer
head-net_revenue_per_order = Net revenue per order
head-revenue_list_price = Revenue at list price
head-discount_rate = Discount rate
head-list_price_kept_profit = List price kept as profit
head-customers_year_earlier = Customers a year earlier
head-profit_year_earlier = Profit a year earlier

## management/sections/quality.html

quality-name = Data quality
quality-note = Every row of every source is used, left out by the filter of the configuration, rejected with a reason or out of scope; rows and money add up to what was read.
quality-note_partial_cost = { $cost_share } of order lines in the window carry a cost; for the others a margin of { $margin } is assumed.
quality-note_estimate = Cost of goods is an assumption of the policy, not data, so every profit in this report is an estimate.
quality-note_coverage = { $cost_share } of order lines in the window carry a cost.
quality-label_rows = Order lines
unit-rows_and_amount = and their net amount in { $currency_name }
head-outcome_of_rows = Rows
head-number = Number
head-share = Share
head-net_amount = Net amount
quality-noted_equal_line = { $rows } equal another line of their order and file: each counts as an item of its own.
quality-noted_kept_duplicate = { $rows } equal one that came before, in another file or with the same number: each counts, as checks.duplicates asks for.
quality-noted_order_in_two_files = { $rows } belong to orders that are in two files: what came again, changed, counts twice.
quality-label_currencies = Currencies
unit-their_rates = of the order lines used in the whole history; rates and net revenue in { $currency_name }
head-currency = Currency
head-stated_amount = Net amount as stated
head-lowest_rate = Lowest rate
head-highest_rate = Highest rate
head-converted_amount = Net amount, converted
quality-without_rate = { $currency }: { $rows } worth { $amount } { $currency } have no exchange rate of their day and are rejected.
quality-label_sources = Sources
unit-rows_and_newest_day = their rows, and the newest day of those used
head-source = Source
head-read = Read
head-used = Used
head-rejected = Rejected
head-out_scope = Out of scope
head-filtered = Left out by the filter
head-newest_day = Newest day
quality-rejected_reason = Rejected: { $reason }
quality-configured = not configured
quality-files_listed = Files listed
unit-hashes = each one read is fixed by the hash of its bytes
head-size = Size
quality-where_all_files = The first 20 of { $inputs } files. { $link_files } with their full hashes are on the method page.

## management/sections/retention.html

retention-name = Retention and profit at risk
retention-finding_nobody = No customer to lose
retention-finding_total = { $churned ->
        [one] { $churned } of { $customers } not lapsed a year ago has lapsed since
       *[other] { $churned } of { $customers } not lapsed a year ago have lapsed since
    }
retention-finding_lapsed = { $churned ->
        [one] ; that customer had brought { $lost_profit } of profit in the year before
       *[other] ; they had brought { $lost_profit } of profit in the year before
    }
retention-finding_otherwise = { $churned ->
        [one] ; that customer had brought { $lost_profit } of profit in the window before
       *[other] ; they had brought { $lost_profit } of profit in the window before
    }
retention-finding_silent = { $customers ->
        [one] { $customers } customer of Platinum and Gold is late or has lapsed
       *[other] { $customers } customers of Platinum and Gold are late or have lapsed
    }
retention-with_profit = , with { $profit } of profit at risk
retention-with_profit_if_assumed = , with { $profit } of profit at risk, at an assumed margin
retention-finding_calm = Nobody of Platinum and Gold with a profit is late or has lapsed
retention-note = Nobody gives notice, so churn is an estimate: lapsed is who has been silent for more than { $lapsed_late_ratio } times the own rhythm, or for more than { $lapsed_days } days. Tier and profit are those of the time before; who had lapsed then already is left out of the rate. A rate over fewer than { $min_cell } is not shown.
retention-no_year_ago = There was no customer a year ago, so there is no churn over a year.
retention-no_earlier = There was no customer at the earlier snapshot, so there is no churn since.
retention-risk_title = Profit at risk, by tier
unit-customers_at_risk = profitable customers who are late or have lapsed; profit of the window in { $currency_name }
head-share_tier_profit = Of profitable customers’ profit
retention-year_churn_title = Customers of a year ago who have lapsed since, by tier
unit-profit_before = profit of the window before, in { $currency_name }
retention-churn_title = Customers of { $earlier } who have lapsed since, by tier
retention-finding_silent_other = { $customers ->
        [one] { $customers } of { $tier_customers } of Platinum and Gold is late or has lapsed
       *[other] { $customers } of { $tier_customers } of Platinum and Gold are late or have lapsed
    }
retention-label_silent = Late and lapsed customers of Platinum and Gold
unit-by_window_profit_shown = most profit first, the first { $customers_shown }; profit of the window in { $currency_name }
unit-by_window_profit = most profit first; profit of the window in { $currency_name }
head-last_order = Last order
head-days_since = Days since
head-usual_gap_days = Usual gap in days
retention-tiers = tier’s { $usual_gap_days }
retention-nobody_silent = Nobody of Platinum and Gold with a profit is late or has lapsed.
head-lapsed_now = Lapsed since
retention-complaints_title = Churn after complaints: customers of { $then }, by tier
unit-complaint_groups = with and without a complaint in the { $complaint_days } days before
retention-note_complaints = A difference is no cause: who orders more has more occasions to complain. Its interval is Newcombe’s. A rate is shown where both groups have at least { $min_cell }.
retention-complaints_not_known = Churn after complaints is not known: no source says of all the { $complaint_days } days before who had complained.

## management/sections/rfm.html

rfm-name = Recency and frequency
rfm-finding_nobody = No customer to place
rfm-finding_few = Too few customers for a pattern
rfm-finding_gone_quiet = The largest group ordered least and longest ago: { $customers }
rfm-finding_otherwise = The largest group is { $customers } with R{ $r_score } and F{ $f_score }
rfm-note = R is the score for days since the last order, F for orders in the window; 5 is best. Equal values share a score, so a score can have no customers.
rfm-label_matrix = Customers by recency and frequency
unit-number_over_profit = number of customers; profit in { $currency_name } below
head-recency = Recency
head-no_value = no value
head-to = { $lowest } to { $highest }
rfm-finding_with_share = { $rfm_segment } is the segment with the most profit: { $customers }, { $profit_share } of the total
rfm-finding = { $rfm_segment } is the segment with the most profit: { $customers }, { $profit }
rfm-title = Segments by recency, frequency and revenue
head-segment = Segment

## management/sections/service.html

service-name = Service
service-finding_not_known = What service each tier gets is not known
service-finding_no_cases = Nobody asked for service in the window
service-finding_tiers = Platinum asks for service { $cases_per_order } times per order, the Lead tier { $lead_cases_per_order } times
service-finding_otherwise = { $cases } on { $orders }
service-note_not_known = There is no source of service cases. With one, this section shows cases, complaints, waits and satisfaction by tier and channel, and what customers did after a complaint.
service-note_otherwise = Cases opened in the window. Waits are medians over the cases that had an answer or a solution; satisfaction is a score of 5 over the cases rated. Cost is what the source recorded for a case, else the rate, and the handling minutes.
service-label_tiers = Service by tier
unit-cost = cost in { $currency_name }
head-case = With a case
head-cases = Cases
head-cases_per_order = Cases per order
head-complaints = Complaints
head-customers_complaint = Customers with a complaint
head-minutes_per_case = Minutes per case
head-hours_first_answer = Hours to first answer
head-hours_solution = Hours to solution
head-satisfaction = Satisfaction
service-note_without_tier = { $cases ->
        [one] { $cases } service case of { $customers } in no tier, internal or without an order in the window, costs { $cost } more. That is the cost of nobody in the tiers.
       *[other] { $cases } service cases of { $customers } in no tier, internal or without an order in the window, cost { $cost } more. That is the cost of nobody in the tiers.
    }
service-label_channels = Service by channel
unit-cases = all cases of the window; cost in { $currency_name }
head-channel = Channel
head-share_complaints = Share of complaints
head-ordered_again = Ordered again
service-complaints_title = Orders after complaints: customers of a year ago, by tier

## management/sections/status.html

status-shows = Shows
status-data_through = Data through
status-data_through_means = no order
status-rows_rejected = Rows rejected
rows_of_all = { $outcome_rows } of { $rows }
status-checks_passed = Checks passed
of_all = { $checks_held } of { $checks }
status-run = Run

## management/sections/tiles.html

tiles-name = Key figures
tiles-note_lines = In the report the line below each figure shows it as it stood at the end of each of the last 53 weeks whose window the orders cover, on its own scale; the thin rule marks where it stood at the start.
head-change_on_four_weeks = Change on that mean
tiles-label = Key figures and what they are compared with
head-figure = Figure
head-now = Now
head-last_week = Last week
head-earlier = Earlier
head-four_week_mean = Four-week mean
head-year_earlier = A year earlier

## management/sections/value_views.html

value_views-name = Value three ways
value_views-finding_nobody = No customer to compare
value_views-finding_lead = Class A by revenue, Lead tier by profit: { $customers }, { $profit }
value_views-finding_contradict = { $customers ->
        [one] { $customers } customer is among the best by one measure and among the last by another
       *[other] { $customers } customers are among the best by one measure and among the last by another
    }
value_views-finding_otherwise = No measure contradicts another: nobody is among the best by one and among the last by another
value_views-note = Three measures on one scale: value score (high, middle, low), class by revenue (A, B, C and D) and tier by profit (Platinum and Gold, Iron, Lead). They contradict each other where one puts a customer on the first level and another on the last. Value score looks at frequency, money and loyalty, none of which knows costs.
value_views-label_classes = Revenue class against tier
value_views-classes_title = Class by revenue against tier by profit
head-revenue = By revenue
value_views-label_agreement = How far the three measures agree
value_views-agreement_title = How far the three agree
head-three_measures = The three measures
value_views-label_contradictions = Customers judged in contradictory ways
value_views-contradictions_title = Customers whom the three judge most differently
unit-by_lowest_profit = lowest profit first, at most { $list_rows_shown }; money in { $currency_name }
head-value_score = Value score
head-by_profit = By profit
value_views-combinations_title = Every combination of the three
value_views-label_combinations = Every combination of the three measures
value_views-title = Value score, revenue and profit side by side
unit-by_distance = the furthest apart first; money in { $currency_name }
head-agreement = Agreement
value_views-where_customers = The customers behind each combination stand in { $tables }.

## management/sections/waterfall.html

waterfall-name = Price waterfall
waterfall-finding_nobody = No sale in the window
waterfall-finding_profit = { $share_of_list } of list price is kept as profit
waterfall-finding_margin_only = Profit is { $margin } of net revenue: no cost of goods and no cost to serve is known
waterfall-finding_assumed = Cost to serve takes { $share_of_list } of list price; the margin is assumed
waterfall-finding_discount = Discount sets the Lead tier apart: it is given { $share_of_list } of list price, { $other }
waterfall-finding_cost_of_goods = Cost of goods sets the Lead tier apart: it takes { $share_of_list } of list price there, { $other }
waterfall-finding_otherwise = Cost to serve sets the Lead tier apart: it takes { $share_of_list } of list price there, { $other }
waterfall-note = Revenue at list price, less discount, cost of goods and cost to serve, is profit.
waterfall-note_list_price = Where the input has no list price, it is net revenue and the discount that the input records.
waterfall-chart_title_by_tier = From list price to profit, by tier
waterfall-label_tiers = Share of list price, by tier
waterfall-chart_title = From list price to profit
unit-money_and_share_of_list = in { $currency_name }, and in percent of list price
head-step = Step
head-list = % of list

## management/sections/whale.html

whale-name = Whale curve
whale-finding_nobody = No customer, no curve
whale-finding_none_profitable = None of { $customers } brings a profit; together they lose { $total_profit }
whale-finding_no_erosion = { $profitable_customers ->
        [one] { $profitable_customers } customer brings { $peak_profit }, and nobody gives any of it back
       *[other] { $profitable_customers } customers bring { $peak_profit }, and nobody gives any of it back
    }
whale-finding_all_eroded = { $profitable_customers ->
        [one] { $unprofitable_customers ->
            [one] { $profitable_customers } customer brings { $peak_profit }; { $unprofitable_customers } other gives all of it back and { $total_profit } more
           *[other] { $profitable_customers } customer brings { $peak_profit }; { $unprofitable_customers } others give all of it back and { $total_profit } more
        }
       *[other] { $unprofitable_customers ->
            [one] { $profitable_customers } customers bring { $peak_profit }; { $unprofitable_customers } other gives all of it back and { $total_profit } more
           *[other] { $profitable_customers } customers bring { $peak_profit }; { $unprofitable_customers } others give all of it back and { $total_profit } more
        }
    }
whale-finding_otherwise = { $profitable_customers ->
        [one] { $unprofitable_customers ->
            [one] { $profitable_customers } customer brings { $peak_profit }; { $unprofitable_customers } other gives { $erosion_amount } of it back
           *[other] { $profitable_customers } customer brings { $peak_profit }; { $unprofitable_customers } others give { $erosion_amount } of it back
        }
       *[other] { $unprofitable_customers ->
            [one] { $profitable_customers } customers bring { $peak_profit }; { $unprofitable_customers } other gives { $erosion_amount } of it back
           *[other] { $profitable_customers } customers bring { $peak_profit }; { $unprofitable_customers } others give { $erosion_amount } of it back
        }
    }
whale-note = Customers stand in order of profit, best first. The curve climbs while a customer adds profit and falls once a customer costs more than it brings.
whale-chart_title = Cumulated profit, best customer first
unit-share_of_total = in percent of total profit
unit-in = in { $currency_name }
whale-points_title = Table behind this chart
whale-label_points = Points of the whale curve
head-customers_best_first = Customers, best first
head-tier_last_one = Tier of the last one
head-profit_cumulated = Profit, cumulated
head-total = In % of total

## components/ahead.html

ahead-too_few_customers_tell = too few customers to tell

## components/churn.html

head-customers_then = Customers then
head-lapsed_already = Lapsed then already
head-not_lapsed_then = Not lapsed then
head-churn_rate = Churn rate of those not lapsed then
head-profit_then = Profit then
head-profit_lapsed = Profit of the lapsed

## components/complaints.html

head-rate_of_them = Rate
head-complaint = With a complaint
head-without = Without
head-difference_points = Difference in points
head-interval = Interval
complaints-to = { $difference_low } to { $difference_high }
complaints-too_few_tell = too few to tell

## components/conditions.html

head-condition_measure = Condition and measure
head-verdict = Verdict
head-platinum_gold = Platinum and Gold
head-iron_lead = Iron and Lead
head-effect = Effect
head-standardised = Standardised
head-smallest_group = Smallest group
conditions-to = { $effect } to { $effect2 }

## components/left_out.html

left_out-chart = { $caption }: the chart is left out, because its marks would show what is hidden here.

## components/horizon.html

horizon-coming_year = the coming year
horizon-coming_month = the coming month
horizon-coming = the coming { $months }

## components/moved.html

moved-stayed = stayed at { $row }
moved-rose = rose { $change_rate_on_year } to { $row }
moved-fell = fell { $change_rate_on_year } to { $row }
moved-rose_by = rose by { $change_on_year } to { $row }
moved-fell_by = fell by { $change_on_year } to { $row }

## components/own_class.html

own_class-finding = { $column }: { $customers } with { $profit } of profit, the most
own_class-finding_total = { $customers } without a profit
own_class-share_customers_profit = Share of customers and profit
unit-money_of = money in { $currency }

## components/plain.html

plain-set = not set

## components/range.html

range-to = { $low } to { $high }

## components/reason.html

reason-loses = Loses { $stake_amount }
reason-without_order = : { $days_since_last_order } without an order
reason-times_usual_gap = , { $late_ratio } times the usual gap
reason-year_ago = , { $year_ago_tier } a year ago

## components/sums.html

head-left_side = Left side
head-right_side = Right side
head-difference = Difference

## The program asks, with wording/aggregate.txt: names of parts

aggregate-left_out = No single customer is shown. A figure of fewer than { $min_cell } customers is left out, and so is every other from which it could be computed: * stands for both.
aggregate-weeks_left_out = Weekly lines and changes since the last period are left out: some of their windows differ only by days on which fewer than { $min_cell } customers ordered, and to subtract one from the other would reveal what those bring.
part-means = This edition shows one part of the customers only. Their tiers, scores and forecasts are set against all customers; every sum is that of the part. Ranges of forecasts, and what another rate would do to the tiers, are told of all customers together only. Data quality is that of all sources.
part-project = { $project }, { $part }
part-region = region { $value }
part-country = country { $value }
part-industry = industry { $value }
part-owner = customers of { $value }

## wording/action.txt


## wording/action_head.txt


## wording/brief.txt

finding_brief-nobody = No customer ordered in the window
finding_brief-without_past = A profit of { $profit }; there is no earlier year to compare it with
finding_brief-without_past_if_assumed = A profit of { $profit } at an assumed margin; there is no earlier year to compare it with
finding_brief-loss_without_past = A loss of { $profit }; there is no earlier year to compare it with
finding_brief-loss_without_past_if_assumed = A loss of { $profit } at an assumed margin; there is no earlier year to compare it with
finding_brief-loss = A loss of { $profit }, as a year ago
finding_brief-worse_loss = A loss of { $profit }, and a worse result than a year ago
finding_brief-smaller_loss = A loss of { $profit }, but a better result than a year ago
finding_brief-unchanged = Revenue and profit stand where they stood a year ago
finding_brief-more_thinner = More revenue, more profit, a thinner rate
finding_brief-more_thinner_if_assumed = More revenue, and more profit at an assumed margin
finding_brief-more_of_both = More revenue, and profit kept up with it
finding_brief-more_revenue_less_profit = More revenue, no more profit
finding_brief-less_revenue_more_profit = More profit, though not more revenue
finding_brief-less_of_both = Neither revenue nor profit above a year ago

## wording/evidence.txt

evidence-all_agree = All { $reconciliation } sums agree exactly; every figure can be recomputed from the SQL
evidence-otherwise = Not all sums agree; do not use this report

## wording/on_previous.txt

on_previous-week = in a week
on_previous-days_before = on { $compare_days } days before
on_previous-otherwise = on the earlier run

## wording/coverage.txt

coverage-current = The orders begin on { $first_order_date }, so { $days_covered } of the { $window_days } days are known.
coverage-previous = Nothing is compared with { $compare_days } days earlier: the orders begin on { $first_order_date }, the window of that time on { $window_start }.
coverage-year_ago = Nothing is compared with a year earlier: the orders begin on { $first_order_date }, the window of that time on { $window_start }.

## wording/period.txt

period-days_alone = The { $window_days } days from { $window_start } to { $last_day }. Money in { $currency_name }, net of discounts and returns.
period-days_compared_same = The { $window_days } days from { $window_start } to { $last_day }, compared with the same window a year earlier. Money in { $currency_name }, net of discounts and returns.
period-assumed = Profit is net revenue at an assumed margin of { $margin }, less cost to serve.

## wording/pyramid.txt

finding_pyramid-nobody = No customer ordered in the window, so there are no tiers
finding_pyramid-few = Only { $customers }, with a profit of { $profit }: too few for tiers to mean anything
finding_pyramid-none_profitable = No customer brings a profit; together they lose { $loss }
finding_pyramid-none_profitable_if_assumed = No customer brings a profit; together they lose { $loss }, at an assumed margin
finding_pyramid-only_lead = All { $customers } are in the Lead tier; their profit together is { $profit }
finding_pyramid-loss = Together the customers lose { $loss }
finding_pyramid-loss_if_assumed = Together the customers lose { $loss }, at an assumed margin
finding_pyramid-best = { $platinum_customers ->
        [one] { $platinum_share } of customers bring { $profit_share } of profit
       *[other] { $platinum_share } of customers bring { $profit_share } of profit
    }
finding_pyramid-best_if_assumed = { $platinum_customers ->
        [one] { $platinum_share } of customers bring { $profit_share } of profit, at an assumed margin
       *[other] { $platinum_share } of customers bring { $profit_share } of profit, at an assumed margin
    }
finding_pyramid-no_profit = { $lead_customers ->
        [one] { $lead_customers } customer of the Lead tier loses { $lead_loss }, all that the others bring and more
       *[other] { $lead_customers } customers of the Lead tier together lose { $lead_loss }, all that the others bring and more
    }
finding_pyramid-no_profit_if_assumed = { $lead_customers ->
        [one] { $lead_customers } customer of the Lead tier loses { $lead_loss }, all that the others bring and more, at an assumed margin
       *[other] { $lead_customers } customers of the Lead tier together lose { $lead_loss }, all that the others bring and more, at an assumed margin
    }
finding_pyramid-no_platinum = { $customers }: too few for a Platinum tier
finding_pyramid-none_at_cutoff = None of { $customers } brings the profit of the Platinum tier
finding_pyramid-no_losses = { $platinum_customers ->
        [one] { $platinum_share } of customers bring { $profit_share } of profit; nobody gives any back
       *[other] { $platinum_share } of customers bring { $profit_share } of profit; nobody gives any back
    }
finding_pyramid-no_losses_if_assumed = { $platinum_customers ->
        [one] { $platinum_share } of customers bring { $profit_share } of profit; nobody gives any back, at an assumed margin
       *[other] { $platinum_share } of customers bring { $profit_share } of profit; nobody gives any back, at an assumed margin
    }
finding_pyramid-losses = { $platinum_customers ->
        [one] { $lead_customers ->
            [one] { $platinum_share } of customers bring { $profit_share } of profit; { $lead_share } loses { $lead_loss }
           *[other] { $platinum_share } of customers bring { $profit_share } of profit; { $lead_share } together lose { $lead_loss }
        }
       *[other] { $lead_customers ->
            [one] { $platinum_share } of customers bring { $profit_share } of profit; { $lead_share } loses { $lead_loss }
           *[other] { $platinum_share } of customers bring { $profit_share } of profit; { $lead_share } together lose { $lead_loss }
        }
    }
finding_pyramid-losses_if_assumed = { $platinum_customers ->
        [one] { $lead_customers ->
            [one] { $platinum_share } of customers bring { $profit_share } of profit; { $lead_share } loses { $lead_loss }, at an assumed margin
           *[other] { $platinum_share } of customers bring { $profit_share } of profit; { $lead_share } together lose { $lead_loss }, at an assumed margin
        }
       *[other] { $lead_customers ->
            [one] { $platinum_share } of customers bring { $profit_share } of profit; { $lead_share } loses { $lead_loss }, at an assumed margin
           *[other] { $platinum_share } of customers bring { $profit_share } of profit; { $lead_share } together lose { $lead_loss }, at an assumed margin
        }
    }

## wording/quality.txt

quality-none_rejected = { $rows } read, none rejected
quality-estimated = { $rows } read, none rejected; but profit is estimated, because some carry no cost
quality-estimated_if_assumed = { $rows } read, none rejected; but profit is estimated, because the input has no cost
quality-rejected = { $rows } of { $read_rows } rejected{ $money }: { $reason }
quality-otherwise = { $outcome_rows } of { $rows } rejected{ $money }, for several reasons
quality-rejected_money = { " " }(net revenue of { $amount })

## wording/sentence.txt

sentence-growth_and_rate = Net revenue { $revenue } and customer profit { $profit }; the profit rate went from { $year_ago_value } to { $profit_rate }.
sentence-growth = Net revenue { $revenue } and customer profit { $profit }.
sentence-growth_if_assumed = Net revenue { $revenue } and profit at an assumed margin { $profit }.
sentence-top = Platinum is { $customer_share } of customers and brings { $profit_share } of profit.
sentence-top_without_share = Platinum is { $customer_share } of customers; the profit of all customers together is { $profit }.
sentence-top_without_share_of_part = Platinum is { $customer_share } of customers; the profit of all customers shown here together is { $profit }.
sentence-losses = Their net revenue is { $net_revenue }.
sentence-lead_discount = That is { $discount_rate } of its list price, against { $total_discount_rate } for all customers.
sentence-lead_discount_of_part = That is { $discount_rate } of its list price, against { $total_discount_rate } for all customers shown here.
sentence-discount = That is { $discount_rate } of list price.
sentence-moved_down = The profit of those who moved down went from { $from_profit } to { $to_profit }.
sentence-gone = They had brought { $from_profit } of profit in the window of that time.
sentence-at_risk_and_before = The customers who brought it are late or have lapsed; a year ago it was { $year_ago_value }.
sentence-at_risk = The customers who brought it are late or have lapsed.

## wording/sentence_head.txt

sentence_head-more_thinner = Sales grew faster than profit.
sentence_head-more_of_both = Sales and profit grew.
sentence_head-more_revenue_less_profit = Sales grew, profit did not.
sentence_head-less_revenue_more_profit = Profit grew, sales did not.
sentence_head-otherwise = Revenue and profit against a year ago.
sentence_head-top = { $customers ->
        [one] { $customers } customer brings { $profit } of profit.
       *[other] { $customers } customers bring { $profit } of profit.
    }
sentence_head-top_if_assumed = { $customers ->
        [one] { $customers } customer brings { $profit } of profit at an assumed margin.
       *[other] { $customers } customers bring { $profit } of profit at an assumed margin.
    }
sentence_head-losses = { $customers ->
        [one] { $customers } customer of the Lead tier loses { $profit }.
       *[other] { $customers } customers of the Lead tier together lose { $profit }.
    }
sentence_head-losses_if_assumed = { $customers ->
        [one] At an assumed margin, { $customers } customer of the Lead tier loses { $profit }.
       *[other] At an assumed margin, { $customers } customers of the Lead tier together lose { $profit }.
    }
sentence_head-lead_discount = The Lead tier receives { $discount_amount } in discounts.
sentence_head-discount = Discounts take { $discount_amount }.
sentence_head-moved_down = { $customers ->
        [one] { $customers } customer moved down tiers since last year, { $moved_up } up.
       *[other] { $customers } customers moved down tiers since last year, { $moved_up } up.
    }
sentence_head-gone = { $customers ->
        [one] { $customers } customer of a year ago has no order in the window now.
       *[other] { $customers } customers of a year ago have no order in the window now.
    }
sentence_head-at_risk = { $profit_at_risk } of profit is at risk.
sentence_head-at_risk_if_assumed = { $profit_at_risk } of profit is at risk, at an assumed margin.

## wording/tiers.txt

tiers-lead_profit_zero = Lead tier: profit of zero or less.
tiers-lead = Lead tier: profit of { $lead_max_profit } or less.
tiers-absolute = Platinum: profit of { $platinum_min_profit } or more; Gold: { $gold_min_profit } or more; Iron is the rest.
tiers-ranked = The others are ranked by profit: Platinum is the best { $platinum_share } and their equals, Gold reaches to { $gold_share }, Iron is the rest.
tiers-ranked_if_assumed = The others are ranked by profit at an assumed margin: Platinum is the best { $platinum_share } and their equals, Gold reaches to { $gold_share }, Iron is the rest.
tiers-profit = Profit is contribution margin less cost to serve.

## mail/mail.html

mail-checks_passed = { $checks_held } of { $checks } checks passed.
head-and_its_rate = and its rate
mail-no_actions = By its rules the report calls for nothing in particular.
mail-link = Open the full report
mail-attachment = The full report is attached: report.html.
mail-attachment_note = It opens in any browser, fetches nothing and prints well.
mail-appendix_note = Its links lead to appendix.html, attached too: keep both in one folder.
mail-appendix_and_method_note = Its links lead to appendix.html and method.html, attached too: keep them in one folder.
mail-data = Data.
mail-not_passed = Not passed: { $name }.
mail-terms = Terms.
mail-risk_note = Profit at risk is that of profitable customers who are late or have lapsed.
mail-internal_use = For internal use.

## mail/mail.txt

mail-headline = Customer profit report as of { $as_of }
mail-line_draft = DRAFT. Not published, and not to be passed on.
mail-line_data = Data through: { $data_through }
mail-line_no_data = Data through: no order
mail-line_checks = Checks passed: { $checks_held } of { $checks }
mail-line_run = Run: { $short_id }
column-profit_rate = Rate
column-now = now
column-year = in a year
column-profit_assumed = Profit (assumed)
mail-line_address = The full report:

## archive/index.html

archive-heading = Customer profit reports
archive-count_of_one = One published run.
archive-count = { $entries } published runs, newest first.
archive-note = Each report stays as it was published.
archive-name = Published runs
unit-published_headline = headline figures as they were published
head-as_of = As of
head-latest = , latest
archive-empty = No run is published yet.
archive-foot = Made by { $maker }. For internal use.
archive-trend = Headline figures over the published runs
archive-from = from { $first }
archive-trend_means = Each line goes from the report as of { $first } to that as of { $last }, one step for each day with a report, on its own scale; the thin rule marks where it began. Of two reports of one day the later counts.
archive-no_longer_kept = , no longer kept

## method/method.html

method-method_evidence = Method and evidence
method-intro = What every figure of the { $link_report } means, which SQL made it, and from which files. The { $window_days } days from { $window_start } to { $last_day }; money in { $currency_name }; days begin at midnight in { $timezone }.
method-label_run = Identity of this run
method-karat = Karat
method-as_of_means = { $as_of }, exclusive
method-contents = Contents
method-again_title = How to re-perform the run
method-definitions = Definitions
method-thresholds_rates = Thresholds and rates
method-segment_map = Segment map
method-inputs = Inputs
method-checks = Checks
method-sums = Sums
method-published_tables = Published tables
method-sql = SQL
method-finding = A second engine, the same SQL, the same numbers
method-again_script = The run folder holds { $sql }. It reads the recorded input files, executes every SQL file printed below, unchanged and in this order, and leaves each table of this run. Run it from the run folder with the command line of DuckDB:
method-again_compare = Compare any table with the one in { $tables }. The hashes of the input files, of the SQL and of the published tables stand below and in { $json }. The run is named by a hash of everything that determines its numbers: as-of day, policy, SQL, inputs and version of Karat. The same run id means the same bytes.
method-again_address = In the report every number carries the address of its cell as { $x }; a key of several columns is joined by commas. Tables without a schema in their address are of { $results }.
method-foot = { $project }. Method and evidence of the customer profit report as of { $as_of }. Run { $short_id }, made by Karat { $version }.

## method/definitions.html

definitions-finding = One definition each, in one SQL file
definitions-note = The thresholds are those of this run. Every customer of the population gets exactly one value of each class; equal inputs get equal classes.
definitions-population_money = Population and money
definitions-snapshot = Snapshot
definitions-snapshot_means = What is known at an as-of day, which is exclusive, looking back on a window of { $window_days } days. A run has three: current, previous ({ $compare_days } days earlier) and a year ago. Earlier snapshots use today’s data and today’s rules. With one whose window begins more than { $coverage_days } days before the first order nothing is compared.
definitions-snapshot_means_unknown = What is known at an as-of day, which is exclusive, looking back on a window of { $window_days } days. A run has three: current, previous (one compare period earlier) and a year ago. Earlier snapshots use today’s data and today’s rules. With one whose window begins more than { $coverage_days } days before the first order nothing is compared.
definitions-population = Population
definitions-population_means = Customers with at least one order or return document in the window who are not internal. Internal customers are part of the company: their orders are counted apart, on a line below the kinds of customer, and no cost to serve is charged to them. Customers with older orders only count as known customers, in the lifecycle and in class D.
definitions-order = Order
definitions-order_means = All lines with the same order number, at least one of which is no return. A document of returned lines only is no order: it does not count for recency, frequency, rhythm, lifecycle, cohorts, the models or the cost per order; its lines and its money count on its own day. Who has only such documents bought before the history began, and has lapsed.
definitions-revenue_list_price_discount = Revenue at list price, discount, net revenue
definitions-revenue_list_price_discount_means = Gross amount, what was taken off it, and what is left. Returns are included, as negative amounts.
definitions-contribution_margin_means = Net revenue less cost of goods.
definitions-contribution_margin_assumed = Where an order line carries no cost, a margin of { $margin } of net revenue is assumed.
definitions-cost_serve_means = The sum over activities of rate times volume. The sum over customers equals rate times total volume exactly.
definitions-profit_profit_rate = Profit, profit rate
definitions-profit_profit_rate_means = Contribution margin less cost to serve; and that in relation to net revenue.
definitions-material = Material
definitions-material_means = A sentence of the first page speaks of at least { $material_change_share } of net revenue. At most { $sentences_shown } are shown, most money first.
definitions-four_week_mean_means = The mean of the figure at the ends of the four weeks before; of a rate, that of their sums.
definitions-profit_risk = Profit at risk
definitions-profit_risk_means = The profit in the window of profitable customers who are late or have lapsed, as the lifecycle stage has it; a tier’s is that of its customers, and its share is of the profit of its profitable customers. At the end of a week between two snapshots, a customer with too few gaps of their own is measured by the tier of the nearest snapshot.
definitions-tier_absolute = Platinum: profit of { $platinum_min_profit } or more; Gold: { $gold_min_profit } or more; Iron: the rest.
definitions-tier_ranked = The others by profit, best first, rank being 1 plus the number of strictly better customers: Platinum up to { $platinum_share } of all customers, Gold up to { $gold_share }, Iron the rest.
definitions-tier_source = After the customer pyramid of Zeithaml, Rust and Lemon (2001).
definitions-value = Value
definitions-abc_d = ABC and D
definitions-abc_d_means = By net revenue, largest first; shares are of the net revenue of customers who have any. A while the share accumulated before the customer is below { $abc_a_share }, B below { $abc_b_share }, C the rest; D without net revenue, and every known customer without an order in the window.
definitions-scores_recency_frequency_money = Scores for recency, frequency and money
definitions-scores_recency_frequency_money_means = R: days since the last order; F: orders in the window; M: net revenue in the window. Score = the smaller of 5 and 1 + the whole part of 5 × strictly worse customers / customers. Equal values, equal scores.
definitions-segment_means = From the three scores by the map of 125 rows below.
definitions-value_score_class = Value score and class
definitions-value_score_class_means = The mean of the scores for frequency, money and loyalty. High from { $high_value_min_score }, middle from { $middle_value_min_score }, low below.
definitions-whale_curve_means = Customers by profit, best first; profit cumulated, as a share of the total while that is positive, in money otherwise. The peak is the sum of positive profits; erosion is the sum of negative profits.
definitions-concentration_means = The smallest share of best customers that makes { $concentration_share } of profit or of revenue; the share that the best { $top_share } of customers make; and the Gini coefficient of net revenue, 0 when all buy the same. Of revenue, a customer whose net revenue is below 0 counts with 0. Not applicable while the total is not positive.
definitions-frequency_loyalty_lifecycle = Frequency, loyalty and lifecycle
definitions-frequency_class = Frequency class
definitions-frequency_class_means = One order ever; or fewer orders in the window than the median of repeat buyers; or at least as many.
definitions-own_rhythm_late_ratio = Own rhythm, late ratio
definitions-own_rhythm_late_ratio_means = The gap between successive order days that a customer keeps in { $rhythm_percentile } of cases, over the whole history, with at least { $rhythm_min_gaps } gaps; otherwise the usual gap of the tier, the median of those of its customers, or of all customers where the tier has none. The late ratio is the days since the last order divided by it.
definitions-lifecycle_stage = Lifecycle stage
definitions-lifecycle_stage_means = The first that applies. New: first order at most { $new_customer_days } days ago. Returning: an order in the last { $reactivated_days } days after a lapse. Lapsed: late ratio above { $lapsed_late_ratio }, or more than { $lapsed_days } days without an order. Late: late ratio above { $at_risk_late_ratio }, or, without any usual gap to compare with, more than { $silent_days } days without an order. Active: the rest. Prospect: known, but never ordered. The stages belong to four phases: acquisition, development, retention, departure.
definitions-churn_churn_rate = Churn, churn rate
definitions-churn_churn_rate_means = No contract ends, so churn is an estimate by rule: who has lapsed counts as churned. The churn rate of a tier is the customers who had the tier at an earlier snapshot, were not lapsed then and are lapsed now, over all who had it and were not lapsed then; those who were lapsed then already are counted apart. Lost profit is what the churned brought in the window before the earlier snapshot. A rate over fewer than { $min_cell } customers is not shown.
definitions-migration = Migration
definitions-migration_means = Customers by the tier that they had at an earlier snapshot and the one that they have now. New: first order ever since then; returned: ordered before, but not in the earlier window; no order: none in the window of now. Both snapshots use today’s data, rules and cost rates, so a move has one of two reasons: the cut-offs moved, when those of the earlier snapshot put the profit of now into the earlier tier; otherwise the customer’s own behaviour.
definitions-profit_bridge_means = The change of profit as the sum of six steps, exactly: new, returned, moved up, same tier, moved down, no order. Each step is the profit of its customers now less their profit then.
definitions-cohort_retention = Cohort, retention
definitions-cohort_retention_means = A cohort is everybody whose first order lies in one month; in one quarter where a month holds fewer than { $min_cell } customers, in one half-year where a quarter does. Retention is the share of it that ordered in a later period of that length. A period that is not over has no figure; a period without orders has 0. The profit of a cohort leaves out the cost per active customer, which belongs to a whole window.
definitions-net_gross_revenue_retention = Net and gross revenue retention
definitions-net_gross_revenue_retention_means = Net revenue of now over that of a year ago, both of the customers of a year ago; for gross retention, each counts now at most as much as then.
definitions-silent_customer = Late and lapsed customers of Platinum and Gold
definitions-silent_customer_means = The customers of Platinum and Gold whose profit is at risk. The appendix lists the { $silent_customers_shown } with the most profit, and counts all.
definitions-purchase = Purchase
definitions-purchase_means = A day on which a customer ordered, whatever it amounted to; all orders of a day are one. What a purchase is worth is taken from days with net revenue above 0.
definitions-p_alive_expected_purchases = P(alive), expected purchases
definitions-p_alive_expected_purchases_means = How likely a customer buys again at all, and how often in { $horizon }: the MBG/NBD model (Batislam, Denizel and Filiztekin, 2007), whose parameters are those that make the histories most likely. The BG/NBD model (Fader, Hardie and Lee, 2005) is fitted beside it for comparison. Weeks; from the first purchase to the last complete day. No fit is made for fewer than { $model_min_customers } customers or { $model_min_days } days.
definitions-expected_spend_profit_lifetime = Expected spend, profit, lifetime value
definitions-expected_spend_profit_lifetime_means = Spend per purchase from the Gamma-Gamma model (Fader and Hardie, 2013). Profit and margin by the rates of the customer’s tier: profit or contribution margin of the window over the revenue of its days with a sale, so that what is returned on other days lowers them too; of all customers where there was no order in it or the tier bought nothing. Lifetime value is the contribution margin of the purchases of the coming { $clv_quarters }, discounted at their ends at { $clv_discount_rate } a year.
definitions-value_risk_means = What leaving would cost: (1 − P(alive)) × the profit of { $horizon } expected while the customer is one, which is the model’s expected profit / P(alive), or the profit that a plain rule expects. A P(alive) below { $value_at_risk_min_p_alive } counts as that; where no profit is expected, there is none.
definitions-range = Range
definitions-range_means = As many standard errors to each side of a sum as hold { $interval_share } of cases under the normal distribution. The standard error has two parts. One is the uncertainty of the parameters: their covariance, carried over to the sum by the delta method (Oehlert, 1992). The other is chance, were the parameters known: the variances of the models’ own distributions for each customer, added up; for value at risk, who of the customers is gone. The spread of a customer’s mean spend is at most that seen over customers with a repeat. Purchases by a plain rule have the variance of a Poisson count forecast by another (Krishnamoorthy and Peng, 2011). Not in a range: rates of profit, seasons, changes of any kind, and a wrong model. Below { $min_cell } a group is not told.
definitions-test_model = Test of the model
definitions-test_model_means = The model is fitted on what was known { $backtest_weeks } weeks before as-of and forecasts these weeks. So do two plain rules: a customer goes on at the rate of the year before, or of the whole history where that is shorter; and the same, but nothing of who has been silent for more than { $silent_days } days. The method with the fewest purchases missed, those at each customer and that of the total added up, wins, and at equal error the plainer rule; expected purchases come from the winner.
definitions-loyalty_score_class = Loyalty score and class
definitions-loyalty_score_class_means = 1 plus one for each of four marks: an order in at least { $loyal_quarters } of the last four quarters; at least { $loyal_repeat_orders } repeat orders in the window; at least { $loyal_full_price_share } of the revenue of lines sold at full price; a customer for at least { $loyal_tenure_days } days. Loyal from { $loyal_min_score } and neither late nor lapsed; ordinary from { $ordinary_min_score }; occasional below.
definitions-kind_customer = Kind of customer
definitions-what_known = What is not known
definitions-what_known_means = Classes that take the first rule that applies: what a missing source or column would tell applies to nobody, and who matches no rule is then not known. No row of a source is 0 only where the source is configured.
definitions-kind_industry = Kind, industry
definitions-kind_industry_means = By the customer file: retail, merchant, channel or internal; the industry through a list of texts, which is part of the SQL.
definitions-country_region_home_market = Country, region, home market
definitions-country_region_home_market_means = Home country and home region are those of the customer file, or of the last order of a customer for whom it has neither; a customer’s whole revenue and profit stand there. Country and region of the order line say where a line was sold. Names that differ in case only are one place, with its commonest spelling. Local: the home region of the home country; domestic: elsewhere in it; overseas: any other country.
definitions-much_few_above = Much, few, above
definitions-much_few_above_means = A cut-off is a nearest-rank quantile over the customers of whom the figure is known. To stand out is to lie above it, so equal customers stay together.
definitions-need_class = Need class
definitions-need_class_means = Price-sensitive: at least { $price_sensitive_unit_share } of units at a discount of { $price_sensitive_discount_rate } or more. Service-led: service cases per order above the quantile of { $service_led_quantile }. Product-led: at least { $product_led_full_price_share } of the revenue of lines sold at full price, in at most { $product_led_max_categories } categories. Mixed: the rest.
definitions-temperament_proxy = Temperament, a proxy
definitions-temperament_proxy_means = It says how customers buy, not how they are. Impulsive: mostly one line in the basket, and a return rate, or a share of sales on the day of a visit, above the quantile of { $impulsive_return_quantile }. Rational: a share of discounted sales above the quantile of { $rational_discount_quantile }, with regular gaps (standard deviation below { $rational_max_gap_variation } of the mean) or visits per order above that of { $researcher_visit_quantile }. Emotional: full price as for product-led, and more than { $emotional_category_share } of revenue in one category. Unclear: the rest.
definitions-customer_type = Customer type
definitions-customer_type_means = The first that applies. Angry: in the last { $angry_days } days at least { $angry_complaints } complaints, or a satisfaction of { $angry_max_satisfaction } or less. New buyer: lifecycle stage new. Discount chaser: at least { $discount_chaser_order_share } of sales at a discount. Impulsive: by temperament. Researcher: visits per order above the quantile of { $researcher_visit_quantile }. Sceptic: at least { $sceptic_min_visits } visits before the first order, or as many lines came back before the second purchase as the first one had. Loyal: by loyalty class. Regular: the rest. Prospect: known or visited, and never ordered.
definitions-quality_customer = Quality customer
definitions-quality_customer_means = At least { $quality_min_marks } of five marks: every payment due in the window paid by its day; profit rate above the median; service cases per order below the median, or none; regular gaps; net revenue per sale above the median. Not known is who could still reach it by marks that are not known.
definitions-phase_means = Acquisition: prospects and new customers. Development: active and returning. Retention: late. Departure: lapsed.
definitions-comparisons_dependency_actions = Comparisons, dependency and actions
definitions-value_three_ways_means = Value score, class by revenue and tier by profit on one scale of three levels: high, A, Platinum and Gold are the first; middle, B and Iron the second; low, C, D and Lead the last. They contradict each other where one measure puts a customer on the first level and another on the last.
definitions-sold_discount = Sold at a discount
definitions-sold_discount_means = A line with a discount of at least { $price_sensitive_discount_rate } of its list price; returned lines are left out. Price sensitive: at least { $price_sensitive_unit_share } of the units bought so. Margin given away: all discount over contribution margin plus discount.
definitions-champion_made_discount = Champion made by discount
definitions-champion_made_discount_means = A Champion to whom the revenue of lines without any discount, compared with the net revenue of all customers, would give another score for money, and with it another segment; the scores for recency and frequency stay.
definitions-dependency_account_owner = Dependency on an account owner
definitions-dependency_account_owner_means = Revenue and profit of the customers whose owner it is today, in the source customers. Marked above { $owner_dependency_share } of revenue or of profit.
definitions-referral_value = Referral value
definitions-referral_value_means = Profit of the customers whom a customer referred, each credited once, to the one named in the source customers; who names themselves is not referred.
definitions-profit_impact_means = Profit that a decision would move in a window like this one, if customers bought as before: losses of the Lead tier that would end, discount and cost to serve beyond the median rate of the tier, profit at risk. A customer may be under several decisions, so the amounts do not add up.
definitions-action_reason_money_stake = Action, reason, money at stake
definitions-action_reason_money_stake_means = The action is the first row of queries/2_business/actions.sql that fits tier, stage and type. The reason is the first that applies: lapsed, late, brings no profit, a lower tier than a year ago, new, came back, a higher tier than a year ago, buys as usual. At stake is the loss of a customer of the Lead tier; else value at risk where it is known; else the profit of the window of who is late or has lapsed; else nothing. Never below 0.
definitions-figures_first_page = Figures of the first page
definitions-change_means = Now less before. As a rate only over a positive base and up to fivefold, otherwise in money. Differences of rates are in points.
definitions-sentences = Sentences
definitions-sentences_means = Chosen by rule from the tables, heaviest in money first; how many and from which amount on says Material. A rule states what is, and claims no cause.

## method/settings.html

settings-note = The row of { $policy } and the rows of { $cost_rates }, made from the configuration. The SQL holds no number of its own.
settings-label_thresholds = Thresholds
unit-as_read = as the SQL reads them
head-name = Name
settings-label_rates = Cost to serve rates
settings-rates_title = Rates of cost to serve
unit-rates = in { $currency_name } each, or as a share of net revenue or of the freight amount
settings-map_note = Scores for recency, frequency and money, in this order; 125 rows, each in exactly one segment.

## method/sources.html

sources-note = Every object that was listed, read or excluded, fixed by the hash of its bytes.
sources-objects = Objects
head-object = Object
sources-run_why = Not in this run, and why
sources-checks_note = Each selects violations. A violated rule of severity stop refuses publication; warn is printed.
sources-rules_title = Rules and their outcome
head-severity = Severity
sources-holds = holds
sources-does_not_hold = does not hold
sources-sums_note = Both sides are taken at different places of the flow and must agree exactly, in every snapshot.
sources-published_note = In { $tables } of the run folder, as Parquet; results also as CSV.
sources-tables = Tables
head-table = Table

## method/sql.html

sql-finding = { $files } files, byte for byte as they ran
sql-note = In order of layers: canonical, what arrived; business, what we mean; results, what we show. The first comment of a file is its header.
sql-makes = Makes
sql-key = Key
sql-reads = Reads
sql-header_note = Note
sql-sql_text = SQL text

## shared/page.html

page-skip_content = Skip to the content

## The program asks: numbers

# `$sign` and `$n` in the order in which they stand, and what stands between them.
number-money = { $sign }{ $n }
number-percent = { $n }%
# Words for large amounts in sentences: number of zeros, `=` and the word, smallest first, as 4=万 8=亿; or nothing.
number-scales = { "" }

## The program asks: between sentences and names; a language that sets no space there writes { "" }

space = { " " }
stop = .
comma = ,{ " " }
waterfall-step = { $step } { $amount }
waterfall-steps = { $tier }: { $steps }.
colon = :{ " " }

## Titles and running heads

report-title = Customer profit report, { $project }, as of { $as_of }
report-running_head = { $project }. Customer profit report
report-running_day = As of { $as_of }
method-title = Method and evidence, { $project }, as of { $as_of }
method-running_head = { $project }. Method and evidence
archive-title = Customer profit reports
archive-title_of = Customer profit reports, { $project }
archive-running_head = { $project }. Customer profit reports
mail-label = Customer profit report, as of { $as_of }
page-of = { " of " }

## Links

method-link_report = customer profit report
evidence-link_method = method page
quality-link_files = All files

## How a figure changed

change-up = up { $amount }
change-down = down { $amount }
change-up_count = up by { $amount }
change-down_count = down by { $amount }
change-points_brief = { $points } pp
change-points = { $points } percentage points
change-unchanged = unchanged
change-small = little change
change-not_known = not known
tile-on_the_year = { $change } in a year
tile-on_the_week = { $change } in a week
tile-on_days_before = { $change } on { $days } days before
tile-on_the_earlier_run = { $change } on the earlier run
tile-no_year = nothing known of the year before
tile-no_previous = nothing known of the period before

## What a missing source switches off

switched_off-customers = Source customers is not configured: kinds of customer, industries, account owners and referrals are not known; of those who never ordered, only visitors are.
switched_off-service_cases = Source service_cases is not configured: service by tier, complaints and what follows them, and service-led customers are not known, and service cases cost nothing here.
switched_off-payments = Source payments is not configured: it is not known who pays on time.
switched_off-visits = Source visits is not configured: visits, and visitors who never ordered, are not known.
input-not_read = , not read: { $reason }

## Severity of a check

severity-stop = stop
severity-warn = warn

## The SQL

sql-rows = ; { $rows } rows
sql-language = { "" }
retention-earlier_snapshot = the earlier snapshot
retention-days_ago = { $days } days ago
retention-a_year_ago = a year ago

# --- report.xlsx
workbook-tiers = Tiers
workbook-moves = Tier migration
workbook-definitions = Definitions
workbook-rank = Rank
workbook-days_since_order = Days since the last order
workbook-compared_with = Compared with
workbook-to = To
workbook-profit_now = Profit now
workbook-sheet = Sheet
workbook-column = Column
workbook-meaning = Meaning
snapshot-previous = Previous snapshot
snapshot-year_ago = Year ago
means-revenue_list_price = Revenue before discounts; net revenue and the recorded discount where the data has no list price
means-discount = List price less what was charged
means-net_revenue = Gross less discounts and returns, in the window
means-contribution_margin = Net revenue less cost of goods
means-cost_to_serve = Activities at their rates: orders, lines, returns, service cases, payments
means-profit = Contribution margin less cost to serve
means-tier = Place in the customer pyramid, by profit in the window; the Lead tier is the last
means-profit_impact = Profit that the decision would move in a window like this one; a customer may be in several lines
means-stake = Money at stake with this customer
means-share = Part of the total
means-stage = Where the customer stands in their own rhythm of buying
means-profit_then = Profit of these customers in the earlier window
means-profit_now = Profit of the same customers in the current window
means-rank = Place, most money first
means-profit_rate = Profit divided by net revenue
means-discount_rate = Discount divided by revenue at list price
means-customers = Customers with a sale or a return in the window
means-orders = Orders in the window with at least one line that is no return
means-cost_of_goods = Recorded cost of the goods; where a line has none, net revenue at the assumed margin
means-profit_per_customer = Profit divided by the customers
means-year_ago = The same of the window a year earlier, by the tiers of then
means-decision = What should be decided
means-decision_customers = Customers whom it concerns
means-responsible = Who decides or acts
means-due_date = By which day
means-customer_id = Id of the customer in the data
means-customer_name = Name in the customer file
means-action = What to do next with this customer
means-owner = Account owner in the customer file
means-days_since_order = Days from the last order to the day of the report
means-from_snapshot = The earlier window
means-from_tier = Tier in the earlier window, or why there was none
means-to_tier = Tier now, or that there is no order
means-move_customers = Customers who went from the one to the other

# --- Targets
targets-caption = Targets, and what was reached
targets-target = Target
targets-gap = Above or below
targets-churn = Lapsed in a year
targets-at_most = At most

# --- Selling again
selling_again-caption = Who bought within a year
selling_again-unit = customers of a year ago by their tier then, and people without an order at that time; a return alone is no purchase
selling_again-prospects = Prospects then, who made a first order
selling_again-bought = Bought since
selling_again-share = Share
