with targets as (
    select * from {{ ref('fct_indicator_target') }}
),

units as (
    select
        unit_key,
        unit_name
    from {{ ref('dim_unit') }}
),

-- What all measures of one text say together. The deadline is the first that is stated.
texts as (
    select
        project_key,
        fiscal_year,
        indicator_no,
        horizon,
        cast(count(*) as integer) as measure_count,
        max(parse_grade) as parse_grade,
        min_by(deadline_date, measure_no) as deadline_date
    from targets
    group by project_key, fiscal_year, indicator_no, horizon
),

-- One row per indicator and horizon: the first measure typed, the whole text beside it.
sided as (
    select
        targets.project_key,
        targets.fiscal_year,
        targets.indicator_no,
        targets.horizon,
        targets.indicator_key,
        targets.category_key,
        targets.document_key,
        targets.target_text,
        targets.target_kind,
        targets.joiner,
        targets.comparator,
        targets.lower_value,
        targets.upper_value,
        case when targets.unit_key != 0 then units.unit_name end as unit_name,
        texts.measure_count,
        texts.parse_grade,
        texts.deadline_date
    from targets
    inner join units on targets.unit_key = units.unit_key
    inner join texts
        on
            targets.project_key = texts.project_key
            and targets.fiscal_year = texts.fiscal_year
            and targets.indicator_no = texts.indicator_no
            and targets.horizon = texts.horizon
    where targets.measure_no = 1
),

cycle as (
    select * from sided where horizon = 'cycle'
),

annual as (
    select * from sided where horizon = 'annual'
),

paired as (
    select
        coalesce(annual.project_key, cycle.project_key) as project_key,
        coalesce(annual.fiscal_year, cycle.fiscal_year) as fiscal_year,
        coalesce(annual.indicator_no, cycle.indicator_no) as indicator_no,
        coalesce(annual.indicator_key, cycle.indicator_key) as indicator_key,
        coalesce(annual.category_key, cycle.category_key) as category_key,
        coalesce(annual.document_key, cycle.document_key) as document_key,
        {%- for side in ['cycle', 'annual'] %}
        {{ side }}.target_text as {{ side }}_target_text,
        {{ side }}.target_kind as {{ side }}_target_kind,
        {{ side }}.comparator as {{ side }}_comparator,
        {{ side }}.lower_value as {{ side }}_lower_value,
        {{ side }}.upper_value as {{ side }}_upper_value,
        {{ side }}.unit_name as {{ side }}_unit_name,
        {{ side }}.joiner as {{ side }}_joiner,
        {{ side }}.measure_count as {{ side }}_measure_count,
        {{ side }}.deadline_date as {{ side }}_deadline_date,
        {{ side }}.parse_grade as {{ side }}_parse_grade{% if not loop.last %},{% endif %}
        {%- endfor %}
    from cycle
    full outer join annual
        on
            cycle.project_key = annual.project_key
            and cycle.fiscal_year = annual.fiscal_year
            and cycle.indicator_no = annual.indicator_no
),

-- The unit under the names that it had in the year, not under those of today.
projects as (
    select
        projects.project_key,
        projects.project_name,
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

categories as (
    select
        category_key,
        taxonomy,
        level1_name,
        level2_name
    from {{ ref('dim_indicator_category') }}
),

indicators as (
    select
        indicator_key,
        indicator_name
    from {{ ref('dim_indicator') }}
),

documents as (
    select
        document_key,
        title,
        publisher,
        source_uri,
        source_url
    from {{ ref('dim_document') }}
)

select
    ---------- keys
    paired.project_key,
    paired.fiscal_year,
    make_date(paired.fiscal_year, 1, 1) as fiscal_year_start_date,
    paired.indicator_no,
    projects.budget_unit_key,
    paired.indicator_key,
    paired.category_key,
    paired.document_key,
    ---------- names
    regions.province_name,
    regions.prefecture_name,
    regions.region_name,
    projects.department_name,
    projects.unit_name as budget_unit_name,
    projects.project_name,
    categories.taxonomy,
    categories.level1_name,
    categories.level2_name,
    indicators.indicator_name,
    ---------- targets
    {%- for side in ['cycle', 'annual'] %}
    paired.{{ side }}_target_text,
    paired.{{ side }}_target_kind,
    paired.{{ side }}_comparator,
    paired.{{ side }}_lower_value,
    paired.{{ side }}_upper_value,
    paired.{{ side }}_unit_name,
    paired.{{ side }}_joiner,
    paired.{{ side }}_measure_count,
    paired.{{ side }}_deadline_date,
    paired.{{ side }}_parse_grade,
    {%- endfor %}
    ---------- provenance
    documents.title as document_title,
    documents.publisher,
    documents.source_uri,
    documents.source_url
from paired
inner join projects
    on
        paired.project_key = projects.project_key
        and paired.fiscal_year between projects.valid_from_year and projects.valid_to_year
inner join regions on projects.region_key = regions.region_key
inner join categories on paired.category_key = categories.category_key
inner join indicators on paired.indicator_key = indicators.indicator_key
inner join documents on paired.document_key = documents.document_key
order by paired.fiscal_year, paired.document_key, paired.project_key, paired.indicator_no
