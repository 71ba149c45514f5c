SELECT * FROM read_csv('{{ env_var("LANDING") }}/planes.csv', nullstr = ['NA', ''])
