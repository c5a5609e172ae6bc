"""How fast it is: contenders in processes of their own, taking turns. Nothing here prints."""
