SELECT * FROM read_csv('{{ env_var("LANDING") }}/weather.csv', nullstr = ['NA', ''])
