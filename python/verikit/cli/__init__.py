"""``verikit-check``: every engine as a verb. Imports everything, is imported by nobody."""
