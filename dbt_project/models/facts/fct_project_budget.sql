with projects as (
    select * from {{ ref('stg_projects') }}
    where is_authoritative and document_type = 'target' and {{ in_scope() }}
),

amounts as (
    select * from {{ ref('stg_amounts') }}
    where is_authoritative and document_type = 'target' and scope = 'project' and {{ in_scope() }}
),

summed as (
    select
        document_key,
        project_no,
        sum(amount_cny) filter (where funding_source_code = 'total') as total_amount_cny,
        sum(amount_cny) filter (where funding_source_code != 'total') as components_amount_cny,
        max(stated_unit) as stated_unit
    from amounts
    group by document_key, project_no
)

select
    ---------- keys
    projects.project_key,
    projects.fiscal_year,
    make_date(projects.fiscal_year, 1, 1) as fiscal_year_start_date,
    projects.document_key,
    ---------- amounts
    cast(summed.total_amount_cny as decimal(20, 2)) as total_amount_cny,
    cast(summed.components_amount_cny as decimal(20, 2)) as components_amount_cny,
    cast(summed.total_amount_cny - summed.components_amount_cny as decimal(20, 2)) as difference_cny,
    ---------- text
    projects.goal_text,
    projects.cycle_goal_text,
    summed.stated_unit,
    ---------- provenance
    projects.project_no,
    projects.source_table,
    projects.source_row
from projects
left join summed
    on projects.document_key = summed.document_key and projects.project_no = summed.project_no
order by projects.fiscal_year, projects.document_key, projects.project_no
