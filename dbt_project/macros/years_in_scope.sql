{# The load writes the fiscal years that it changes into `load.scope`; facts replace just these. A table instead of a
   dbt variable: a changed variable makes dbt parse the whole project again. #}
{% macro years_in_scope() -%}
(select fiscal_year from {{ source('load', 'scope') }})
{%- endmacro %}

{% macro delete_years_in_scope() -%}
{% if is_incremental() %}delete from {{ this }} where fiscal_year in {{ years_in_scope() }}{% endif %}
{%- endmacro %}

{% macro in_scope(column='fiscal_year') -%}
{% if is_incremental() %}{{ column }} in {{ years_in_scope() }}{% else %}true{% endif %}
{%- endmacro %}
