"""How it looks: theme, icons, figures in words."""
