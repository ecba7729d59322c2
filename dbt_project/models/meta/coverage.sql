with stated as (
    select
        projects.budget_unit_id,
        projects.fiscal_year,
        bool_or(documents.document_type = 'target') as has_target,
        bool_or(documents.document_type = 'self_evaluation') as has_self_evaluation
    from {{ ref('stg_projects') }} as projects
    inner join {{ ref('stg_documents') }} as documents on projects.document_key = documents.document_key
    where documents.is_current
    group by projects.budget_unit_id, projects.fiscal_year
),

units as (
    select
        budget_unit_key,
        budget_unit_id
    from {{ ref('dim_budget_unit') }}
    where is_current and budget_unit_key != 0
),

years as (
    select fiscal_year from {{ ref('dim_fiscal_year') }} where fiscal_year != 0
)

select
    units.budget_unit_key,
    years.fiscal_year,
    coalesce(stated.has_target, false) as has_target,
    coalesce(stated.has_self_evaluation, false) as has_self_evaluation,
    case
        when stated.has_target and stated.has_self_evaluation then 'both'
        when stated.has_target then 'target'
        when stated.has_self_evaluation then 'self_evaluation'
        else 'neither'
    end as coverage
from units
cross join years
left join stated on units.budget_unit_id = stated.budget_unit_id and years.fiscal_year = stated.fiscal_year
order by units.budget_unit_key, years.fiscal_year
