with projects as (
    select * from {{ ref('stg_projects') }}
    where is_authoritative and document_type = 'self_evaluation' and {{ in_scope() }}
),

-- The total of a budget's execution stands here and its sources in `fct_budget_execution`, so that no sum counts twice.
totals as (
    select * from {{ ref('stg_executions') }}
    where funding_source_code = 'total'
)

select
    ---------- keys
    projects.project_key,
    projects.fiscal_year,
    make_date(projects.fiscal_year, 1, 1) as fiscal_year_start_date,
    projects.document_key,
    ---------- text
    projects.goal_text,
    projects.goal_result_text,
    ---------- evaluation
    projects.total_score,
    ---------- execution of the whole budget
    totals.initial_budget_cny,
    totals.adjusted_budget_cny,
    totals.executed_cny,
    totals.execution_rate,
    totals.weight as execution_weight,
    totals.score as execution_score,
    ---------- provenance
    projects.project_no,
    projects.source_table,
    projects.source_row
from projects
left join totals
    on projects.document_key = totals.document_key and projects.project_no = totals.project_no
order by projects.fiscal_year, projects.document_key, projects.project_no
