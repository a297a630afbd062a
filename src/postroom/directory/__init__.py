"""Who is who: companies, their extensions and numbers, and what a token stands for."""
