{% test within(model, value, low, high) %}
SELECT value FROM (SELECT {{ value }} AS value FROM {{ model }}) WHERE value NOT BETWEEN {{ low }} AND {{ high }}
{% endtest %}
