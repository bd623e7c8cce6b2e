"""A Lean 4 kernel in plain Python: slow, short, and the specification of cpp/lean. See lean_checker.py beside it."""
