-- Several documents of a year may describe a unit: the newest target document counts, so that every row is one
-- document's statement; a self-evaluation, published a year later in other words, only where there is no other.
with stated as (
    select
        projects.budget_unit_id,
        projects.fiscal_year,
        projects.unit_code,
        projects.unit_name,
        projects.department_name,
        projects.region_code
    from {{ ref('stg_projects') }} as projects
    inner join {{ ref('stg_documents') }} as documents on projects.document_key = documents.document_key
    where projects.is_current
    qualify row_number() over (
        partition by projects.budget_unit_id, projects.fiscal_year
        order by
            projects.document_type != 'target' asc,
            documents.known_at desc,
            documents.document_key asc,
            projects.project_no asc
    ) = 1
),

compared as (
    select
        *,
        {{ key(['unit_code', 'unit_name', 'department_name', 'region_code']) }} as statement_key
    from stated
),

marked as (
    select
        *,
        coalesce(statement_key != lag(statement_key) over years, true) as is_new_version
    from compared
    window years as (partition by budget_unit_id order by fiscal_year)
),

numbered as (
    select
        *,
        sum(cast(is_new_version as integer)) over (partition by budget_unit_id order by fiscal_year) as version_no
    from marked
),

versions as (
    select
        budget_unit_id,
        version_no,
        unit_code,
        unit_name,
        department_name,
        region_code,
        min(fiscal_year) as valid_from_year
    from numbered
    group by budget_unit_id, version_no, unit_code, unit_name, department_name, region_code
),

dated as (
    select
        *,
        lead(valid_from_year) over (partition by budget_unit_id order by valid_from_year) as next_from_year
    from versions
),

known as (
    select
        {{ key(['dated.budget_unit_id', 'dated.valid_from_year']) }} as budget_unit_key,
        dated.budget_unit_id,
        dated.unit_code,
        dated.unit_name,
        dated.department_name,
        coalesce(dated.unit_name = dated.department_name, false) as is_department,
        coalesce(regions.region_key, {{ unknown_key() }}) as region_key,
        dated.valid_from_year,
        dated.next_from_year - 1 as valid_to_year,
        dated.next_from_year is null as is_current
    from dated
    left join {{ ref('dim_region') }} as regions on dated.region_code = regions.region_code
),

unknown as (
    select
        {{ unknown_key() }} as budget_unit_key,
        '' as budget_unit_id,
        null as unit_code,
        '未注明' as unit_name,
        '未注明' as department_name,
        false as is_department,
        {{ unknown_key() }} as region_key,
        null as valid_from_year,
        null as valid_to_year,
        true as is_current
)

select * from known
union all by name
select * from unknown
order by budget_unit_id, valid_from_year
