{# A value in its base unit: DECIMAL(28,6) as the contract asks. There is none when the product does not fit, or when six
   decimals would change it by more than a thousandth (5 纳米 is not 0.000000 米). `product` is DECIMAL(38,18). #}
{% macro base_value(product) -%}
case
    when abs(try_cast({{ product }} as decimal(28, 6)) - {{ product }}) * 1000 <= abs({{ product }})
        then try_cast({{ product }} as decimal(28, 6))
end
{%- endmacro %}
