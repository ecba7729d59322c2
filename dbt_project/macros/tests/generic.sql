{# Generic data tests. Each selects the rows that break the rule; a comparison that is NULL breaks it too. #}

{% test unique_combination(model, columns) %}
select
    {{ columns | join(', ') }},
    count(*) as row_count
from {{ model }}
group by {{ columns | join(', ') }}
having count(*) > 1
{% endtest %}

{% test expression_is_true(model, expression) %}
select * from {{ model }}
where not coalesce(({{ expression }}), false)
{% endtest %}

{# The same rows, as often, on both sides: nothing lost, nothing doubled. #}
{% test same_rows(model, compare_model, columns, row_condition='true', compare_condition='true') %}
with here as (
    select {{ columns | join(', ') }} from {{ model }} where {{ row_condition }}
),

there as (
    select {{ columns | join(', ') }} from {{ compare_model }} where {{ compare_condition }}
)

(select 'only here' as side, * from (select * from here except all select * from there))
union all
(select 'only there' as side, * from (select * from there except all select * from here))
{% endtest %}

{% test same_row_count(model, compare_model) %}
select here.row_count, there.row_count as compared_row_count
from (select count(*) as row_count from {{ model }}) as here
cross join (select count(*) as row_count from {{ compare_model }}) as there
where here.row_count != there.row_count
{% endtest %}

{# Two business keys under one surrogate key: a collision of digests, which must fail the build (contract, section 1). #}
{% test key_has_one_meaning(model, key, business_key) %}
select {{ key }}
from (select distinct {{ key }}, {{ business_key | join(', ') }} from {{ model }})
group by {{ key }}
having count(*) > 1
{% endtest %}
