{% test unique_together(model, key) %}
SELECT {{ key }} FROM {{ model }} GROUP BY ALL HAVING count(*) > 1
{% endtest %}
