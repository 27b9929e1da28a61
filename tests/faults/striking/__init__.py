"""An application of the ill-treated server alone: it strikes where a test asked for it."""
