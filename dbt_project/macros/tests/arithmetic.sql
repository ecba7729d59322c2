{# Data tests of one model each: arithmetic over several tables. #}

{# A base value is value × factor, or empty where six decimals cannot hold it. Computed in another way than the model. #}
{% test base_values_are_converted(model) %}
with checked as (
    {%- for side in ['lower', 'upper'] %}
    select
        targets.{{ side }}_value as stated_value,
        targets.base_{{ side }}_value as base_value,
        cast(targets.{{ side }}_value as double) * cast(units.to_base_factor as double) as expected
    from {{ model }} as targets
    inner join {{ ref('dim_unit') }} as units on targets.unit_key = units.unit_key
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
)

select * from checked
where
    case
        when base_value is not null then expected is null or abs(base_value - expected) > abs(expected) * 0.001 + 1e-15
        else abs(expected) >= 0.001 and abs(expected) < 1e19
    end
{% endtest %}

{# The stated sources of a budget are its rows of funding. #}
{% test funding_adds_up(model) %}
select
    budgets.project_key,
    budgets.fiscal_year,
    budgets.components_amount_cny,
    funding.amount_cny
from {{ model }} as budgets
full outer join (
    select
        project_key,
        fiscal_year,
        sum(amount_cny) as amount_cny
    from {{ ref('fct_project_funding') }}
    group by project_key, fiscal_year
) as funding
    on budgets.project_key = funding.project_key and budgets.fiscal_year = funding.fiscal_year
where budgets.project_key is null or budgets.components_amount_cny is distinct from funding.amount_cny
{% endtest %}

{% test measures_are_counted_once(model) %}
select
    marts.measure_count,
    facts.row_count
from (
    select coalesce(sum(coalesce(cycle_measure_count, 0) + coalesce(annual_measure_count, 0)), 0) as measure_count
    from {{ model }}
) as marts
cross join (select count(*) as row_count from {{ ref('fct_indicator_target') }}) as facts
where marts.measure_count != facts.row_count
{% endtest %}

{% test project_findings_are_counted_once(model) %}
select
    marts.finding_count,
    findings.row_count
from (
    select coalesce(sum(critical_finding_count + warning_finding_count + info_finding_count), 0) as finding_count
    from {{ model }}
) as marts
cross join (
    select count(*) as row_count
    from {{ ref('finding') }} as findings
    inner join {{ ref('fct_project_budget') }} as budgets
        on findings.project_key = budgets.project_key and findings.fiscal_year = budgets.fiscal_year
    inner join {{ ref('dim_document') }} as documents on findings.document_key = documents.document_key
    where documents.document_type != 'self_evaluation'
) as findings
where marts.finding_count != findings.row_count
{% endtest %}
