"""How each family's weights are named and packed in the files their makers published."""
