{# The rows of target documents as facts have them: current ones for `main`, all others for `history`. One form for both,
   so that an earlier version is told in the very columns of today's. `condition` chooses staged rows. #}
{% macro project_budget_rows(condition) -%}
with projects as (
    select * from {{ ref('stg_projects') }}
    where {{ condition }} and document_type = 'target' and {{ in_scope() }}
),

amounts as (
    select * from {{ ref('stg_amounts') }}
    where {{ condition }} and document_type = 'target' and scope = 'project' and {{ in_scope() }}
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
{%- endmacro %}

{% macro indicator_target_rows(condition) -%}
with targets as (
    select * from {{ ref('stg_targets') }}
    where {{ condition }} and document_type = 'target' and {{ in_scope() }}
),

units as (
    select
        unit_key,
        to_base_factor
    from {{ ref('dim_unit') }}
),

-- A product beyond 38 digits is none: the value itself is kept.
multiplied as (
    select
        targets.*,
        try(targets.lower_value * units.to_base_factor) as lower_product,
        try(targets.upper_value * units.to_base_factor) as upper_product
    from targets
    left join units on targets.unit_key = units.unit_key
)

select
    ---------- keys
    targets.project_key,
    targets.fiscal_year,
    make_date(targets.fiscal_year, 1, 1) as fiscal_year_start_date,
    targets.indicator_key,
    targets.category_key,
    targets.document_key,
    targets.indicator_no,
    targets.horizon,
    targets.measure_no,
    ---------- text
    targets.joiner,
    targets.target_text,
    targets.target_kind,
    targets.comparator,
    ---------- numbers
    targets.lower_value,
    targets.upper_value,
    targets.unit_key,
    targets.unit_text,
    {{ base_value('targets.lower_product') }} as base_lower_value,
    {{ base_value('targets.upper_product') }} as base_upper_value,
    targets.qualifier,
    targets.weight,
    ---------- times
    targets.deadline_comparator,
    targets.deadline_date,
    targets.deadline_precision,
    ---------- reading
    targets.parse_grade,
    targets.residual_text,
    targets.is_comparator_inherited,
    ---------- provenance
    targets.source_table,
    targets.source_row,
    targets.source_column,
    targets.source_start,
    targets.source_end
from multiplied as targets
order by
    targets.fiscal_year asc,
    targets.document_key asc,
    targets.source_table asc,
    targets.source_row asc,
    targets.indicator_no asc,
    targets.horizon desc,
    targets.measure_no asc
{%- endmacro %}
