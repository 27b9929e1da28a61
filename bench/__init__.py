"""Speed against a floor: see bench/README.md. Run with ``python -m bench``."""
