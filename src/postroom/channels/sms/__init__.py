"""SMS: one phone number to another, through a carrier or inside the company."""
