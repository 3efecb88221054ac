-- title:    Rejected money stays within the limit, in every source
-- scope:    base
-- severity: stop
-- judges:   inputs
-- message:
--   text: "{source} worth {rejected_amount} of {all_amount} cannot be used ({rejected_share}, limit {allowed_share})"
--   detail: "{reason_absolute_amount} {reason}{setting}"
--   see: checks.max_rejected_money
-- note:     The limit is checks.max_rejected_money, a share of the money of the source, both without regard to sign, so
--   that a rejected return does not hide a rejected sale. One row for each reason.

with replaced as (
    -- Rows that a later file replaces, as checks.orders_in_two_files asks for, are no fault.
    select source, absolute_amount from canonical.rejected_rows where reason = 'replaced_by_later_file'
),

reasons as (
    select rejected_rows.source, rejected_rows.reason, rejected_rows.absolute_amount as reason_absolute_amount,
        -- The largest first; a reason that compares with a setting names it.
        row_number() over (
            partition by rejected_rows.source
            order by rejected_rows.absolute_amount desc nulls last, rejected_rows.reason nulls last
        ) as position,
        coalesce(' (' || rejected_rows.setting || ')', '') as setting
    from canonical.rejected_rows as rejected_rows
    where rejected_rows.absolute_amount > 0 and rejected_rows.reason <> 'replaced_by_later_file'
),

all_money as (
    select source_totals.source,
        source_totals.absolute_amount_rejected - coalesce(replaced.absolute_amount, 0) as rejected_amount,
        cast(source_totals.absolute_amount_rejected + source_totals.absolute_amount_used
            - coalesce(replaced.absolute_amount, 0) as decimal(28, 4)) as all_amount
    from business.source_totals as source_totals
    left join replaced on source_totals.source = replaced.source  -- one-to-one
),

limited as (
    select all_money.source, all_money.rejected_amount, all_money.all_amount,
        cast(all_money.rejected_amount as double) / nullif(cast(all_money.all_amount as double), 0) as rejected_share,
        checks.max_rejected_money
    from all_money cross join settings.checks as checks
    where all_money.rejected_amount > all_money.all_amount * checks.max_rejected_money
)

select limited.source, limited.rejected_amount, limited.all_amount, limited.rejected_share,
    limited.max_rejected_money as allowed_share, reasons.position, reasons.reason_absolute_amount, reasons.reason,
    reasons.setting
from limited
left join reasons on limited.source = reasons.source
