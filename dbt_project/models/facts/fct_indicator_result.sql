with results as (
    select * from {{ ref('stg_results') }}
    where is_authoritative and document_type = 'self_evaluation' and {{ in_scope() }}
),

-- What the self-evaluation itself prints as target: the year's, or the cycle's where it prints no other.
targets as (
    select * from {{ ref('stg_targets') }}
    where is_authoritative and document_type = 'self_evaluation' and {{ in_scope() }}
    qualify horizon = 'annual' or not bool_or(horizon = 'annual') over (
        partition by document_key, project_key, indicator_no
    )
),

units as (
    select
        unit_key,
        case when to_base_factor is null then unit_name else quantity_kind || ' ' || base_unit_name end as unit_group,
        to_base_factor
    from {{ ref('dim_unit') }}
),

{% for name, side, kind in [('wanted', 'targets', 'target_kind'), ('reached', 'results', 'kind')] -%}
{{ name }} as (
    select
        {{ side }}.document_key,
        {{ side }}.project_key,
        {{ side }}.fiscal_year,
        {{ side }}.indicator_no,
        {{ side }}.measure_no,
        {{ side }}.joiner,
        {{ side }}.{{ kind }} as kind,
        {{ side }}.comparator,
        {{ side }}.unit_key,
        units.unit_group,
        {{ side }}.lower_value,
        {{ side }}.upper_value,
        try({{ side }}.lower_value * units.to_base_factor) as lower_product,
        try({{ side }}.upper_value * units.to_base_factor) as upper_product,
        {{ side }}.deadline_comparator,
        case
            when {{ side }}.deadline_precision = 'day' then {{ side }}.deadline_date
            else cast(date_trunc({{ side }}.deadline_precision, {{ side }}.deadline_date) as date)
        end as first_date,
        {{ side }}.deadline_date as last_date,
        regexp_matches({{ 'actual_text' if name == 'reached' else 'target_text' }}, '左右|前后|大约|约[0-9]') as is_vague,
        -- The second of two measures of one unit answers the second of two targets of that unit.
        row_number() over of_a_unit as number_in_unit,
        count(*) over (
            partition by
                {{ side }}.document_key, {{ side }}.project_key, {{ side }}.indicator_no,
                {{ side }}.comparator is null, units.unit_group
        ) as count_in_unit,
        count(*) over (
            partition by
                {{ side }}.document_key, {{ side }}.project_key, {{ side }}.indicator_no, {{ side }}.comparator is null
        ) as measure_count,
        -- 480000 of `48万平方米` may stand beside a bare 48.
        regexp_matches({{ 'actual_text' if name == 'reached' else 'target_text' }}, '[0-9０-９]\s*[十百千万亿]')
        and not regexp_matches({{ side }}.unit_text, '^[百千]') as has_magnitude,
        coalesce({{ side }}.lower_value, {{ side }}.upper_value) between 0 and 1 as is_fraction
    from {{ side }}
    left join units on {{ side }}.unit_key = units.unit_key
    where {{ side }}.parse_grade != 'D'
    window of_a_unit as (
        partition by
            {{ side }}.document_key, {{ side }}.project_key, {{ side }}.indicator_no,
            {{ side }}.comparator is null, units.unit_group
        order by {{ side }}.measure_no
    )
),

{% endfor -%}
-- The one date that an actual value states.
dates as (
    select
        document_key,
        project_key,
        indicator_no,
        min(first_date) as first_date,
        min(last_date) as last_date,
        min(deadline_comparator) as deadline_comparator,
        bool_or(is_vague) as is_vague
    from reached
    where last_date is not null
    group by document_key, project_key, indicator_no
    having min(first_date) = max(first_date) and min(last_date) = max(last_date)
),

-- One row per measure of the target, with what answers it in that unit. Values of one unit are compared as printed.
paired as (
    select
        targets.document_key,
        targets.project_key,
        targets.indicator_no,
        targets.joiner,
        targets.target_kind,
        wanted.comparator as target_comparator,
        reached.comparator as actual_comparator,
        {%- for side, bound in [('lower', 'low'), ('upper', 'high')] %}
        case
            when wanted.unit_key in (0, reached.unit_key) then wanted.{{ side }}_value
            else {{ base_value('wanted.' ~ side ~ '_product') }}
        end as target_{{ bound }},
        case
            when wanted.unit_key in (0, reached.unit_key) then reached.{{ side }}_value
            else {{ base_value('reached.' ~ side ~ '_product') }}
        end as actual_{{ bound }},
        {%- endfor %}
        {%- for side in ['below', 'above'] %}
        {{ is_missed(
            side, 'wanted.comparator', 'targets.target_text', 'results.level1_name', 'results.level2_name',
            'results.indicator_name'
        ) }} as target_fails_{{ side }},
        {%- endfor %}
        wanted.deadline_comparator as target_date_comparator,
        wanted.first_date as target_first,
        wanted.last_date as target_last,
        wanted.is_vague as target_is_vague,
        wanted.kind = 'period' as target_is_period,
        regexp_replace(targets.target_text, '\s', '', 'g') = regexp_replace(results.actual_text, '\s', '', 'g')
            as target_is_repeated,
        dates.deadline_comparator as actual_date_comparator,
        dates.first_date as actual_first,
        dates.last_date as actual_last,
        coalesce(dates.is_vague, false) as actual_is_vague,
        make_date(targets.fiscal_year, 12, 31) as last_day_of_year
    from targets
    inner join results
        on
            targets.document_key = results.document_key
            and targets.project_key = results.project_key
            and targets.indicator_no = results.indicator_no
            and results.measure_no = 1
    left join wanted
        on
            targets.document_key = wanted.document_key
            and targets.project_key = wanted.project_key
            and targets.indicator_no = wanted.indicator_no
            and targets.measure_no = wanted.measure_no
    left join reached
        on
            wanted.document_key = reached.document_key
            and wanted.project_key = reached.project_key
            and wanted.indicator_no = reached.indicator_no
            and (
                (
                    wanted.unit_group = reached.unit_group
                    and wanted.number_in_unit = reached.number_in_unit
                    and wanted.count_in_unit = reached.count_in_unit
                )
                -- A lone bare target is in the unit of its lone actual value, as a bare value is in its target's.
                or (
                    wanted.unit_key = 0
                    and wanted.measure_count = 1
                    and reached.measure_count = 1
                    and not coalesce(reached.has_magnitude, false)
                    and not coalesce(wanted.has_magnitude, false)
                    and not (wanted.is_fraction and starts_with(reached.unit_group, 'ratio'))
                )
            )
            and wanted.comparator is not null
            and reached.comparator is not null
            and reached.joiner is distinct from 'or'
    left join dates
        on
            targets.document_key = dates.document_key
            and targets.project_key = dates.project_key
            and targets.indicator_no = dates.indicator_no
),

-- SQL's own `and`: false when one side is false, NULL when one is open. A self-evaluation tells of its whole year, so a
-- deadline beside a number that does not end before the year needs no date in the actual value.
judged as (
    select
        *,
        case
            when target_kind = 'quantity' and target_last is null then {{ quantity_verdict('target', 'actual') }}
            when target_kind = 'quantity'
                then
                    ({{ quantity_verdict('target', 'actual') }})
                    and case
                        when actual_last is null and target_last >= last_day_of_year then true
                        else {{ date_verdict('target', 'actual') }}
                    end
            when target_kind in ('deadline', 'period') then {{ date_verdict('target', 'actual') }}
        end as verdict
    from paired
),

decided as (
    select
        document_key,
        project_key,
        indicator_no,
        {{ joined_verdict('verdict', 'joiner') }} as is_met
    from judged
    group by document_key, project_key, indicator_no
),

texts as (
    select
        document_key,
        project_key,
        indicator_no,
        min_by(target_text, measure_no) as target_text
    from targets
    group by document_key, project_key, indicator_no
)

select
    ---------- keys
    results.project_key,
    results.fiscal_year,
    make_date(results.fiscal_year, 1, 1) as fiscal_year_start_date,
    results.indicator_key,
    results.category_key,
    results.document_key,
    results.indicator_no,
    results.measure_no,
    ---------- text
    texts.target_text,
    results.actual_text,
    results.joiner,
    results.kind,
    results.comparator,
    ---------- numbers
    results.lower_value,
    results.upper_value,
    results.unit_key,
    results.unit_text,
    results.is_unit_inherited,
    results.qualifier,
    ---------- times
    results.deadline_comparator,
    results.deadline_date,
    results.deadline_precision,
    ---------- evaluation
    results.weight,
    results.score,
    results.deviation_reason,
    decided.is_met,
    ---------- reading
    results.parse_grade,
    results.residual_text,
    ---------- provenance
    results.source_table,
    results.source_row,
    results.source_column,
    results.source_start,
    results.source_end
from results
left join decided
    on
        results.document_key = decided.document_key
        and results.project_key = decided.project_key
        and results.indicator_no = decided.indicator_no
left join texts
    on
        results.document_key = texts.document_key
        and results.project_key = texts.project_key
        and results.indicator_no = texts.indicator_no
order by
    results.fiscal_year asc,
    results.document_key asc,
    results.source_table asc,
    results.source_row asc,
    results.indicator_no asc,
    results.measure_no asc
