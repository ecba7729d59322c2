with executions as (
    select * from {{ ref('stg_executions') }}
    where
        is_authoritative
        and document_type = 'self_evaluation'
        and funding_source_code != 'total'
        and {{ in_scope() }}
),

sources as (
    select funding_source_key, funding_source_code from {{ ref('dim_funding_source') }}
)

select
    ---------- keys
    executions.project_key,
    executions.fiscal_year,
    make_date(executions.fiscal_year, 1, 1) as fiscal_year_start_date,
    coalesce(sources.funding_source_key, {{ unknown_key() }}) as funding_source_key,
    executions.document_key,
    ---------- amounts
    executions.initial_budget_cny,
    executions.adjusted_budget_cny,
    executions.executed_cny,
    executions.execution_rate,
    ---------- evaluation
    executions.weight,
    executions.score,
    ---------- provenance
    executions.stated_text,
    executions.project_no,
    executions.source_table,
    executions.source_row,
    executions.source_column
from executions
left join sources on executions.funding_source_code = sources.funding_source_code
order by executions.fiscal_year, executions.document_key, executions.project_no, executions.source_row
