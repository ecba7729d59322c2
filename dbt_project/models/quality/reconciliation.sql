with amounts as (
    select * from {{ ref('stg_amounts') }} where is_current
),

project_amounts as (
    select * from amounts where scope = 'project'
),

-- How many yuan the document's money unit is: no amount but 0 hides it.
money_units as (
    select
        document_key,
        max(cast(round(amount_cny / stated_amount) as bigint)) as yuan
    from amounts
    where stated_amount != 0
    group by document_key
),

-- A printed total (of its table) or subtotal (down to a row) against the sum of the projects that it covers.
totals as (
    select
        stated.document_key,
        stated.fiscal_year,
        stated.scope,
        stated.project_key,
        coalesce(stated.unit_name, '合计') as scope_name,
        stated.funding_source_code as measure,
        stated.source_table,
        stated.source_row,
        stated.amount_cny as stated_amount,
        sum(projects.amount_cny) as computed_amount,
        count(projects.amount_cny) as amount_count,
        greatest(stated.stated_decimals, max(projects.stated_decimals)) as decimals
    from amounts as stated
    left join project_amounts as projects
        on
            stated.document_key = projects.document_key
            and stated.funding_source_code = projects.funding_source_code
            and stated.source_table = projects.source_table
            and (
                stated.scope = 'document'
                or (projects.source_row > stated.source_row and projects.source_row <= stated.covers_to_row)
            )
    where stated.scope in ('document', 'unit')
    group by
        stated.document_key,
        stated.fiscal_year,
        stated.scope,
        stated.project_key,
        stated.unit_name,
        stated.funding_source_code,
        stated.source_table,
        stated.source_row,
        stated.amount_cny,
        stated.stated_decimals
),

-- A project's total against the sum of its stated sources, wherever in the document either stands.
components as (
    select
        document_key,
        fiscal_year,
        'project' as scope,
        project_key,
        '' as scope_name,
        'total' as measure,
        min(source_table) as source_table,
        min(source_row) as source_row,
        sum(amount_cny) filter (where funding_source_code = 'total') as stated_amount,
        sum(amount_cny) filter (where funding_source_code != 'total') as computed_amount,
        count(*) filter (where funding_source_code != 'total') as amount_count,
        max(stated_decimals) as decimals
    from project_amounts
    group by document_key, fiscal_year, project_key, project_no
),

compared as (
    select * from totals
    union all by name
    select * from components
),

-- Half a last printed digit for every amount that takes part, as in the layouts' own check (`rounding_tolerance`).
-- Twice the difference is compared, so that no half and no float is needed.
judged as (
    select
        compared.*,
        compared.computed_amount - compared.stated_amount as difference,
        cast(abs(compared.computed_amount - compared.stated_amount) * 2 as decimal(22, 2)) as doubled_difference,
        coalesce(money_units.yuan, 1) * (compared.amount_count + 1) as doubled_tolerance
    from compared
    left join money_units on compared.document_key = money_units.document_key
)

select
    document_key,
    fiscal_year,
    scope,
    project_key,
    scope_name,
    measure,
    cast(stated_amount as decimal(20, 2)) as stated_amount,
    cast(computed_amount as decimal(20, 2)) as computed_amount,
    cast(difference as decimal(20, 2)) as difference,
    case
        when difference is null then 'not_stated'
        when doubled_difference * cast('1' || repeat('0', decimals) as bigint) <= doubled_tolerance then 'match'
        else 'mismatch'
    end as status,
    source_table,
    source_row
from judged
order by document_key, source_table, source_row, scope, measure, project_key
