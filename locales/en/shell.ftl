# shell
product = Anlan
