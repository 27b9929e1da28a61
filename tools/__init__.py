"""What the people who build Stepdown run: checks, locks and pictures. Nothing here ships."""
