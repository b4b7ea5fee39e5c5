"""What each modelling framework calls its models and targets, as data."""
