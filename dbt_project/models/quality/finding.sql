{# One CTE per rule, each with the same columns. Rules that need only one text are found by the parser. #}
with parsed as (
    select
        document_key,
        project_key,
        fiscal_year,
        indicator_no,
        horizon,
        rule_code,
        severity,
        message,
        evidence
    from {{ ref('stg_findings') }}
    where is_current
),

targets as (
    select * from {{ ref('fct_indicator_target') }}
),

indicators as (
    select * from {{ ref('stg_indicators') }} where is_authoritative and document_type = 'target'
),

mismatched as (
    select
        document_key,
        project_key,
        fiscal_year,
        cast(null as integer) as indicator_no,
        cast(null as varchar) as horizon,
        case scope when 'project' then 'component_mismatch' else 'total_mismatch' end as rule_code,
        'warning' as severity,
        '列示金额与明细之和不符 (stated amount differs from the sum of its parts)' as message,
        concat_ws(' ', nullif(scope_name, ''), measure, stated_amount, '/', computed_amount) as evidence
    from {{ ref('reconciliation') }}
    where status = 'mismatch'
),

value_repeats_name as (
    select
        targets.document_key,
        targets.project_key,
        targets.fiscal_year,
        targets.indicator_no,
        targets.horizon,
        'value_repeats_name' as rule_code,
        'info' as severity,
        '指标值重复了指标名称 (value repeats the indicator name)' as message,
        targets.target_text as evidence
    from targets
    inner join indicators
        on
            targets.document_key = indicators.document_key
            and targets.project_key = indicators.project_key
            and targets.indicator_no = indicators.indicator_no
    where
        length(indicators.indicator_name) >= 2
        and contains(targets.target_text, indicators.indicator_name)
),

value_names_another_indicator as (
    select
        targets.document_key,
        targets.project_key,
        targets.fiscal_year,
        targets.indicator_no,
        targets.horizon,
        'value_names_another_indicator' as rule_code,
        'warning' as severity,
        '指标值写的是同一项目的另一指标 (value names another indicator of the project)' as message,
        targets.target_text as evidence
    from targets
    inner join indicators
        on
            targets.document_key = indicators.document_key
            and targets.project_key = indicators.project_key
            and targets.indicator_no = indicators.indicator_no
    where
        not starts_with(targets.target_text, indicators.indicator_name)
        and exists (
            select 1
            from indicators as others
            where
                others.document_key = targets.document_key
                and others.project_key = targets.project_key
                and others.indicator_no != targets.indicator_no
                and others.indicator_name != indicators.indicator_name
                and length(others.indicator_name) >= 4
                and starts_with(targets.target_text, others.indicator_name)
        )
),

measured as (
    select
        targets.*,
        units.quantity_kind,
        units.base_unit_name
    from targets
    inner join {{ ref('dim_unit') }} as units on targets.unit_key = units.unit_key
    where targets.target_kind = 'quantity'
),

paired as (
    select
        annual.*,
        cycle.base_lower_value as cycle_lower_value,
        cycle.base_upper_value as cycle_upper_value,
        cycle.comparator as cycle_comparator,
        cycle.unit_key as cycle_unit_key,
        cycle.target_text as cycle_target_text,
        annual.quantity_kind = cycle.quantity_kind and annual.base_unit_name = cycle.base_unit_name as is_comparable
    from measured as annual
    inner join measured as cycle
        on
            annual.document_key = cycle.document_key
            and annual.project_key = cycle.project_key
            and annual.indicator_no = cycle.indicator_no
            and annual.measure_no = cycle.measure_no
            and annual.horizon = 'annual'
            and cycle.horizon = 'cycle'
),

-- Of two targets of one form the bound that is stated; of two forms, an annual minimum above the cycle's maximum.
annual_exceeds_cycle as (
    select
        document_key,
        project_key,
        fiscal_year,
        indicator_no,
        'annual' as horizon,
        'annual_exceeds_cycle' as rule_code,
        'warning' as severity,
        '年度目标高于实施周期目标 (annual target exceeds the cycle target)' as message,
        target_text || ' > ' || cycle_target_text as evidence
    from paired
    where
        is_comparable
        and (
            base_lower_value > cycle_upper_value
            or (
                comparator = cycle_comparator
                and coalesce(base_upper_value, base_lower_value) > coalesce(cycle_upper_value, cycle_lower_value)
            )
        )
),

-- A side without a unit is `unit_missing`; 公里 and 米 do not conflict.
unit_conflict as (
    select
        document_key,
        project_key,
        fiscal_year,
        indicator_no,
        'annual' as horizon,
        'unit_conflict' as rule_code,
        'warning' as severity,
        '年度目标与实施周期目标的单位不同 (annual and cycle target have different units)' as message,
        target_text || ' / ' || cycle_target_text as evidence
    from paired
    where unit_key != 0 and cycle_unit_key != 0 and not is_comparable
),

unit_missing as (
    select
        document_key,
        project_key,
        fiscal_year,
        indicator_no,
        horizon,
        'unit_missing' as rule_code,
        'info' as severity,
        '指标值没有写明单位 (no unit stated)' as message,
        target_text as evidence
    from targets
    where target_kind = 'quantity' and unit_key = 0 and comparator is not null
),

not_understood as (
    select
        document_key,
        project_key,
        fiscal_year,
        indicator_no,
        horizon,
        'target_not_understood' as rule_code,
        'warning' as severity,
        '指标值未能读懂，原文保留 (target not understood, text kept)' as message,
        target_text as evidence
    from targets
    where parse_grade = 'D'
),

template_placeholder as (
    select
        document_key,
        project_key,
        fiscal_year,
        indicator_no,
        horizon,
        'template_placeholder' as rule_code,
        'warning' as severity,
        '指标值仍是模板占位符 (template placeholder left in place)' as message,
        target_text as evidence
    from targets
    where target_kind = 'placeholder'
),

duplicate_indicator as (
    select
        document_key,
        project_key,
        fiscal_year,
        max(indicator_no) as indicator_no,
        cast(null as varchar) as horizon,
        'duplicate_indicator' as rule_code,
        'warning' as severity,
        '同一项目重复列出同名指标 (indicator listed more than once in a project)' as message,
        indicator_name || ' × ' || count(*) as evidence
    from indicators
    group by document_key, project_key, fiscal_year, indicator_key, indicator_name
    having count(*) > 1
),

counted as (
    select
        projects.document_key,
        projects.project_key,
        projects.fiscal_year,
        projects.project_name,
        count(*) filter (where indicators.level1_name = '产出指标') as output_count,
        count(*) filter (where indicators.level1_name = '效益指标') as benefit_count,
        count(*) filter (where indicators.level1_name = '满意度指标') as satisfaction_count
    from {{ ref('stg_projects') }} as projects
    left join indicators
        on projects.document_key = indicators.document_key and projects.project_key = indicators.project_key
    where projects.is_authoritative and projects.document_type = 'target'
    group by projects.document_key, projects.project_key, projects.fiscal_year, projects.project_name
),

missing_level as (
    {%- for level, words in [
        ('output', '产出指标'), ('benefit', '效益指标'), ('satisfaction', '满意度指标')
    ] %}
    select
        document_key,
        project_key,
        fiscal_year,
        cast(null as integer) as indicator_no,
        cast(null as varchar) as horizon,
        'no_{{ level }}_indicator' as rule_code,
        '{{ "info" if level == "satisfaction" else "warning" }}' as severity,
        '项目没有{{ words }} (project without {{ level }} indicator)' as message,
        project_name as evidence
    from counted
    where {{ level }}_count = 0
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

all_qualitative as (
    select
        targets.document_key,
        targets.project_key,
        targets.fiscal_year,
        cast(null as integer) as indicator_no,
        cast(null as varchar) as horizon,
        'all_qualitative' as rule_code,
        'warning' as severity,
        '项目的指标全部是定性的 (no indicator of the project is quantified)' as message,
        count(distinct targets.indicator_no) || ' 项指标' as evidence
    from targets
    group by targets.document_key, targets.project_key, targets.fiscal_year
    having
        count(*) filter (where targets.target_kind = 'qualitative') > 0
        and count(*) filter (where targets.target_kind in ('quantity', 'deadline', 'period', 'other')) = 0
),

-- Facts take a project from the newest document; the others' statements are told here.
project_in_several_documents as (
    select
        projects.document_key,
        projects.project_key,
        projects.fiscal_year,
        cast(null as integer) as indicator_no,
        cast(null as varchar) as horizon,
        'project_in_several_documents' as rule_code,
        'warning' as severity,
        '另有更新的文件列出同一项目，本文件的数据未计入 (a newer document states this project; not counted)' as message,
        projects.project_name || ' → ' || counted.source_uri as evidence
    from {{ ref('stg_projects') }} as projects
    inner join {{ ref('stg_projects') }} as others
        on
            projects.project_key = others.project_key
            and projects.fiscal_year = others.fiscal_year
            and projects.document_type = others.document_type
            and others.is_authoritative
    inner join {{ ref('stg_documents') }} as counted on others.document_key = counted.document_key
    where projects.is_current and not projects.is_authoritative
),

-- Two forms of one department in two files are taken for versions of one document unless their ids are stated.
version_shares_no_project as (
    select
        replaced.document_key,
        {{ unknown_key() }} as project_key,
        replaced.fiscal_year,
        cast(null as integer) as indicator_no,
        cast(null as varchar) as horizon,
        'version_shares_no_project' as rule_code,
        'warning' as severity,
        '同一单位、年度、类型的另一文件取代了本文件，但没有列出本文件的任何项目；'
        || '如是不同文件，请写明 document_id '
        || '(replaced by a file that lists none of its projects; state a document_id if they are two documents)' as message,
        replaced.source_uri || ' → ' || counted.source_uri as evidence
    from {{ ref('stg_documents') }} as replaced
    inner join {{ ref('stg_documents') }} as counted
        on
            replaced.document_id = counted.document_id
            and replaced.fiscal_year = counted.fiscal_year
            and replaced.document_type = counted.document_type
            and counted.is_current
    where
        not replaced.is_current
        and replaced.is_source_present
        and replaced.source_uri != counted.source_uri
        and not exists (
            select 1
            from {{ ref('stg_projects') }} as earlier
            inner join {{ ref('stg_projects') }} as later
                on earlier.project_key = later.project_key
            where
                earlier.document_key = replaced.document_key
                and later.document_key = counted.document_key
        )
),

-- A gate's warning concerns a table, not a document. A gate over several years states no single one.
gate_warning as (
    select
        {{ unknown_key() }} as document_key,
        {{ unknown_key() }} as project_key,
        coalesce(try_cast(fiscal_year as integer), 0) as fiscal_year,
        cast(null as integer) as indicator_no,
        cast(null as varchar) as horizon,
        'gate_warning' as rule_code,
        'warning' as severity,
        '质量闸门的一项警告未通过 (an expectation of severity warning failed)' as message,
        concat_ws(' ', suite, expectation, fiscal_year, '(' || failing_rows || ')') as evidence
    from {{ source('load', 'gate_result') }}
    where
        not success
        and severity = 'warning'
        and run_id in (select current_run.run_id from {{ source('load', 'current_run') }} as current_run)
),

{{ result_findings() }}

found as (
    {%- for rule in [
        'parsed', 'mismatched', 'value_repeats_name', 'value_names_another_indicator', 'annual_exceeds_cycle',
        'unit_conflict', 'unit_missing', 'not_understood', 'template_placeholder', 'duplicate_indicator',
        'missing_level', 'all_qualitative', 'project_in_several_documents',
        'version_shares_no_project', 'gate_warning'
    ] + result_rules() %}
    select * from {{ rule }}
    {%- if not loop.last %}
    union all by name
    {%- endif %}
    {%- endfor %}
),

-- Which run saw a finding first is kept by the load, since a rebuild cannot know it.
first_seen as (
    select * from {{ source('load', 'first_seen_finding') }}
),

runs as (
    select max(run_id) as run_id from {{ source('load', 'current_run') }}
),

keyed as (
    select
        {{ key(['rule_code', 'document_key', 'project_key', 'indicator_no', 'horizon', 'evidence']) }} as finding_key,
        *
    from found
),

-- Two measures of one text may break a rule with the same words: one finding, counted.
merged as (
    select
        finding_key,
        rule_code,
        min(severity) as severity,
        document_key,
        project_key,
        fiscal_year,
        indicator_no,
        horizon,
        min(message) as message,
        evidence,
        cast(count(*) as integer) as occurrence_count
    from keyed
    group by finding_key, rule_code, document_key, project_key, fiscal_year, indicator_no, horizon, evidence
)

select
    merged.finding_key,
    merged.rule_code,
    merged.severity,
    merged.document_key,
    merged.project_key,
    merged.fiscal_year,
    merged.indicator_no,
    merged.horizon,
    merged.message,
    merged.evidence,
    merged.occurrence_count,
    coalesce(first_seen.run_id, runs.run_id) as first_seen_run
from merged
left join first_seen on merged.finding_key = first_seen.finding_key
cross join runs
order by
    merged.fiscal_year,
    merged.document_key,
    merged.project_key,
    merged.indicator_no,
    merged.horizon,
    merged.rule_code,
    merged.finding_key
