"""What a person of the staff is, and who may change what of whom."""
