{# The administrative place with which an institution's name begins: 广州市南沙区教育局 → 广州市南沙区; none → NULL. Registered
   names of Chinese institutions begin with their place, so a name that has one means one institution. #}
{% macro place_of(name) -%}
nullif(regexp_extract({{ name }}, '^(?:\p{Han}{2,8}?(?:省|市|自治区|自治州|区|县|州|盟|旗))+'), '')
{%- endmacro %}

{# Whether a name says by itself which institution it is. 示范区, 小区 and their like are common nouns, not places. #}
{% macro names_its_place(name) -%}
(
    {{ place_of(name) }} is not null
    and not regexp_matches(
        {{ name }},
        '^\p{Han}{0,6}?(?:社区|园区|小区|校区|景区|片区|林区|库区|灾区|山区|矿区|港区|示范区|开发区|保护区|新区)'
    )
)
{%- endmacro %}
