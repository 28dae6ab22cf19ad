"""What the machine has room for, whatever it computes with."""
