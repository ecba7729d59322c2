with budgets as (
    select * from {{ ref('fct_project_budget') }}
),

indicators as (
    select
        project_key,
        fiscal_year,
        cast(count(*) as integer) as indicator_count,
        cast(count(*) filter (where level1_name = '产出指标') as integer) as output_indicator_count,
        cast(count(*) filter (where level1_name = '效益指标') as integer) as benefit_indicator_count,
        cast(count(*) filter (where level1_name = '满意度指标') as integer) as satisfaction_indicator_count,
        cast(count(*) filter (where level1_name = '成本指标') as integer) as cost_indicator_count,
        cast(count(*) filter (where category_key = 0) as integer) as unclassified_indicator_count,
        cast(
            count(*) filter (where 'quantity' in (cycle_target_kind, annual_target_kind)) as integer
        ) as quantified_indicator_count
    from {{ ref('mart_indicator') }}
    group by project_key, fiscal_year
),

-- What was found in a self-evaluation says nothing of the targets.
findings as (
    select
        findings.project_key,
        findings.fiscal_year,
        cast(count(*) filter (where findings.severity = 'critical') as integer) as critical_finding_count,
        cast(count(*) filter (where findings.severity = 'warning') as integer) as warning_finding_count,
        cast(count(*) filter (where findings.severity = 'info') as integer) as info_finding_count
    from {{ ref('finding') }} as findings
    inner join {{ ref('dim_document') }} as documents on findings.document_key = documents.document_key
    where documents.document_type != 'self_evaluation'
    group by findings.project_key, findings.fiscal_year
),

-- The unit under the names that it had in the year, not under those of today.
projects as (
    select
        projects.project_key,
        projects.project_name,
        projects.project_series_id,
        versions.budget_unit_key,
        versions.region_key,
        versions.department_name,
        versions.unit_name,
        coalesce(versions.valid_from_year, 0) as valid_from_year,
        coalesce(versions.valid_to_year, 9999) as valid_to_year
    from {{ ref('dim_project') }} as projects
    inner join {{ ref('dim_budget_unit') }} as units on projects.budget_unit_key = units.budget_unit_key
    inner join {{ ref('dim_budget_unit') }} as versions on units.budget_unit_id = versions.budget_unit_id
),

regions as (
    select
        region_key,
        region_name,
        province_name,
        prefecture_name
    from {{ ref('dim_region') }}
),

-- The same series a year earlier; a series printed twice in a year has neither a predecessor nor a successor.
yearly as (
    select
        projects.project_series_id,
        budgets.fiscal_year,
        max(budgets.total_amount_cny) as total_amount_cny
    from budgets
    inner join {{ ref('dim_project') }} as projects on budgets.project_key = projects.project_key
    group by projects.project_series_id, budgets.fiscal_year
    having count(*) = 1
),

changes as (
    select
        this.project_series_id,
        this.fiscal_year,
        before.total_amount_cny as previous_amount_cny
    from yearly as this
    inner join yearly as before
        on this.project_series_id = before.project_series_id and this.fiscal_year = before.fiscal_year + 1
)

select
    ---------- keys
    budgets.project_key,
    budgets.fiscal_year,
    budgets.fiscal_year_start_date,
    budgets.document_key,
    projects.budget_unit_key,
    projects.project_series_id,
    ---------- names
    regions.province_name,
    regions.prefecture_name,
    regions.region_name,
    projects.department_name,
    projects.unit_name as budget_unit_name,
    projects.project_name,
    budgets.goal_text,
    ---------- amounts
    budgets.total_amount_cny,
    budgets.components_amount_cny,
    budgets.difference_cny,
    cast(changes.previous_amount_cny as decimal(20, 2)) as previous_amount_cny,
    cast(budgets.total_amount_cny - changes.previous_amount_cny as decimal(20, 2)) as change_amount_cny,
    ---------- counts
    coalesce(indicators.indicator_count, 0) as indicator_count,
    coalesce(indicators.output_indicator_count, 0) as output_indicator_count,
    coalesce(indicators.benefit_indicator_count, 0) as benefit_indicator_count,
    coalesce(indicators.satisfaction_indicator_count, 0) as satisfaction_indicator_count,
    coalesce(indicators.cost_indicator_count, 0) as cost_indicator_count,
    coalesce(indicators.unclassified_indicator_count, 0) as unclassified_indicator_count,
    coalesce(indicators.quantified_indicator_count, 0) as quantified_indicator_count,
    cast(indicators.quantified_indicator_count / indicators.indicator_count as decimal(5, 4)) as quantified_share,
    coalesce(findings.critical_finding_count, 0) as critical_finding_count,
    coalesce(findings.warning_finding_count, 0) as warning_finding_count,
    coalesce(findings.info_finding_count, 0) as info_finding_count
from budgets
inner join projects
    on
        budgets.project_key = projects.project_key
        and budgets.fiscal_year between projects.valid_from_year and projects.valid_to_year
inner join regions on projects.region_key = regions.region_key
left join indicators
    on budgets.project_key = indicators.project_key and budgets.fiscal_year = indicators.fiscal_year
left join findings
    on budgets.project_key = findings.project_key and budgets.fiscal_year = findings.fiscal_year
left join changes
    on projects.project_series_id = changes.project_series_id and budgets.fiscal_year = changes.fiscal_year
order by budgets.fiscal_year, budgets.document_key, budgets.project_no
