-- Re-performs run 3914b49f0bf5380c with DuckDB, an engine that shares no code with the one that published it.
-- Start it in this folder:  duckdb < reproduce.sql
-- It reads the recorded inputs, runs every query file as it stands in sql/, and compares each table with the
-- published one, row by row. The last statement fails when a single row differs.
-- Not re-performed, but read from tables/: the thresholds, rates and dates in settings.*, and model.*, which
-- a fit by maximum likelihood made; SQL cannot express it.

create schema if not exists raw;
create schema if not exists settings;
create schema if not exists canonical;
create schema if not exists business;
create schema if not exists model;
create schema if not exists results;

create table settings.policy as select * from read_parquet('tables/settings.policy.parquet');
create table settings.snapshots as select * from read_parquet('tables/settings.snapshots.parquet');
create table settings.moments as select * from read_parquet('tables/settings.moments.parquet');
create table settings.weeks as select * from read_parquet('tables/settings.weeks.parquet');
create table settings.cost_rates as select * from read_parquet('tables/settings.cost_rates.parquet');
create table settings.rfm_segments as select * from read_parquet('tables/settings.rfm_segments.parquet');
create table settings.checks as select * from read_parquet('tables/settings.checks.parquet');
create table settings.sources as select * from read_parquet('tables/settings.sources.parquet');
create table settings.source_columns as select * from read_parquet('tables/settings.source_columns.parquet');
create table settings.inputs as select * from read_parquet('tables/settings.inputs.parquet');
create table model.fits as select * from read_parquet('tables/model.fits.parquet');
create table model.parameters as select * from read_parquet('tables/model.parameters.parquet');
create table model.customer_outlook as select * from read_parquet('tables/model.customer_outlook.parquet');
create table model.backtest_outlook as select * from read_parquet('tables/model.backtest_outlook.parquet');

-- The rows of the sources, under their canonical names.
create view raw.order_lines as
select
    cast("order_id" as varchar) as order_id,
    cast("line_number" as bigint) as source_line,
    cast("customer_id" as varchar) as customer_id,
    cast("ordered_at" as timestamp(6)) as ordered_at,
    case when abs("quantity") < 10000000000000 then cast("quantity" as decimal(18, 4)) end as quantity,
    case when abs("gross_amount") < 10000000000000 then cast("gross_amount" as decimal(18, 4)) end as gross_amount,
    case when abs("discount_amount") < 10000000000000 then cast("discount_amount" as decimal(18, 4)) end as discount_amount,
    cast(null as decimal(18, 4)) as net_amount,
    case when abs("cost_amount") < 10000000000000 then cast("cost_amount" as decimal(18, 4)) end as cost_amount,
    cast(null as decimal(18, 4)) as freight_amount,
    cast(null as boolean) as is_return,
    cast("product_id" as varchar) as product_id,
    cast("category" as varchar) as category,
    cast(null as varchar) as customer_segment,
    cast("country" as varchar) as country,
    cast("region" as varchar) as region,
    cast(null as varchar) as state,
    case when not (abs("quantity") < 10000000000000) then 'amount_out_of_range' when not (abs("gross_amount") < 10000000000000) then 'amount_out_of_range' when not (abs("discount_amount") < 10000000000000) then 'amount_out_of_range' when not (abs("cost_amount") < 10000000000000) then 'amount_out_of_range' end as amount_problem
from read_parquet([
    '../../../../data/order_lines/month=2023-01/part-0.parquet',
    '../../../../data/order_lines/month=2023-02/part-0.parquet',
    '../../../../data/order_lines/month=2023-03/part-0.parquet',
    '../../../../data/order_lines/month=2023-04/part-0.parquet',
    '../../../../data/order_lines/month=2023-05/part-0.parquet',
    '../../../../data/order_lines/month=2023-06/part-0.parquet',
    '../../../../data/order_lines/month=2023-07/part-0.parquet',
    '../../../../data/order_lines/month=2023-08/part-0.parquet',
    '../../../../data/order_lines/month=2023-09/part-0.parquet',
    '../../../../data/order_lines/month=2023-10/part-0.parquet',
    '../../../../data/order_lines/month=2023-11/part-0.parquet',
    '../../../../data/order_lines/month=2023-12/part-0.parquet',
    '../../../../data/order_lines/month=2024-01/part-0.parquet',
    '../../../../data/order_lines/month=2024-02/part-0.parquet',
    '../../../../data/order_lines/month=2024-03/part-0.parquet',
    '../../../../data/order_lines/month=2024-04/part-0.parquet',
    '../../../../data/order_lines/month=2024-05/part-0.parquet',
    '../../../../data/order_lines/month=2024-06/part-0.parquet',
    '../../../../data/order_lines/month=2024-07/part-0.parquet',
    '../../../../data/order_lines/month=2024-08/part-0.parquet',
    '../../../../data/order_lines/month=2024-09/part-0.parquet',
    '../../../../data/order_lines/month=2024-10/part-0.parquet',
    '../../../../data/order_lines/month=2024-11/part-0.parquet',
    '../../../../data/order_lines/month=2024-12/part-0.parquet',
    '../../../../data/order_lines/month=2025-01/part-0.parquet',
    '../../../../data/order_lines/month=2025-02/part-0.parquet',
    '../../../../data/order_lines/month=2025-03/part-0.parquet',
    '../../../../data/order_lines/month=2025-04/part-0.parquet',
    '../../../../data/order_lines/month=2025-05/part-0.parquet',
    '../../../../data/order_lines/month=2025-06/part-0.parquet',
    '../../../../data/order_lines/month=2025-07/part-0.parquet',
    '../../../../data/order_lines/month=2025-08/part-0.parquet',
    '../../../../data/order_lines/month=2025-09/part-0.parquet',
    '../../../../data/order_lines/month=2025-10/part-0.parquet',
    '../../../../data/order_lines/month=2025-11/part-0.parquet',
    '../../../../data/order_lines/month=2025-12/part-0.parquet'
], union_by_name = true, hive_partitioning = false);
create view raw.customers as
select
    cast("customer_id" as varchar) as customer_id,
    cast("name" as varchar) as name,
    cast("kind" as varchar) as kind,
    cast("industry" as varchar) as industry,
    cast("country" as varchar) as country,
    cast("region" as varchar) as region,
    cast(null as varchar) as segment,
    cast("owner" as varchar) as owner,
    cast("referred_by" as varchar) as referred_by,
    cast("signed_up_at" as timestamp(6)) as signed_up_at,
    cast(null as varchar) as value_problem
from read_parquet([
    '../../../../data/customers/part-0.parquet'
], union_by_name = true, hive_partitioning = false);
create view raw.service_cases as
select
    cast("case_id" as varchar) as case_id,
    cast("customer_id" as varchar) as customer_id,
    cast("order_id" as varchar) as order_id,
    cast("opened_at" as timestamp(6)) as opened_at,
    cast("first_answer_at" as timestamp(6)) as first_answer_at,
    cast("resolved_at" as timestamp(6)) as resolved_at,
    cast("kind" as varchar) as kind,
    cast("channel" as varchar) as channel,
    case when abs("cost") < 10000000000000 then cast("cost" as decimal(18, 4)) end as cost,
    case when abs("minutes") < 10000000000000 then cast("minutes" as decimal(18, 4)) end as minutes,
    case when abs("satisfaction") < 10000000000000 then cast("satisfaction" as decimal(18, 4)) end as satisfaction,
    cast("is_complaint" as boolean) as is_complaint,
    case when not (abs("cost") < 10000000000000) then 'cost_out_of_range' when not (abs("minutes") < 10000000000000) then 'minutes_out_of_range' when not (abs("satisfaction") < 10000000000000) then 'satisfaction_out_of_range' end as value_problem
from read_parquet([
    '../../../../data/service_cases/part-0.parquet'
], union_by_name = true, hive_partitioning = false);
create view raw.payments as
select
    cast("payment_id" as varchar) as payment_id,
    cast("customer_id" as varchar) as customer_id,
    cast("order_id" as varchar) as order_id,
    cast(cast("due_date" as timestamp(6)) as date) as due_date,
    cast(cast("paid_date" as timestamp(6)) as date) as paid_date,
    case when abs("amount") < 10000000000000 then cast("amount" as decimal(18, 4)) end as amount,
    case when not (abs("amount") < 10000000000000) then 'amount_out_of_range' end as value_problem
from read_parquet([
    '../../../../data/payments/part-0.parquet'
], union_by_name = true, hive_partitioning = false);
create view raw.visits as
select
    cast("visit_id" as varchar) as visit_id,
    cast("customer_id" as varchar) as customer_id,
    cast("visited_at" as timestamp(6)) as visited_at,
    cast("channel" as varchar) as channel
from read_parquet([
    '../../../../data/visits/part-0.parquet'
], union_by_name = true, hive_partitioning = false);

-- sql/2_business/actions.sql
create table business.actions as
-- title:   Who does what, by when, for which customers
-- grain:   one row per position
-- key:     [position]
-- inputs:  []
-- note: >
--   This table belongs to the owner of the customers: edit it. A customer gets the first row, by position, whose tier
--   and lifecycle_stage are theirs; `any` fits all. `responsible` and `action` are codes with words in
--   reports/messages/, or plain words that are shown as they stand; `days` counts from the as-of date. A
--   customer whom no row fits has no action. The stages: new, active, reactivated, at_risk, lapsed.

select
    cast(position as bigint) as position,

    cast(tier as varchar) as tier,
    cast(lifecycle_stage as varchar) as lifecycle_stage,
    cast(responsible as varchar) as responsible,
    cast(action as varchar) as action,

    cast(days as bigint) as days
from (
    values
    -- position, tier, stage, who, what, days
    (10, 'platinum', 'at_risk', 'account_owner', 'call_now', 2),
    (20, 'platinum', 'lapsed', 'sales_lead', 'visit_and_win_back', 7),
    (30, 'platinum', 'new', 'account_owner', 'welcome_call', 7),
    (40, 'platinum', 'reactivated', 'account_owner', 'ask_why_they_returned', 7),
    (50, 'platinum', 'any', 'account_owner', 'exclusive_offer', 30),
    (60, 'gold', 'at_risk', 'account_owner', 'call_now', 5),
    (70, 'gold', 'lapsed', 'sales', 'win_back_offer', 14),
    (80, 'gold', 'new', 'sales', 'second_order_offer', 14),
    (90, 'gold', 'any', 'sales', 'cross_sell', 30),
    (100, 'iron', 'at_risk', 'marketing', 'reminder_mail', 14),
    (110, 'iron', 'lapsed', 'marketing', 'win_back_mail', 30),
    (120, 'iron', 'new', 'marketing', 'second_order_mail', 14),
    (130, 'iron', 'any', 'service', 'self_service', 60),
    (140, 'lead', 'new', 'sales', 'watch_second_order', 30),
    (150, 'lead', 'lapsed', 'sales', 'release', 60),
    (160, 'lead', 'any', 'pricing', 'reprice_or_minimum_order', 30)
) as listed (position, tier, lifecycle_stage, responsible, action, days);

-- sql/2_business/class_values.sql
create table business.class_values as
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
) as listed (class_name, value, position, phase);

-- sql/1_canonical/checked_payments.sql
create table canonical.checked_payments as
-- title:   Payments as they arrived, each with what became of the row
-- grain:   one row per row of the source
-- key:     []
-- publish: no
-- inputs:  [raw.payments, settings.policy, settings.source_columns]
-- note: >
--   outcome is `used`, `out_of_scope` (due on or after the as-of date) or the reason of a
--   rejection; the first rule that applies. What is paid on or after the as-of date is unpaid
--   yet, so paid_date is NULL. Paid before due is early, not wrong. A refund is negative.

with

policy as (
    -- What surrounds nothing: engines differ in what a plain trim removes.
    select as_of, earliest_date, latest_date, ' ' || chr(9) || chr(10) || chr(13) || chr(160) || chr(12288) as blanks
    from settings.policy
),

amount_column as (
    -- Where the source has amounts, a payment without one is a mistake.
    select is_mapped
    from settings.source_columns
    where source = 'payments' and column_name = 'amount'
),

payments as (
    select
        payments.payment_id,
        payments.customer_id,
        case when trim(both policy.blanks from payments.order_id) <> '' then payments.order_id end as order_id,
        payments.due_date,
        payments.paid_date,
        payments.amount,
        payments.value_problem,
        coalesce(trim(both policy.blanks from payments.payment_id), '') <> '' as has_payment_id,
        coalesce(trim(both policy.blanks from payments.customer_id), '') <> '' as has_customer_id,
        amount_column.is_mapped as has_amounts,
        policy.as_of,
        policy.earliest_date,
        policy.latest_date
    from raw.payments as payments
    cross join policy
    cross join amount_column
),

judged_payments as (
    -- What a row tells by itself; rows that repeat or contradict each other are judged below.
    select
        payments.*,
        case
            when not has_customer_id then 'customer_missing'
            when not has_payment_id then 'payment_missing'
            when due_date is null then 'date_missing'
            when due_date < earliest_date or paid_date < earliest_date then 'date_before_earliest'
            when due_date > latest_date or paid_date > latest_date then 'date_in_the_future'
            when value_problem is not null then value_problem
            when has_amounts and amount is null then 'amount_missing'
            when due_date >= as_of then 'out_of_scope'
            else 'used'
        end as own_outcome
    from payments
),

ranked_payments as (
    -- Ranks over all rows, in one order: as one window per payment they would cost a hundred times as much.
    -- Equal rows share a content rank but not a row rank: that makes an exact duplicate visible.
    select
        judged_payments.*,
        row_number() over by_content as row_rank,
        rank() over by_content as content_rank,
        rank() over (order by payment_id nulls last) as payment_rank
    from judged_payments
    window by_content as (
        order by
            payment_id nulls last, customer_id nulls last, order_id nulls last, due_date nulls last,
            paid_date nulls last, amount nulls last, value_problem nulls last
    )
),

payments_with_rivals as (
    -- Rows of one payment that differ in content have more than one content rank among them.
    select
        ranked_payments.*,
        max(content_rank) over (order by payment_id nulls last) as highest_rank
    from ranked_payments
)

select
    payment_id,
    customer_id,
    order_id,

    due_date,
    case when paid_date < as_of then paid_date end as paid_date,

    case
        when own_outcome not in ('used', 'out_of_scope') then own_outcome
        when row_rank > content_rank then 'duplicate_exact'
        -- Two different rows of one payment: which is true cannot be guessed, so neither is used.
        when payment_rank < highest_rank then 'payment_conflict'
        else own_outcome
    end as outcome,

    amount
from payments_with_rivals;

-- sql/1_canonical/checked_service_cases.sql
create table canonical.checked_service_cases as
-- title:   Service cases as they arrived, each with what became of the row
-- grain:   one row per row of the source
-- key:     []
-- publish: no
-- inputs:  [raw.service_cases, settings.policy]
-- note: >
--   outcome is `used`, `out_of_scope` (opened on or after the as-of date) or the reason of a
--   rejection; the first rule that applies. An answer or a solution on or after the as-of date is
--   not known yet, so it is NULL. Satisfaction is a score from 1 to 5.

with

policy as (
    -- What surrounds nothing: engines differ in what a plain trim removes.
    select as_of, earliest_date, latest_date, ' ' || chr(9) || chr(10) || chr(13) || chr(160) || chr(12288) as blanks
    from settings.policy
),

service_cases as (
    select
        service_cases.case_id,
        service_cases.customer_id,
        case when trim(both policy.blanks from service_cases.order_id) <> '' then service_cases.order_id end
            as order_id,
        service_cases.opened_at,
        cast(service_cases.opened_at as date) as opened_date,
        service_cases.first_answer_at,
        service_cases.resolved_at,
        case when trim(both policy.blanks from service_cases.kind) <> '' then service_cases.kind end as kind,
        case when trim(both policy.blanks from service_cases.channel) <> '' then service_cases.channel end as channel,
        service_cases.cost,
        service_cases.minutes,
        service_cases.satisfaction,
        service_cases.is_complaint,
        service_cases.value_problem,
        coalesce(trim(both policy.blanks from service_cases.case_id), '') <> '' as has_case_id,
        coalesce(trim(both policy.blanks from service_cases.customer_id), '') <> '' as has_customer_id,
        policy.as_of,
        policy.earliest_date,
        policy.latest_date
    from raw.service_cases as service_cases
    cross join policy
),

judged_cases as (
    -- What a row tells by itself; rows that repeat or contradict each other are judged below.
    select
        service_cases.*,
        case
            when not has_customer_id then 'customer_missing'
            when not has_case_id then 'case_missing'
            when opened_date is null then 'date_missing'
            when opened_date < earliest_date then 'date_before_earliest'
            when opened_date > latest_date then 'date_in_the_future'
            when value_problem is not null then value_problem
            when cast(first_answer_at as date) > latest_date then 'date_in_the_future'
            when cast(resolved_at as date) > latest_date then 'date_in_the_future'
            when first_answer_at < opened_at and first_answer_at <> cast(opened_date as timestamp)
                then 'answered_before_opened'
            when resolved_at < opened_at and resolved_at <> cast(opened_date as timestamp)
                then 'resolved_before_opened'
            when cost < 0 then 'cost_negative'
            when minutes < 0 then 'minutes_negative'
            when satisfaction < 1 or satisfaction > 5 then 'satisfaction_out_of_range'
            when opened_date >= as_of then 'out_of_scope'
            else 'used'
        end as own_outcome
    from service_cases
),

ranked_cases as (
    -- Ranks over all rows, in one order: as one window per case they would cost a hundred times as much.
    -- Equal rows share a content rank but not a row rank: that makes an exact duplicate visible.
    select
        judged_cases.*,
        row_number() over by_content as row_rank,
        rank() over by_content as content_rank,
        rank() over (order by case_id nulls last) as case_rank
    from judged_cases
    window by_content as (
        order by
            case_id nulls last, customer_id nulls last, order_id nulls last, opened_at nulls last,
            first_answer_at nulls last, resolved_at nulls last, kind nulls last, channel nulls last,
            cost nulls last, minutes nulls last, satisfaction nulls last, is_complaint nulls last,
            value_problem nulls last
    )
),

cases_with_rivals as (
    -- Rows of one case that differ in content have more than one content rank among them.
    select
        ranked_cases.*,
        max(content_rank) over (order by case_id nulls last) as highest_rank
    from ranked_cases
)

select
    case_id,
    customer_id,
    order_id,

    opened_at,
    opened_date,
    -- A day without a time of day, which is midnight, is the moment of opening at the earliest.
    case
        when first_answer_at < opened_at then opened_at
        when first_answer_at < as_of then first_answer_at
    end as first_answer_at,
    case
        when resolved_at < opened_at then opened_at
        when resolved_at < as_of then resolved_at
    end as resolved_at,

    case
        when own_outcome not in ('used', 'out_of_scope') then own_outcome
        when row_rank > content_rank then 'duplicate_exact'
        -- Two different rows of one case: which is true cannot be guessed, so neither is used.
        when case_rank < highest_rank then 'case_conflict'
        else own_outcome
    end as outcome,
    kind,
    channel,

    cost,
    minutes,
    satisfaction,

    is_complaint
from cases_with_rivals;

-- sql/1_canonical/checked_visits.sql
create table canonical.checked_visits as
-- title:   Visits as they arrived, each with what became of the row
-- grain:   one row per row of the source
-- key:     []
-- publish: no
-- inputs:  [raw.visits, settings.policy]
-- note: >
--   outcome is `used`, `out_of_scope` (on or after the as-of date) or the reason of a rejection;
--   the first rule that applies.

with

policy as (
    -- What surrounds nothing: engines differ in what a plain trim removes.
    select as_of, earliest_date, latest_date, ' ' || chr(9) || chr(10) || chr(13) || chr(160) || chr(12288) as blanks
    from settings.policy
),

visits as (
    select
        visits.visit_id,
        visits.customer_id,
        visits.visited_at,
        cast(visits.visited_at as date) as visit_date,
        case when trim(both policy.blanks from visits.channel) <> '' then visits.channel end as channel,
        coalesce(trim(both policy.blanks from visits.visit_id), '') <> '' as has_visit_id,
        coalesce(trim(both policy.blanks from visits.customer_id), '') <> '' as has_customer_id,
        policy.as_of,
        policy.earliest_date,
        policy.latest_date
    from raw.visits as visits
    cross join policy
),

judged_visits as (
    -- What a row tells by itself; rows that repeat or contradict each other are judged below.
    select
        visits.*,
        case
            when not has_customer_id then 'customer_missing'
            when not has_visit_id then 'visit_missing'
            when visit_date is null then 'date_missing'
            when visit_date < earliest_date then 'date_before_earliest'
            when visit_date > latest_date then 'date_in_the_future'
            when visit_date >= as_of then 'out_of_scope'
            else 'used'
        end as own_outcome
    from visits
),

ranked_visits as (
    -- Ranks over all rows, in one order: as one window per visit they would cost a hundred times as much.
    -- Equal rows share a content rank but not a row rank: that makes an exact duplicate visible.
    select
        judged_visits.*,
        row_number() over by_content as row_rank,
        rank() over by_content as content_rank,
        rank() over (order by visit_id nulls last) as visit_rank
    from judged_visits
    window by_content as (
        order by visit_id nulls last, customer_id nulls last, visited_at nulls last, channel nulls last
    )
),

visits_with_rivals as (
    -- Rows of one visit that differ in content have more than one content rank among them.
    select
        ranked_visits.*,
        max(content_rank) over (order by visit_id nulls last) as highest_rank
    from ranked_visits
)

select
    visit_id,
    customer_id,

    visited_at,
    visit_date,

    case
        when own_outcome not in ('used', 'out_of_scope') then own_outcome
        when row_rank > content_rank then 'duplicate_exact'
        -- Two different rows of one visit: which is true cannot be guessed, so neither is used.
        when visit_rank < highest_rank then 'visit_conflict'
        else own_outcome
    end as outcome,
    channel
from visits_with_rivals;

-- sql/1_canonical/numbered_order_lines.sql
create table canonical.numbered_order_lines as
-- title:   Order lines as they arrived, typed, judged one by one and numbered
-- grain:   one row per row of the source
-- key:     []
-- order:   [order_id, line_number]
-- publish: no
-- inputs:  [raw.order_lines, settings.policy]
-- note: >
--   own_outcome is what a row tells by itself: `used`, `out_of_scope` (on or after the as-of date)
--   or the reason of a rejection, the first rule that applies. What rows tell together is judged
--   in the files after this one. line_number counts the rows of an order from 1 by the source's
--   own line number, then by content.

with

policy as (
    select as_of, earliest_date, latest_date, margin
    from settings.policy
),

order_lines as (
    -- Two of the three amounts of a price make the third; without a discount, list price is net price.
    select
        order_id,
        source_line,
        customer_id,
        ordered_at,
        cast(ordered_at as date) as order_date,
        product_id,
        category,
        customer_segment,
        country,
        region,
        state,
        quantity,
        cast(coalesce(gross_amount, net_amount + coalesce(discount_amount, 0)) as decimal(18, 4))
            as gross_amount,
        discount_amount as stated_discount,
        cast(coalesce(net_amount, gross_amount - coalesce(discount_amount, 0)) as decimal(18, 4))
            as net_amount,
        cost_amount as stated_cost,
        cast(coalesce(freight_amount, 0) as decimal(18, 4)) as freight_amount,
        amount_problem,
        is_return,

        -- An id of blanks names nobody. They are listed, because engines differ in what a plain trim removes:
        -- tab, line feed, carriage return, no-break space, ideographic space.
        coalesce(trim(both ' ' || chr(9) || chr(10) || chr(13) || chr(160) || chr(12288) from order_id), '') <> ''
            as has_order_id,
        coalesce(trim(both ' ' || chr(9) || chr(10) || chr(13) || chr(160) || chr(12288) from customer_id), '') <> ''
            as has_customer_id
    from raw.order_lines
),

judged_lines as (
    select
        order_lines.*,
        cast(order_lines.gross_amount - order_lines.net_amount as decimal(18, 4)) as discount_amount,
        -- A cost that the source does not know is estimated from the declared margin.
        cast(
            coalesce(
                order_lines.stated_cost,
                order_lines.net_amount - cast(order_lines.net_amount as decimal(28, 4)) * policy.margin
            ) as decimal(18, 4)
        ) as cost_amount,
        case
            when not order_lines.has_customer_id then 'customer_missing'
            when not order_lines.has_order_id then 'order_missing'
            when order_lines.order_date is null then 'date_missing'
            when order_lines.order_date < policy.earliest_date then 'date_before_earliest'
            when order_lines.order_date > policy.latest_date then 'date_in_the_future'
            when order_lines.amount_problem is not null then order_lines.amount_problem
            when order_lines.net_amount is null then 'amount_missing'
            when order_lines.stated_discount <> order_lines.gross_amount - order_lines.net_amount
                then 'amounts_disagree'
            when order_lines.stated_cost is null and policy.margin is null then 'cost_missing'
            when order_lines.order_date >= policy.as_of then 'out_of_scope'
            else 'used'
        end as own_outcome
    from order_lines
    cross join policy
),

ranked_lines as (
    -- Ranks over all rows, in one order: as one window per order they would cost many times as much.
    select
        judged_lines.*,
        row_number() over by_content as row_rank,
        rank() over (order by order_id nulls last) as order_rank,
        rank() over (order by order_id nulls last, source_line nulls last) as number_rank
    from judged_lines
    window by_content as (
        order by
            order_id nulls last, source_line nulls last, customer_id nulls last, ordered_at nulls last,
            product_id nulls last, quantity nulls last, net_amount nulls last, gross_amount nulls last,
            stated_discount nulls last, stated_cost nulls last, freight_amount nulls last,
            amount_problem nulls last, is_return nulls last, category nulls last,
            customer_segment nulls last, country nulls last, region nulls last, state nulls last
    )
),

numbered_lines as (
    select
        ranked_lines.*,
        cast(row_rank as bigint) - cast(order_rank as bigint) + 1 as line_number,
        lead(number_rank) over (order by order_id nulls last, source_line nulls last) as next_number_rank
    from ranked_lines
)

select
    order_id,
    line_number,
    source_line,
    customer_id,

    ordered_at,
    order_date,

    own_outcome,
    -- Another row of the order has the same line number, or neither has one.
    number_rank < row_rank or coalesce(number_rank = next_number_rank, false) as is_repeated,
    has_order_id and has_customer_id as has_ids,
    amount_problem,
    product_id,
    category,
    customer_segment,
    country,
    region,
    state,

    quantity,
    gross_amount,
    stated_discount,
    discount_amount,
    net_amount,
    stated_cost,
    cost_amount,
    freight_amount,

    is_return
from numbered_lines
order by order_id nulls last, row_rank nulls last;

-- sql/1_canonical/orders_of_two_customers.sql
create table canonical.orders_of_two_customers as
-- title:   Orders whose rows name more than one customer
-- grain:   one row per order_id
-- key:     [order_id]
-- publish: no
-- inputs:  [canonical.numbered_order_lines]
-- note: >
--   Whose order it was cannot be guessed, so none of its rows is used.

select order_id
from canonical.numbered_order_lines
where has_ids
group by order_id
having min(customer_id) <> max(customer_id);

-- sql/1_canonical/payments.sql
create table canonical.payments as
-- title:   Payments
-- grain:   one row per payment_id
-- key:     [payment_id]
-- inputs:  [canonical.checked_payments]
-- note: >
--   The source `payments`, as far as due before the as-of date; empty when it is not configured.
--   paid_date is as of the as-of date, NULL while unpaid; an earlier snapshot compares it with
--   its own. Refunds are negative.

select
    payment_id,
    customer_id,
    order_id,

    due_date,
    paid_date,

    amount
from canonical.checked_payments
where outcome = 'used';

-- sql/1_canonical/repeated_order_lines.sql
create table canonical.repeated_order_lines as
-- title:   Rows that repeat or contradict another row of their order
-- grain:   one row per order_id and line_number
-- key:     [order_id, line_number]
-- publish: no
-- inputs:  [canonical.numbered_order_lines]
-- note: >
--   `duplicate_exact`: every column equals that of an earlier row. `line_conflict`: the source gave
--   one line number of an order two contents; neither is used.

with

repeated_lines as (
    select *
    from canonical.numbered_order_lines
    where is_repeated and order_id is not null
),

ranked_lines as (
    -- Equal rows share a content rank but not a row rank: that makes an exact duplicate visible.
    select
        order_id,
        line_number,
        source_line,
        row_number() over by_content as row_rank,
        rank() over by_content as content_rank
    from repeated_lines
    window by_content as (
        order by
            order_id nulls last, source_line nulls last, customer_id nulls last, ordered_at nulls last,
            product_id nulls last, quantity nulls last, net_amount nulls last, gross_amount nulls last,
            stated_discount nulls last, stated_cost nulls last, freight_amount nulls last,
            amount_problem nulls last, is_return nulls last, category nulls last,
            customer_segment nulls last, country nulls last, region nulls last, state nulls last
    )
),

numbers_of_two_contents as (
    select order_id, source_line
    from ranked_lines
    where source_line is not null
    group by order_id, source_line
    having min(content_rank) <> max(content_rank)
),

judged_lines as (
    select
        ranked_lines.order_id,
        ranked_lines.line_number,
        case
            when ranked_lines.row_rank > ranked_lines.content_rank then 'duplicate_exact'
            when numbers_of_two_contents.order_id is not null then 'line_conflict'
        end as outcome
    from ranked_lines
    left join numbers_of_two_contents  -- many-to-one
        on ranked_lines.order_id = numbers_of_two_contents.order_id
        and ranked_lines.source_line = numbers_of_two_contents.source_line
)

select
    order_id,
    line_number,

    outcome
from judged_lines
where outcome is not null;

-- sql/1_canonical/checked_order_lines.sql
create table canonical.checked_order_lines as
-- title:   Order lines, each with what became of it
-- grain:   one row per row of the source
-- publish: view
-- inputs:  [canonical.numbered_order_lines, canonical.orders_of_two_customers, canonical.repeated_order_lines]
-- note: >
--   outcome is `used`, `out_of_scope` (on or after the as-of date) or the reason of a rejection.
--   A row has one outcome: the first rule that applies. `canonical.order_lines`,
--   `canonical.rejected_rows` and `canonical.out_of_scope_rows` are its three parts.

select
    numbered.order_id,
    numbered.line_number,
    numbered.customer_id,

    numbered.ordered_at,
    numbered.order_date,

    case
        when numbered.own_outcome not in ('used', 'out_of_scope') then numbered.own_outcome
        when orders_of_two_customers.order_id is not null then 'order_of_two_customers'
        when repeated.outcome is not null then repeated.outcome
        else numbered.own_outcome
    end as outcome,
    numbered.product_id,
    numbered.category,
    numbered.customer_segment,
    numbered.country,
    numbered.region,
    numbered.state,

    numbered.quantity,
    numbered.gross_amount,
    numbered.discount_amount,
    numbered.net_amount,
    numbered.cost_amount,
    numbered.freight_amount,

    numbered.stated_cost is not null as has_cost,
    -- A line is a return when the source says so; else when goods go back, or money where no quantity is known.
    coalesce(numbered.is_return, numbered.quantity < 0, numbered.net_amount < 0) as is_return
from canonical.numbered_order_lines as numbered
left join canonical.orders_of_two_customers as orders_of_two_customers  -- many-to-one
    on numbered.order_id = orders_of_two_customers.order_id
left join canonical.repeated_order_lines as repeated  -- one-to-one
    on numbered.order_id = repeated.order_id
    and numbered.line_number = repeated.line_number;

-- sql/1_canonical/order_lines.sql
create table canonical.order_lines as
-- title:   Order lines
-- grain:   one row per order_id and line_number
-- key:     [order_id, line_number]
-- inputs:  [canonical.checked_order_lines]
-- note: >
--   Net amount is list price less discount; returns are negative lines. line_number counts the
--   rows of an order from 1 by the source's own line number, then by content. Dates are days of
--   the business time zone.

select
    order_id,
    line_number,
    customer_id,

    ordered_at,
    order_date,

    product_id,
    category,
    customer_segment,
    country,
    region,
    state,

    quantity,
    gross_amount,
    discount_amount,
    net_amount,
    cost_amount,
    freight_amount,

    has_cost,
    is_return
from canonical.checked_order_lines
where outcome = 'used';

-- sql/2_business/orders.sql
create table business.orders as
-- title:   Orders
-- grain:   one row per order_id
-- key:     [order_id]
-- inputs:  [canonical.order_lines]
-- note: >
--   An order is a distinct order_id, returns under their own id included; its date is that of
--   its first line. Full-price revenue is the net revenue of lines sold without a discount.

select
    order_id,
    min(customer_id) as customer_id,

    min(order_date) as order_date,

    cast(sum(gross_amount) as decimal(28, 4)) as gross_revenue,
    cast(sum(discount_amount) as decimal(28, 4)) as discount_amount,
    cast(sum(net_amount) as decimal(28, 4)) as net_revenue,
    cast(coalesce(sum(net_amount) filter (where discount_amount <= 0), 0) as decimal(28, 4))
        as full_price_revenue,
    cast(sum(cost_amount) as decimal(28, 4)) as cost_of_goods,
    cast(sum(freight_amount) as decimal(28, 4)) as freight_amount,
    count(*) as lines,
    cast(coalesce(sum(quantity), 0) as decimal(28, 4)) as units,
    count(*) filter (where is_return) as returned_lines,
    count(*) filter (where has_cost) as lines_with_cost
from canonical.order_lines
group by order_id;

-- sql/2_business/customer_measures.sql
create table business.customer_measures as
-- title:   Customer measures for each snapshot
-- grain:   one row per snapshot and customer_id with an order before the snapshot's as-of date
-- key:     [snapshot, customer_id]
-- inputs:  [business.orders, settings.snapshots]
-- note: >
--   Columns without `_ever` look back on the window of the snapshot; orders before it count only for
--   first and last order and orders_ever. Days since an order count up to the as-of date: an order of
--   the day before is 1 day old.

with

orders as (
    select
        customer_id,
        order_date,
        gross_revenue,
        discount_amount,
        net_revenue,
        full_price_revenue,
        cost_of_goods,
        freight_amount,
        lines,
        units,
        returned_lines
    from business.orders
),

snapshots as (
    select
        snapshot,
        as_of,
        window_start,
        quarter_1_start,
        quarter_2_start,
        quarter_3_start,
        quarter_4_start
    from settings.snapshots
),

measures as (
    select
        snapshots.snapshot,
        orders.customer_id,
        min(snapshots.as_of) as as_of,
        min(orders.order_date) as first_order_date,
        max(orders.order_date) as last_order_date,
        count(*) as orders_ever,
        count(*) filter (where orders.order_date >= snapshots.window_start) as orders,
        sum(orders.lines) filter (where orders.order_date >= snapshots.window_start) as lines,
        sum(orders.units) filter (where orders.order_date >= snapshots.window_start) as units,
        sum(orders.returned_lines) filter (where orders.order_date >= snapshots.window_start)
            as returned_lines,
        sum(orders.gross_revenue) filter (where orders.order_date >= snapshots.window_start)
            as gross_revenue,
        sum(orders.discount_amount) filter (where orders.order_date >= snapshots.window_start)
            as discount_amount,
        sum(orders.net_revenue) filter (where orders.order_date >= snapshots.window_start)
            as net_revenue,
        sum(orders.full_price_revenue) filter (where orders.order_date >= snapshots.window_start)
            as full_price_revenue,
        sum(orders.cost_of_goods) filter (where orders.order_date >= snapshots.window_start)
            as cost_of_goods,
        sum(orders.freight_amount) filter (where orders.order_date >= snapshots.window_start)
            as freight_amount,
        max(case when orders.order_date >= snapshots.quarter_1_start then 1 else 0 end)
        + max(
            case
                when orders.order_date >= snapshots.quarter_2_start
                    and orders.order_date < snapshots.quarter_1_start then 1
                else 0
            end
        )
        + max(
            case
                when orders.order_date >= snapshots.quarter_3_start
                    and orders.order_date < snapshots.quarter_2_start then 1
                else 0
            end
        )
        + max(
            case
                when orders.order_date >= snapshots.quarter_4_start
                    and orders.order_date < snapshots.quarter_3_start then 1
                else 0
            end
        ) as active_quarters
    from orders
    inner join snapshots  -- an order counts in each snapshot that it precedes
        on orders.order_date < snapshots.as_of
    group by snapshots.snapshot, orders.customer_id
)

select
    snapshot,
    customer_id,

    first_order_date,
    last_order_date,

    as_of - first_order_date as days_since_first_order,
    as_of - last_order_date as days_since_last_order,
    orders_ever,
    orders,
    cast(coalesce(lines, 0) as bigint) as lines,
    cast(coalesce(units, 0) as decimal(28, 4)) as units,
    cast(coalesce(returned_lines, 0) as bigint) as returned_lines,
    cast(coalesce(gross_revenue, 0) as decimal(28, 4)) as gross_revenue,
    cast(coalesce(discount_amount, 0) as decimal(28, 4)) as discount_amount,
    cast(coalesce(net_revenue, 0) as decimal(28, 4)) as net_revenue,
    cast(coalesce(full_price_revenue, 0) as decimal(28, 4)) as full_price_revenue,
    cast(coalesce(cost_of_goods, 0) as decimal(28, 4)) as cost_of_goods,
    cast(coalesce(freight_amount, 0) as decimal(28, 4)) as freight_amount,
    cast(active_quarters as bigint) as active_quarters,

    orders > 0 as is_in_window
from measures;

-- sql/2_business/customer_frequency.sql
create table business.customer_frequency as
-- title:   Frequency class of each customer
-- grain:   one row per snapshot and customer_id of the population
-- key:     [snapshot, customer_id]
-- inputs:  [business.customer_measures]
-- note: >
--   One-time: one order ever. Of the others, low ordered less often in the window than the
--   median of repeat buyers, high as often or more. The median of an even number lies halfway
--   between the two in the middle.

with

customers as (
    select snapshot, customer_id, orders, orders_ever
    from business.customer_measures
    where is_in_window
),

repeat_buyers as (
    select
        snapshot,
        orders,
        row_number() over (partition by snapshot order by orders nulls last, customer_id nulls last)
            as order_rank
    from customers
    where orders_ever > 1
),

counts as (
    select snapshot, count(*) as repeat_buyers
    from repeat_buyers
    group by snapshot
),

medians as (
    -- One row in the middle, or two: their mean is the median, kept as sum and count.
    select
        repeat_buyers.snapshot,
        sum(repeat_buyers.orders) as middle_orders,
        count(*) as middle_rows
    from repeat_buyers
    inner join counts  -- many-to-one
        on repeat_buyers.snapshot = counts.snapshot
    where 2 * repeat_buyers.order_rank >= counts.repeat_buyers
        and 2 * repeat_buyers.order_rank <= counts.repeat_buyers + 2
    group by repeat_buyers.snapshot
)

select
    customers.snapshot,
    customers.customer_id,

    customers.orders,

    case
        when customers.orders_ever = 1 then 'one_time'
        when customers.orders * medians.middle_rows < medians.middle_orders then 'low'
        else 'high'
    end as frequency_class
from customers
left join medians  -- many-to-one; none without repeat buyers
    on customers.snapshot = medians.snapshot;

-- sql/2_business/customer_profit.sql
create table business.customer_profit as
-- title:   Profit of each customer, for each snapshot
-- grain:   one row per snapshot and customer_id of the population
-- key:     [snapshot, customer_id]
-- inputs:  [business.customer_measures, settings.cost_rates]
-- note: >
--   The population is every customer with an order in the window. Contribution margin is net
--   revenue less cost of goods; cost to serve is the sum of rate x driver over all activities,
--   unrounded, so that customers add up to rate x volume exactly; profit is contribution margin
--   less cost to serve.

with

customers as (
    select
        snapshot,
        customer_id,
        orders,
        lines,
        units,
        returned_lines,
        gross_revenue,
        discount_amount,
        net_revenue,
        cost_of_goods,
        freight_amount
    from business.customer_measures
    where is_in_window
),

rates as (
    select
        max(rate) filter (where activity = 'per_order') as per_order,
        max(rate) filter (where activity = 'per_line') as per_line,
        max(rate) filter (where activity = 'per_unit') as per_unit,
        max(rate) filter (where activity = 'per_return') as per_return,
        max(rate) filter (where activity = 'payment_fee_rate') as payment_fee_rate,
        max(rate) filter (where activity = 'freight_rate') as freight_rate,
        max(rate) filter (where activity = 'per_customer') as per_customer
    from settings.cost_rates
),

costs as (
    select
        customers.*,
        cast(net_revenue - cost_of_goods as decimal(28, 4)) as contribution_margin,
        cast(
            cast(orders as decimal(28, 4)) * per_order
            + cast(lines as decimal(28, 4)) * per_line
            + units * per_unit
            + cast(returned_lines as decimal(28, 4)) * per_return
            + net_revenue * payment_fee_rate
            + freight_amount * freight_rate
            + per_customer
            as decimal(28, 10)
        ) as cost_to_serve
    from customers
    cross join rates
)

select
    snapshot,
    customer_id,

    orders,
    lines,
    units,
    returned_lines,
    gross_revenue,
    discount_amount,
    net_revenue,
    cost_of_goods,
    freight_amount,
    contribution_margin,
    cost_to_serve,
    cast(contribution_margin - cost_to_serve as decimal(28, 10)) as profit
from costs;

-- sql/2_business/customer_revenue_classes.sql
create table business.customer_revenue_classes as
-- title:   ABC class of each customer by net revenue
-- grain:   one row per snapshot and customer_id of the population
-- key:     [snapshot, customer_id]
-- inputs:  [business.customer_profit, settings.policy]
-- note: >
--   Best first: A while the share accumulated before the customer is below `abc_a_share`, B
--   below `abc_b_share`, C the rest; equal revenues share a class. D has no net revenue. Shares
--   are of the revenue of customers above 0.

with

customers as (
    select snapshot, customer_id, net_revenue
    from business.customer_profit
),

policy as (
    select abc_a_share, abc_b_share
    from settings.policy
),

revenue_steps as (
    -- One row per distinct amount keeps ties together.
    select snapshot, net_revenue, sum(net_revenue) as step_revenue
    from customers
    where net_revenue > 0
    group by snapshot, net_revenue
),

totals as (
    select snapshot, cast(sum(step_revenue) as decimal(28, 4)) as revenue
    from revenue_steps
    group by snapshot
),

accumulated_steps as (
    select
        snapshot,
        net_revenue,
        cast(
            coalesce(
                sum(step_revenue) over (
                    partition by snapshot
                    order by net_revenue desc nulls last
                    rows between unbounded preceding and 1 preceding
                ),
                0
            ) as decimal(28, 4)
        ) as revenue_before
    from revenue_steps
)

select
    customers.snapshot,
    customers.customer_id,

    customers.net_revenue,
    accumulated_steps.revenue_before,

    case
        when customers.net_revenue <= 0 then 'd'
        when accumulated_steps.revenue_before < totals.revenue * policy.abc_a_share then 'a'
        when accumulated_steps.revenue_before < totals.revenue * policy.abc_b_share then 'b'
        else 'c'
    end as abc_class
from customers
left join accumulated_steps  -- many-to-one; none for customers without revenue
    on customers.snapshot = accumulated_steps.snapshot
    and customers.net_revenue = accumulated_steps.net_revenue
left join totals  -- many-to-one; none when nobody has revenue
    on customers.snapshot = totals.snapshot
cross join policy;

-- sql/2_business/customer_rfm.sql
create table business.customer_rfm as
-- title:   Recency, frequency and monetary scores of each customer
-- grain:   one row per snapshot and customer_id of the population
-- key:     [snapshot, customer_id]
-- inputs:  [business.customer_measures, settings.rfm_segments]
-- note: >
--   A score is least(5, 1 + floor(5 x customers strictly worse / customers)): equal values get
--   equal scores, 5 is best. Recency is days since the last order, frequency orders and monetary
--   net revenue in the window.

with

customers as (
    select snapshot, customer_id, days_since_last_order, orders, net_revenue
    from business.customer_measures
    where is_in_window
),

populations as (
    select snapshot, count(*) as customers
    from customers
    group by snapshot
),

customers_with_worse as (
    -- A rank that starts with the worst is 1 + the number of customers strictly worse.
    select
        snapshot,
        customer_id,
        rank() over (partition by snapshot order by days_since_last_order desc nulls last) - 1
            as worse_recency,
        rank() over (partition by snapshot order by orders nulls last) - 1 as worse_frequency,
        rank() over (partition by snapshot order by net_revenue nulls last) - 1 as worse_monetary
    from customers
),

scored_customers as (
    -- Five equal steps written as comparisons of integers: no division, hence no rounding.
    select
        customers_with_worse.snapshot,
        customers_with_worse.customer_id,
        case
            when 5 * worse_recency < populations.customers then 1
            when 5 * worse_recency < 2 * populations.customers then 2
            when 5 * worse_recency < 3 * populations.customers then 3
            when 5 * worse_recency < 4 * populations.customers then 4
            else 5
        end as r_score,
        case
            when 5 * worse_frequency < populations.customers then 1
            when 5 * worse_frequency < 2 * populations.customers then 2
            when 5 * worse_frequency < 3 * populations.customers then 3
            when 5 * worse_frequency < 4 * populations.customers then 4
            else 5
        end as f_score,
        case
            when 5 * worse_monetary < populations.customers then 1
            when 5 * worse_monetary < 2 * populations.customers then 2
            when 5 * worse_monetary < 3 * populations.customers then 3
            when 5 * worse_monetary < 4 * populations.customers then 4
            else 5
        end as m_score
    from customers_with_worse
    inner join populations  -- many-to-one
        on customers_with_worse.snapshot = populations.snapshot
)

select
    scored_customers.snapshot,
    scored_customers.customer_id,

    cast(scored_customers.r_score as bigint) as r_score,
    cast(scored_customers.f_score as bigint) as f_score,
    cast(scored_customers.m_score as bigint) as m_score,

    segments.rfm_segment
from scored_customers
left join settings.rfm_segments as segments  -- many-to-one
    on scored_customers.r_score = segments.r_score
    and scored_customers.f_score = segments.f_score
    and scored_customers.m_score = segments.m_score;

-- sql/2_business/customer_tiers.sql
create table business.customer_tiers as
-- title:   Tier of each customer by profit
-- grain:   one row per snapshot and customer_id of the population
-- key:     [snapshot, customer_id]
-- inputs:  [business.customer_profit, settings.policy]
-- note: >
--   The customer pyramid of Zeithaml, Rust and Lemon (2001). Lead earns no more than
--   `lead_max_profit`. The others by profit, best first; a rank is 1 + the number of strictly
--   better customers, so equal profits share a tier.

with

customers as (
    select snapshot, customer_id, profit
    from business.customer_profit
),

policy as (
    select
        tier_cutoff,
        platinum_share,
        gold_share,
        lead_max_profit,
        platinum_min_profit,
        gold_min_profit
    from settings.policy
),

populations as (
    select snapshot, count(*) as customers
    from customers
    group by snapshot
),

ranked_customers as (
    select
        snapshot,
        customer_id,
        profit,
        rank() over (partition by snapshot order by profit desc nulls last) as profit_rank
    from customers
)

select
    ranked_customers.snapshot,
    ranked_customers.customer_id,

    ranked_customers.profit_rank,
    ranked_customers.profit,

    case
        when ranked_customers.profit <= policy.lead_max_profit then 'lead'
        when policy.tier_cutoff = 'absolute' and ranked_customers.profit >= policy.platinum_min_profit
            then 'platinum'
        when policy.tier_cutoff = 'absolute' and ranked_customers.profit >= policy.gold_min_profit
            then 'gold'
        when policy.tier_cutoff = 'relative'
            and ranked_customers.profit_rank <= populations.customers * policy.platinum_share
            then 'platinum'
        when policy.tier_cutoff = 'relative'
            and ranked_customers.profit_rank <= populations.customers * policy.gold_share
            then 'gold'
        else 'iron'
    end as tier
from ranked_customers
inner join populations  -- many-to-one
    on ranked_customers.snapshot = populations.snapshot
cross join policy;

-- sql/2_business/order_gaps.sql
create table business.order_gaps as
-- title:   Days between successive order days of a customer
-- grain:   one row per customer_id and order_date
-- key:     [customer_id, order_date]
-- inputs:  [business.orders]
-- note: >
--   Orders on one day count as one purchase occasion. The first order day has no gap.

with

order_days as (
    -- Distinct on purpose: several orders of one day are one occasion.
    select distinct customer_id, order_date
    from business.orders
),

days_with_neighbours as (
    -- One window over all days: as one window per customer it would cost many times as much.
    select
        customer_id,
        order_date,
        lag(customer_id) over by_day as previous_customer_id,
        lag(order_date) over by_day as previous_order_date,
        lead(customer_id) over by_day as next_customer_id,
        lead(order_date) over by_day as next_order_date
    from order_days
    window by_day as (order by customer_id nulls last, order_date nulls last)
),

days_of_one_customer as (
    select
        customer_id,
        order_date,
        case when previous_customer_id = customer_id then previous_order_date end as previous_order_date,
        case when next_customer_id = customer_id then next_order_date end as next_order_date
    from days_with_neighbours
)

select
    customer_id,
    order_date,

    previous_order_date,
    next_order_date,

    order_date - previous_order_date as gap_days
from days_of_one_customer;

-- sql/2_business/customer_rhythms.sql
create table business.customer_rhythms as
-- title:   Own ordering rhythm of each customer
-- grain:   one row per snapshot and customer_id with at least `rhythm_min_gaps` gaps
-- key:     [snapshot, customer_id]
-- inputs:  [business.order_gaps, settings.snapshots, settings.policy]
-- note: >
--   The usual gap is the nearest-rank percentile (`rhythm_percentile`, 90%) of the days between order
--   days, over the whole history before as-of. The earlier usual gap leaves the last
--   `reactivated_days` out: it tells whether an order of these days ended a lapse, and is known only
--   of customers who ordered in them.

with

policy as (
    select rhythm_min_gaps, rhythm_percentile
    from settings.policy
),

recent_buyers as (
    -- Only an order of the recent days can have ended a lapse.
    select snapshots.snapshot, order_gaps.customer_id
    from business.order_gaps as order_gaps
    inner join settings.snapshots as snapshots
        on order_gaps.order_date >= snapshots.recent_start
        and order_gaps.order_date < snapshots.as_of
    where order_gaps.gap_days is not null
    group by snapshots.snapshot, order_gaps.customer_id
),

gaps as (
    -- A gap counts at each snapshot that it precedes.
    select snapshots.snapshot, 'now' as moment, order_gaps.customer_id, order_gaps.order_date, order_gaps.gap_days
    from business.order_gaps as order_gaps
    inner join settings.snapshots as snapshots
        on order_gaps.order_date < snapshots.as_of
    where order_gaps.gap_days is not null
    union all
    select snapshots.snapshot, 'earlier' as moment, order_gaps.customer_id, order_gaps.order_date, order_gaps.gap_days
    from business.order_gaps as order_gaps
    inner join recent_buyers  -- many-to-many: a customer's gaps at each snapshot with a recent order
        on order_gaps.customer_id = recent_buyers.customer_id
    inner join settings.snapshots as snapshots
        on recent_buyers.snapshot = snapshots.snapshot
        and order_gaps.order_date < snapshots.recent_start
    where order_gaps.gap_days is not null
),

regular_customers as (
    select gaps.snapshot, gaps.moment, gaps.customer_id, count(*) as gaps
    from gaps
    cross join policy
    group by gaps.snapshot, gaps.moment, gaps.customer_id, policy.rhythm_min_gaps
    having count(*) >= policy.rhythm_min_gaps
),

ranked_gaps as (
    -- One window over all gaps: as one window per customer it would cost many times as much.
    select
        gaps.snapshot,
        gaps.moment,
        gaps.customer_id,
        gaps.gap_days,
        regular_customers.gaps,
        cast(row_number() over (
            order by
                gaps.snapshot nulls last, gaps.moment nulls last, gaps.customer_id nulls last,
                gaps.gap_days nulls last, gaps.order_date nulls last
        ) as bigint)
        - cast(rank() over (
            order by gaps.snapshot nulls last, gaps.moment nulls last, gaps.customer_id nulls last
        ) as bigint)
        + 1 as gap_rank
    from gaps
    inner join regular_customers  -- many-to-one
        on gaps.snapshot = regular_customers.snapshot
        and gaps.moment = regular_customers.moment
        and gaps.customer_id = regular_customers.customer_id
),

usual_gaps as (
    -- Nearest rank: the smallest rank that is at least percentile x n.
    select ranked_gaps.snapshot, ranked_gaps.moment, ranked_gaps.customer_id, ranked_gaps.gaps, ranked_gaps.gap_days
    from ranked_gaps
    cross join policy
    where ranked_gaps.gap_rank >= ranked_gaps.gaps * policy.rhythm_percentile
        and ranked_gaps.gap_rank - 1 < ranked_gaps.gaps * policy.rhythm_percentile
)

select
    snapshot,
    customer_id,

    max(gaps) filter (where moment = 'now') as gaps,
    max(gap_days) filter (where moment = 'now') as usual_gap_days,
    max(gap_days) filter (where moment = 'earlier') as earlier_usual_gap_days
from usual_gaps
group by snapshot, customer_id;

-- sql/2_business/purchase_days.sql
create table business.purchase_days as
-- title:   Days on which a customer bought
-- grain:   one row per customer_id and order_date with net revenue above 0
-- key:     [customer_id, order_date]
-- inputs:  [business.orders]
-- note: >
--   All orders of a day are one purchase. A day on which returns outweigh the sales is no purchase,
--   and what is returned on a later day is not taken off the day of the sale.

with

days as (
    select
        customer_id,
        order_date,
        sum(net_revenue) as net_revenue,
        sum(net_revenue - cost_of_goods) as contribution_margin
    from business.orders
    group by customer_id, order_date
)

select
    customer_id,
    order_date,

    cast(net_revenue as decimal(28, 4)) as net_revenue,
    cast(contribution_margin as decimal(28, 4)) as contribution_margin
from days
where net_revenue > 0;

-- sql/2_business/purchase_baselines.sql
create table business.purchase_baselines as
-- title:   Two plain forecasts of purchases for each customer
-- grain:   one row per moment and customer_id with a purchase day before the moment
-- key:     [moment, customer_id]
-- inputs:  [business.purchase_days, settings.moments, settings.policy]
-- note: >
--   What a model must beat. Last year's rate: a customer goes on as in the weeks before the moment, as
--   many as the horizon of moment `now` has. Recency rule: the same, but nothing of who has been
--   silent for more than `silent_days`.

with

years as (
    select horizon_weeks as weeks
    from settings.moments
    where moment = 'now'
),

counts as (
    select
        moments.moment,
        purchase_days.customer_id,
        min(moments.horizon_weeks) as horizon_weeks,
        min(years.weeks) as year_weeks,
        count(*) filter (where moments.before_date - purchase_days.order_date <= 7 * years.weeks)
            as purchases_of_year,
        min(moments.before_date - purchase_days.order_date) as days_since_last_purchase
    -- The short tables stand first: the engine keeps the left side of such a join in memory.
    from years
    cross join settings.moments as moments
    inner join business.purchase_days as purchase_days  -- a day counts at each moment that it precedes
        on purchase_days.order_date < moments.before_date
    group by moments.moment, purchase_days.customer_id
),

rates as (
    select
        moment,
        customer_id,
        purchases_of_year,
        days_since_last_purchase,
        cast(
            cast(purchases_of_year * horizon_weeks as double) / nullif(cast(year_weeks as double), 0)
            as decimal(28, 6)
        ) as last_year_orders
    from counts
)

select
    rates.moment,
    rates.customer_id,

    rates.purchases_of_year,
    rates.days_since_last_purchase,
    rates.last_year_orders,
    case
        when rates.days_since_last_purchase > policy.silent_days then cast(0 as decimal(28, 6))
        else rates.last_year_orders
    end as recency_orders
from settings.policy as policy
cross join rates;

-- sql/2_business/backtest_customers.sql
create table business.backtest_customers as
-- title:   Each customer in the weeks that the model was not shown, expected and bought
-- grain:   one row per customer_id with a purchase day before the backtest
-- key:     [customer_id]
-- inputs:  [business.customer_tiers, business.purchase_baselines, business.purchase_days, model.backtest_outlook,
--           settings.moments, settings.snapshots]
-- note: >
--   The model was fitted on what was known `backtest_weeks` before as-of; empty when that fit failed.
--   Tier is that of a year ago, known before the weeks tested; `none` had no order in that window.
--   Decile by the model's forecast, most first; equal forecasts share a decile.

with

moments as (
    select before_date
    from settings.moments
    where moment = 'backtest'
),

snapshots as (
    select as_of
    from settings.snapshots
    where snapshot = 'current'
),

bought as (
    select purchase_days.customer_id, count(*) as purchases
    from business.purchase_days as purchase_days
    cross join moments
    cross join snapshots
    where purchase_days.order_date >= moments.before_date
        and purchase_days.order_date < snapshots.as_of
    group by purchase_days.customer_id
),

outlook as (
    select
        customer_id,
        cast(expected_orders as decimal(18, 6)) as expected_orders,
        cast(rank() over (order by expected_orders desc nulls last) as bigint) as expected_rank
    from model.backtest_outlook
),

counts as (
    select count(*) as customers
    from model.backtest_outlook
)

select
    outlook.customer_id,

    coalesce(tiers.tier, 'none') as tier,
    cast(
        1 + floor(cast(10 * (outlook.expected_rank - 1) as double) / nullif(cast(counts.customers as double), 0))
        as bigint
    ) as decile,

    coalesce(bought.purchases, 0) as actual_orders,
    outlook.expected_orders as model_orders,
    cast(baselines.last_year_orders as decimal(18, 6)) as last_year_orders,
    cast(baselines.recency_orders as decimal(18, 6)) as recency_orders
from outlook
cross join counts
inner join business.purchase_baselines as baselines  -- one-to-one
    on outlook.customer_id = baselines.customer_id
    and baselines.moment = 'backtest'
left join business.customer_tiers as tiers  -- one-to-one; none without an order in that window
    on outlook.customer_id = tiers.customer_id
    and tiers.snapshot = 'year_ago'
left join bought  -- one-to-one; none who bought nothing
    on outlook.customer_id = bought.customer_id;

-- sql/2_business/backtest_errors.sql
create table business.backtest_errors as
-- title:   How far each way of forecasting was off
-- grain:   one row per method, model, last_year_rate, recency_rule; none without a backtest
-- key:     [method]
-- inputs:  [business.backtest_customers]
-- note: >
--   The best method has the least mean absolute error; of equals the plainer one, for a model has to
--   earn its place. business.customer_value_ahead counts on the best.

with

forecasts as (
    select 'recency_rule' as method, 1 as position, recency_orders as expected_orders, actual_orders
    from business.backtest_customers
    union all
    select 'last_year_rate' as method, 2 as position, last_year_orders as expected_orders, actual_orders
    from business.backtest_customers
    union all
    select 'model' as method, 3 as position, model_orders as expected_orders, actual_orders
    from business.backtest_customers
),

errors as (
    select
        method,
        position,
        expected_orders,
        actual_orders,
        cast(expected_orders - cast(actual_orders as decimal(18, 6)) as decimal(18, 6)) as error
    from forecasts
),

sums as (
    select
        method,
        position,
        count(*) as customers,
        sum(expected_orders) as expected_orders,
        sum(actual_orders) as actual_orders,
        sum(abs(error)) as absolute_error,
        sum(cast(error * error as decimal(36, 12))) as squared_error
    from errors
    group by method, position
)

select
    method,

    customers,
    cast(expected_orders as decimal(28, 6)) as expected_orders,
    cast(actual_orders as bigint) as actual_orders,
    cast(absolute_error as decimal(28, 6)) as absolute_error,
    cast(squared_error as decimal(28, 6)) as squared_error,

    row_number() over (order by absolute_error nulls last, position nulls last) as error_rank
from sums;

-- sql/2_business/purchase_histories.sql
create table business.purchase_histories as
-- title:   What the models of buying know of each customer
-- grain:   one row per moment and customer_id with a purchase day before the moment
-- key:     [moment, customer_id]
-- inputs:  [business.purchase_days, settings.moments]
-- note: >
--   After Fader, Hardie and Lee (2005): the first purchase opens the history, so only repeats are
--   counted; recency runs from the first to the last purchase day, age from the first to the last
--   complete day before the moment. Spend is that of the repeats.

with

first_days as (
    select customer_id, min(order_date) as first_order_date
    from business.purchase_days
    group by customer_id
),

days as (
    select
        moments.moment,
        moments.last_day,
        purchase_days.customer_id,
        purchase_days.order_date,
        purchase_days.net_revenue,
        purchase_days.contribution_margin,
        first_days.first_order_date
    -- The short table stands first: the engine keeps the left side of such a join in memory.
    from settings.moments as moments
    inner join business.purchase_days as purchase_days  -- a day counts at each moment that it precedes
        on purchase_days.order_date < moments.before_date
    inner join first_days  -- many-to-one
        on purchase_days.customer_id = first_days.customer_id
)

select
    moment,
    customer_id,

    count(*) - 1 as frequency,
    max(order_date) - min(order_date) as recency_days,
    min(last_day) - min(order_date) as age_days,
    cast(coalesce(sum(net_revenue) filter (where order_date > first_order_date), 0) as decimal(28, 4))
        as repeat_revenue,
    cast(coalesce(sum(contribution_margin) filter (where order_date > first_order_date), 0) as decimal(28, 4))
        as repeat_margin
from days
group by moment, customer_id;

-- sql/2_business/revenue_ranks.sql
create table business.revenue_ranks as
-- title:   Customers of the current snapshot by net revenue, smallest first, with revenue accumulated
-- grain:   one row per customer_id of the population
-- key:     [customer_id]
-- inputs:  [business.customer_profit]
-- note: >
--   The order of the Lorenz curve. Net revenue below 0 counts as 0 here, or the curve would
--   leave its frame.

with

customers as (
    select customer_id, greatest(net_revenue, cast(0 as decimal(28, 4))) as net_revenue
    from business.customer_profit
    where snapshot = 'current'
)

select
    customer_id,

    row_number() over (order by net_revenue nulls last, customer_id nulls last) as position,

    net_revenue,
    cast(
        sum(net_revenue) over (
            order by net_revenue nulls last, customer_id nulls last
            rows between unbounded preceding and current row
        ) as decimal(28, 4)
    ) as cumulative_revenue
from customers;

-- sql/2_business/tier_rhythms.sql
create table business.tier_rhythms as
-- title:   Usual gap of each tier
-- grain:   one row per snapshot and tier, and one for all customers together
-- key:     [snapshot, tier]
-- inputs:  [business.customer_rhythms, business.customer_tiers]
-- note: >
--   Median (nearest rank, the lower of two) of the usual gaps of the tier's customers; it stands
--   in for customers with too few gaps of their own. Tier `all` stands in where a tier has none.

with

customer_gaps as (
    select customer_tiers.snapshot, customer_tiers.tier, customer_rhythms.customer_id, customer_rhythms.usual_gap_days
    from business.customer_rhythms as customer_rhythms
    inner join business.customer_tiers as customer_tiers  -- one-to-one, of those in the window
        on customer_rhythms.snapshot = customer_tiers.snapshot
        and customer_rhythms.customer_id = customer_tiers.customer_id
    union all
    select snapshot, 'all' as tier, customer_id, usual_gap_days
    from business.customer_rhythms
),

counts as (
    select snapshot, tier, count(*) as customers
    from customer_gaps
    group by snapshot, tier
),

ranked_gaps as (
    select
        snapshot,
        tier,
        usual_gap_days,
        row_number() over (
            partition by snapshot, tier
            order by usual_gap_days nulls last, customer_id nulls last
        ) as gap_rank
    from customer_gaps
)

select
    ranked_gaps.snapshot,
    ranked_gaps.tier,

    counts.customers,
    ranked_gaps.usual_gap_days
from ranked_gaps
inner join counts  -- many-to-one
    on ranked_gaps.snapshot = counts.snapshot
    and ranked_gaps.tier = counts.tier
where 2 * ranked_gaps.gap_rank >= counts.customers
    and 2 * (ranked_gaps.gap_rank - 1) < counts.customers;

-- sql/2_business/customer_lifecycle.sql
create table business.customer_lifecycle as
-- title:   Lifecycle stage of each known customer
-- grain:   one row per snapshot and customer_id with an order before the snapshot's as-of date
-- key:     [snapshot, customer_id]
-- inputs:  [business.customer_measures, business.customer_rhythms, business.customer_tiers, business.order_gaps,
--           business.tier_rhythms, settings.policy, settings.snapshots]
-- note: >
--   The first that applies: new, reactivated, lapsed, at_risk, active. The late ratio is the
--   days since the last order over the customer's usual gap, or over that of the tier when the
--   customer has too few gaps. Without any usual gap to compare with, only `lapsed_days` tells
--   who lapsed.

with

policy as (
    select
        new_customer_days,
        at_risk_late_ratio,
        lapsed_late_ratio,
        lapsed_days
    from settings.policy
),

customers as (
    select
        measures.snapshot,
        measures.customer_id,
        measures.days_since_first_order,
        measures.days_since_last_order,
        coalesce(rhythms.usual_gap_days, of_tier.usual_gap_days, of_all.usual_gap_days)
            as usual_gap_days,
        coalesce(rhythms.earlier_usual_gap_days, of_tier.usual_gap_days, of_all.usual_gap_days)
            as earlier_usual_gap_days,
        rhythms.usual_gap_days is not null as has_own_rhythm
    from business.customer_measures as measures
    left join business.customer_rhythms as rhythms  -- one-to-one
        on measures.snapshot = rhythms.snapshot
        and measures.customer_id = rhythms.customer_id
    left join business.customer_tiers as tiers  -- one-to-one
        on measures.snapshot = tiers.snapshot
        and measures.customer_id = tiers.customer_id
    left join business.tier_rhythms as of_tier  -- many-to-one
        on measures.snapshot = of_tier.snapshot
        and tiers.tier = of_tier.tier
    left join business.tier_rhythms as of_all  -- many-to-one
        on measures.snapshot = of_all.snapshot
        and of_all.tier = 'all'
),

longest_recent_gaps as (
    -- The longest silence that an order of the recent days ended.
    select snapshots.snapshot, order_gaps.customer_id, max(order_gaps.gap_days) as gap_days
    from business.order_gaps as order_gaps
    inner join settings.snapshots as snapshots
        on order_gaps.order_date >= snapshots.recent_start
        and order_gaps.order_date < snapshots.as_of
    where order_gaps.gap_days is not null
    group by snapshots.snapshot, order_gaps.customer_id
)

select
    customers.snapshot,
    customers.customer_id,

    customers.usual_gap_days,
    cast(customers.days_since_last_order as double)
        / nullif(cast(customers.usual_gap_days as double), 0) as late_ratio,

    customers.has_own_rhythm,
    case
        when customers.days_since_first_order <= policy.new_customer_days then 'new'
        when longest_recent_gaps.gap_days > policy.lapsed_days then 'reactivated'
        when longest_recent_gaps.gap_days > policy.lapsed_late_ratio * customers.earlier_usual_gap_days
            then 'reactivated'
        when customers.days_since_last_order > policy.lapsed_days then 'lapsed'
        when customers.days_since_last_order > policy.lapsed_late_ratio * customers.usual_gap_days
            then 'lapsed'
        when customers.days_since_last_order > policy.at_risk_late_ratio * customers.usual_gap_days
            then 'at_risk'
        else 'active'
    end as lifecycle_stage
from customers
left join longest_recent_gaps  -- one-to-one
    on customers.snapshot = longest_recent_gaps.snapshot
    and customers.customer_id = longest_recent_gaps.customer_id
cross join policy;

-- sql/2_business/customer_loyalty.sql
create table business.customer_loyalty as
-- title:   Loyalty score and class of each customer
-- grain:   one row per snapshot and customer_id of the population
-- key:     [snapshot, customer_id]
-- inputs:  [business.customer_lifecycle, business.customer_measures, settings.policy]
-- note: >
--   The score is 1 plus one for each of four marks: ordered in at least `loyal_quarters` of the
--   last four quarters; at least `loyal_repeat_orders` orders after the first in the window; at
--   least `loyal_full_price_share` of net revenue at full price; a customer for
--   `loyal_tenure_days` or longer. Loyal needs the score and no silence.

with

policy as (
    select
        loyal_quarters,
        loyal_repeat_orders,
        loyal_full_price_share,
        loyal_tenure_days,
        loyal_min_score,
        ordinary_min_score
    from settings.policy
),

scored_customers as (
    select
        measures.snapshot,
        measures.customer_id,
        lifecycle.lifecycle_stage,
        1
        + case when measures.active_quarters >= policy.loyal_quarters then 1 else 0 end
        + case when measures.orders - 1 >= policy.loyal_repeat_orders then 1 else 0 end
        + case
            when measures.net_revenue > 0
                and measures.full_price_revenue >= measures.net_revenue * policy.loyal_full_price_share
                then 1
            else 0
        end
        + case when measures.days_since_first_order >= policy.loyal_tenure_days then 1 else 0 end
            as loyalty_score
    from business.customer_measures as measures
    inner join business.customer_lifecycle as lifecycle  -- one-to-one
        on measures.snapshot = lifecycle.snapshot
        and measures.customer_id = lifecycle.customer_id
    cross join policy
    where measures.is_in_window
)

select
    scored_customers.snapshot,
    scored_customers.customer_id,

    cast(scored_customers.loyalty_score as bigint) as loyalty_score,

    case
        when scored_customers.loyalty_score >= policy.loyal_min_score
            and scored_customers.lifecycle_stage not in ('at_risk', 'lapsed')
            then 'loyal'
        when scored_customers.loyalty_score >= policy.ordinary_min_score then 'ordinary'
        else 'occasional'
    end as loyalty_class
from scored_customers
cross join policy;

-- sql/2_business/customer_classes.sql
create table business.customer_classes as
-- title:   Every class of each customer
-- grain:   one row per snapshot and customer_id of the population
-- key:     [snapshot, customer_id]
-- inputs:  [business.customer_frequency, business.customer_lifecycle, business.customer_loyalty,
--           business.customer_revenue_classes, business.customer_rfm, business.customer_tiers, settings.policy]
-- note: >
--   Each customer has exactly one value of each class. The value class compares the mean of the
--   frequency, monetary and loyalty scores with `high_value_min_score` and
--   `middle_value_min_score`.

with

policy as (
    select high_value_min_score, middle_value_min_score
    from settings.policy
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
        when rfm.f_score + rfm.m_score + loyalty.loyalty_score >= 3 * policy.high_value_min_score
            then 'high'
        when rfm.f_score + rfm.m_score + loyalty.loyalty_score >= 3 * policy.middle_value_min_score
            then 'middle'
        else 'low'
    end as value_class,
    frequency.frequency_class,
    lifecycle.lifecycle_stage,
    loyalty.loyalty_score,
    loyalty.loyalty_class
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
cross join policy;

-- sql/2_business/class_totals.sql
create table business.class_totals as
-- title:   Sums for each value of each class
-- grain:   one row per snapshot, class_name and value; class_name `all` is the population
-- key:     [snapshot, class_name, value]
-- inputs:  [business.customer_classes, business.customer_profit]
-- note: >
--   The only place where customers are added up by class: results compare these sums and never
--   add again.

with

customers as (
    select
        classes.snapshot,
        classes.tier,
        classes.abc_class,
        classes.rfm_segment,
        classes.value_class,
        classes.frequency_class,
        classes.lifecycle_stage,
        classes.loyalty_class,
        profit.orders,
        profit.lines,
        profit.gross_revenue,
        profit.discount_amount,
        profit.net_revenue,
        profit.cost_of_goods,
        profit.contribution_margin,
        profit.cost_to_serve,
        profit.profit
    from business.customer_classes as classes
    inner join business.customer_profit as profit  -- one-to-one
        on classes.snapshot = profit.snapshot
        and classes.customer_id = profit.customer_id
)

select
    snapshot,
    case
        when tier is not null then 'tier'
        when abc_class is not null then 'abc_class'
        when rfm_segment is not null then 'rfm_segment'
        when value_class is not null then 'value_class'
        when frequency_class is not null then 'frequency_class'
        when lifecycle_stage is not null then 'lifecycle_stage'
        when loyalty_class is not null then 'loyalty_class'
        else 'all'
    end as class_name,
    coalesce(
        tier, abc_class, rfm_segment, value_class, frequency_class, lifecycle_stage, loyalty_class, 'all'
    ) as value,

    count(*) as customers,
    count(*) filter (where profit < 0) as unprofitable_customers,
    cast(sum(orders) as bigint) as orders,
    cast(sum(lines) as bigint) as lines,
    cast(sum(gross_revenue) as decimal(38, 4)) as gross_revenue,
    cast(sum(discount_amount) as decimal(38, 4)) as discount_amount,
    cast(sum(net_revenue) as decimal(38, 4)) as net_revenue,
    cast(sum(cost_of_goods) as decimal(38, 4)) as cost_of_goods,
    cast(sum(contribution_margin) as decimal(38, 4)) as contribution_margin,
    cast(sum(cost_to_serve) as decimal(38, 10)) as cost_to_serve,
    cast(sum(profit) as decimal(38, 10)) as profit,
    cast(coalesce(sum(profit) filter (where profit < 0), 0) as decimal(38, 10)) as loss_amount
from customers
group by grouping sets (
    (snapshot, tier),
    (snapshot, abc_class),
    (snapshot, rfm_segment),
    (snapshot, value_class),
    (snapshot, frequency_class),
    (snapshot, lifecycle_stage),
    (snapshot, loyalty_class),
    (snapshot)
);

-- sql/2_business/class_shares.sql
create table business.class_shares as
-- title:   Every class value of the current snapshot with its shares
-- grain:   one row per class_name and value, and one per class_name with value `total`
-- key:     [class_name, value]
-- inputs:  [business.class_totals, business.class_values]
-- note: >
--   Shares are of the population of the window. A share or rate whose base is not above 0 is not known
--   (NULL): a share of a loss turns every sign around.

with

class_totals as (
    select
        class_name,
        value,
        customers,
        unprofitable_customers,
        orders,
        lines,
        gross_revenue,
        discount_amount,
        net_revenue,
        cost_of_goods,
        contribution_margin,
        cost_to_serve,
        profit
    from business.class_totals
    where snapshot = 'current'
),

population as (
    select
        customers,
        unprofitable_customers,
        orders,
        lines,
        gross_revenue,
        discount_amount,
        net_revenue,
        cost_of_goods,
        contribution_margin,
        cost_to_serve,
        profit
    from class_totals
    where class_name = 'all'
),

all_values as (
    -- A value that no customer has is shown with zeros.
    select
        class_values.class_name,
        class_values.value,
        class_values.position,
        class_values.phase,
        coalesce(class_totals.customers, 0) as customers,
        coalesce(class_totals.unprofitable_customers, 0) as unprofitable_customers,
        coalesce(class_totals.orders, 0) as orders,
        coalesce(class_totals.lines, 0) as lines,
        coalesce(class_totals.gross_revenue, 0) as gross_revenue,
        coalesce(class_totals.discount_amount, 0) as discount_amount,
        coalesce(class_totals.net_revenue, 0) as net_revenue,
        coalesce(class_totals.cost_of_goods, 0) as cost_of_goods,
        coalesce(class_totals.contribution_margin, 0) as contribution_margin,
        coalesce(class_totals.cost_to_serve, 0) as cost_to_serve,
        coalesce(class_totals.profit, 0) as profit
    from business.class_values as class_values
    left join class_totals  -- one-to-one
        on class_values.class_name = class_totals.class_name
        and class_values.value = class_totals.value
    union all
    select
        class_names.class_name,
        'total' as value,
        100 as position,
        cast(null as varchar) as phase,
        population.customers,
        population.unprofitable_customers,
        population.orders,
        population.lines,
        population.gross_revenue,
        population.discount_amount,
        population.net_revenue,
        population.cost_of_goods,
        population.contribution_margin,
        population.cost_to_serve,
        population.profit
    from (select distinct class_name from business.class_values) as class_names
    cross join population
)

select
    all_values.class_name,
    all_values.value,

    cast(all_values.position as bigint) as position,
    all_values.phase,

    all_values.customers,
    cast(all_values.customers as double) / nullif(cast(population.customers as double), 0) as customer_share,
    all_values.unprofitable_customers,
    all_values.orders,
    all_values.lines,
    cast(all_values.gross_revenue as decimal(28, 4)) as gross_revenue,
    cast(all_values.discount_amount as decimal(28, 4)) as discount_amount,
    cast(all_values.discount_amount as double) / nullif(cast(all_values.gross_revenue as double), 0)
        as discount_rate,
    cast(all_values.net_revenue as decimal(28, 4)) as net_revenue,
    case
        when population.net_revenue > 0
            then cast(all_values.net_revenue as double) / cast(population.net_revenue as double)
    end as revenue_share,
    cast(all_values.cost_of_goods as decimal(28, 4)) as cost_of_goods,
    cast(all_values.contribution_margin as decimal(28, 4)) as contribution_margin,
    cast(all_values.cost_to_serve as decimal(28, 10)) as cost_to_serve,
    cast(all_values.profit as decimal(28, 10)) as profit,
    case
        when population.profit > 0
            then cast(cast(all_values.profit as decimal(28, 4)) as double)
                / cast(cast(population.profit as decimal(28, 4)) as double)
    end as profit_share,
    cast(cast(all_values.profit as decimal(28, 4)) as double)
        / nullif(cast(all_values.customers as double), 0) as profit_per_customer,
    case
        when all_values.net_revenue > 0
            then cast(cast(all_values.profit as decimal(28, 4)) as double)
                / cast(all_values.net_revenue as double)
    end as profit_rate
from all_values
cross join population;

-- sql/2_business/customer_discounts.sql
create table business.customer_discounts as
-- title:   What each customer bought at a discount
-- grain:   one row per customer_id of the current population
-- key:     [customer_id]
-- inputs:  [business.customer_classes, business.customer_profit, business.customer_rfm, business.orders,
--           canonical.order_lines, settings.policy, settings.rfm_segments, settings.snapshots]
-- note: >
--   A line counts as sold at a discount from `price_sensitive_discount_rate` of its list price; returned lines
--   are left out. Price sensitive: at least `price_sensitive_unit_share` of the units bought so. A Champion is made by
--   discount when the money score of their full-price revenue alone, recency and frequency as they are, would
--   give another segment: the score that a customer with that net revenue has or would have.
-- columns:
--   discounted_revenue: net revenue of the lines sold at a discount
--   full_price_m_score: money score of the net revenue of lines without any discount

with

snapshot as (
    select window_start, as_of
    from settings.snapshots
    where snapshot = 'current'
),

policy as (
    select price_sensitive_discount_rate, price_sensitive_unit_share
    from settings.policy
),

bought_lines as (
    -- A line belongs to the day of its order.
    select
        orders.customer_id,
        order_lines.quantity,
        order_lines.net_amount,
        order_lines.gross_amount > 0
        and order_lines.discount_amount >= order_lines.gross_amount * policy.price_sensitive_discount_rate
            as is_discounted,
        order_lines.discount_amount <= 0 as is_full_price
    from canonical.order_lines as order_lines
    inner join business.orders as orders  -- many-to-one
        on order_lines.order_id = orders.order_id
    cross join snapshot
    cross join policy
    where not order_lines.is_return
        and orders.order_date >= snapshot.window_start
        and orders.order_date < snapshot.as_of
),

sums as (
    select
        customer_id,
        sum(quantity) as bought_units,
        sum(quantity) filter (where is_discounted) as discounted_units,
        sum(net_amount) as bought_revenue,
        sum(net_amount) filter (where is_discounted) as discounted_revenue,
        sum(net_amount) filter (where is_full_price) as full_price_revenue
    from bought_lines
    group by customer_id
),

score_ceilings as (
    -- The largest net revenue of each money score: an amount has the lowest score whose ceiling it does not exceed.
    select rfm.m_score, max(profit.net_revenue) as ceiling
    from business.customer_rfm as rfm
    inner join business.customer_profit as profit  -- one-to-one
        on rfm.snapshot = profit.snapshot
        and rfm.customer_id = profit.customer_id
    where rfm.snapshot = 'current'
    group by rfm.m_score
),

full_price_scores as (
    select customers.customer_id, min(score_ceilings.m_score) as m_score
    from (
        select
            profit.customer_id,
            cast(coalesce(sums.full_price_revenue, 0) as decimal(28, 4)) as full_price_revenue
        from business.customer_profit as profit
        left join sums  -- one-to-one; none who bought nothing
            on profit.customer_id = sums.customer_id
        where profit.snapshot = 'current'
    ) as customers
    inner join score_ceilings  -- five rows at most
        on customers.full_price_revenue <= score_ceilings.ceiling
    group by customers.customer_id
),

customers as (
    select
        classes.customer_id,
        classes.tier,
        classes.r_score,
        classes.f_score,
        -- Who spent more at full price than anybody after returns has the best score.
        coalesce(full_price_scores.m_score, 5) as full_price_m_score,
        classes.rfm_segment,
        coalesce(sums.bought_units, 0) as bought_units,
        coalesce(sums.discounted_units, 0) as discounted_units,
        coalesce(sums.bought_revenue, 0) as bought_revenue,
        coalesce(sums.discounted_revenue, 0) as discounted_revenue,
        coalesce(sums.full_price_revenue, 0) as full_price_revenue,
        profit.discount_amount,
        profit.contribution_margin
    from business.customer_classes as classes
    inner join business.customer_profit as profit  -- one-to-one
        on classes.snapshot = profit.snapshot
        and classes.customer_id = profit.customer_id
    left join sums  -- one-to-one; none who bought nothing
        on classes.customer_id = sums.customer_id
    left join full_price_scores  -- one-to-one
        on classes.customer_id = full_price_scores.customer_id
    where classes.snapshot = 'current'
)

select
    customers.customer_id,

    customers.tier,
    customers.rfm_segment,
    segments.rfm_segment as full_price_segment,

    cast(customers.full_price_m_score as bigint) as full_price_m_score,
    cast(customers.bought_units as decimal(28, 4)) as bought_units,
    cast(customers.discounted_units as decimal(28, 4)) as discounted_units,
    cast(customers.bought_revenue as decimal(28, 4)) as bought_revenue,
    cast(customers.discounted_revenue as decimal(28, 4)) as discounted_revenue,
    cast(customers.full_price_revenue as decimal(28, 4)) as full_price_revenue,
    cast(customers.discount_amount as decimal(28, 4)) as discount_amount,
    cast(customers.contribution_margin as decimal(28, 4)) as contribution_margin,

    customers.bought_units > 0
    and customers.discounted_units >= customers.bought_units * policy.price_sensitive_unit_share
        as is_price_sensitive,
    customers.rfm_segment = 'champions' as is_champion,
    customers.rfm_segment = 'champions' and segments.rfm_segment <> 'champions' as is_discount_made_champion
from customers
inner join settings.rfm_segments as segments  -- many-to-one; every combination has a segment
    on customers.r_score = segments.r_score
    and customers.f_score = segments.f_score
    and customers.full_price_m_score = segments.m_score
cross join policy;

-- sql/2_business/customer_value_ahead.sql
create table business.customer_value_ahead as
-- title:   What each customer should bring in the coming year
-- grain:   one row per customer_id with an outlook
-- key:     [customer_id]
-- inputs:  [business.backtest_errors, business.class_totals, business.customer_tiers, business.purchase_baselines,
--           model.customer_outlook]
-- note: >
--   Expected purchases come from the method that was best in the backtest, and from the model when
--   there was none. Each customer earns the rates of their tier in the window; who has no order in
--   the window, those of all customers. Lifetime value is discounted contribution margin of the model's
--   purchases. Value at risk is (1 - P(alive)) x expected profit. Money is not known (NULL)
--   when the model of spend has no fit.

with

best_methods as (
    select method
    from business.backtest_errors
    where error_rank = 1
),

methods as (
    select coalesce(max(method), 'model') as method
    from best_methods
),

rates as (
    select
        value as tier,
        case
            when net_revenue > 0
                then cast(cast(contribution_margin as decimal(28, 4)) as double)
                    / nullif(cast(net_revenue as double), 0)
        end as margin_rate,
        case
            when net_revenue > 0 then cast(cast(profit as decimal(28, 4)) as double)
                / nullif(cast(net_revenue as double), 0)
        end as profit_rate
    from business.class_totals
    where snapshot = 'current' and class_name in ('tier', 'all')
),

customers as (
    select
        outlook.customer_id,
        tiers.tier,
        methods.method,
        outlook.p_alive,
        outlook.expected_orders as model_orders,
        outlook.discounted_orders,
        outlook.expected_spend,
        cast(
            case methods.method
                when 'model' then cast(outlook.expected_orders as decimal(28, 6))
                when 'last_year_rate' then baselines.last_year_orders
                else baselines.recency_orders
            end as decimal(28, 6)
        ) as expected_orders,
        coalesce(of_tier.margin_rate, of_all.margin_rate) as margin_rate,
        coalesce(of_tier.profit_rate, of_all.profit_rate) as profit_rate
    from model.customer_outlook as outlook
    inner join business.purchase_baselines as baselines  -- one-to-one
        on outlook.customer_id = baselines.customer_id
        and baselines.moment = 'now'
    cross join methods
    left join business.customer_tiers as tiers  -- one-to-one; none without an order in the window
        on outlook.customer_id = tiers.customer_id
        and tiers.snapshot = 'current'
    left join rates as of_tier  -- many-to-one
        on tiers.tier = of_tier.tier
    left join rates as of_all  -- many-to-one
        on of_all.tier = 'all'
),

customers_with_money as (
    select
        customer_id,
        tier,
        method,
        p_alive,
        model_orders,
        expected_orders,
        expected_spend,
        margin_rate,
        profit_rate,
        cast(expected_orders as double) * expected_spend as expected_revenue,
        (cast(expected_orders as double) * expected_spend) * profit_rate as expected_profit,
        (discounted_orders * expected_spend) * margin_rate as clv
    from customers
)

select
    customer_id,

    tier,
    method,

    p_alive,
    cast(model_orders as decimal(28, 6)) as model_orders,
    expected_orders,
    expected_spend,
    margin_rate,
    profit_rate,
    cast(expected_revenue as decimal(28, 6)) as expected_revenue,
    cast(expected_profit as decimal(28, 6)) as expected_profit,
    cast(clv as decimal(28, 6)) as clv,
    cast((cast(1 as double) - p_alive) * expected_profit as decimal(28, 6)) as value_at_risk
from customers_with_money;

-- sql/2_business/customer_value_views.sql
create table business.customer_value_views as
-- title:   Value of each customer, three ways
-- grain:   one row per customer_id of the current population
-- key:     [customer_id]
-- inputs:  [business.customer_classes, business.customer_profit]
-- note: >
--   Value score, ABC by revenue and tier by profit put on one scale of three levels: 1 for high, A, Platinum and
--   Gold; 2 for middle, B and Iron; 3 for low, C, D and Lead. levels_apart is the largest level less the smallest:
--   0 where the three agree, 2 where one calls a customer among the best whom another calls among the worst.

with

customers as (
    select
        classes.customer_id,
        classes.value_class,
        classes.abc_class,
        classes.tier,
        profit.net_revenue,
        profit.profit,
        case classes.value_class when 'high' then 1 when 'middle' then 2 when 'low' then 3 end as value_level,
        case classes.abc_class when 'a' then 1 when 'b' then 2 when 'c' then 3 when 'd' then 3 end
            as revenue_level,
        case classes.tier when 'platinum' then 1 when 'gold' then 1 when 'iron' then 2 when 'lead' then 3 end
            as profit_level
    from business.customer_classes as classes
    inner join business.customer_profit as profit  -- one-to-one
        on classes.snapshot = profit.snapshot
        and classes.customer_id = profit.customer_id
    where classes.snapshot = 'current'
)

select
    customer_id,

    value_class,
    abc_class,
    tier,

    cast(
        greatest(value_level, revenue_level, profit_level) - least(value_level, revenue_level, profit_level)
        as bigint
    ) as levels_apart,
    net_revenue,
    profit
from customers;

-- sql/2_business/silent_customers.sql
create table business.silent_customers as
-- title:   Platinum and Gold customers who have fallen silent
-- grain:   one row per customer_id
-- key:     [customer_id]
-- inputs:  [business.customer_classes, business.customer_lifecycle, business.customer_measures,
--           business.customer_profit]
-- note: >
--   Customers of the current snapshot who are at risk or lapsed: late against their own rhythm, or
--   that of their tier when they have too few gaps. Profit is what they brought in the window,
--   the yearly profit at stake when the window is a year. Longest silence first.

with

silent_customers as (
    select customer_id, tier, lifecycle_stage
    from business.customer_classes
    where snapshot = 'current'
        and tier in ('platinum', 'gold')
        and lifecycle_stage in ('at_risk', 'lapsed')
)

select
    silent_customers.customer_id,

    measures.last_order_date,

    row_number() over (
        order by
            measures.days_since_last_order desc nulls last,
            profit.profit desc nulls last,
            silent_customers.customer_id nulls last
    ) as position,
    silent_customers.tier,
    silent_customers.lifecycle_stage,

    measures.days_since_last_order,
    lifecycle.usual_gap_days,
    lifecycle.late_ratio,
    measures.orders,
    profit.net_revenue,
    profit.profit,

    lifecycle.has_own_rhythm
from silent_customers
inner join business.customer_measures as measures  -- one-to-one, as all that follow
    on silent_customers.customer_id = measures.customer_id
    and measures.snapshot = 'current'
inner join business.customer_lifecycle as lifecycle
    on silent_customers.customer_id = lifecycle.customer_id
    and lifecycle.snapshot = 'current'
inner join business.customer_profit as profit
    on silent_customers.customer_id = profit.customer_id
    and profit.snapshot = 'current';

-- sql/2_business/snapshot_measures.sql
create table business.snapshot_measures as
-- title:   Headline measures of each snapshot
-- grain:   one row per snapshot with a population
-- key:     [snapshot]
-- inputs:  [business.class_totals, business.customer_measures, business.customer_profit, settings.policy]
-- note: >
--   Profit at risk is the profit of profitable customers of the population who have not ordered for
--   more than `silent_days`.

with

totals as (
    select *
    from business.class_totals
    where class_name = 'all'
),

silent_customers as (
    select
        profit.snapshot,
        sum(profit.profit) as profit
    from business.customer_profit as profit
    inner join business.customer_measures as measures  -- one-to-one
        on profit.snapshot = measures.snapshot
        and profit.customer_id = measures.customer_id
    cross join settings.policy as policy
    where profit.profit > 0 and measures.days_since_last_order > policy.silent_days
    group by profit.snapshot
)

select
    totals.snapshot,

    totals.customers,
    totals.unprofitable_customers,
    totals.orders,
    totals.lines,
    cast(totals.gross_revenue as decimal(28, 4)) as gross_revenue,
    cast(totals.discount_amount as decimal(28, 4)) as discount_amount,
    cast(totals.net_revenue as decimal(28, 4)) as net_revenue,
    cast(totals.cost_of_goods as decimal(28, 4)) as cost_of_goods,
    cast(totals.contribution_margin as decimal(28, 4)) as contribution_margin,
    cast(totals.cost_to_serve as decimal(28, 10)) as cost_to_serve,
    cast(totals.profit as decimal(28, 10)) as profit,
    cast(totals.loss_amount as decimal(28, 10)) as loss_amount,
    case
        when totals.net_revenue > 0
            then cast(cast(totals.profit as decimal(28, 4)) as double) / cast(totals.net_revenue as double)
    end as profit_rate,
    cast(coalesce(silent_customers.profit, 0) as decimal(28, 10)) as profit_at_risk
from totals
left join silent_customers  -- one-to-one; none when nobody is silent
    on totals.snapshot = silent_customers.snapshot;

-- sql/2_business/measure_values.sql
create table business.measure_values as
-- title:   Headline measures of each snapshot, one below the other
-- grain:   one row per snapshot and measure
-- key:     [snapshot, measure]
-- inputs:  [business.snapshot_measures]
-- note: >
--   A rate that is not known has no value. adverse_sign is the direction of bad news: 1 when a
--   rise is adverse, -1 when a fall is, 0 when neither is.

with

measures as (
    select *
    from business.snapshot_measures
),

listed as (
    select snapshot, 1 as position, 'net_revenue' as measure, 'money' as unit, -1 as adverse_sign,
        cast(net_revenue as decimal(28, 6)) as value
    from measures
    union all
    select snapshot, 2 as position, 'profit' as measure, 'money' as unit, -1 as adverse_sign,
        cast(profit as decimal(28, 6)) as value
    from measures
    union all
    select snapshot, 3 as position, 'profit_rate' as measure, 'rate' as unit, -1 as adverse_sign,
        cast(profit_rate as decimal(28, 6)) as value
    from measures
    union all
    select snapshot, 4 as position, 'customers' as measure, 'count' as unit, -1 as adverse_sign,
        cast(customers as decimal(28, 6)) as value
    from measures
    union all
    select snapshot, 5 as position, 'profit_at_risk' as measure, 'money' as unit, 1 as adverse_sign,
        cast(profit_at_risk as decimal(28, 6)) as value
    from measures
    union all
    select snapshot, 6 as position, 'contribution_margin' as measure, 'money' as unit, -1 as adverse_sign,
        cast(contribution_margin as decimal(28, 6)) as value
    from measures
    union all
    select snapshot, 7 as position, 'gross_revenue' as measure, 'money' as unit, -1 as adverse_sign,
        cast(gross_revenue as decimal(28, 6)) as value
    from measures
    union all
    select snapshot, 8 as position, 'discount_amount' as measure, 'money' as unit, 1 as adverse_sign,
        cast(discount_amount as decimal(28, 6)) as value
    from measures
    union all
    select snapshot, 9 as position, 'cost_of_goods' as measure, 'money' as unit, 0 as adverse_sign,
        cast(cost_of_goods as decimal(28, 6)) as value
    from measures
    union all
    select snapshot, 10 as position, 'cost_to_serve' as measure, 'money' as unit, 1 as adverse_sign,
        cast(cost_to_serve as decimal(28, 6)) as value
    from measures
    union all
    select snapshot, 11 as position, 'orders' as measure, 'count' as unit, -1 as adverse_sign,
        cast(orders as decimal(28, 6)) as value
    from measures
    union all
    select snapshot, 12 as position, 'unprofitable_customers' as measure, 'count' as unit, 1 as adverse_sign,
        cast(unprofitable_customers as decimal(28, 6)) as value
    from measures
    union all
    select snapshot, 13 as position, 'loss_amount' as measure, 'money' as unit, -1 as adverse_sign,
        cast(loss_amount as decimal(28, 6)) as value
    from measures
)

select
    snapshot,
    measure,

    cast(position as bigint) as position,
    unit,
    cast(adverse_sign as bigint) as adverse_sign,

    value
from listed;

-- sql/2_business/value_disagreement_customers.sql
create table business.value_disagreement_customers as
-- title:   Customers whom value score, revenue and profit judge differently
-- grain:   one row per customer_id
-- key:     [customer_id]
-- inputs:  [business.customer_value_views]
-- note: >
--   The customers behind results.value_disagreement: those whose three levels are not the same.

select
    customer_id,

    value_class,
    abc_class,
    tier,

    levels_apart,
    net_revenue,
    profit
from business.customer_value_views
where levels_apart > 0;

-- sql/2_business/whale_ranks.sql
create table business.whale_ranks as
-- title:   Customers of the current snapshot by profit, with profit accumulated
-- grain:   one row per customer_id of the population
-- key:     [customer_id]
-- inputs:  [business.customer_tiers]
-- note: >
--   Best first; customers of equal profit follow each other by customer_id.

with

customers as (
    select customer_id, tier, profit
    from business.customer_tiers
    where snapshot = 'current'
)

select
    customer_id,

    row_number() over best_first as position,
    tier,

    profit,
    cast(
        sum(profit) over (
            order by profit desc nulls last, customer_id nulls last
            rows between unbounded preceding and current row
        ) as decimal(28, 10)
    ) as cumulative_profit
from customers
window best_first as (order by profit desc nulls last, customer_id nulls last);

-- sql/1_canonical/checked_customers.sql
create table canonical.checked_customers as
-- title:   Customers as they arrived, each with what became of the row
-- grain:   one row per row of the source
-- key:     []
-- publish: no
-- inputs:  [canonical.order_lines, raw.customers, settings.policy]
-- note: >
--   outcome is `used`, `out_of_scope` (signed up on or after the as-of date and no buyer before it) or the
--   reason of a rejection; the first rule that applies. Which of two different rows of one
--   customer is true cannot be guessed, so neither is used. Blank texts are not known.

with

policy as (
    -- What surrounds nothing: engines differ in what a plain trim removes.
    select as_of, latest_date, ' ' || chr(9) || chr(10) || chr(13) || chr(160) || chr(12288) as blanks
    from settings.policy
),

buyers as (
    select customer_id
    from canonical.order_lines
    group by customer_id
),

customers as (
    select
        customers.customer_id,
        case when trim(both policy.blanks from customers.name) <> '' then customers.name end as name,
        case when trim(both policy.blanks from customers.kind) <> '' then customers.kind end as kind,
        case when trim(both policy.blanks from customers.industry) <> '' then customers.industry end as industry,
        case when trim(both policy.blanks from customers.country) <> '' then customers.country end as country,
        case when trim(both policy.blanks from customers.region) <> '' then customers.region end as region,
        case when trim(both policy.blanks from customers.segment) <> '' then customers.segment end as segment,
        case when trim(both policy.blanks from customers.owner) <> '' then customers.owner end as owner,
        case when trim(both policy.blanks from customers.referred_by) <> '' then customers.referred_by end
            as referred_by,
        customers.signed_up_at,
        cast(customers.signed_up_at as date) as signed_up_date,
        customers.value_problem,
        coalesce(trim(both policy.blanks from customers.customer_id), '') <> '' as has_customer_id,
        policy.as_of,
        policy.latest_date
    from raw.customers as customers
    cross join policy
),

judged_customers as (
    -- What a row tells by itself; rows that repeat or contradict each other are judged below. A customer may
    -- have signed up long before the first order that is accepted, or ordered before signing up.
    select
        customers.*,
        case
            when not customers.has_customer_id then 'customer_missing'
            when customers.value_problem is not null then customers.value_problem
            when customers.signed_up_date > customers.latest_date then 'date_in_the_future'
            when customers.signed_up_date >= customers.as_of and buyers.customer_id is null then 'out_of_scope'
            else 'used'
        end as own_outcome
    from customers
    left join buyers  -- many-to-one
        on customers.customer_id = buyers.customer_id
),

ranked_customers as (
    -- Ranks over all rows, in one order: as one window per customer they would cost a hundred times as much.
    -- Equal rows share a content rank but not a row rank: that makes an exact duplicate visible.
    select
        judged_customers.*,
        row_number() over by_content as row_rank,
        rank() over by_content as content_rank,
        rank() over (order by customer_id nulls last) as customer_rank
    from judged_customers
    window by_content as (
        order by
            customer_id nulls last, signed_up_at nulls last, name nulls last, kind nulls last,
            industry nulls last, country nulls last, region nulls last, segment nulls last,
            owner nulls last, referred_by nulls last, value_problem nulls last
    )
),

customers_with_rivals as (
    -- Rows of one customer that differ in content have more than one content rank among them.
    select
        ranked_customers.*,
        max(content_rank) over (order by customer_id nulls last) as highest_rank
    from ranked_customers
)

select
    customer_id,

    signed_up_at,
    signed_up_date,

    case
        when own_outcome not in ('used', 'out_of_scope') then own_outcome
        when row_rank > content_rank then 'duplicate_exact'
        when customer_rank < highest_rank then 'customer_conflict'
        else own_outcome
    end as outcome,
    name,
    kind,
    industry,
    country,
    region,
    segment,
    owner,
    referred_by
from customers_with_rivals;

-- sql/1_canonical/customers.sql
create table canonical.customers as
-- title:   Customers
-- grain:   one row per customer_id
-- key:     [customer_id]
-- inputs:  [canonical.checked_customers]
-- note: >
--   The source `customers`; empty when it is not configured. A customer without an order is a
--   prospect, and a customer with orders may be missing here. The file tells how a customer is
--   today, also in earlier snapshots.

select
    customer_id,

    signed_up_at,
    signed_up_date,

    name,
    kind,
    industry,
    country,
    region,
    segment,
    owner,
    referred_by
from canonical.checked_customers
where outcome = 'used';

-- sql/2_business/account_owner_totals.sql
create table business.account_owner_totals as
-- title:   Customers, revenue and profit of each account owner
-- grain:   one row per kind and owner, the kind being owner, or not_assigned for customers without one
-- key:     [kind, owner]
-- inputs:  [business.customer_profit, canonical.customers, settings.source_columns]
-- note: >
--   Current population. The owner is that of the source `customers` today; no row when that source has
--   no column owner. Customers whom the source does not hold are not assigned. `position` ranks owners by the
--   profit that would leave with them.

with

owner_column as (
    select is_mapped
    from settings.source_columns
    where source = 'customers' and column_name = 'owner'
),

sums as (
    select
        known_customers.owner,
        count(*) as customers,
        cast(sum(profit.net_revenue) as decimal(28, 4)) as net_revenue,
        cast(sum(profit.profit) as decimal(28, 10)) as profit
    from business.customer_profit as profit
    cross join owner_column
    left join canonical.customers as known_customers  -- one-to-one; none whom the file does not hold
        on profit.customer_id = known_customers.customer_id
    where profit.snapshot = 'current' and owner_column.is_mapped
    group by known_customers.owner
)

select
    case when owner is null then 'not_assigned' else 'owner' end as kind,
    coalesce(owner, '') as owner,

    row_number() over (
        order by case when owner is null then 1 else 0 end, profit desc nulls last, owner nulls last
    ) as position,

    customers,
    net_revenue,
    profit
from sums;

-- sql/2_business/customer_actions.sql
create table business.customer_actions as
-- title:   What to do next for each customer, why, and how much is at stake
-- grain:   one row per customer_id of the current population
-- key:     [customer_id]
-- inputs:  [business.actions, business.customer_classes, business.customer_lifecycle, business.customer_measures,
--           business.customer_profit, business.customer_tiers, business.customer_value_ahead, canonical.customers,
--           settings.policy]
-- note: >
--   The action is the first row of business.actions that fits; NULL where none does. Name and owner come from the
--   source `customers`. The reason is the first that applies: lapsed, late, loses_money, fell (a lower tier than a year
--   ago), new, returned, rose, steady. At stake is, for Lead, the loss that would end; else value at risk where
--   there is an outlook; else the profit of the window of who is late or has lapsed; else nothing.
-- columns:
--   prior_tier: tier at the previous snapshot; NULL without an order in its window
--   year_ago_tier: tier a year ago; NULL without an order in that window
--   stake: what the amount at stake is, `loss`, `value_at_risk`, `profit_of_the_late` or `none`
--   stake_amount: money at stake, never below 0
--   tier_position: rank within the tier by money at stake, then by profit

with

customers as (
    select
        classes.customer_id,
        classes.tier,
        classes.lifecycle_stage,
        profit.net_revenue,
        profit.profit
    from business.customer_classes as classes
    inner join business.customer_profit as profit  -- one-to-one
        on classes.snapshot = profit.snapshot
        and classes.customer_id = profit.customer_id
    where classes.snapshot = 'current'
),

marks as (
    -- Few, however many customers there are.
    select distinct tier, lifecycle_stage
    from customers
),

first_actions as (
    select marks.tier, marks.lifecycle_stage, min(actions.position) as position
    from marks
    inner join business.actions as actions
        on (actions.tier = 'any' or actions.tier = marks.tier)
        and (actions.lifecycle_stage = 'any' or actions.lifecycle_stage = marks.lifecycle_stage)
    group by marks.tier, marks.lifecycle_stage
),

tier_levels as (
    select *
    from (values ('platinum', 1), ('gold', 2), ('iron', 3), ('lead', 4)) as listed (tier, level)
),

earlier_tiers as (
    select
        tiers.customer_id,
        max(tiers.tier) filter (where tiers.snapshot = 'previous') as prior_tier,
        max(tiers.tier) filter (where tiers.snapshot = 'year_ago') as year_ago_tier,
        max(tier_levels.level) filter (where tiers.snapshot = 'year_ago') as year_ago_level
    from business.customer_tiers as tiers
    inner join tier_levels  -- many-to-one
        on tiers.tier = tier_levels.tier
    where tiers.snapshot in ('previous', 'year_ago')
    group by tiers.customer_id
),

reasoned_customers as (
    select
        customers.customer_id,
        customers.tier,
        customers.lifecycle_stage,
        customers.net_revenue,
        customers.profit,
        earlier_tiers.prior_tier,
        earlier_tiers.year_ago_tier,
        case
            when customers.lifecycle_stage = 'lapsed' then 'lapsed'
            when customers.lifecycle_stage = 'at_risk' then 'late'
            when customers.tier = 'lead' then 'loses_money'
            when tier_levels.level > earlier_tiers.year_ago_level then 'fell'
            when customers.lifecycle_stage = 'new' then 'new'
            when customers.lifecycle_stage = 'reactivated' then 'returned'
            when tier_levels.level < earlier_tiers.year_ago_level then 'rose'
            else 'steady'
        end as reason,
        case
            when customers.tier = 'lead' then 'loss'
            when ahead.value_at_risk is not null then 'value_at_risk'
            when customers.lifecycle_stage in ('at_risk', 'lapsed') then 'profit_of_the_late'
            else 'none'
        end as stake,
        cast(ahead.value_at_risk as decimal(28, 10)) as value_at_risk
    from customers
    inner join tier_levels  -- many-to-one
        on customers.tier = tier_levels.tier
    left join earlier_tiers  -- one-to-one; none who had no order in either window
        on customers.customer_id = earlier_tiers.customer_id
    left join business.customer_value_ahead as ahead  -- one-to-one; none without a fit
        on customers.customer_id = ahead.customer_id
),

staked_customers as (
    select
        reasoned_customers.*,
        greatest(
            cast(0 as decimal(28, 10)),
            case stake
                when 'loss' then cast(0 - profit as decimal(28, 10))
                when 'value_at_risk' then value_at_risk
                when 'profit_of_the_late' then profit
                else cast(0 as decimal(28, 10))
            end
        ) as stake_amount
    from reasoned_customers
),

ranked_customers as (
    select
        staked_customers.*,
        row_number() over (
            partition by tier
            order by stake_amount desc nulls last, profit desc nulls last, customer_id nulls last
        ) as tier_position
    from staked_customers
)

select
    ranked_customers.customer_id,

    measures.last_order_date,
    cast(policy.as_of + cast(cast(actions.days as varchar) || ' days' as interval) as date) as due_date,

    known_customers.name,
    known_customers.owner,
    ranked_customers.tier,
    ranked_customers.prior_tier,
    ranked_customers.year_ago_tier,
    ranked_customers.lifecycle_stage,
    ranked_customers.reason,
    actions.action,
    actions.responsible,
    ranked_customers.stake,

    cast(ranked_customers.tier_position as bigint) as tier_position,
    measures.days_since_last_order,
    lifecycle.late_ratio,
    ranked_customers.net_revenue,
    ranked_customers.profit,
    ranked_customers.value_at_risk,
    cast(ranked_customers.stake_amount as decimal(28, 10)) as stake_amount
from ranked_customers
inner join business.customer_measures as measures  -- one-to-one
    on ranked_customers.customer_id = measures.customer_id
    and measures.snapshot = 'current'
inner join business.customer_lifecycle as lifecycle  -- one-to-one
    on ranked_customers.customer_id = lifecycle.customer_id
    and lifecycle.snapshot = 'current'
left join canonical.customers as known_customers  -- one-to-one; none whom the file does not hold
    on ranked_customers.customer_id = known_customers.customer_id
left join first_actions  -- many-to-one; none where no action fits
    on ranked_customers.tier = first_actions.tier
    and ranked_customers.lifecycle_stage = first_actions.lifecycle_stage
left join business.actions as actions  -- many-to-one
    on first_actions.position = actions.position
cross join settings.policy as policy;

-- sql/2_business/referrer_totals.sql
create table business.referrer_totals as
-- title:   What the customers whom each customer referred bring
-- grain:   one row per referrer_id
-- key:     [referrer_id]
-- inputs:  [business.customer_profit, business.customer_tiers, canonical.customers]
-- note: >
--   Current population. Every customer has at most one referrer, so profit is credited once; a referral of a
--   referral is credited to the last. Who names themselves is not referred. The referrer may be without an order in the
--   window, or unknown to the order history. No row when the source `customers` has no column referred_by.

with

referred_customers as (
    select
        known_customers.referred_by as referrer_id,
        profit.net_revenue,
        profit.profit
    from canonical.customers as known_customers
    inner join business.customer_profit as profit  -- one-to-one
        on known_customers.customer_id = profit.customer_id
    where profit.snapshot = 'current'
        and known_customers.referred_by is not null
        and known_customers.referred_by <> known_customers.customer_id
),

sums as (
    select
        referrer_id,
        count(*) as referred_customers,
        cast(sum(net_revenue) as decimal(28, 4)) as referred_revenue,
        cast(sum(profit) as decimal(28, 10)) as referred_profit
    from referred_customers
    group by referrer_id
)

select
    sums.referrer_id,

    tiers.tier,

    row_number() over (order by sums.referred_profit desc nulls last, sums.referrer_id nulls last) as position,

    sums.referred_customers,
    sums.referred_revenue,
    sums.referred_profit,
    own.profit as own_profit
from sums
left join business.customer_tiers as tiers  -- one-to-one; none without an order in the window
    on sums.referrer_id = tiers.customer_id
    and tiers.snapshot = 'current'
left join business.customer_profit as own  -- one-to-one; none without an order in the window
    on sums.referrer_id = own.customer_id
    and own.snapshot = 'current';

-- sql/1_canonical/out_of_scope_rows.sql
create table canonical.out_of_scope_rows as
-- title:   Valid rows that belong to a later report
-- grain:   one row per source and reason
-- key:     [source, reason]
-- inputs:  [canonical.checked_customers, canonical.checked_order_lines, canonical.checked_payments,
--           canonical.checked_service_cases, canonical.checked_visits]
-- note: >
--   Rows dated on or after the as-of date. They are valid, so they count apart from rejected
--   rows. Amounts are those of canonical.rejected_rows.

with

out_of_scope as (
    select
        'order_lines' as source,
        'after_as_of' as reason,
        count(*) as rows,
        cast(coalesce(sum(net_amount), 0) as decimal(28, 4)) as amount
    from canonical.checked_order_lines
    where outcome = 'out_of_scope'
    group by outcome
    union all
    select
        'customers' as source,
        'after_as_of' as reason,
        count(*) as rows,
        cast(0 as decimal(28, 4)) as amount
    from canonical.checked_customers
    where outcome = 'out_of_scope'
    group by outcome
    union all
    select
        'service_cases' as source,
        'after_as_of' as reason,
        count(*) as rows,
        cast(coalesce(sum(cost), 0) as decimal(28, 4)) as amount
    from canonical.checked_service_cases
    where outcome = 'out_of_scope'
    group by outcome
    union all
    select
        'payments' as source,
        'after_as_of' as reason,
        count(*) as rows,
        cast(coalesce(sum(amount), 0) as decimal(28, 4)) as amount
    from canonical.checked_payments
    where outcome = 'out_of_scope'
    group by outcome
    union all
    select
        'visits' as source,
        'after_as_of' as reason,
        count(*) as rows,
        cast(0 as decimal(28, 4)) as amount
    from canonical.checked_visits
    where outcome = 'out_of_scope'
    group by outcome
)

select
    cast(source as varchar) as source,
    cast(reason as varchar) as reason,

    rows,
    amount
from out_of_scope;

-- sql/1_canonical/rejected_rows.sql
create table canonical.rejected_rows as
-- title:   Rejected rows by reason
-- grain:   one row per source and reason
-- key:     [source, reason]
-- inputs:  [canonical.checked_customers, canonical.checked_order_lines, canonical.checked_payments,
--           canonical.checked_service_cases, canonical.checked_visits]
-- note: >
--   Amount is net of an order line, the cost of a service case, the amount of a payment; a missing
--   one counts as 0, and customers and visits have none. The absolute amount adds up without regard
--   to sign: it is what the limit `checks.max_rejected_money` compares.

with

rejected as (
    select
        'order_lines' as source,
        outcome as reason,
        count(*) as rows,
        cast(coalesce(sum(net_amount), 0) as decimal(28, 4)) as amount,
        cast(coalesce(sum(abs(net_amount)), 0) as decimal(28, 4)) as absolute_amount
    from canonical.checked_order_lines
    where outcome not in ('used', 'out_of_scope')
    group by outcome
    union all
    select
        'customers' as source,
        outcome as reason,
        count(*) as rows,
        cast(0 as decimal(28, 4)) as amount,
        cast(0 as decimal(28, 4)) as absolute_amount
    from canonical.checked_customers
    where outcome not in ('used', 'out_of_scope')
    group by outcome
    union all
    select
        'service_cases' as source,
        outcome as reason,
        count(*) as rows,
        cast(coalesce(sum(cost), 0) as decimal(28, 4)) as amount,
        cast(coalesce(sum(abs(cost)), 0) as decimal(28, 4)) as absolute_amount
    from canonical.checked_service_cases
    where outcome not in ('used', 'out_of_scope')
    group by outcome
    union all
    select
        'payments' as source,
        outcome as reason,
        count(*) as rows,
        cast(coalesce(sum(amount), 0) as decimal(28, 4)) as amount,
        cast(coalesce(sum(abs(amount)), 0) as decimal(28, 4)) as absolute_amount
    from canonical.checked_payments
    where outcome not in ('used', 'out_of_scope')
    group by outcome
    union all
    select
        'visits' as source,
        outcome as reason,
        count(*) as rows,
        cast(0 as decimal(28, 4)) as amount,
        cast(0 as decimal(28, 4)) as absolute_amount
    from canonical.checked_visits
    where outcome not in ('used', 'out_of_scope')
    group by outcome
)

select
    cast(source as varchar) as source,
    cast(reason as varchar) as reason,

    rows,
    amount,
    absolute_amount
from rejected;

-- sql/1_canonical/service_cases.sql
create table canonical.service_cases as
-- title:   Service cases
-- grain:   one row per case_id
-- key:     [case_id]
-- inputs:  [canonical.checked_service_cases]
-- note: >
--   The source `service_cases`; empty when it is not configured. Cases of people who never
--   ordered are here too. A cost of NULL is not recorded: it is not 0. first_answer_at and
--   resolved_at are as of the as-of date; an earlier snapshot compares them with its own.

select
    case_id,
    customer_id,
    order_id,

    opened_at,
    opened_date,
    first_answer_at,
    resolved_at,

    kind,
    channel,

    cost,
    minutes,
    satisfaction,

    is_complaint
from canonical.checked_service_cases
where outcome = 'used';

-- sql/1_canonical/visits.sql
create table canonical.visits as
-- title:   Visits
-- grain:   one row per visit_id
-- key:     [visit_id]
-- inputs:  [canonical.checked_visits]
-- note: >
--   The source `visits`, of the shop or its site; empty when it is not configured. Visits of
--   people who never ordered are here too.

select
    visit_id,
    customer_id,

    visited_at,
    visit_date,

    channel
from canonical.checked_visits
where outcome = 'used';

-- sql/2_business/source_totals.sql
create table business.source_totals as
-- title:   What became of the rows of each source
-- grain:   one row per source
-- key:     [source]
-- inputs:  [canonical.customers, canonical.order_lines, canonical.out_of_scope_rows, canonical.payments,
--           canonical.rejected_rows, canonical.service_cases, canonical.visits, raw.customers, raw.order_lines,
--           raw.payments, raw.service_cases, raw.visits, settings.inputs, settings.sources]
-- note: >
--   Each number is counted at its own place, so that they can be compared. Amounts are those of
--   canonical.rejected_rows. The days are those of the rows used, ordered, signed up, opened, due or
--   visited; the newest day of payments is the last on which one was paid, if that is known.
--   A source that is not configured has no row anywhere.

with

footer_rows as (
    select source, sum(rows) as rows
    from settings.inputs
    group by source
),

read_rows as (
    select
        'order_lines' as source,
        count(*) as rows,
        cast(
            coalesce(sum(coalesce(net_amount, gross_amount - coalesce(discount_amount, 0))), 0) as decimal(28, 4)
        ) as amount
    from raw.order_lines
    union all
    select 'customers' as source, count(*) as rows, cast(0 as decimal(28, 4)) as amount
    from raw.customers
    union all
    select 'service_cases' as source, count(*) as rows, cast(coalesce(sum(cost), 0) as decimal(28, 4)) as amount
    from raw.service_cases
    union all
    select 'payments' as source, count(*) as rows, cast(coalesce(sum(amount), 0) as decimal(28, 4)) as amount
    from raw.payments
    union all
    select 'visits' as source, count(*) as rows, cast(0 as decimal(28, 4)) as amount
    from raw.visits
),

used_rows as (
    select
        'order_lines' as source,
        count(*) as rows,
        cast(coalesce(sum(net_amount), 0) as decimal(28, 4)) as amount,
        cast(coalesce(sum(abs(net_amount)), 0) as decimal(28, 4)) as absolute_amount,
        min(order_date) as oldest_date,
        max(order_date) as newest_date
    from canonical.order_lines
    union all
    select
        'customers' as source,
        count(*) as rows,
        cast(0 as decimal(28, 4)) as amount,
        cast(0 as decimal(28, 4)) as absolute_amount,
        min(signed_up_date) as oldest_date,
        max(signed_up_date) as newest_date
    from canonical.customers
    union all
    select
        'service_cases' as source,
        count(*) as rows,
        cast(coalesce(sum(cost), 0) as decimal(28, 4)) as amount,
        cast(coalesce(sum(abs(cost)), 0) as decimal(28, 4)) as absolute_amount,
        min(opened_date) as oldest_date,
        max(opened_date) as newest_date
    from canonical.service_cases
    union all
    select
        'payments' as source,
        count(*) as rows,
        cast(coalesce(sum(amount), 0) as decimal(28, 4)) as amount,
        cast(coalesce(sum(abs(amount)), 0) as decimal(28, 4)) as absolute_amount,
        min(due_date) as oldest_date,
        coalesce(max(paid_date), max(due_date)) as newest_date
    from canonical.payments
    union all
    select
        'visits' as source,
        count(*) as rows,
        cast(0 as decimal(28, 4)) as amount,
        cast(0 as decimal(28, 4)) as absolute_amount,
        min(visit_date) as oldest_date,
        max(visit_date) as newest_date
    from canonical.visits
),

rejected_rows as (
    select
        source,
        sum(rows) as rows,
        sum(amount) as amount,
        sum(absolute_amount) as absolute_amount
    from canonical.rejected_rows
    group by source
),

out_of_scope_rows as (
    select source, sum(rows) as rows, sum(amount) as amount
    from canonical.out_of_scope_rows
    group by source
)

select
    sources.source,

    used_rows.oldest_date,
    used_rows.newest_date,

    cast(coalesce(footer_rows.rows, 0) as bigint) as rows_in_footers,
    cast(coalesce(read_rows.rows, 0) as bigint) as rows_read,
    cast(coalesce(used_rows.rows, 0) as bigint) as rows_used,
    cast(coalesce(rejected_rows.rows, 0) as bigint) as rows_rejected,
    cast(coalesce(out_of_scope_rows.rows, 0) as bigint) as rows_out_of_scope,

    cast(coalesce(read_rows.amount, 0) as decimal(28, 4)) as amount_read,
    cast(coalesce(used_rows.amount, 0) as decimal(28, 4)) as amount_used,
    cast(coalesce(rejected_rows.amount, 0) as decimal(28, 4)) as amount_rejected,
    cast(coalesce(out_of_scope_rows.amount, 0) as decimal(28, 4)) as amount_out_of_scope,
    cast(coalesce(used_rows.absolute_amount, 0) as decimal(28, 4)) as absolute_amount_used,
    cast(coalesce(rejected_rows.absolute_amount, 0) as decimal(28, 4)) as absolute_amount_rejected
from settings.sources as sources
left join footer_rows  -- one-to-one
    on sources.source = footer_rows.source
left join read_rows  -- one-to-one
    on sources.source = read_rows.source
left join used_rows  -- one-to-one
    on sources.source = used_rows.source
left join rejected_rows  -- one-to-one
    on sources.source = rejected_rows.source
left join out_of_scope_rows  -- one-to-one
    on sources.source = out_of_scope_rows.source;

-- sql/2_business/control_totals.sql
create table business.control_totals as
-- title:   Totals that must agree, each taken at its own place
-- grain:   one row per total
-- key:     [total]
-- inputs:  [business.class_totals, business.customer_measures, business.customer_profit, business.orders,
--           business.source_totals, business.whale_ranks, canonical.order_lines, settings.cost_rates,
--           settings.snapshots]
-- note: >
--   results.reconciliation compares them in pairs. Totals of rows and of money read, used and set
--   aside are those of the order lines, unless they name another source.

with

source_totals as (
    -- The order lines are what the report is about: their totals have no name after them.
    select
        source_totals.*,
        case when source = 'order_lines' then '' else ', ' || source end as suffix
    from business.source_totals as source_totals
),

line_days as (
    -- A line belongs to the day of its order, however late it was shipped or sent back.
    select orders.order_date, sum(order_lines.net_amount) as net_revenue, count(*) as lines
    from canonical.order_lines as order_lines
    inner join business.orders as orders  -- many-to-one
        on order_lines.order_id = orders.order_id
    group by orders.order_date
),

window_lines as (
    select snapshots.snapshot, sum(line_days.net_revenue) as net_revenue, sum(line_days.lines) as lines
    from line_days
    inner join settings.snapshots as snapshots
        on line_days.order_date >= snapshots.window_start
        and line_days.order_date < snapshots.as_of
    group by snapshots.snapshot
),

window_orders as (
    select snapshots.snapshot, sum(orders.net_revenue) as net_revenue, sum(orders.lines) as lines, count(*) as orders
    from business.orders as orders
    inner join settings.snapshots as snapshots
        on orders.order_date >= snapshots.window_start
        and orders.order_date < snapshots.as_of
    group by snapshots.snapshot
),

customers as (
    select
        snapshot,
        count(*) as customers,
        sum(orders) as orders,
        sum(lines) as lines,
        sum(units) as units,
        sum(returned_lines) as returned_lines,
        sum(freight_amount) as freight_amount,
        sum(net_revenue) as net_revenue,
        sum(cost_of_goods) as cost_of_goods,
        sum(cost_to_serve) as cost_to_serve,
        sum(profit) as profit,
        sum(gross_revenue) as gross_revenue,
        sum(discount_amount) as discount_amount
    from business.customer_profit
    group by snapshot
),

class_sums as (
    select
        snapshot,
        class_name,
        sum(customers) as customers,
        sum(net_revenue) as net_revenue,
        sum(profit) as profit
    from business.class_totals
    group by snapshot, class_name
),

driver_costs as (
    -- Rate x volume, added up without going through the customers' costs.
    select
        customers.snapshot,
        sum(
            cost_rates.rate * cast(
                case cost_rates.activity
                    when 'per_order' then cast(customers.orders as decimal(28, 4))
                    when 'per_line' then cast(customers.lines as decimal(28, 4))
                    when 'per_unit' then cast(customers.units as decimal(28, 4))
                    when 'per_return' then cast(customers.returned_lines as decimal(28, 4))
                    when 'payment_fee_rate' then cast(customers.net_revenue as decimal(28, 4))
                    when 'freight_rate' then cast(customers.freight_amount as decimal(28, 4))
                    when 'per_customer' then cast(customers.customers as decimal(28, 4))
                    else cast(0 as decimal(28, 4))
                end as decimal(28, 4)
            )
        ) as cost
    from customers
    cross join settings.cost_rates as cost_rates
    group by customers.snapshot
),

listed as (
    select 'rows read' || suffix as total, cast(rows_read as decimal(28, 10)) as amount
    from source_totals
    union all
    select 'money read' || suffix as total, cast(amount_read as decimal(28, 10)) as amount
    from source_totals
    union all
    select 'rows in file footers' || suffix as total, cast(rows_in_footers as decimal(28, 10)) as amount
    from source_totals
    union all
    select
        'rows used, rejected and out of scope' || suffix as total,
        cast(rows_used + rows_rejected + rows_out_of_scope as decimal(28, 10)) as amount
    from source_totals
    union all
    select
        'money used, rejected and out of scope' || suffix as total,
        cast(amount_used + amount_rejected + amount_out_of_scope as decimal(28, 10)) as amount
    from source_totals
    union all
    select 'net revenue of lines, ' || snapshot as total, cast(net_revenue as decimal(28, 10)) as amount
    from window_lines
    union all
    select 'net revenue of orders, ' || snapshot as total, cast(net_revenue as decimal(28, 10)) as amount
    from window_orders
    union all
    select 'net revenue of customers, ' || snapshot as total, cast(net_revenue as decimal(28, 10)) as amount
    from customers
    union all
    select 'lines of lines, ' || snapshot as total, cast(lines as decimal(28, 10)) as amount
    from window_lines
    union all
    select 'lines of customers, ' || snapshot as total, cast(lines as decimal(28, 10)) as amount
    from customers
    union all
    select 'orders of orders, ' || snapshot as total, cast(orders as decimal(28, 10)) as amount
    from window_orders
    union all
    select 'orders of customers, ' || snapshot as total, cast(orders as decimal(28, 10)) as amount
    from customers
    union all
    select 'profit of customers, ' || snapshot as total, cast(profit as decimal(28, 10)) as amount
    from customers
    union all
    select
        'list price less discount, cost of goods and cost to serve, ' || snapshot as total,
        cast(gross_revenue - discount_amount - cost_of_goods - cost_to_serve as decimal(28, 10)) as amount
    from customers
    union all
    select 'cost to serve of customers, ' || snapshot as total, cast(cost_to_serve as decimal(28, 10)) as amount
    from customers
    union all
    select 'cost to serve by rate and volume, ' || snapshot as total, cast(cost as decimal(28, 10)) as amount
    from driver_costs
    union all
    select 'customers, ' || snapshot as total, cast(customers as decimal(28, 10)) as amount
    from customers
    union all
    select 'customers with an order in the window, ' || snapshot as total, cast(count(*) as decimal(28, 10)) as amount
    from business.customer_measures
    where is_in_window
    group by snapshot
    union all
    select
        'net revenue by ' || class_name || ', ' || snapshot as total, cast(net_revenue as decimal(28, 10)) as amount
    from class_sums
    union all
    select 'profit by ' || class_name || ', ' || snapshot as total, cast(profit as decimal(28, 10)) as amount
    from class_sums
    union all
    select 'customers by ' || class_name || ', ' || snapshot as total, cast(customers as decimal(28, 10)) as amount
    from class_sums
    union all
    select 'profit at the end of the whale curve, current' as total, cumulative_profit as amount
    from business.whale_ranks
    where position = (select max(position) from business.whale_ranks)
)

select
    total,

    amount
from listed;

-- sql/3_results/abc_classes.sql
create table results.abc_classes as
-- title:   Customers, revenue and profit by ABC class
-- grain:   one row per abc_class, and a total
-- key:     [abc_class]
-- inputs:  [business.class_shares, business.customer_measures]
-- note: >
--   Of all known customers: D holds those without net revenue in the window, with those who did
--   not order in it.

with

classes as (
    select *
    from business.class_shares
    where class_name = 'abc_class'
),

known_customers as (
    select
        count(*) as customers,
        count(*) filter (where not is_in_window) as customers_without_order
    from business.customer_measures
    where snapshot = 'current'
),

completed_classes as (
    select
        classes.value,
        classes.position,
        case
            when classes.value in ('d', 'total') then classes.customers + known_customers.customers_without_order
            else classes.customers
        end as customers,
        case
            when classes.value in ('d', 'total') then known_customers.customers_without_order
            else 0
        end as customers_without_order,
        known_customers.customers as known_customers,
        classes.net_revenue,
        classes.revenue_share,
        classes.profit,
        classes.profit_share,
        classes.profit_rate,
        classes.unprofitable_customers
    from classes
    cross join known_customers
)

select
    value as abc_class,

    position,

    customers,
    cast(customers as double) / nullif(cast(known_customers as double), 0) as customer_share,
    net_revenue,
    revenue_share,
    profit,
    profit_share,
    profit_rate,
    unprofitable_customers,
    customers_without_order
from completed_classes
order by position, value;

-- sql/3_results/account_owners.sql
create table results.account_owners as
-- title:   How much hangs on single account owners
-- grain:   one row per kind and owner; the kinds are owner, other, not_assigned, total, not_known
-- key:     [kind, owner]
-- inputs:  [business.account_owner_totals, business.class_totals, settings.policy, settings.source_columns]
-- note: >
--   The `list_rows_shown` owners with the most profit, the others in one row, customers without an owner, and
--   the population. A share is what would leave with the owner if every customer followed. Flagged is who holds
--   more than `owner_dependency_share` of revenue or of profit. One row `not_known` when the source `customers`
--   is not configured or has no column owner.
-- columns:
--   owners: account owners in the row
--   dependency_position: rank of those flagged, most profit first
--   is_dependency: whether more than owner_dependency_share of revenue or profit hangs on this owner

with

policy as (
    select list_rows_shown, owner_dependency_share
    from settings.policy
),

owner_column as (
    select is_mapped
    from settings.source_columns
    where source = 'customers' and column_name = 'owner'
),

population as (
    select
        customers,
        cast(net_revenue as decimal(28, 4)) as net_revenue,
        cast(profit as decimal(28, 10)) as profit
    from business.class_totals
    where snapshot = 'current' and class_name = 'all'
),

placed_owners as (
    select
        case
            when totals.kind = 'owner' and totals.position > policy.list_rows_shown then 'other'
            else totals.kind
        end as kind,
        case when totals.position > policy.list_rows_shown then '' else totals.owner end as owner,
        totals.kind = 'owner' as is_owner,
        totals.position,
        totals.customers,
        totals.net_revenue,
        totals.profit
    from business.account_owner_totals as totals
    cross join policy
),

kinds as (
    select
        kind,
        owner,
        min(position) as position,
        count(*) filter (where is_owner) as owners,
        cast(sum(customers) as bigint) as customers,
        cast(sum(net_revenue) as decimal(28, 4)) as net_revenue,
        cast(sum(profit) as decimal(28, 10)) as profit
    from placed_owners
    group by kind, owner
    union all
    select
        case when owner_column.is_mapped then 'total' else 'not_known' end as kind,
        '' as owner,
        cast(null as bigint) as position,
        (select count(*) from placed_owners where is_owner) as owners,
        population.customers,
        population.net_revenue,
        population.profit
    from population
    cross join owner_column
),

listed as (
    select
        kinds.*,
        kinds.kind = 'owner'
        and (
            kinds.net_revenue > population.net_revenue * policy.owner_dependency_share and population.net_revenue > 0
            or kinds.profit > population.profit * policy.owner_dependency_share and population.profit > 0
        ) as is_dependency
    from kinds
    cross join population
    cross join policy
)

select
    listed.kind,
    listed.owner,

    row_number() over (order by listed.position nulls last, listed.kind nulls last, listed.owner nulls last)
        as position,
    case
        when listed.is_dependency then row_number() over (
            order by
                case when listed.is_dependency then 0 else 1 end,
                listed.position nulls last, listed.kind nulls last, listed.owner nulls last
        )
    end as dependency_position,

    listed.owners,
    listed.customers,
    listed.net_revenue,
    case
        when population.net_revenue > 0
            then cast(listed.net_revenue as double) / nullif(cast(population.net_revenue as double), 0)
    end as revenue_share,
    listed.profit,
    case
        when population.profit > 0
            then cast(cast(listed.profit as decimal(28, 4)) as double)
                / nullif(cast(cast(population.profit as decimal(28, 4)) as double), 0)
    end as profit_share,

    listed.is_dependency
from listed
cross join population
order by position, listed.kind, listed.owner;

-- sql/3_results/action_summary.sql
create table results.action_summary as
-- title:   Customers with an action, and the money at stake, by tier
-- grain:   one row per tier, and a total
-- key:     [tier]
-- inputs:  [business.class_values, business.customer_actions]
-- note: >
--   Population of the window. Urgent is who is late or has lapsed, Lead apart.
-- columns:
--   customers: customers of the tier with an action
--   without_action: customers whom no row of business.actions fits

with

tiers as (
    select value as tier, position
    from business.class_values
    where class_name = 'tier'
    union all
    select 'total' as tier, 100 as position
),

cases as (
    select
        tier,
        action,
        stake_amount,
        action is not null and tier <> 'lead' and lifecycle_stage in ('at_risk', 'lapsed') as is_urgent
    from business.customer_actions
),

sums as (
    select
        coalesce(tier, 'total') as tier,
        count(*) filter (where action is not null) as customers,
        count(*) filter (where action is null) as without_action,
        count(*) filter (where is_urgent) as urgent_customers,
        sum(stake_amount) filter (where action is not null) as stake_amount,
        sum(stake_amount) filter (where is_urgent) as urgent_amount
    from cases
    group by grouping sets ((tier), ())
)

select
    tiers.tier,

    cast(tiers.position as bigint) as position,

    cast(coalesce(sums.customers, 0) as bigint) as customers,
    cast(coalesce(sums.without_action, 0) as bigint) as without_action,
    cast(coalesce(sums.urgent_customers, 0) as bigint) as urgent_customers,
    cast(coalesce(sums.stake_amount, 0) as decimal(28, 10)) as stake_amount,
    cast(coalesce(sums.urgent_amount, 0) as decimal(28, 10)) as urgent_amount
from tiers
left join sums  -- one-to-one; none where nobody has the tier
    on tiers.tier = sums.tier
order by position, tier;

-- sql/3_results/actions.sql
create table results.actions as
-- title:   The most valuable cases of each tier
-- grain:   one row per customer_id, the first `list_rows_shown` of each tier
-- key:     [customer_id]
-- inputs:  [business.class_values, business.customer_actions, settings.policy]
-- note: >
--   Most money at stake first. Everybody else stands in business.customer_actions and, if wanted, in the
--   files of `exports/`. Customers without an action are not listed.
-- columns:
--   stake: what the amount at stake is, `loss`, `value_at_risk`, `profit_of_the_late` or `none`
--   position: rank within the tier

with

tiers as (
    select value as tier, position as tier_rank
    from business.class_values
    where class_name = 'tier'
),

cases as (
    select
        actions.*,
        tiers.tier_rank,
        row_number() over (partition by actions.tier order by actions.tier_position nulls last) as place
    from business.customer_actions as actions
    inner join tiers  -- many-to-one
        on actions.tier = tiers.tier
    where actions.action is not null
)

select
    cases.customer_id,

    cases.due_date,

    cases.tier,
    cast(cases.place as bigint) as position,
    cases.name,
    cases.owner,
    cases.prior_tier,
    cases.year_ago_tier,
    cases.lifecycle_stage,
    cases.reason,
    cases.action,
    cases.responsible,
    cases.stake,

    cases.days_since_last_order,
    cases.late_ratio,
    cases.profit,
    cases.stake_amount
from cases
cross join settings.policy as policy
where cases.place <= policy.list_rows_shown
order by cases.tier_rank, position, cases.customer_id;

-- sql/3_results/backtest_summary.sql
create table results.backtest_summary as
-- title:   How well the model forecast the last weeks, against two plain rules
-- grain:   one row per method, model, last_year_rate, recency_rule; none without a backtest
-- key:     [method]
-- inputs:  [business.backtest_errors, settings.moments]
-- note: >
--   A model has to earn its place: where a plain rule has the smaller mean absolute error, the figures
--   ahead use that rule.
-- columns:
--   expected_orders: purchases expected of all customers together in the weeks tested
--   total_error: expected less actual purchases
--   total_error_rate: total_error / actual purchases
--   mean_absolute_error: mean over customers of the distance between expected and actual purchases
--   root_mean_square_error: the same, with large misses weighing more
--   is_best: the least mean absolute error

with

weeks as (
    select before_date, horizon_weeks
    from settings.moments
    where moment = 'backtest'
)

select
    errors.method,

    weeks.before_date as first_day,
    cast(weeks.horizon_weeks as bigint) as weeks,

    errors.customers,
    errors.expected_orders,
    errors.actual_orders,
    cast(errors.expected_orders - cast(errors.actual_orders as decimal(28, 6)) as decimal(28, 6)) as total_error,
    cast(errors.expected_orders - cast(errors.actual_orders as decimal(28, 6)) as double)
        / nullif(cast(errors.actual_orders as double), 0) as total_error_rate,
    cast(errors.absolute_error as double) / nullif(cast(errors.customers as double), 0) as mean_absolute_error,
    sqrt(cast(errors.squared_error as double) / nullif(cast(errors.customers as double), 0))
        as root_mean_square_error,

    errors.error_rank = 1 as is_best
from business.backtest_errors as errors
cross join weeks
order by errors.error_rank, errors.method;

-- sql/3_results/churn_backtest.sql
create table results.churn_backtest as
-- title:   What was expected of customers in the weeks tested, and what they bought
-- grain:   one row per tier and decile that has customers; tier `total` and decile 0 are all together
-- key:     [tier, decile]
-- inputs:  [business.backtest_customers, business.class_values, settings.policy]
-- note: >
--   Purchases in the last `backtest_weeks`, expected from what was known before. Tier is that of a year
--   ago, `none` had no order in that window. Decile 1 holds the customers of whom the model expected
--   most; it is by all customers, not within the tier.
-- columns:
--   predicted: purchases that the model expected
--   actual: purchases made
--   buyers: customers who bought at all
--   last_year_rate: purchases expected by last year's rate
--   recency_rule: purchases expected by last year's rate of those who were not silent

with

tiers as (
    select value as tier, position
    from business.class_values
    where class_name = 'tier'
    union all
    select 'none' as tier, 50 as position
    union all
    select 'total' as tier, 100 as position
),

sums as (
    select
        coalesce(tier, 'total') as tier,
        coalesce(decile, 0) as decile,
        count(*) as customers,
        count(*) filter (where actual_orders > 0) as buyers,
        sum(model_orders) as predicted,
        sum(actual_orders) as actual,
        sum(last_year_orders) as last_year_rate,
        sum(recency_orders) as recency_rule
    from business.backtest_customers
    group by grouping sets ((tier, decile), (tier), (decile))
    union all
    -- Apart, because the sum over nobody is a row on one engine and none on the other.
    select
        'total' as tier,
        0 as decile,
        count(*) as customers,
        count(*) filter (where actual_orders > 0) as buyers,
        sum(model_orders) as predicted,
        sum(actual_orders) as actual,
        sum(last_year_orders) as last_year_rate,
        sum(recency_orders) as recency_rule
    from business.backtest_customers
    having count(*) > 0
)

select
    sums.tier,
    cast(sums.decile as bigint) as decile,

    cast(tiers.position as bigint) as position,

    sums.customers,
    sums.buyers,
    cast(sums.predicted as decimal(28, 6)) as predicted,
    cast(sums.actual as bigint) as actual,
    cast(sums.last_year_rate as decimal(28, 6)) as last_year_rate,
    cast(sums.recency_rule as decimal(28, 6)) as recency_rule,
    cast(sums.predicted as double) / nullif(cast(sums.customers as double), 0) as predicted_per_customer,
    cast(sums.actual as double) / nullif(cast(sums.customers as double), 0) as actual_per_customer,

    sums.customers >= policy.min_cell as has_enough_customers
from sums
inner join tiers  -- many-to-one
    on sums.tier = tiers.tier
cross join settings.policy as policy
order by position, sums.tier, decile;

-- sql/3_results/churn_by_tier.sql
create table results.churn_by_tier as
-- title:   Customers of an earlier snapshot who have lapsed since, by the tier that they had
-- grain:   one row per from_snapshot and tier, and a total for each from_snapshot
-- key:     [from_snapshot, tier]
-- inputs:  [business.class_values, business.customer_lifecycle, business.customer_profit, business.customer_tiers,
--           settings.policy, settings.snapshots]
-- note: >
--   Churn without a contract is an estimate: churned is who counts as lapsed in the current
--   snapshot, by their own rhythm. Tier and money are those of the earlier snapshot, with today's
--   data and rules. Who was lapsed at that time already is churned too, and is counted in lapsed_before.
--   A rate over fewer than `min_cell` customers is not shown in the report.
-- columns:
--   churned: customers of the tier at from_as_of who are lapsed now
--   lapsed_before: those of them who were lapsed at from_as_of already
--   churn_rate: churned / customers
--   lost_profit: profit of the churned in the window before from_as_of
--   lost_profit_share: lost profit / profit of the tier; not known unless that is above 0

with

from_snapshots as (
    select snapshot, as_of
    from settings.snapshots
    where snapshot in ('previous', 'year_ago')
),

tiers as (
    select value as tier, position
    from business.class_values
    where class_name = 'tier'
    union all
    select 'total' as tier, 100 as position
),

stages_now as (
    select customer_id, lifecycle_stage
    from business.customer_lifecycle
    where snapshot = 'current'
),

customers as (
    select
        from_snapshots.snapshot,
        earlier.tier,
        profit.profit,
        stages_now.lifecycle_stage = 'lapsed' as is_churned,
        stages_then.lifecycle_stage = 'lapsed' as was_lapsed
    from from_snapshots
    inner join business.customer_tiers as earlier
        on from_snapshots.snapshot = earlier.snapshot
    inner join business.customer_profit as profit  -- one-to-one, as the two that follow
        on earlier.snapshot = profit.snapshot
        and earlier.customer_id = profit.customer_id
    inner join business.customer_lifecycle as stages_then
        on earlier.snapshot = stages_then.snapshot
        and earlier.customer_id = stages_then.customer_id
    inner join stages_now
        on earlier.customer_id = stages_now.customer_id
),

sums as (
    select
        snapshot,
        coalesce(tier, 'total') as tier,
        count(*) as customers,
        count(*) filter (where is_churned) as churned,
        count(*) filter (where is_churned and was_lapsed) as lapsed_before,
        sum(profit) as profit,
        sum(profit) filter (where is_churned) as lost_profit
    from customers
    group by grouping sets ((snapshot, tier), (snapshot))
)

select
    from_snapshots.snapshot as from_snapshot,
    tiers.tier,

    from_snapshots.as_of as from_as_of,
    cast(tiers.position as bigint) as position,

    coalesce(sums.customers, 0) as customers,
    coalesce(sums.churned, 0) as churned,
    coalesce(sums.lapsed_before, 0) as lapsed_before,
    cast(sums.churned as double) / nullif(cast(sums.customers as double), 0) as churn_rate,
    cast(coalesce(sums.profit, 0) as decimal(28, 10)) as profit,
    cast(coalesce(sums.lost_profit, 0) as decimal(28, 10)) as lost_profit,
    case
        when sums.profit > 0
            then cast(cast(coalesce(sums.lost_profit, 0) as decimal(28, 4)) as double)
                / nullif(cast(cast(sums.profit as decimal(28, 4)) as double), 0)
    end as lost_profit_share,

    coalesce(sums.customers, 0) >= policy.min_cell as has_enough_customers
from from_snapshots
cross join tiers
left join sums  -- one-to-one; none where nobody had the tier
    on from_snapshots.snapshot = sums.snapshot
    and tiers.tier = sums.tier
cross join settings.policy as policy
order by from_as_of desc nulls last, position, from_snapshot, tier;

-- sql/3_results/concentration.sql
create table results.concentration as
-- title:   How much depends on how few
-- grain:   one row per measure
-- key:     [measure]
-- inputs:  [business.revenue_ranks, business.whale_ranks, settings.policy]
-- note: >
--   Top customers are the best `top_share` of the population, by profit or by revenue; the share
--   that makes most of a total is the smallest number of best customers whose sum reaches
--   `concentration_share` of it. Gini of net revenue: sum of (2i - n - 1) x / (n x total),
--   customers by revenue from the smallest. Not known when the total is not above 0.

with

policy as (
    select concentration_share, top_share
    from settings.policy
),

profit_total as (
    select count(*) as customers, coalesce(sum(profit), 0) as profit
    from business.whale_ranks
),

revenue_total as (
    select count(*) as customers, coalesce(sum(net_revenue), 0) as revenue
    from business.revenue_ranks
),

profit_makers as (
    select min(ranks.position) as customers
    from business.whale_ranks as ranks
    cross join profit_total
    cross join policy
    where profit_total.profit > 0
        and ranks.cumulative_profit >= cast(profit_total.profit as decimal(28, 10)) * policy.concentration_share
),

revenue_makers as (
    -- Seen from the small end: customers whose removal still leaves the share.
    select coalesce(max(ranks.position), 0) as customers_to_spare
    from business.revenue_ranks as ranks
    cross join revenue_total
    cross join policy
    where revenue_total.revenue - ranks.cumulative_revenue
        >= cast(revenue_total.revenue as decimal(28, 4)) * policy.concentration_share
),

top_profit as (
    select coalesce(sum(ranks.profit), 0) as profit, count(*) as customers
    from business.whale_ranks as ranks
    cross join profit_total
    cross join policy
    where ranks.position <= profit_total.customers * policy.top_share
),

top_revenue as (
    select coalesce(sum(ranks.net_revenue), 0) as revenue, count(*) as customers
    from business.revenue_ranks as ranks
    cross join revenue_total
    cross join policy
    where revenue_total.customers - ranks.position + 1 <= revenue_total.customers * policy.top_share
),

gini as (
    select
        coalesce(
            sum(
                net_revenue * cast(2 * ranks.position - revenue_total.customers - 1 as decimal(10, 0))
            ),
            0
        ) as weighted_revenue
    from business.revenue_ranks as ranks
    cross join revenue_total
),

peak as (
    select coalesce(sum(profit) filter (where profit > 0), 0) as profit, count(*) filter (where profit > 0) as customers
    from business.whale_ranks
),

listed as (
    select
        1 as position,
        'profit_80_customer_share' as measure,
        cast(profit_makers.customers as double) / nullif(cast(profit_total.customers as double), 0) as value,
        profit_makers.customers
    from profit_makers
    cross join profit_total
    union all
    select
        2 as position,
        'revenue_80_customer_share' as measure,
        case
            when revenue_total.revenue > 0
                then cast(revenue_total.customers - revenue_makers.customers_to_spare as double)
                    / cast(revenue_total.customers as double)
        end as value,
        case
            when revenue_total.revenue > 0 then revenue_total.customers - revenue_makers.customers_to_spare
        end as customers
    from revenue_makers
    cross join revenue_total
    union all
    select
        3 as position,
        'top_20_profit_share' as measure,
        case
            when profit_total.profit > 0
                then cast(cast(top_profit.profit as decimal(28, 4)) as double)
                    / cast(cast(profit_total.profit as decimal(28, 4)) as double)
        end as value,
        top_profit.customers
    from top_profit
    cross join profit_total
    union all
    select
        4 as position,
        'top_20_revenue_share' as measure,
        cast(top_revenue.revenue as double) / nullif(cast(revenue_total.revenue as double), 0) as value,
        top_revenue.customers
    from top_revenue
    cross join revenue_total
    union all
    select
        5 as position,
        'revenue_gini' as measure,
        cast(cast(gini.weighted_revenue as decimal(38, 0)) as double)
            / nullif(
                cast(cast(revenue_total.revenue * revenue_total.customers as decimal(38, 0)) as double), 0
            ) as value,
        cast(null as bigint) as customers
    from gini
    cross join revenue_total
    union all
    select
        6 as position,
        'peak_profit_share' as measure,
        case
            when profit_total.profit > 0 then cast(cast(peak.profit as decimal(28, 4)) as double)
                / cast(cast(profit_total.profit as decimal(28, 4)) as double)
        end as value,
        peak.customers
    from peak
    cross join profit_total
)

select
    measure,

    cast(position as bigint) as position,

    value,
    customers
from listed
order by position, measure;

-- sql/3_results/cost_coverage.sql
create table results.cost_coverage as
-- title:   How much of the cost of goods is known
-- grain:   one row
-- key:     [lines]
-- inputs:  [business.orders, settings.snapshots]
-- note: >
--   Order lines of the window. Where the source gives no cost it is estimated from the margin in
--   `policy.margin`.

with

lines as (
    select
        coalesce(sum(orders.lines), 0) as lines,
        coalesce(sum(orders.lines_with_cost), 0) as lines_with_cost
    from business.orders as orders
    cross join settings.snapshots as snapshots
    where snapshots.snapshot = 'current'
        and orders.order_date >= snapshots.window_start
        and orders.order_date < snapshots.as_of
)

select
    cast(lines as bigint) as lines,
    cast(lines_with_cost as bigint) as lines_with_cost,
    cast(lines_with_cost as double) / nullif(cast(lines as double), 0) as cost_share,
    lines_with_cost < lines as is_estimated
from lines
order by lines;

-- sql/3_results/cost_to_serve.sql
create table results.cost_to_serve as
-- title:   Cost to serve by activity
-- grain:   one row per activity, and a total
-- key:     [activity]
-- inputs:  [business.class_totals, business.customer_profit, settings.cost_rates]
-- note: >
--   Rate x volume of the population in the window. Service cases and minutes count 0 until a
--   source for them is configured.

with

volumes as (
    select
        coalesce(sum(orders), 0) as orders,
        coalesce(sum(lines), 0) as lines,
        coalesce(sum(units), 0) as units,
        coalesce(sum(returned_lines), 0) as returned_lines,
        coalesce(sum(net_revenue), 0) as net_revenue,
        coalesce(sum(freight_amount), 0) as freight_amount,
        count(*) as customers
    from business.customer_profit
    where snapshot = 'current'
),

activities as (
    select
        cost_rates.position,
        cost_rates.activity,
        cost_rates.rate,
        cast(
            case cost_rates.activity
                when 'per_order' then cast(volumes.orders as decimal(28, 4))
                when 'per_line' then cast(volumes.lines as decimal(28, 4))
                when 'per_unit' then cast(volumes.units as decimal(28, 4))
                when 'per_return' then cast(volumes.returned_lines as decimal(28, 4))
                when 'payment_fee_rate' then cast(volumes.net_revenue as decimal(28, 4))
                when 'freight_rate' then cast(volumes.freight_amount as decimal(28, 4))
                when 'per_customer' then cast(volumes.customers as decimal(28, 4))
                else cast(0 as decimal(28, 4))
            end as decimal(28, 4)
        ) as volume
    from settings.cost_rates as cost_rates
    cross join volumes
),

rows_and_total as (
    select position, activity, rate, volume, cast(rate * volume as decimal(28, 10)) as cost
    from activities
    union all
    select
        100 as position,
        'total' as activity,
        cast(null as decimal(18, 6)) as rate,
        cast(null as decimal(28, 4)) as volume,
        cast(cost_to_serve as decimal(28, 10)) as cost
    from business.class_totals
    where snapshot = 'current' and class_name = 'all'
)

select
    activity,

    cast(position as bigint) as position,

    rate,
    volume,
    cost
from rows_and_total
order by position, activity;

-- sql/3_results/data_quality.sql
create table results.data_quality as
-- title:   What became of the order lines that were read
-- grain:   one row per outcome and reason
-- key:     [outcome, position]
-- inputs:  [business.control_totals, business.orders, canonical.out_of_scope_rows, canonical.rejected_rows,
--           settings.snapshots]
-- note: >
--   Money is net revenue; the amount of a rejected row that has none counts as 0. The other
--   sources stand in results.sources and results.rejected_rows.

with

window_start as (
    select window_start
    from settings.snapshots
    where snapshot = 'current'
),

rows_read as (
    select cast(amount as bigint) as rows
    from business.control_totals
    where total = 'rows read'
),

money_read as (
    select amount as net_amount
    from business.control_totals
    where total = 'money read'
),

used_lines as (
    select
        -- A line belongs to the day of its order, so an order's lines are in the window together.
        sum(orders.lines) filter (where orders.order_date >= window_start.window_start) as rows_in_window,
        sum(orders.lines) filter (where orders.order_date < window_start.window_start) as rows_before_window,
        sum(orders.net_revenue) filter (where orders.order_date >= window_start.window_start) as net_in_window,
        sum(orders.net_revenue) filter (where orders.order_date < window_start.window_start) as net_before_window
    from business.orders as orders
    cross join window_start
),

listed as (
    select
        1 as position,
        'used_in_window' as outcome,
        cast(null as varchar) as reason,
        coalesce(rows_in_window, 0) as rows,
        coalesce(net_in_window, 0) as net_amount
    from used_lines
    union all
    select
        2 as position,
        'used_before_window' as outcome,
        cast(null as varchar) as reason,
        coalesce(rows_before_window, 0) as rows,
        coalesce(net_before_window, 0) as net_amount
    from used_lines
    union all
    select
        3 as position,
        'out_of_scope' as outcome,
        cast(null as varchar) as reason,
        coalesce(sum(rows), 0) as rows,
        coalesce(sum(amount), 0) as net_amount
    from canonical.out_of_scope_rows
    where source = 'order_lines'
    union all
    select
        10 + row_number() over (order by reason nulls last) as position,
        'rejected' as outcome,
        reason,
        rows,
        amount as net_amount
    from canonical.rejected_rows
    where source = 'order_lines'
    union all
    -- The line of zeros that says: nothing was rejected.
    select
        10 as position,
        'rejected' as outcome,
        cast(null as varchar) as reason,
        0 as rows,
        0 as net_amount
    where not exists (select reason from canonical.rejected_rows where source = 'order_lines')
    union all
    select
        100 as position,
        'read' as outcome,
        cast(null as varchar) as reason,
        rows_read.rows,
        money_read.net_amount
    from rows_read
    cross join money_read
)

select
    listed.outcome,
    cast(listed.position as bigint) as position,
    listed.reason,

    cast(listed.rows as bigint) as rows,
    cast(sum(listed.rows) over (partition by listed.outcome) as bigint) as outcome_rows,
    cast(listed.rows as double) / nullif(cast(rows_read.rows as double), 0) as row_share,
    cast(listed.net_amount as decimal(28, 4)) as net_amount
from listed
cross join rows_read
order by position, outcome;

-- sql/3_results/data_range.sql
create table results.data_range as
-- title:   Days that the data covers
-- grain:   one row
-- key:     [orders]
-- inputs:  [business.orders]
-- note:    Order dates of all orders used, before the window too.

select
    count(*) as orders,
    min(order_date) as oldest_order_date,
    max(order_date) as newest_order_date
from business.orders
order by orders;

-- sql/3_results/discount_by_tier.sql
create table results.discount_by_tier as
-- title:   What each tier buys at a discount
-- grain:   one row per tier, and a total
-- key:     [tier]
-- inputs:  [business.class_values, business.customer_discounts]
-- note: >
--   Population of the window; see business.customer_discounts for what is a discount. Units and revenue at a
--   discount are those of lines sold, returns left out. The discount itself is all of it, as in the price waterfall.
-- columns:
--   discounted_unit_share: units at a discount / units bought; not known where no quantity is recorded
--   margin_given_away_rate: discount / (contribution margin + discount), the margin at list price
--   discount_made_champions: Champions whose full-price revenue alone would not make them so

with

tiers as (
    select value as tier, position
    from business.class_values
    where class_name = 'tier'
    union all
    select 'total' as tier, 100 as position
),

sums as (
    select
        coalesce(tier, 'total') as tier,
        count(*) as customers,
        count(*) filter (where is_price_sensitive) as price_sensitive_customers,
        count(*) filter (where is_champion) as champions,
        count(*) filter (where is_discount_made_champion) as discount_made_champions,
        cast(sum(bought_units) as decimal(28, 4)) as bought_units,
        cast(sum(discounted_units) as decimal(28, 4)) as discounted_units,
        cast(sum(bought_revenue) as decimal(28, 4)) as bought_revenue,
        cast(sum(discounted_revenue) as decimal(28, 4)) as discounted_revenue,
        cast(sum(discount_amount) as decimal(28, 4)) as discount_amount,
        cast(sum(contribution_margin) as decimal(28, 4)) as contribution_margin
    from business.customer_discounts
    group by grouping sets ((tier), ())
)

select
    tiers.tier,

    cast(tiers.position as bigint) as position,

    cast(coalesce(sums.customers, 0) as bigint) as customers,
    coalesce(sums.bought_units, cast(0 as decimal(28, 4))) as bought_units,
    coalesce(sums.discounted_units, cast(0 as decimal(28, 4))) as discounted_units,
    case
        when sums.bought_units > 0
            then cast(sums.discounted_units as double) / nullif(cast(sums.bought_units as double), 0)
    end as discounted_unit_share,
    coalesce(sums.bought_revenue, cast(0 as decimal(28, 4))) as bought_revenue,
    coalesce(sums.discounted_revenue, cast(0 as decimal(28, 4))) as discounted_revenue,
    case
        when sums.bought_revenue > 0
            then cast(sums.discounted_revenue as double) / nullif(cast(sums.bought_revenue as double), 0)
    end as discounted_revenue_share,
    coalesce(sums.discount_amount, cast(0 as decimal(28, 4))) as discount_amount,
    case
        when sums.contribution_margin + sums.discount_amount > 0
            then cast(sums.discount_amount as double)
                / nullif(cast(cast(sums.contribution_margin + sums.discount_amount as decimal(28, 4)) as double), 0)
    end as margin_given_away_rate,
    cast(coalesce(sums.price_sensitive_customers, 0) as bigint) as price_sensitive_customers,
    cast(sums.price_sensitive_customers as double) / nullif(cast(sums.customers as double), 0)
        as price_sensitive_share,
    cast(coalesce(sums.champions, 0) as bigint) as champions,
    cast(coalesce(sums.discount_made_champions, 0) as bigint) as discount_made_champions
from tiers
left join sums  -- one-to-one; none where nobody has the tier
    on tiers.tier = sums.tier
order by position, tier;

-- sql/3_results/frequency_classes.sql
create table results.frequency_classes as
-- title:   Customers, revenue and profit by frequency class
-- grain:   one row per frequency_class, and a total
-- key:     [frequency_class]
-- inputs:  [business.class_shares]
-- note: >
--   One-time is one order ever; low and high lie below and at or above the median of repeat
--   buyers.

select
    value as frequency_class,

    position,

    customers,
    customer_share,
    orders,
    net_revenue,
    revenue_share,
    profit,
    profit_share,
    profit_rate,
    unprofitable_customers
from business.class_shares
where class_name = 'frequency_class'
order by position, value;

-- sql/3_results/headline.sql
create table results.headline as
-- title:   Headline measures, now and before
-- grain:   one row per measure
-- key:     [measure]
-- inputs:  [business.measure_values]
-- note: >
--   Previous is one compare period earlier, year ago the same window a year earlier. A change is
--   now less before; its rate is over the absolute value before. Without orders in an earlier
--   window there is nothing to compare with.

with

values_now as (
    select measure, position, unit, adverse_sign, value
    from business.measure_values
    where snapshot = 'current'
),

values_previous as (
    select measure, value
    from business.measure_values
    where snapshot = 'previous'
),

values_year_ago as (
    select measure, value
    from business.measure_values
    where snapshot = 'year_ago'
),

compared as (
    select
        values_now.measure,
        values_now.position,
        values_now.unit,
        values_now.adverse_sign,
        values_now.value,
        values_previous.value as previous_value,
        values_year_ago.value as year_ago_value,
        values_now.value - values_previous.value as change_on_previous,
        values_now.value - values_year_ago.value as change_on_year
    from values_now
    left join values_previous  -- one-to-one; none without orders then
        on values_now.measure = values_previous.measure
    left join values_year_ago  -- one-to-one; none without orders then
        on values_now.measure = values_year_ago.measure
)

select
    measure,

    position,
    unit,

    value,
    previous_value,
    year_ago_value,
    cast(change_on_previous as decimal(28, 6)) as change_on_previous,
    cast(change_on_year as decimal(28, 6)) as change_on_year,
    -- Four decimals of money keep a double exact up to 900 billion; a rate needs its six.
    case unit
        when 'rate'
            then cast(change_on_previous as double) / nullif(cast(abs(previous_value) as double), 0)
        else cast(cast(change_on_previous as decimal(28, 4)) as double)
            / nullif(cast(cast(abs(previous_value) as decimal(28, 4)) as double), 0)
    end as change_rate_on_previous,
    case unit
        when 'rate'
            then cast(change_on_year as double) / nullif(cast(abs(year_ago_value) as double), 0)
        else cast(cast(change_on_year as decimal(28, 4)) as double)
            / nullif(cast(cast(abs(year_ago_value) as decimal(28, 4)) as double), 0)
    end as change_rate_on_year,

    coalesce(change_on_previous * adverse_sign > 0, false) as is_adverse_on_previous,
    coalesce(change_on_year * adverse_sign > 0, false) as is_adverse_on_year
from compared
order by position, measure;

-- sql/3_results/lifecycle_stages.sql
create table results.lifecycle_stages as
-- title:   Customers, revenue and profit by lifecycle stage
-- grain:   one row per lifecycle_stage, and a total
-- key:     [lifecycle_stage]
-- inputs:  [business.class_shares, business.customer_lifecycle]
-- note: >
--   Customers are all known customers, with or without an order in the window; money is that of
--   the window.

with

stages as (
    select *
    from business.class_shares
    where class_name = 'lifecycle_stage'
),

known_customers as (
    select lifecycle_stage, count(*) as customers
    from business.customer_lifecycle
    where snapshot = 'current'
    group by lifecycle_stage
    union all
    select 'total' as lifecycle_stage, count(*) as customers
    from business.customer_lifecycle
    where snapshot = 'current'
),

total as (
    select customers
    from known_customers
    where lifecycle_stage = 'total'
)

select
    stages.value as lifecycle_stage,

    stages.phase,
    stages.position,

    coalesce(known_customers.customers, 0) as customers,
    cast(coalesce(known_customers.customers, 0) as double) / nullif(cast(total.customers as double), 0)
        as customer_share,
    stages.customers as customers_in_window,
    stages.net_revenue,
    stages.revenue_share,
    stages.profit,
    stages.profit_share
from stages
left join known_customers  -- one-to-one
    on stages.value = known_customers.lifecycle_stage
cross join total
order by stages.position, stages.value;

-- sql/3_results/lorenz_curve.sql
create table results.lorenz_curve as
-- title:   Lorenz curve of net revenue
-- grain:   one row per kept position
-- key:     [position]
-- inputs:  [business.revenue_ranks, settings.policy]
-- note: >
--   Customers by net revenue, smallest first; thinned to at most `whale_curve_points` points,
--   the last is kept.

with

ranks as (
    select position, cumulative_revenue
    from business.revenue_ranks
),

totals as (
    select count(*) as customers, max(cumulative_revenue) as revenue
    from ranks
),

stepped_ranks as (
    select
        ranks.position,
        ranks.cumulative_revenue,
        totals.customers,
        totals.revenue,
        floor(
            cast(ranks.position * (policy.whale_curve_points - 1) as double) / cast(totals.customers as double)
        ) as step,
        floor(
            cast((ranks.position - 1) * (policy.whale_curve_points - 1) as double)
            / cast(totals.customers as double)
        ) as step_before
    from ranks
    cross join totals
    cross join settings.policy as policy
)

select
    position,

    cast(position as double) / cast(customers as double) as customer_share,
    cast(cumulative_revenue as double) / nullif(cast(revenue as double), 0) as revenue_share
from stepped_ranks
where step > step_before or position = customers
order by position;

-- sql/3_results/loyalty_classes.sql
create table results.loyalty_classes as
-- title:   Customers, revenue and profit by loyalty class
-- grain:   one row per loyalty_class, and a total
-- key:     [loyalty_class]
-- inputs:  [business.class_shares]
-- note: >
--   Loyal needs a loyalty score of loyal_min_score and no silence.

select
    value as loyalty_class,

    position,

    customers,
    customer_share,
    orders,
    net_revenue,
    revenue_share,
    profit,
    profit_share,
    profit_rate,
    unprofitable_customers
from business.class_shares
where class_name = 'loyalty_class'
order by position, value;

-- sql/3_results/model_fits.sql
create table results.model_fits as
-- title:   Models of buying and how their fits ended
-- grain:   one row per moment and model
-- key:     [moment, model]
-- inputs:  [model.fits, settings.moments]
-- note: >
--   Maximum likelihood. `now` looks ahead from as-of, `backtest` from `backtest_weeks` before it. A
--   model without a fit has a reason, and the figures that need it are not known.

select
    fits.moment,
    fits.model,

    moments.last_day,

    fits.customers,
    fits.iterations,
    fits.log_likelihood,

    fits.is_converged,
    fits.reason
from model.fits as fits
inner join settings.moments as moments  -- many-to-one
    on fits.moment = moments.moment
order by moments.position, fits.model, fits.moment;

-- sql/3_results/model_parameters.sql
create table results.model_parameters as
-- title:   Parameters of the models of buying
-- grain:   one row per moment, model and parameter of a fit that converged
-- key:     [moment, model, parameter]
-- inputs:  [model.parameters]
-- note:    With standard errors from the curvature of the likelihood at its maximum.

select
    moment,
    model,
    parameter,

    value,
    standard_error
from model.parameters
order by moment, model, parameter;

-- sql/3_results/price_waterfall.sql
create table results.price_waterfall as
-- title:   From list price to profit, by tier
-- grain:   one row per tier and step
-- key:     [tier, step]
-- inputs:  [business.class_shares]
-- note: >
--   Reductions are negative: the five steps of a tier add up, list price less reductions is
--   profit.

with

tiers as (
    select
        value as tier,
        position as tier_position,
        gross_revenue,
        discount_amount,
        cost_of_goods,
        cost_to_serve,
        profit
    from business.class_shares
    where class_name = 'tier'
),

steps as (
    select tier, tier_position, 1 as position, 'list_price' as step, gross_revenue, gross_revenue as amount
    from tiers
    union all
    select tier, tier_position, 2 as position, 'discount' as step, gross_revenue, -discount_amount as amount
    from tiers
    union all
    select tier, tier_position, 3 as position, 'cost_of_goods' as step, gross_revenue, -cost_of_goods as amount
    from tiers
    union all
    select tier, tier_position, 4 as position, 'cost_to_serve' as step, gross_revenue, -cost_to_serve as amount
    from tiers
    union all
    select tier, tier_position, 5 as position, 'profit' as step, gross_revenue, profit as amount
    from tiers
)

select
    tier,
    step,

    cast(position as bigint) as position,

    cast(amount as decimal(28, 10)) as amount,
    cast(cast(amount as decimal(28, 4)) as double) / nullif(cast(gross_revenue as double), 0) as share_of_list
from steps
order by tier_position, position, tier, step;

-- sql/3_results/reconciliation.sql
create table results.reconciliation as
-- title:   Sums that must agree
-- grain:   one row per identity
-- key:     [identity]
-- inputs:  [business.control_totals, settings.snapshots, settings.sources]
-- note: >
--   Both sides are taken at different places of the flow and must agree exactly. A side that is
--   missing counts as 0.

with

compared_totals as (
    select *
    from (
        values
        (1, 'count', 'rows read', 'rows in file footers'),
        (2, 'count', 'rows read', 'rows used, rejected and out of scope'),
        (3, 'money', 'money read', 'money used, rejected and out of scope')
    ) as listed (position, unit, left_total, right_total)
),

compared_by_source as (
    select *
    from (
        values
        (4, 'count', 'customers', 'rows read', 'rows in file footers'),
        (5, 'count', 'customers', 'rows read', 'rows used, rejected and out of scope'),
        (6, 'count', 'service_cases', 'rows read', 'rows in file footers'),
        (7, 'count', 'service_cases', 'rows read', 'rows used, rejected and out of scope'),
        (8, 'money', 'service_cases', 'money read', 'money used, rejected and out of scope'),
        (9, 'count', 'payments', 'rows read', 'rows in file footers'),
        (10, 'count', 'payments', 'rows read', 'rows used, rejected and out of scope'),
        (11, 'money', 'payments', 'money read', 'money used, rejected and out of scope'),
        (12, 'count', 'visits', 'rows read', 'rows in file footers'),
        (13, 'count', 'visits', 'rows read', 'rows used, rejected and out of scope')
    ) as listed (position, unit, source, left_total, right_total)
),

compared_by_snapshot as (
    select *
    from (
        values
        (11, 'count', 'lines of lines', 'lines of customers'),
        (12, 'count', 'orders of orders', 'orders of customers'),
        (13, 'money', 'net revenue of lines', 'net revenue of orders'),
        (14, 'money', 'net revenue of orders', 'net revenue of customers'),
        (15, 'money', 'profit of customers', 'list price less discount, cost of goods and cost to serve'),
        (16, 'money', 'cost to serve of customers', 'cost to serve by rate and volume'),
        (17, 'count', 'customers with an order in the window', 'customers'),
        (21, 'count', 'customers', 'customers by tier'),
        (22, 'count', 'customers', 'customers by abc_class'),
        (23, 'count', 'customers', 'customers by rfm_segment'),
        (24, 'count', 'customers', 'customers by value_class'),
        (25, 'count', 'customers', 'customers by frequency_class'),
        (26, 'count', 'customers', 'customers by lifecycle_stage'),
        (27, 'count', 'customers', 'customers by loyalty_class'),
        (31, 'money', 'net revenue of customers', 'net revenue by tier'),
        (32, 'money', 'net revenue of customers', 'net revenue by abc_class'),
        (33, 'money', 'net revenue of customers', 'net revenue by rfm_segment'),
        (34, 'money', 'net revenue of customers', 'net revenue by value_class'),
        (35, 'money', 'net revenue of customers', 'net revenue by frequency_class'),
        (36, 'money', 'net revenue of customers', 'net revenue by lifecycle_stage'),
        (37, 'money', 'net revenue of customers', 'net revenue by loyalty_class'),
        (41, 'money', 'profit of customers', 'profit by tier'),
        (42, 'money', 'profit of customers', 'profit by abc_class'),
        (43, 'money', 'profit of customers', 'profit by rfm_segment'),
        (44, 'money', 'profit of customers', 'profit by value_class'),
        (45, 'money', 'profit of customers', 'profit by frequency_class'),
        (46, 'money', 'profit of customers', 'profit by lifecycle_stage'),
        (47, 'money', 'profit of customers', 'profit by loyalty_class')
    ) as listed (position, unit, left_total, right_total)
),

compared_now as (
    select *
    from (
        values
        (51, 'money', 'profit by tier', 'profit at the end of the whale curve')
    ) as listed (position, unit, left_total, right_total)
),

pairs as (
    select position, unit, left_total, right_total
    from compared_totals
    union all
    -- A source that is not configured has nothing to compare.
    select
        compared.position,
        compared.unit,
        compared.left_total || ', ' || compared.source as left_total,
        compared.right_total || ', ' || compared.source as right_total
    from compared_by_source as compared
    inner join settings.sources as sources  -- many-to-one
        on compared.source = sources.source
    where sources.is_configured
    union all
    select
        compared.position + 100 * snapshots.position as position,
        compared.unit,
        compared.left_total || ', ' || snapshots.snapshot as left_total,
        compared.right_total || ', ' || snapshots.snapshot as right_total
    from compared_by_snapshot as compared
    cross join settings.snapshots as snapshots
    union all
    select
        compared.position + 100 * snapshots.position as position,
        compared.unit,
        compared.left_total || ', ' || snapshots.snapshot as left_total,
        compared.right_total || ', ' || snapshots.snapshot as right_total
    from compared_now as compared
    cross join settings.snapshots as snapshots
    where snapshots.snapshot = 'current'
),

sides as (
    select
        pairs.position,
        pairs.unit,
        pairs.left_total,
        pairs.right_total,
        coalesce(left_totals.amount, 0) as left_side,
        coalesce(right_totals.amount, 0) as right_side
    from pairs
    left join business.control_totals as left_totals  -- many-to-one
        on pairs.left_total = left_totals.total
    left join business.control_totals as right_totals  -- many-to-one
        on pairs.right_total = right_totals.total
)

select
    left_total || ' = ' || right_total as identity,

    cast(position as bigint) as position,
    unit,

    cast(left_side as decimal(28, 10)) as left_side,
    cast(right_side as decimal(28, 10)) as right_side,
    cast(left_side - right_side as decimal(28, 10)) as difference,
    left_side = right_side as holds
from sides
order by position, identity;

-- sql/3_results/referrals.sql
create table results.referrals as
-- title:   What referred customers bring, by who referred them
-- grain:   one row per kind and referrer_id; the kinds are referrer, other, not_referred, total, not_known
-- key:     [kind, referrer_id]
-- inputs:  [business.class_totals, business.referrer_totals, settings.policy, settings.source_columns]
-- note: >
--   The `list_rows_shown` referrers whose customers bring the most profit, the others in one row, customers whom
--   nobody referred, and the population. Each customer is credited once, to the one who referred them directly. One row
--   `not_known` when the source `customers` is not configured or has no column referred_by.
-- columns:
--   referrers: customers who referred others, in the row
--   customers: customers referred by them; of not_referred and total, customers of the population
--   own_profit: profit of the referrers themselves in the window

with

policy as (
    select list_rows_shown
    from settings.policy
),

referrer_column as (
    select is_mapped
    from settings.source_columns
    where source = 'customers' and column_name = 'referred_by'
),

population as (
    select
        customers,
        cast(net_revenue as decimal(28, 4)) as net_revenue,
        cast(profit as decimal(28, 10)) as profit
    from business.class_totals
    where snapshot = 'current' and class_name = 'all'
),

placed_referrers as (
    select
        case when totals.position > policy.list_rows_shown then 'other' else 'referrer' end as kind,
        case when totals.position > policy.list_rows_shown then '' else totals.referrer_id end as referrer_id,
        case when totals.position <= policy.list_rows_shown then totals.tier end as tier,
        totals.position,
        totals.referred_customers,
        totals.referred_revenue,
        totals.referred_profit,
        totals.own_profit
    from business.referrer_totals as totals
    cross join policy
),

referred as (
    select
        count(*) as referrers,
        cast(coalesce(sum(referred_customers), 0) as bigint) as customers,
        cast(coalesce(sum(referred_revenue), 0) as decimal(28, 4)) as net_revenue,
        cast(coalesce(sum(referred_profit), 0) as decimal(28, 10)) as profit
    from placed_referrers
),

listed as (
    select
        kind,
        referrer_id,
        min(tier) as tier,
        min(position) as place,
        count(*) as referrers,
        cast(sum(referred_customers) as bigint) as customers,
        cast(sum(referred_revenue) as decimal(28, 4)) as net_revenue,
        cast(sum(referred_profit) as decimal(28, 10)) as profit,
        cast(sum(own_profit) as decimal(28, 10)) as own_profit
    from placed_referrers
    group by kind, referrer_id
    union all
    select
        'not_referred' as kind,
        '' as referrer_id,
        cast(null as varchar) as tier,
        cast(null as bigint) as place,
        cast(0 as bigint) as referrers,
        population.customers - referred.customers as customers,
        cast(population.net_revenue - referred.net_revenue as decimal(28, 4)) as net_revenue,
        cast(population.profit - referred.profit as decimal(28, 10)) as profit,
        cast(null as decimal(28, 10)) as own_profit
    from population
    cross join referred
    cross join referrer_column
    where referrer_column.is_mapped
    union all
    select
        case when referrer_column.is_mapped then 'total' else 'not_known' end as kind,
        '' as referrer_id,
        cast(null as varchar) as tier,
        cast(null as bigint) as place,
        referred.referrers,
        population.customers,
        population.net_revenue,
        population.profit,
        cast(null as decimal(28, 10)) as own_profit
    from population
    cross join referred
    cross join referrer_column
)

select
    listed.kind,
    listed.referrer_id,

    row_number() over (order by listed.place nulls last, listed.kind nulls last, listed.referrer_id nulls last)
        as position,
    listed.tier,

    listed.referrers,
    listed.customers,
    listed.net_revenue,
    listed.profit,
    case
        when population.profit > 0
            then cast(cast(listed.profit as decimal(28, 4)) as double)
                / nullif(cast(cast(population.profit as decimal(28, 4)) as double), 0)
    end as profit_share,
    listed.own_profit
from listed
cross join population
order by position, listed.kind, listed.referrer_id;

-- sql/3_results/rejected_rows.sql
create table results.rejected_rows as
-- title:   Why rows were not used
-- grain:   one row per source and reason
-- key:     [source, reason]
-- inputs:  [business.source_totals, canonical.rejected_rows, settings.sources]
-- note:    Of every source. The share is that of the rows read of the source.

select
    rejected_rows.source,
    rejected_rows.reason,

    sources.position,

    rejected_rows.rows,
    cast(rejected_rows.rows as double) / nullif(cast(source_totals.rows_read as double), 0) as row_share,
    rejected_rows.amount
from canonical.rejected_rows as rejected_rows
inner join settings.sources as sources  -- many-to-one
    on rejected_rows.source = sources.source
inner join business.source_totals as source_totals  -- many-to-one
    on rejected_rows.source = source_totals.source
order by position, source, reason;

-- sql/3_results/rfm_grid.sql
create table results.rfm_grid as
-- title:   Customers by recency and frequency score
-- grain:   one row per r_score and f_score
-- key:     [r_score, f_score]
-- inputs:  [business.customer_classes, business.customer_profit, settings.rfm_segments]
-- note: >
--   All 25 cells, those without customers with 0.

with

cells as (
    -- Distinct on purpose: the map of segments lists each pair of scores once per monetary score.
    select distinct r_score, f_score
    from settings.rfm_segments
),

customers as (
    select
        classes.r_score,
        classes.f_score,
        count(*) as customers,
        sum(profit.net_revenue) as net_revenue,
        sum(profit.profit) as profit
    from business.customer_classes as classes
    inner join business.customer_profit as profit  -- one-to-one
        on classes.snapshot = profit.snapshot
        and classes.customer_id = profit.customer_id
    where classes.snapshot = 'current'
    group by classes.r_score, classes.f_score
),

population as (
    select sum(customers) as customers
    from customers
)

select
    cells.r_score,
    cells.f_score,

    coalesce(customers.customers, 0) as customers,
    cast(coalesce(customers.customers, 0) as double) / nullif(cast(population.customers as double), 0)
        as customer_share,
    cast(coalesce(customers.net_revenue, 0) as decimal(28, 4)) as net_revenue,
    cast(coalesce(customers.profit, 0) as decimal(28, 10)) as profit
from cells
left join customers  -- one-to-one
    on cells.r_score = customers.r_score
    and cells.f_score = customers.f_score
cross join population
order by cells.r_score, cells.f_score;

-- sql/3_results/rfm_scores.sql
create table results.rfm_scores as
-- title:   What each score stands for
-- grain:   one row per measure and score
-- key:     [measure, score]
-- inputs:  [business.customer_classes, business.customer_measures, settings.rfm_segments]
-- note: >
--   Lowest and highest value of the customers with that score: days since the last order,
--   orders, net revenue.

with

scores as (
    -- Distinct on purpose: the five scores, once.
    select distinct r_score as score
    from settings.rfm_segments
),

measures as (
    select
        classes.r_score,
        classes.f_score,
        classes.m_score,
        measures.days_since_last_order,
        measures.orders,
        measures.net_revenue
    from business.customer_classes as classes
    inner join business.customer_measures as measures  -- one-to-one
        on classes.snapshot = measures.snapshot
        and classes.customer_id = measures.customer_id
    where classes.snapshot = 'current'
),

ranges as (
    select
        'recency' as measure,
        1 as position,
        r_score as score,
        count(*) as customers,
        cast(min(days_since_last_order) as decimal(28, 4)) as lowest,
        cast(max(days_since_last_order) as decimal(28, 4)) as highest
    from measures
    group by r_score
    union all
    select
        'frequency' as measure,
        2 as position,
        f_score as score,
        count(*) as customers,
        cast(min(orders) as decimal(28, 4)) as lowest,
        cast(max(orders) as decimal(28, 4)) as highest
    from measures
    group by f_score
    union all
    select
        'monetary' as measure,
        3 as position,
        m_score as score,
        count(*) as customers,
        cast(min(net_revenue) as decimal(28, 4)) as lowest,
        cast(max(net_revenue) as decimal(28, 4)) as highest
    from measures
    group by m_score
),

kinds as (
    select 'recency' as measure, 1 as position
    union all
    select 'frequency' as measure, 2 as position
    union all
    select 'monetary' as measure, 3 as position
)

select
    kinds.measure,
    scores.score,

    coalesce(ranges.customers, 0) as customers,
    ranges.lowest,
    ranges.highest
from kinds
cross join scores
left join ranges  -- one-to-one
    on kinds.measure = ranges.measure
    and scores.score = ranges.score
order by kinds.position, kinds.measure, scores.score;

-- sql/3_results/rfm_segments.sql
create table results.rfm_segments as
-- title:   Customers, revenue and profit by RFM segment
-- grain:   one row per rfm_segment, and a total
-- key:     [rfm_segment]
-- inputs:  [business.class_shares]
-- note: >
--   Segments partition the 125 combinations of scores; the map is settings.rfm_segments.

select
    value as rfm_segment,

    position,

    customers,
    customer_share,
    orders,
    net_revenue,
    revenue_share,
    profit,
    profit_share,
    profit_rate,
    unprofitable_customers
from business.class_shares
where class_name = 'rfm_segment'
order by position, value;

-- sql/3_results/silent_customers.sql
create table results.silent_customers as
-- title:   Silent Platinum and Gold customers, longest silence first
-- grain:   one row per customer_id, the first `silent_customers_shown` of them
-- key:     [customer_id]
-- inputs:  [business.silent_customers, settings.policy]
-- note: >
--   The rest stands in business.silent_customers; results.silent_summary counts all of them. Profit is
--   that of the window.
-- columns:
--   usual_gap_days: gap between orders that the customer nearly always keeps, or that of the tier
--   late_ratio: days since the last order / usual gap

select
    silent_customers.customer_id,

    silent_customers.last_order_date,

    silent_customers.position,
    silent_customers.tier,
    silent_customers.lifecycle_stage,

    silent_customers.days_since_last_order,
    silent_customers.usual_gap_days,
    silent_customers.late_ratio,
    silent_customers.orders,
    silent_customers.net_revenue,
    silent_customers.profit,

    silent_customers.has_own_rhythm
from business.silent_customers as silent_customers
cross join settings.policy as policy
where silent_customers.position <= policy.silent_customers_shown
order by silent_customers.position, silent_customers.customer_id;

-- sql/3_results/silent_summary.sql
create table results.silent_summary as
-- title:   Silent Platinum and Gold customers in numbers
-- grain:   one row per tier of platinum and gold, and a total
-- key:     [tier]
-- inputs:  [business.class_totals, business.class_values, business.silent_customers, settings.policy]
-- note: >
--   Silent is who is at risk or lapsed. Profit is that of the window.
-- columns:
--   tier_customers: all customers of the tier, silent or not
--   customers_shown: how many of the silent stand in results.silent_customers

with

tiers as (
    select value as tier, position
    from business.class_values
    where class_name = 'tier' and value in ('platinum', 'gold')
    union all
    select 'total' as tier, 100 as position
),

silent_sums as (
    select
        coalesce(silent_customers.tier, 'total') as tier,
        count(*) as customers,
        count(*) filter (where silent_customers.lifecycle_stage = 'at_risk') as customers_at_risk,
        count(*) filter (where silent_customers.lifecycle_stage = 'lapsed') as customers_lapsed,
        count(*) filter (where silent_customers.position <= policy.silent_customers_shown) as customers_shown,
        sum(silent_customers.profit) as profit
    from business.silent_customers as silent_customers
    cross join settings.policy as policy
    group by grouping sets ((silent_customers.tier), ())
),

tier_sums as (
    select coalesce(value, 'total') as tier, sum(customers) as customers, sum(profit) as profit
    from business.class_totals
    where snapshot = 'current' and class_name = 'tier' and value in ('platinum', 'gold')
    group by grouping sets ((value), ())
)

select
    tiers.tier,

    cast(tiers.position as bigint) as position,

    cast(coalesce(silent_sums.customers, 0) as bigint) as customers,
    cast(coalesce(silent_sums.customers_at_risk, 0) as bigint) as customers_at_risk,
    cast(coalesce(silent_sums.customers_lapsed, 0) as bigint) as customers_lapsed,
    cast(coalesce(silent_sums.customers_shown, 0) as bigint) as customers_shown,
    cast(coalesce(silent_sums.profit, 0) as decimal(28, 10)) as profit,
    cast(coalesce(tier_sums.customers, 0) as bigint) as tier_customers,
    cast(coalesce(tier_sums.profit, 0) as decimal(28, 10)) as tier_profit
from tiers
left join silent_sums  -- one-to-one; none when nobody is silent
    on tiers.tier = silent_sums.tier
left join tier_sums  -- one-to-one; none without customers of the tier
    on tiers.tier = tier_sums.tier
order by position, tier;

-- sql/3_results/sources.sql
create table results.sources as
-- title:   The sources, and what became of their rows
-- grain:   one row per source
-- key:     [source]
-- inputs:  [business.source_totals, settings.sources]
-- note: >
--   A source that is not configured has no rows, and switches off what needs it. Days are those
--   of the rows used; of customers, the day of signing up; of payments, the newest is the last day
--   on which one was paid, if that is known.

select
    sources.source,

    sources.position,
    source_totals.oldest_date,
    source_totals.newest_date,

    source_totals.rows_read,
    source_totals.rows_used,
    source_totals.rows_rejected,
    source_totals.rows_out_of_scope,
    cast(source_totals.rows_rejected as double) / nullif(cast(source_totals.rows_read as double), 0)
        as rejected_share,

    sources.is_configured
from settings.sources as sources
inner join business.source_totals as source_totals  -- one-to-one
    on sources.source = source_totals.source
order by position, source;

-- sql/3_results/spend_frequency.sql
create table results.spend_frequency as
-- title:   Do those who buy more often spend more each time?
-- grain:   one row
-- key:     [customers]
-- inputs:  [business.purchase_histories, settings.policy]
-- note: >
--   Pearson correlation of repeat purchases and mean spend of a repeat purchase, over customers with a
--   repeat. The model of spend takes the two as independent: from
--   `spend_frequency_correlation` on, expected money is too low for those who buy often.

with

repeat_buyers as (
    select
        cast(frequency as decimal(10, 0)) as frequency,
        -- In hundredths: whole numbers have exact sums and products.
        cast(
            cast(100 * repeat_revenue as double) / nullif(cast(frequency as double), 0) as decimal(16, 0)
        ) as spend
    from business.purchase_histories
    where moment = 'now' and frequency > 0
),

sums as (
    select
        count(*) as customers,
        cast(sum(frequency) as double) as frequency,
        cast(sum(spend) as double) as spend,
        cast(sum(frequency * spend) as double) as frequency_spend,
        cast(sum(frequency * frequency) as double) as frequency_square,
        cast(sum(spend * spend) as double) as spend_square
    from repeat_buyers
),

variances as (
    select
        customers,
        cast(customers as double) * frequency_spend - frequency * spend as covariance,
        cast(customers as double) * frequency_square - frequency * frequency as frequency_variance,
        cast(customers as double) * spend_square - spend * spend as spend_variance
    from sums
),

correlations as (
    select
        customers,
        case
            when frequency_variance > 0 and spend_variance > 0
                then cast(covariance as double)
                    / nullif(cast(sqrt(frequency_variance) * sqrt(spend_variance) as double), 0)
        end as correlation
    from variances
)

select
    correlations.customers,

    correlations.correlation,

    coalesce(correlations.correlation >= cast(policy.spend_frequency_correlation as double), false) as is_high
from correlations
cross join settings.policy as policy
order by correlations.customers;

-- sql/3_results/tier_lifecycle_stages.sql
create table results.tier_lifecycle_stages as
-- title:   Customers and profit by tier and lifecycle stage
-- grain:   one row per tier and lifecycle_stage
-- key:     [tier, lifecycle_stage]
-- inputs:  [business.class_values, business.customer_classes, business.customer_profit]
-- note: >
--   Population of the window. Pairs without customers are shown with 0.

with

pairs as (
    select
        tiers.value as tier,
        tiers.position as tier_position,
        others.value as lifecycle_stage,
        others.position
    from business.class_values as tiers
    cross join business.class_values as others
    where tiers.class_name = 'tier' and others.class_name = 'lifecycle_stage'
),

customers as (
    select
        classes.tier,
        classes.lifecycle_stage,
        count(*) as customers,
        sum(profit.net_revenue) as net_revenue,
        sum(profit.profit) as profit
    from business.customer_classes as classes
    inner join business.customer_profit as profit  -- one-to-one
        on classes.snapshot = profit.snapshot
        and classes.customer_id = profit.customer_id
    where classes.snapshot = 'current'
    group by classes.tier, classes.lifecycle_stage
)

select
    pairs.tier,
    pairs.lifecycle_stage,

    coalesce(customers.customers, 0) as customers,
    cast(coalesce(customers.net_revenue, 0) as decimal(28, 4)) as net_revenue,
    cast(coalesce(customers.profit, 0) as decimal(28, 10)) as profit
from pairs
left join customers  -- one-to-one
    on pairs.tier = customers.tier
    and pairs.lifecycle_stage = customers.lifecycle_stage
order by pairs.tier_position, pairs.position, pairs.tier, pairs.lifecycle_stage;

-- sql/3_results/tier_profitability.sql
create table results.tier_profitability as
-- title:   What each tier really earns
-- grain:   one row per tier, and a total
-- key:     [tier]
-- inputs:  [business.class_shares, business.class_totals]
-- note: >
--   Gross revenue is list price before discount, before tax. A year ago is the same window
--   ending a year earlier, with the tiers of that time.
-- columns:
--   customer_share: customers of the tier / customers of the population
--   discount_rate: discount / gross revenue
--   profit_rate: profit / net revenue
--   list_price_kept_rate: profit / gross revenue

with

tiers as (
    select *
    from business.class_shares
    where class_name = 'tier'
),

year_ago as (
    select case when class_name = 'all' then 'total' else value end as tier, customers, profit
    from business.class_totals
    where snapshot = 'year_ago' and class_name in ('tier', 'all')
)

select
    tiers.value as tier,

    tiers.customers,
    tiers.customer_share,
    tiers.orders,
    tiers.lines,
    tiers.gross_revenue,
    tiers.discount_amount,
    tiers.discount_rate,
    tiers.net_revenue,
    tiers.revenue_share,
    tiers.cost_of_goods,
    tiers.contribution_margin,
    tiers.cost_to_serve,
    tiers.profit,
    tiers.profit_share,
    tiers.profit_per_customer,
    tiers.profit_rate,
    cast(tiers.orders as double) / nullif(cast(tiers.customers as double), 0) as orders_per_customer,
    cast(tiers.net_revenue as double) / nullif(cast(tiers.orders as double), 0) as net_revenue_per_order,
    cast(cast(tiers.profit as decimal(28, 4)) as double)
        / nullif(cast(tiers.gross_revenue as double), 0) as list_price_kept_rate,
    tiers.unprofitable_customers,
    year_ago.customers as year_ago_customers,
    cast(year_ago.profit as decimal(28, 10)) as year_ago_profit
from tiers
left join year_ago  -- one-to-one
    on tiers.value = year_ago.tier
order by tiers.position, tiers.value;

-- sql/3_results/tier_value_classes.sql
create table results.tier_value_classes as
-- title:   Customers and profit by tier and value class
-- grain:   one row per tier and value_class
-- key:     [tier, value_class]
-- inputs:  [business.class_values, business.customer_classes, business.customer_profit]
-- note: >
--   Population of the window. Pairs without customers are shown with 0.

with

pairs as (
    select
        tiers.value as tier,
        tiers.position as tier_position,
        others.value as value_class,
        others.position
    from business.class_values as tiers
    cross join business.class_values as others
    where tiers.class_name = 'tier' and others.class_name = 'value_class'
),

customers as (
    select
        classes.tier,
        classes.value_class,
        count(*) as customers,
        sum(profit.net_revenue) as net_revenue,
        sum(profit.profit) as profit
    from business.customer_classes as classes
    inner join business.customer_profit as profit  -- one-to-one
        on classes.snapshot = profit.snapshot
        and classes.customer_id = profit.customer_id
    where classes.snapshot = 'current'
    group by classes.tier, classes.value_class
)

select
    pairs.tier,
    pairs.value_class,

    coalesce(customers.customers, 0) as customers,
    cast(coalesce(customers.net_revenue, 0) as decimal(28, 4)) as net_revenue,
    cast(coalesce(customers.profit, 0) as decimal(28, 10)) as profit
from pairs
left join customers  -- one-to-one
    on pairs.tier = customers.tier
    and pairs.value_class = customers.value_class
order by pairs.tier_position, pairs.position, pairs.tier, pairs.value_class;

-- sql/3_results/value_agreement.sql
create table results.value_agreement as
-- title:   How far value score, revenue and profit agree
-- grain:   one row per levels_apart, 0 to 2
-- key:     [levels_apart]
-- inputs:  [business.customer_value_views]
-- note: >
--   0 where the three put a customer on one level, 2 where they contradict each other; see
--   business.customer_value_views.

with

levels as (
    select cast(level as bigint) as levels_apart
    from (values (0), (1), (2)) as listed (level)
),

sums as (
    select
        levels_apart,
        count(*) as customers,
        sum(net_revenue) as net_revenue,
        sum(profit) as profit
    from business.customer_value_views
    group by levels_apart
),

population as (
    select count(*) as customers
    from business.customer_value_views
)

select
    levels.levels_apart,

    cast(coalesce(sums.customers, 0) as bigint) as customers,
    cast(coalesce(sums.customers, 0) as double) / nullif(cast(population.customers as double), 0)
        as customer_share,
    cast(coalesce(sums.net_revenue, 0) as decimal(28, 4)) as net_revenue,
    cast(coalesce(sums.profit, 0) as decimal(28, 10)) as profit
from levels
cross join population
left join sums  -- one-to-one; none on this level
    on levels.levels_apart = sums.levels_apart
order by levels.levels_apart;

-- sql/3_results/value_ahead.sql
create table results.value_ahead as
-- title:   What the customers of each tier should bring in the coming year
-- grain:   one row per tier, one for customers without an order in the window (`none`), and a total
-- key:     [tier]
-- inputs:  [business.class_values, business.customer_profit, business.customer_value_ahead,
--           business.purchase_baselines, settings.policy]
-- note: >
--   Customers with an outlook: all who ever bought. Expected purchases by the method that was best in
--   the backtest; see business.customer_value_ahead. Without a fit there are no customers here.
-- columns:
--   expected_alive: sum of P(alive)
--   alive_share: expected_alive / customers
--   purchases_of_year: purchase days in the weeks before as-of, as many as the outlook has
--   clv: lifetime value, discounted contribution margin over the horizon of the model
--   value_at_risk: sum of (1 - P(alive)) x expected profit

with

tiers as (
    select value as tier, position
    from business.class_values
    where class_name = 'tier'
    union all
    select 'none' as tier, 50 as position
    union all
    select 'total' as tier, 100 as position
),

customers as (
    select
        coalesce(ahead.tier, 'none') as tier,
        cast(ahead.p_alive as decimal(28, 6)) as p_alive,
        ahead.expected_orders,
        ahead.expected_revenue,
        ahead.expected_profit,
        ahead.clv,
        ahead.value_at_risk,
        baselines.purchases_of_year,
        coalesce(profit.profit, cast(0 as decimal(28, 10))) as profit
    from business.customer_value_ahead as ahead
    inner join business.purchase_baselines as baselines  -- one-to-one
        on ahead.customer_id = baselines.customer_id
        and baselines.moment = 'now'
    left join business.customer_profit as profit  -- one-to-one; none without an order in the window
        on ahead.customer_id = profit.customer_id
        and profit.snapshot = 'current'
),

sums as (
    select
        coalesce(tier, 'total') as tier,
        count(*) as customers,
        sum(p_alive) as expected_alive,
        sum(purchases_of_year) as purchases_of_year,
        sum(expected_orders) as expected_orders,
        sum(expected_revenue) as expected_revenue,
        sum(profit) as profit,
        sum(expected_profit) as expected_profit,
        sum(clv) as clv,
        sum(value_at_risk) as value_at_risk
    from customers
    group by grouping sets ((tier), ())
)

select
    tiers.tier,

    cast(tiers.position as bigint) as position,

    cast(coalesce(sums.customers, 0) as bigint) as customers,
    cast(sums.expected_alive as decimal(28, 6)) as expected_alive,
    cast(cast(sums.expected_alive as decimal(28, 4)) as double)
        / nullif(cast(sums.customers as double), 0) as alive_share,
    cast(sums.purchases_of_year as bigint) as purchases_of_year,
    cast(sums.expected_orders as decimal(28, 6)) as expected_orders,
    cast(sums.expected_revenue as decimal(28, 6)) as expected_revenue,
    cast(sums.profit as decimal(28, 10)) as profit,
    cast(sums.expected_profit as decimal(28, 6)) as expected_profit,
    cast(sums.clv as decimal(28, 6)) as clv,
    cast(cast(sums.clv as decimal(28, 4)) as double)
        / nullif(cast(sums.customers as double), 0) as clv_per_customer,
    cast(sums.value_at_risk as decimal(28, 6)) as value_at_risk,

    coalesce(sums.customers, 0) >= policy.min_cell as has_enough_customers
from tiers
left join sums  -- one-to-one; none where nobody has the tier
    on tiers.tier = sums.tier
cross join settings.policy as policy
order by position, tier;

-- sql/3_results/value_ahead_classes.sql
create table results.value_ahead_classes as
-- title:   What the customers of each class and cohort should bring in the coming year
-- grain:   one row per class_name and value
-- key:     [class_name, value]
-- inputs:  [business.class_values, business.customer_classes, business.customer_lifecycle,
--           business.customer_measures, business.customer_value_ahead, settings.policy]
-- note: >
--   Lifecycle stages hold all known customers, the other classes those with an order in the window.
--   A cohort is the year of the first order.

with

members as (
    select customer_id, 'lifecycle_stage' as class_name, lifecycle_stage as value
    from business.customer_lifecycle
    where snapshot = 'current'
    union all
    select customer_id, 'rfm_segment' as class_name, rfm_segment as value
    from business.customer_classes
    where snapshot = 'current'
    union all
    select customer_id, 'value_class' as class_name, value_class as value
    from business.customer_classes
    where snapshot = 'current'
    union all
    select
        customer_id,
        'cohort' as class_name,
        cast(cast(date_part('year', first_order_date) as bigint) as varchar) as value
    from business.customer_measures
    where snapshot = 'current'
),

sums as (
    select
        members.class_name,
        members.value,
        count(*) as customers,
        sum(cast(ahead.p_alive as decimal(28, 6))) as expected_alive,
        sum(ahead.expected_orders) as expected_orders,
        sum(ahead.expected_profit) as expected_profit,
        sum(ahead.clv) as clv,
        sum(ahead.value_at_risk) as value_at_risk
    from members
    inner join business.customer_value_ahead as ahead  -- many-to-one
        on members.customer_id = ahead.customer_id
    group by members.class_name, members.value
)

select
    sums.class_name,
    sums.value,

    cast(class_values.position as bigint) as position,

    sums.customers,
    cast(sums.expected_alive as decimal(28, 6)) as expected_alive,
    cast(cast(sums.expected_alive as decimal(28, 4)) as double)
        / nullif(cast(sums.customers as double), 0) as alive_share,
    cast(sums.expected_orders as decimal(28, 6)) as expected_orders,
    cast(sums.expected_profit as decimal(28, 6)) as expected_profit,
    cast(sums.clv as decimal(28, 6)) as clv,
    cast(sums.value_at_risk as decimal(28, 6)) as value_at_risk,

    sums.customers >= policy.min_cell as has_enough_customers
from sums
left join business.class_values as class_values  -- many-to-one; none for a cohort
    on sums.class_name = class_values.class_name
    and sums.value = class_values.value
cross join settings.policy as policy
order by sums.class_name, position nulls last, sums.value;

-- sql/3_results/value_classes.sql
create table results.value_classes as
-- title:   Customers, revenue and profit by value class
-- grain:   one row per value_class, and a total
-- key:     [value_class]
-- inputs:  [business.class_shares]
-- note: >
--   High, middle and low by the mean of the frequency, monetary and loyalty scores.

select
    value as value_class,

    position,

    customers,
    customer_share,
    orders,
    net_revenue,
    revenue_share,
    profit,
    profit_share,
    profit_rate,
    unprofitable_customers
from business.class_shares
where class_name = 'value_class'
order by position, value;

-- sql/3_results/value_contradictions.sql
create table results.value_contradictions as
-- title:   Customers whom one measure calls among the best and another among the last
-- grain:   one row per customer_id, the first `list_rows_shown` of them
-- key:     [customer_id]
-- inputs:  [business.value_disagreement_customers, settings.policy]
-- note: >
--   Lowest profit first. All of them stand in business.value_disagreement_customers, with levels_apart 2.

with

ranked_customers as (
    select
        customer_id,
        value_class,
        abc_class,
        tier,
        net_revenue,
        profit,
        row_number() over (order by profit nulls last, customer_id nulls last) as place
    from business.value_disagreement_customers
    where levels_apart = 2
)

select
    ranked_customers.customer_id,

    cast(ranked_customers.place as bigint) as position,
    ranked_customers.value_class,
    ranked_customers.abc_class,
    ranked_customers.tier,

    ranked_customers.net_revenue,
    ranked_customers.profit
from ranked_customers
cross join settings.policy as policy
where ranked_customers.place <= policy.list_rows_shown
order by position, ranked_customers.customer_id;

-- sql/3_results/value_disagreement.sql
create table results.value_disagreement as
-- title:   Value three ways, side by side
-- grain:   one row per value_class, abc_class and tier with customers; `all` adds up over what it stands for
-- key:     [value_class, abc_class, tier]
-- inputs:  [business.class_values, business.customer_value_views]
-- note: >
--   Population of the window. Value class by score, ABC class by net revenue, tier by profit. Rows with value_class
--   `all` hold revenue against profit alone; the row of three `all` is the population. Every customer behind a row
--   whose levels differ stands in business.value_disagreement_customers.
-- columns:
--   levels_apart: 0 agree, 1 differ, 2 contradict each other; in rows with `all` not known
--   position: the furthest apart first, then from the best tier to the last, then the lowest profit first

with

sums as (
    select
        coalesce(value_class, 'all') as value_class,
        coalesce(abc_class, 'all') as abc_class,
        coalesce(tier, 'all') as tier,
        case when grouping(value_class) = 0 then max(levels_apart) end as levels_apart,
        count(*) as customers,
        cast(sum(net_revenue) as decimal(28, 4)) as net_revenue,
        cast(sum(profit) as decimal(28, 10)) as profit
    from business.customer_value_views
    group by grouping sets ((value_class, abc_class, tier), (abc_class, tier), ())
),

population as (
    select customers, net_revenue, profit
    from sums
    where tier = 'all'
),

tiers as (
    select value, position
    from business.class_values
    where class_name = 'tier'
)

select
    sums.value_class,
    sums.abc_class,
    sums.tier,

    row_number() over (
        order by
            sums.levels_apart desc nulls last, tiers.position nulls last, sums.profit nulls last,
            sums.value_class nulls last, sums.abc_class nulls last, sums.tier nulls last
    ) as position,

    sums.levels_apart,
    sums.customers,
    cast(sums.customers as double) / nullif(cast(population.customers as double), 0) as customer_share,
    sums.net_revenue,
    case
        when population.net_revenue > 0
            then cast(sums.net_revenue as double) / nullif(cast(population.net_revenue as double), 0)
    end as revenue_share,
    sums.profit,
    case
        when population.profit > 0
            then cast(cast(sums.profit as decimal(28, 4)) as double)
                / nullif(cast(cast(population.profit as decimal(28, 4)) as double), 0)
    end as profit_share
from sums
cross join population
left join tiers  -- many-to-one; none for the population
    on sums.tier = tiers.value
order by position, sums.value_class, sums.abc_class, sums.tier;

-- sql/3_results/weekly_trend.sql
create table results.weekly_trend as
-- title:   Measures of the window as they stood at the end of each of the last weeks
-- grain:   one row per week_end
-- key:     [week_end]
-- inputs:  [business.order_gaps, business.orders, settings.cost_rates, settings.weeks]
-- note: >
--   Each row looks back on a window of the same length; week_end is exclusive. With today's cost
--   rates and data.

with

days as (
    select
        order_date,
        count(*) as orders,
        sum(lines) as lines,
        sum(units) as units,
        sum(returned_lines) as returned_lines,
        sum(net_revenue) as net_revenue,
        sum(cost_of_goods) as cost_of_goods,
        sum(freight_amount) as freight_amount
    from business.orders
    group by order_date
),

weeks as (
    select weeks_ago, week_end, window_start
    from settings.weeks
),

sums as (
    select
        weeks.weeks_ago,
        weeks.week_end,
        sum(days.orders) as orders,
        sum(days.lines) as lines,
        sum(days.units) as units,
        sum(days.returned_lines) as returned_lines,
        sum(days.net_revenue) as net_revenue,
        sum(days.cost_of_goods) as cost_of_goods,
        sum(days.freight_amount) as freight_amount
    from weeks
    inner join days
        on days.order_date >= weeks.window_start
        and days.order_date < weeks.week_end
    group by weeks.weeks_ago, weeks.week_end
),

active_customers as (
    -- A customer counts once: at the last order day before the end of the week, if that lies in the window.
    select weeks.weeks_ago, count(*) as customers
    from weeks
    inner join business.order_gaps as order_gaps
        on order_gaps.order_date >= weeks.window_start
        and order_gaps.order_date < weeks.week_end
        and (order_gaps.next_order_date is null or order_gaps.next_order_date >= weeks.week_end)
    group by weeks.weeks_ago
),

rates as (
    select
        max(rate) filter (where activity = 'per_order') as per_order,
        max(rate) filter (where activity = 'per_line') as per_line,
        max(rate) filter (where activity = 'per_unit') as per_unit,
        max(rate) filter (where activity = 'per_return') as per_return,
        max(rate) filter (where activity = 'payment_fee_rate') as payment_fee_rate,
        max(rate) filter (where activity = 'freight_rate') as freight_rate,
        max(rate) filter (where activity = 'per_customer') as per_customer
    from settings.cost_rates
),

weekly_profit as (
    select
        sums.weeks_ago,
        sums.week_end,
        active_customers.customers,
        cast(sums.net_revenue as decimal(28, 4)) as net_revenue,
        cast(
            cast(sums.net_revenue - sums.cost_of_goods as decimal(28, 4))
            - cast(sums.orders as decimal(28, 4)) * rates.per_order
            - cast(sums.lines as decimal(28, 4)) * rates.per_line
            - cast(sums.units as decimal(28, 4)) * rates.per_unit
            - cast(sums.returned_lines as decimal(28, 4)) * rates.per_return
            - cast(sums.net_revenue as decimal(28, 4)) * rates.payment_fee_rate
            - cast(sums.freight_amount as decimal(28, 4)) * rates.freight_rate
            - cast(active_customers.customers as decimal(28, 4)) * rates.per_customer
            as decimal(28, 10)
        ) as profit
    from sums
    inner join active_customers  -- one-to-one
        on sums.weeks_ago = active_customers.weeks_ago
    cross join rates
)

select
    week_end,

    weeks_ago,

    customers,
    net_revenue,
    profit,
    case when net_revenue > 0 then cast(cast(profit as decimal(28, 4)) as double)
        / cast(net_revenue as double) end as profit_rate
from weekly_profit
order by week_end;

-- sql/3_results/whale_curve.sql
create table results.whale_curve as
-- title:   Whale curve, profit accumulated over customers, best first
-- grain:   one row per kept rank
-- key:     [rank]
-- inputs:  [business.whale_ranks, settings.policy]
-- note: >
--   Thinned to at most `whale_curve_points` points; the first, the peak, the last and the last
--   of each tier are kept. The share of a total that is not above 0 is not known.

with

ranks as (
    select position, tier, profit, cumulative_profit
    from business.whale_ranks
),

totals as (
    select
        count(*) as customers,
        count(*) filter (where profit > 0) as peak_position,
        sum(profit) as profit
    from ranks
),

last_of_tiers as (
    select tier, max(position) as position
    from ranks
    group by tier
),

stepped_ranks as (
    -- A point is kept where it enters a new step of equal width; 8 points are reserved for those kept anyway.
    select
        ranks.position,
        ranks.tier,
        ranks.cumulative_profit,
        totals.customers,
        totals.profit as total_profit,
        floor(
            cast(ranks.position * (policy.whale_curve_points - 8) as double)
            / cast(totals.customers as double)
        ) as step,
        floor(
            cast((ranks.position - 1) * (policy.whale_curve_points - 8) as double)
            / cast(totals.customers as double)
        ) as step_before,
        ranks.position = 1
        or ranks.position = totals.peak_position
        or ranks.position = totals.customers
        or last_of_tiers.position is not null as is_kept_anyway
    from ranks
    left join last_of_tiers  -- one-to-one
        on ranks.position = last_of_tiers.position
    cross join totals
    cross join settings.policy as policy
)

select
    position as rank,

    cast(position as double) / cast(customers as double) as customer_share,
    cumulative_profit,
    case
        when total_profit > 0 then cast(cast(cumulative_profit as decimal(28, 4)) as double)
            / cast(cast(total_profit as decimal(28, 4)) as double)
    end as cumulative_profit_share,
    tier
from stepped_ranks
where is_kept_anyway or step > step_before
order by rank;

-- sql/3_results/whale_summary.sql
create table results.whale_summary as
-- title:   Peak and erosion of the whale curve
-- grain:   one row
-- key:     [customers]
-- inputs:  [business.whale_ranks]
-- note: >
--   The peak is the sum of positive profits, reached by the customers with a profit above 0;
--   erosion is the sum of negative profits.

with

sums as (
    select
        count(*) as customers,
        count(*) filter (where profit > 0) as profitable_customers,
        count(*) filter (where profit < 0) as unprofitable_customers,
        coalesce(sum(profit) filter (where profit > 0), 0) as peak_profit,
        coalesce(sum(profit) filter (where profit < 0), 0) as erosion_amount,
        coalesce(sum(profit), 0) as total_profit
    from business.whale_ranks
)

select
    customers,
    profitable_customers,
    unprofitable_customers,
    profitable_customers as peak_rank,
    cast(profitable_customers as double) / nullif(cast(customers as double), 0) as peak_customer_share,
    cast(peak_profit as decimal(28, 10)) as peak_profit,
    case
        when total_profit > 0 then cast(cast(peak_profit as decimal(28, 4)) as double)
            / cast(cast(total_profit as decimal(28, 4)) as double)
    end as peak_profit_share,
    cast(erosion_amount as decimal(28, 10)) as erosion_amount,
    cast(total_profit as decimal(28, 10)) as total_profit
from sums
order by customers;

-- Rows that are here and not in the published table, or there and not here.
create table comparison (table_name varchar, rows bigint, differing_rows bigint);
insert into comparison select 'business.actions', (select count(*) from business.actions), (select count(*) from (
    (select * from business.actions except all select * from read_parquet('tables/business.actions.parquet'))
    union all
    (select * from read_parquet('tables/business.actions.parquet') except all select * from business.actions)
));
insert into comparison select 'business.class_values', (select count(*) from business.class_values), (select count(*) from (
    (select * from business.class_values except all select * from read_parquet('tables/business.class_values.parquet'))
    union all
    (select * from read_parquet('tables/business.class_values.parquet') except all select * from business.class_values)
));
insert into comparison select 'canonical.payments', (select count(*) from canonical.payments), (select count(*) from (
    (select * from canonical.payments except all select * from read_parquet('tables/canonical.payments.parquet'))
    union all
    (select * from read_parquet('tables/canonical.payments.parquet') except all select * from canonical.payments)
));
insert into comparison select 'canonical.order_lines', (select count(*) from canonical.order_lines), (select count(*) from (
    (select * from canonical.order_lines except all select * from read_parquet('tables/canonical.order_lines.parquet'))
    union all
    (select * from read_parquet('tables/canonical.order_lines.parquet') except all select * from canonical.order_lines)
));
insert into comparison select 'business.orders', (select count(*) from business.orders), (select count(*) from (
    (select * from business.orders except all select * from read_parquet('tables/business.orders.parquet'))
    union all
    (select * from read_parquet('tables/business.orders.parquet') except all select * from business.orders)
));
insert into comparison select 'business.customer_measures', (select count(*) from business.customer_measures), (select count(*) from (
    (select * from business.customer_measures except all select * from read_parquet('tables/business.customer_measures.parquet'))
    union all
    (select * from read_parquet('tables/business.customer_measures.parquet') except all select * from business.customer_measures)
));
insert into comparison select 'business.customer_frequency', (select count(*) from business.customer_frequency), (select count(*) from (
    (select * from business.customer_frequency except all select * from read_parquet('tables/business.customer_frequency.parquet'))
    union all
    (select * from read_parquet('tables/business.customer_frequency.parquet') except all select * from business.customer_frequency)
));
insert into comparison select 'business.customer_profit', (select count(*) from business.customer_profit), (select count(*) from (
    (select * from business.customer_profit except all select * from read_parquet('tables/business.customer_profit.parquet'))
    union all
    (select * from read_parquet('tables/business.customer_profit.parquet') except all select * from business.customer_profit)
));
insert into comparison select 'business.customer_revenue_classes', (select count(*) from business.customer_revenue_classes), (select count(*) from (
    (select * from business.customer_revenue_classes except all select * from read_parquet('tables/business.customer_revenue_classes.parquet'))
    union all
    (select * from read_parquet('tables/business.customer_revenue_classes.parquet') except all select * from business.customer_revenue_classes)
));
insert into comparison select 'business.customer_rfm', (select count(*) from business.customer_rfm), (select count(*) from (
    (select * from business.customer_rfm except all select * from read_parquet('tables/business.customer_rfm.parquet'))
    union all
    (select * from read_parquet('tables/business.customer_rfm.parquet') except all select * from business.customer_rfm)
));
insert into comparison select 'business.customer_tiers', (select count(*) from business.customer_tiers), (select count(*) from (
    (select * from business.customer_tiers except all select * from read_parquet('tables/business.customer_tiers.parquet'))
    union all
    (select * from read_parquet('tables/business.customer_tiers.parquet') except all select * from business.customer_tiers)
));
insert into comparison select 'business.order_gaps', (select count(*) from business.order_gaps), (select count(*) from (
    (select * from business.order_gaps except all select * from read_parquet('tables/business.order_gaps.parquet'))
    union all
    (select * from read_parquet('tables/business.order_gaps.parquet') except all select * from business.order_gaps)
));
insert into comparison select 'business.customer_rhythms', (select count(*) from business.customer_rhythms), (select count(*) from (
    (select * from business.customer_rhythms except all select * from read_parquet('tables/business.customer_rhythms.parquet'))
    union all
    (select * from read_parquet('tables/business.customer_rhythms.parquet') except all select * from business.customer_rhythms)
));
insert into comparison select 'business.purchase_days', (select count(*) from business.purchase_days), (select count(*) from (
    (select * from business.purchase_days except all select * from read_parquet('tables/business.purchase_days.parquet'))
    union all
    (select * from read_parquet('tables/business.purchase_days.parquet') except all select * from business.purchase_days)
));
insert into comparison select 'business.purchase_baselines', (select count(*) from business.purchase_baselines), (select count(*) from (
    (select * from business.purchase_baselines except all select * from read_parquet('tables/business.purchase_baselines.parquet'))
    union all
    (select * from read_parquet('tables/business.purchase_baselines.parquet') except all select * from business.purchase_baselines)
));
insert into comparison select 'business.backtest_customers', (select count(*) from business.backtest_customers), (select count(*) from (
    (select * from business.backtest_customers except all select * from read_parquet('tables/business.backtest_customers.parquet'))
    union all
    (select * from read_parquet('tables/business.backtest_customers.parquet') except all select * from business.backtest_customers)
));
insert into comparison select 'business.backtest_errors', (select count(*) from business.backtest_errors), (select count(*) from (
    (select * from business.backtest_errors except all select * from read_parquet('tables/business.backtest_errors.parquet'))
    union all
    (select * from read_parquet('tables/business.backtest_errors.parquet') except all select * from business.backtest_errors)
));
insert into comparison select 'business.purchase_histories', (select count(*) from business.purchase_histories), (select count(*) from (
    (select * from business.purchase_histories except all select * from read_parquet('tables/business.purchase_histories.parquet'))
    union all
    (select * from read_parquet('tables/business.purchase_histories.parquet') except all select * from business.purchase_histories)
));
insert into comparison select 'business.revenue_ranks', (select count(*) from business.revenue_ranks), (select count(*) from (
    (select * from business.revenue_ranks except all select * from read_parquet('tables/business.revenue_ranks.parquet'))
    union all
    (select * from read_parquet('tables/business.revenue_ranks.parquet') except all select * from business.revenue_ranks)
));
insert into comparison select 'business.tier_rhythms', (select count(*) from business.tier_rhythms), (select count(*) from (
    (select * from business.tier_rhythms except all select * from read_parquet('tables/business.tier_rhythms.parquet'))
    union all
    (select * from read_parquet('tables/business.tier_rhythms.parquet') except all select * from business.tier_rhythms)
));
insert into comparison select 'business.customer_lifecycle', (select count(*) from business.customer_lifecycle), (select count(*) from (
    (select * from business.customer_lifecycle except all select * from read_parquet('tables/business.customer_lifecycle.parquet'))
    union all
    (select * from read_parquet('tables/business.customer_lifecycle.parquet') except all select * from business.customer_lifecycle)
));
insert into comparison select 'business.customer_loyalty', (select count(*) from business.customer_loyalty), (select count(*) from (
    (select * from business.customer_loyalty except all select * from read_parquet('tables/business.customer_loyalty.parquet'))
    union all
    (select * from read_parquet('tables/business.customer_loyalty.parquet') except all select * from business.customer_loyalty)
));
insert into comparison select 'business.customer_classes', (select count(*) from business.customer_classes), (select count(*) from (
    (select * from business.customer_classes except all select * from read_parquet('tables/business.customer_classes.parquet'))
    union all
    (select * from read_parquet('tables/business.customer_classes.parquet') except all select * from business.customer_classes)
));
insert into comparison select 'business.class_totals', (select count(*) from business.class_totals), (select count(*) from (
    (select * from business.class_totals except all select * from read_parquet('tables/business.class_totals.parquet'))
    union all
    (select * from read_parquet('tables/business.class_totals.parquet') except all select * from business.class_totals)
));
insert into comparison select 'business.class_shares', (select count(*) from business.class_shares), (select count(*) from (
    (select * from business.class_shares except all select * from read_parquet('tables/business.class_shares.parquet'))
    union all
    (select * from read_parquet('tables/business.class_shares.parquet') except all select * from business.class_shares)
));
insert into comparison select 'business.customer_discounts', (select count(*) from business.customer_discounts), (select count(*) from (
    (select * from business.customer_discounts except all select * from read_parquet('tables/business.customer_discounts.parquet'))
    union all
    (select * from read_parquet('tables/business.customer_discounts.parquet') except all select * from business.customer_discounts)
));
insert into comparison select 'business.customer_value_ahead', (select count(*) from business.customer_value_ahead), (select count(*) from (
    (select * from business.customer_value_ahead except all select * from read_parquet('tables/business.customer_value_ahead.parquet'))
    union all
    (select * from read_parquet('tables/business.customer_value_ahead.parquet') except all select * from business.customer_value_ahead)
));
insert into comparison select 'business.customer_value_views', (select count(*) from business.customer_value_views), (select count(*) from (
    (select * from business.customer_value_views except all select * from read_parquet('tables/business.customer_value_views.parquet'))
    union all
    (select * from read_parquet('tables/business.customer_value_views.parquet') except all select * from business.customer_value_views)
));
insert into comparison select 'business.silent_customers', (select count(*) from business.silent_customers), (select count(*) from (
    (select * from business.silent_customers except all select * from read_parquet('tables/business.silent_customers.parquet'))
    union all
    (select * from read_parquet('tables/business.silent_customers.parquet') except all select * from business.silent_customers)
));
insert into comparison select 'business.snapshot_measures', (select count(*) from business.snapshot_measures), (select count(*) from (
    (select * from business.snapshot_measures except all select * from read_parquet('tables/business.snapshot_measures.parquet'))
    union all
    (select * from read_parquet('tables/business.snapshot_measures.parquet') except all select * from business.snapshot_measures)
));
insert into comparison select 'business.measure_values', (select count(*) from business.measure_values), (select count(*) from (
    (select * from business.measure_values except all select * from read_parquet('tables/business.measure_values.parquet'))
    union all
    (select * from read_parquet('tables/business.measure_values.parquet') except all select * from business.measure_values)
));
insert into comparison select 'business.value_disagreement_customers', (select count(*) from business.value_disagreement_customers), (select count(*) from (
    (select * from business.value_disagreement_customers except all select * from read_parquet('tables/business.value_disagreement_customers.parquet'))
    union all
    (select * from read_parquet('tables/business.value_disagreement_customers.parquet') except all select * from business.value_disagreement_customers)
));
insert into comparison select 'business.whale_ranks', (select count(*) from business.whale_ranks), (select count(*) from (
    (select * from business.whale_ranks except all select * from read_parquet('tables/business.whale_ranks.parquet'))
    union all
    (select * from read_parquet('tables/business.whale_ranks.parquet') except all select * from business.whale_ranks)
));
insert into comparison select 'canonical.customers', (select count(*) from canonical.customers), (select count(*) from (
    (select * from canonical.customers except all select * from read_parquet('tables/canonical.customers.parquet'))
    union all
    (select * from read_parquet('tables/canonical.customers.parquet') except all select * from canonical.customers)
));
insert into comparison select 'business.account_owner_totals', (select count(*) from business.account_owner_totals), (select count(*) from (
    (select * from business.account_owner_totals except all select * from read_parquet('tables/business.account_owner_totals.parquet'))
    union all
    (select * from read_parquet('tables/business.account_owner_totals.parquet') except all select * from business.account_owner_totals)
));
insert into comparison select 'business.customer_actions', (select count(*) from business.customer_actions), (select count(*) from (
    (select * from business.customer_actions except all select * from read_parquet('tables/business.customer_actions.parquet'))
    union all
    (select * from read_parquet('tables/business.customer_actions.parquet') except all select * from business.customer_actions)
));
insert into comparison select 'business.referrer_totals', (select count(*) from business.referrer_totals), (select count(*) from (
    (select * from business.referrer_totals except all select * from read_parquet('tables/business.referrer_totals.parquet'))
    union all
    (select * from read_parquet('tables/business.referrer_totals.parquet') except all select * from business.referrer_totals)
));
insert into comparison select 'canonical.out_of_scope_rows', (select count(*) from canonical.out_of_scope_rows), (select count(*) from (
    (select * from canonical.out_of_scope_rows except all select * from read_parquet('tables/canonical.out_of_scope_rows.parquet'))
    union all
    (select * from read_parquet('tables/canonical.out_of_scope_rows.parquet') except all select * from canonical.out_of_scope_rows)
));
insert into comparison select 'canonical.rejected_rows', (select count(*) from canonical.rejected_rows), (select count(*) from (
    (select * from canonical.rejected_rows except all select * from read_parquet('tables/canonical.rejected_rows.parquet'))
    union all
    (select * from read_parquet('tables/canonical.rejected_rows.parquet') except all select * from canonical.rejected_rows)
));
insert into comparison select 'canonical.service_cases', (select count(*) from canonical.service_cases), (select count(*) from (
    (select * from canonical.service_cases except all select * from read_parquet('tables/canonical.service_cases.parquet'))
    union all
    (select * from read_parquet('tables/canonical.service_cases.parquet') except all select * from canonical.service_cases)
));
insert into comparison select 'canonical.visits', (select count(*) from canonical.visits), (select count(*) from (
    (select * from canonical.visits except all select * from read_parquet('tables/canonical.visits.parquet'))
    union all
    (select * from read_parquet('tables/canonical.visits.parquet') except all select * from canonical.visits)
));
insert into comparison select 'business.source_totals', (select count(*) from business.source_totals), (select count(*) from (
    (select * from business.source_totals except all select * from read_parquet('tables/business.source_totals.parquet'))
    union all
    (select * from read_parquet('tables/business.source_totals.parquet') except all select * from business.source_totals)
));
insert into comparison select 'business.control_totals', (select count(*) from business.control_totals), (select count(*) from (
    (select * from business.control_totals except all select * from read_parquet('tables/business.control_totals.parquet'))
    union all
    (select * from read_parquet('tables/business.control_totals.parquet') except all select * from business.control_totals)
));
insert into comparison select 'results.abc_classes', (select count(*) from results.abc_classes), (select count(*) from (
    (select * from results.abc_classes except all select * from read_parquet('tables/results.abc_classes.parquet'))
    union all
    (select * from read_parquet('tables/results.abc_classes.parquet') except all select * from results.abc_classes)
));
insert into comparison select 'results.account_owners', (select count(*) from results.account_owners), (select count(*) from (
    (select * from results.account_owners except all select * from read_parquet('tables/results.account_owners.parquet'))
    union all
    (select * from read_parquet('tables/results.account_owners.parquet') except all select * from results.account_owners)
));
insert into comparison select 'results.action_summary', (select count(*) from results.action_summary), (select count(*) from (
    (select * from results.action_summary except all select * from read_parquet('tables/results.action_summary.parquet'))
    union all
    (select * from read_parquet('tables/results.action_summary.parquet') except all select * from results.action_summary)
));
insert into comparison select 'results.actions', (select count(*) from results.actions), (select count(*) from (
    (select * from results.actions except all select * from read_parquet('tables/results.actions.parquet'))
    union all
    (select * from read_parquet('tables/results.actions.parquet') except all select * from results.actions)
));
insert into comparison select 'results.backtest_summary', (select count(*) from results.backtest_summary), (select count(*) from (
    (select * from results.backtest_summary except all select * from read_parquet('tables/results.backtest_summary.parquet'))
    union all
    (select * from read_parquet('tables/results.backtest_summary.parquet') except all select * from results.backtest_summary)
));
insert into comparison select 'results.churn_backtest', (select count(*) from results.churn_backtest), (select count(*) from (
    (select * from results.churn_backtest except all select * from read_parquet('tables/results.churn_backtest.parquet'))
    union all
    (select * from read_parquet('tables/results.churn_backtest.parquet') except all select * from results.churn_backtest)
));
insert into comparison select 'results.churn_by_tier', (select count(*) from results.churn_by_tier), (select count(*) from (
    (select * from results.churn_by_tier except all select * from read_parquet('tables/results.churn_by_tier.parquet'))
    union all
    (select * from read_parquet('tables/results.churn_by_tier.parquet') except all select * from results.churn_by_tier)
));
insert into comparison select 'results.concentration', (select count(*) from results.concentration), (select count(*) from (
    (select * from results.concentration except all select * from read_parquet('tables/results.concentration.parquet'))
    union all
    (select * from read_parquet('tables/results.concentration.parquet') except all select * from results.concentration)
));
insert into comparison select 'results.cost_coverage', (select count(*) from results.cost_coverage), (select count(*) from (
    (select * from results.cost_coverage except all select * from read_parquet('tables/results.cost_coverage.parquet'))
    union all
    (select * from read_parquet('tables/results.cost_coverage.parquet') except all select * from results.cost_coverage)
));
insert into comparison select 'results.cost_to_serve', (select count(*) from results.cost_to_serve), (select count(*) from (
    (select * from results.cost_to_serve except all select * from read_parquet('tables/results.cost_to_serve.parquet'))
    union all
    (select * from read_parquet('tables/results.cost_to_serve.parquet') except all select * from results.cost_to_serve)
));
insert into comparison select 'results.data_quality', (select count(*) from results.data_quality), (select count(*) from (
    (select * from results.data_quality except all select * from read_parquet('tables/results.data_quality.parquet'))
    union all
    (select * from read_parquet('tables/results.data_quality.parquet') except all select * from results.data_quality)
));
insert into comparison select 'results.data_range', (select count(*) from results.data_range), (select count(*) from (
    (select * from results.data_range except all select * from read_parquet('tables/results.data_range.parquet'))
    union all
    (select * from read_parquet('tables/results.data_range.parquet') except all select * from results.data_range)
));
insert into comparison select 'results.discount_by_tier', (select count(*) from results.discount_by_tier), (select count(*) from (
    (select * from results.discount_by_tier except all select * from read_parquet('tables/results.discount_by_tier.parquet'))
    union all
    (select * from read_parquet('tables/results.discount_by_tier.parquet') except all select * from results.discount_by_tier)
));
insert into comparison select 'results.frequency_classes', (select count(*) from results.frequency_classes), (select count(*) from (
    (select * from results.frequency_classes except all select * from read_parquet('tables/results.frequency_classes.parquet'))
    union all
    (select * from read_parquet('tables/results.frequency_classes.parquet') except all select * from results.frequency_classes)
));
insert into comparison select 'results.headline', (select count(*) from results.headline), (select count(*) from (
    (select * from results.headline except all select * from read_parquet('tables/results.headline.parquet'))
    union all
    (select * from read_parquet('tables/results.headline.parquet') except all select * from results.headline)
));
insert into comparison select 'results.lifecycle_stages', (select count(*) from results.lifecycle_stages), (select count(*) from (
    (select * from results.lifecycle_stages except all select * from read_parquet('tables/results.lifecycle_stages.parquet'))
    union all
    (select * from read_parquet('tables/results.lifecycle_stages.parquet') except all select * from results.lifecycle_stages)
));
insert into comparison select 'results.lorenz_curve', (select count(*) from results.lorenz_curve), (select count(*) from (
    (select * from results.lorenz_curve except all select * from read_parquet('tables/results.lorenz_curve.parquet'))
    union all
    (select * from read_parquet('tables/results.lorenz_curve.parquet') except all select * from results.lorenz_curve)
));
insert into comparison select 'results.loyalty_classes', (select count(*) from results.loyalty_classes), (select count(*) from (
    (select * from results.loyalty_classes except all select * from read_parquet('tables/results.loyalty_classes.parquet'))
    union all
    (select * from read_parquet('tables/results.loyalty_classes.parquet') except all select * from results.loyalty_classes)
));
insert into comparison select 'results.model_fits', (select count(*) from results.model_fits), (select count(*) from (
    (select * from results.model_fits except all select * from read_parquet('tables/results.model_fits.parquet'))
    union all
    (select * from read_parquet('tables/results.model_fits.parquet') except all select * from results.model_fits)
));
insert into comparison select 'results.model_parameters', (select count(*) from results.model_parameters), (select count(*) from (
    (select * from results.model_parameters except all select * from read_parquet('tables/results.model_parameters.parquet'))
    union all
    (select * from read_parquet('tables/results.model_parameters.parquet') except all select * from results.model_parameters)
));
insert into comparison select 'results.price_waterfall', (select count(*) from results.price_waterfall), (select count(*) from (
    (select * from results.price_waterfall except all select * from read_parquet('tables/results.price_waterfall.parquet'))
    union all
    (select * from read_parquet('tables/results.price_waterfall.parquet') except all select * from results.price_waterfall)
));
insert into comparison select 'results.reconciliation', (select count(*) from results.reconciliation), (select count(*) from (
    (select * from results.reconciliation except all select * from read_parquet('tables/results.reconciliation.parquet'))
    union all
    (select * from read_parquet('tables/results.reconciliation.parquet') except all select * from results.reconciliation)
));
insert into comparison select 'results.referrals', (select count(*) from results.referrals), (select count(*) from (
    (select * from results.referrals except all select * from read_parquet('tables/results.referrals.parquet'))
    union all
    (select * from read_parquet('tables/results.referrals.parquet') except all select * from results.referrals)
));
insert into comparison select 'results.rejected_rows', (select count(*) from results.rejected_rows), (select count(*) from (
    (select * from results.rejected_rows except all select * from read_parquet('tables/results.rejected_rows.parquet'))
    union all
    (select * from read_parquet('tables/results.rejected_rows.parquet') except all select * from results.rejected_rows)
));
insert into comparison select 'results.rfm_grid', (select count(*) from results.rfm_grid), (select count(*) from (
    (select * from results.rfm_grid except all select * from read_parquet('tables/results.rfm_grid.parquet'))
    union all
    (select * from read_parquet('tables/results.rfm_grid.parquet') except all select * from results.rfm_grid)
));
insert into comparison select 'results.rfm_scores', (select count(*) from results.rfm_scores), (select count(*) from (
    (select * from results.rfm_scores except all select * from read_parquet('tables/results.rfm_scores.parquet'))
    union all
    (select * from read_parquet('tables/results.rfm_scores.parquet') except all select * from results.rfm_scores)
));
insert into comparison select 'results.rfm_segments', (select count(*) from results.rfm_segments), (select count(*) from (
    (select * from results.rfm_segments except all select * from read_parquet('tables/results.rfm_segments.parquet'))
    union all
    (select * from read_parquet('tables/results.rfm_segments.parquet') except all select * from results.rfm_segments)
));
insert into comparison select 'results.silent_customers', (select count(*) from results.silent_customers), (select count(*) from (
    (select * from results.silent_customers except all select * from read_parquet('tables/results.silent_customers.parquet'))
    union all
    (select * from read_parquet('tables/results.silent_customers.parquet') except all select * from results.silent_customers)
));
insert into comparison select 'results.silent_summary', (select count(*) from results.silent_summary), (select count(*) from (
    (select * from results.silent_summary except all select * from read_parquet('tables/results.silent_summary.parquet'))
    union all
    (select * from read_parquet('tables/results.silent_summary.parquet') except all select * from results.silent_summary)
));
insert into comparison select 'results.sources', (select count(*) from results.sources), (select count(*) from (
    (select * from results.sources except all select * from read_parquet('tables/results.sources.parquet'))
    union all
    (select * from read_parquet('tables/results.sources.parquet') except all select * from results.sources)
));
insert into comparison select 'results.spend_frequency', (select count(*) from results.spend_frequency), (select count(*) from (
    (select * from results.spend_frequency except all select * from read_parquet('tables/results.spend_frequency.parquet'))
    union all
    (select * from read_parquet('tables/results.spend_frequency.parquet') except all select * from results.spend_frequency)
));
insert into comparison select 'results.tier_lifecycle_stages', (select count(*) from results.tier_lifecycle_stages), (select count(*) from (
    (select * from results.tier_lifecycle_stages except all select * from read_parquet('tables/results.tier_lifecycle_stages.parquet'))
    union all
    (select * from read_parquet('tables/results.tier_lifecycle_stages.parquet') except all select * from results.tier_lifecycle_stages)
));
insert into comparison select 'results.tier_profitability', (select count(*) from results.tier_profitability), (select count(*) from (
    (select * from results.tier_profitability except all select * from read_parquet('tables/results.tier_profitability.parquet'))
    union all
    (select * from read_parquet('tables/results.tier_profitability.parquet') except all select * from results.tier_profitability)
));
insert into comparison select 'results.tier_value_classes', (select count(*) from results.tier_value_classes), (select count(*) from (
    (select * from results.tier_value_classes except all select * from read_parquet('tables/results.tier_value_classes.parquet'))
    union all
    (select * from read_parquet('tables/results.tier_value_classes.parquet') except all select * from results.tier_value_classes)
));
insert into comparison select 'results.value_agreement', (select count(*) from results.value_agreement), (select count(*) from (
    (select * from results.value_agreement except all select * from read_parquet('tables/results.value_agreement.parquet'))
    union all
    (select * from read_parquet('tables/results.value_agreement.parquet') except all select * from results.value_agreement)
));
insert into comparison select 'results.value_ahead', (select count(*) from results.value_ahead), (select count(*) from (
    (select * from results.value_ahead except all select * from read_parquet('tables/results.value_ahead.parquet'))
    union all
    (select * from read_parquet('tables/results.value_ahead.parquet') except all select * from results.value_ahead)
));
insert into comparison select 'results.value_ahead_classes', (select count(*) from results.value_ahead_classes), (select count(*) from (
    (select * from results.value_ahead_classes except all select * from read_parquet('tables/results.value_ahead_classes.parquet'))
    union all
    (select * from read_parquet('tables/results.value_ahead_classes.parquet') except all select * from results.value_ahead_classes)
));
insert into comparison select 'results.value_classes', (select count(*) from results.value_classes), (select count(*) from (
    (select * from results.value_classes except all select * from read_parquet('tables/results.value_classes.parquet'))
    union all
    (select * from read_parquet('tables/results.value_classes.parquet') except all select * from results.value_classes)
));
insert into comparison select 'results.value_contradictions', (select count(*) from results.value_contradictions), (select count(*) from (
    (select * from results.value_contradictions except all select * from read_parquet('tables/results.value_contradictions.parquet'))
    union all
    (select * from read_parquet('tables/results.value_contradictions.parquet') except all select * from results.value_contradictions)
));
insert into comparison select 'results.value_disagreement', (select count(*) from results.value_disagreement), (select count(*) from (
    (select * from results.value_disagreement except all select * from read_parquet('tables/results.value_disagreement.parquet'))
    union all
    (select * from read_parquet('tables/results.value_disagreement.parquet') except all select * from results.value_disagreement)
));
insert into comparison select 'results.weekly_trend', (select count(*) from results.weekly_trend), (select count(*) from (
    (select * from results.weekly_trend except all select * from read_parquet('tables/results.weekly_trend.parquet'))
    union all
    (select * from read_parquet('tables/results.weekly_trend.parquet') except all select * from results.weekly_trend)
));
insert into comparison select 'results.whale_curve', (select count(*) from results.whale_curve), (select count(*) from (
    (select * from results.whale_curve except all select * from read_parquet('tables/results.whale_curve.parquet'))
    union all
    (select * from read_parquet('tables/results.whale_curve.parquet') except all select * from results.whale_curve)
));
insert into comparison select 'results.whale_summary', (select count(*) from results.whale_summary), (select count(*) from (
    (select * from results.whale_summary except all select * from read_parquet('tables/results.whale_summary.parquet'))
    union all
    (select * from read_parquet('tables/results.whale_summary.parquet') except all select * from results.whale_summary)
));

select * from comparison order by differing_rows desc, table_name;
select case when sum(differing_rows) > 0 then error('tables differ from the published ones') else 'every table agrees' end as verdict from comparison;
