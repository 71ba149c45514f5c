{% test no_row(model, condition, mostly=1) %}
{# Rows that meet a condition, when they are more than the share allows. #}
SELECT failing
FROM (SELECT count(*) FILTER (WHERE {{ condition }}) AS failing, count(*) AS total FROM {{ model }})
WHERE total - failing < {{ mostly }} * total
{% endtest %}
