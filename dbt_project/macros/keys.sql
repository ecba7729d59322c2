{# Surrogate keys (contract, section 1): the first 63 bits of MD5 over business keys only. chr(31) parts the fields and
   chr(30) stands for a missing one, so that ('a', null) and ('a', '') differ. `md5_number_upper` is not used: it reads
   the digest's bytes in the other order, and a key must be what any tool computes from the printed digest. #}
{% macro key(columns) -%}
cast(
    cast('0x' || left(md5(
        {%- for column in columns %}
        coalesce(cast({{ column }} as varchar), chr(30)){% if not loop.last %} || chr(31) ||{% endif %}
        {%- endfor %}
    ), 16) as ubigint) >> 1 as bigint
)
{%- endmacro %}

{# The key of every dimension's unknown member: inner joins lose nothing. #}
{% macro unknown_key() %}cast(0 as bigint){% endmacro %}
