SELECT * FROM read_csv('{{ env_var("LANDING") }}/airlines.csv', nullstr = ['NA', ''])
