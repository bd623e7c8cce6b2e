"""What every engine shares: verdicts, errors, configuration. Imports nothing of verikit's own."""
