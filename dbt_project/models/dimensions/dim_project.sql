with stated as (
    select * from {{ ref('stg_projects') }}
),

units as (
    select
        budget_unit_key,
        budget_unit_id
    from {{ ref('dim_budget_unit') }}
    where is_current
),

-- Superseded versions stay queryable, so their projects stay too; but they count only where nothing current is known.
counted as (
    select *
    from stated
    qualify is_current or not bool_or(is_current) over (partition by project_key)
),

projects as (
    select
        project_key,
        budget_unit_id,
        name_occurrence,
        max(project_code) as project_code,
        max_by(project_name, (fiscal_year, is_authoritative, project_name)) as project_name,
        min(fiscal_year) as first_fiscal_year,
        max(fiscal_year) as last_fiscal_year
    from counted
    group by project_key, budget_unit_id, name_occurrence
),

known as (
    select
        projects.project_key,
        coalesce(units.budget_unit_key, {{ unknown_key() }}) as budget_unit_key,
        projects.project_code,
        projects.project_name,
        -- A year in the name does not make another project: 2023年培训费 and 2024年培训费 are one series.
        left(md5(
            projects.budget_unit_id || chr(31)
            || regexp_replace(projects.project_name, '(19|20)[0-9]{2}年?度?|\s', '', 'g')
            || chr(31) || projects.name_occurrence
        ), 16) as project_series_id,
        projects.first_fiscal_year,
        projects.last_fiscal_year
    from projects
    left join units on projects.budget_unit_id = units.budget_unit_id
),

unknown as (
    select
        {{ unknown_key() }} as project_key,
        {{ unknown_key() }} as budget_unit_key,
        null as project_code,
        '未注明' as project_name,
        '' as project_series_id,
        null as first_fiscal_year,
        null as last_fiscal_year
)

select * from known
union all by name
select * from unknown
order by project_key
