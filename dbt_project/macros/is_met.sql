{# Whether an actual value meets its target: three-valued, NULL where the printed words leave it open. Both sides are sets
   of values: `≥95` is [95, ∞), `<3` is (-∞, 3), `50` is [50, 50]. Columns of a side `x`: x_comparator, x_low, x_high;
   a missing bound is infinite, gt and lt leave their bound out. See docs/decisions/0007. #}

{% macro is_inside(target, actual) -%}
coalesce(
    (
        {{ target }}_low is null
        or {{ actual }}_low > {{ target }}_low
        or (
            {{ actual }}_low = {{ target }}_low
            and ({{ target }}_comparator != 'gt' or {{ actual }}_comparator = 'gt')
        )
    )
    and (
        {{ target }}_high is null
        or {{ actual }}_high < {{ target }}_high
        or (
            {{ actual }}_high = {{ target }}_high
            and ({{ target }}_comparator != 'lt' or {{ actual }}_comparator = 'lt')
        )
    ),
    false
)
{%- endmacro %}

{# Every value of `lesser` is less than every value of `greater`. #}
{% macro is_below(lesser, greater) -%}
coalesce(
    {{ lesser }}_high < {{ greater }}_low
    or (
        {{ lesser }}_high = {{ greater }}_low
        and ({{ lesser }}_comparator = 'lt' or {{ greater }}_comparator = 'gt')
    ),
    false
)
{%- endmacro %}

{# All of the actual's values are the target's: true. None is: false. Some: NULL. How near `约50` must be is nowhere said,
   so it is met by 50 alone and never missed. `fails_below` and `fails_above` say on which side a value misses the target:
   a bare number has no direction of its own. #}
{% macro quantity_verdict(target, actual) -%}
case
    when {{ target }}_comparator is null or {{ actual }}_comparator is null then null
    when {{ target }}_comparator = 'approx'
        then case when {{ actual }}_comparator in ('eq', 'approx') and {{ actual }}_low = {{ target }}_low then true end
    when {{ actual }}_comparator = 'approx' then null
    when {{ is_inside(target, actual) }} then true
    when {{ is_below(actual, target) }} then case when {{ target }}_fails_below then false end
    when {{ is_below(target, actual) }} then case when {{ target }}_fails_above then false end
end
{%- endmacro %}

{# On which side a target can be missed, for `quantity_verdict`. Only a bare number (`50次`) is in doubt: less of it is a
   failure where more is better (数量, 质量, 及时率, benefit, satisfaction), more of it under cost. With `=` it is exact. #}
{% macro is_missed(side, comparator, text, level1, level2, name) -%}
(
    {{ comparator }} is distinct from 'eq'
    or regexp_matches({{ text }}, '[=＝═]|等于')
    {%- if side == 'below' %}
    or coalesce(
        (
            {{ level1 }} in ('效益指标', '满意度指标')
            or ({{ level1 }} = '产出指标' and {{ level2 }} in ('数量指标', '质量指标'))
            or ({{ level2 }} = '时效指标' and contains({{ name }}, '率'))
        )
        and not regexp_matches(
            {{ name }},
            '差错|投诉|事故|违规|违法|违纪|逾期|超期|延误|延期|滞后|超支|流失|伤亡|死亡|下降|降低|减少|失业|返贫|拖欠|空置|损失|误差|成本|费用|时间|时限'
        ),
        false
    )
    {%- else %}
    or coalesce({{ level1 }} = '成本指标' or {{ level2 }} = '成本指标', false)
    {%- endif %}
)
{%- endmacro %}

{# A date is as long as its precision: 2024年11月 is its thirty days. Columns of a side: x_date_comparator, x_first, x_last.
   A target's date is a latest one however it is printed, unless it says 不早于. `12月前` may or may not include December,
   so it is met before and missed after that month. Where a period begins is not kept: it is met by the same words alone. #}
{% macro date_verdict(target, actual) -%}
case
    when {{ target }}_last is null or {{ actual }}_last is null then null
    when {{ target }}_is_period then case when {{ target }}_is_repeated then true end
    when {{ target }}_is_vague or {{ actual }}_is_vague
        then case when {{ actual }}_first = {{ target }}_first and {{ actual }}_last = {{ target }}_last then true end
    when {{ target }}_date_comparator in ('ge', 'gt')
        then
            case
                when {{ actual }}_date_comparator in ('le', 'lt') then null
                when {{ actual }}_first >= {{ target }}_first and {{ target }}_date_comparator = 'ge' then true
                when {{ actual }}_first > {{ target }}_last then true
                when {{ actual }}_date_comparator in ('ge', 'gt') then null
                when {{ actual }}_last < {{ target }}_first then false
                when {{ actual }}_last <= {{ target }}_last and {{ target }}_date_comparator = 'gt' then false
            end
    when {{ actual }}_date_comparator in ('ge', 'gt')
        then case when {{ actual }}_first > {{ target }}_last then false end
    when {{ actual }}_last < {{ target }}_first then true
    when
        {{ actual }}_last <= {{ target }}_last
        and (
            {{ target }}_date_comparator not in ('le', 'lt')
            or ({{ target }}_date_comparator = 'le' and {{ target }}_first = {{ target }}_last)
        )
        then true
    when {{ actual }}_date_comparator in ('le', 'lt') then null
    when {{ actual }}_first > {{ target }}_last then false
    when {{ actual }}_first >= {{ target }}_first and {{ target }}_date_comparator = 'lt' then false
end
{%- endmacro %}

{# One verdict from those of all measures: 且 needs all, 或 needs one; a text that mixes both decides only in unison. #}
{% macro joined_verdict(verdict, joiner) -%}
case
    when bool_and({{ verdict }} is not null and {{ verdict }}) then true
    when bool_and({{ verdict }} is not null and not {{ verdict }}) then false
    when count(distinct coalesce({{ joiner }}, 'and')) > 1 then null
    when max({{ joiner }}) = 'or' then case when bool_or({{ verdict }}) then true end
    when bool_or(not {{ verdict }}) then false
end
{%- endmacro %}
