SELECT * FROM read_csv('{{ env_var("LANDING") }}/flights-*.csv*', nullstr = ['NA', ''])
