{# A model's schema is the one it names; without a name it is `main`, where BI tools look first. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ custom_schema_name if custom_schema_name is not none else 'main' }}
{%- endmacro %}
