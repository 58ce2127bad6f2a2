"""Values of the domain for tests: examples with every gate green, and Hypothesis strategies."""
