"""How takes become files: which rows go where, their names, the mix, the writing."""
