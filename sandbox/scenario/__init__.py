"""One seeded story: used by the demo, by functional and browser tests, and by ``make story``.

It reaches everything over HTTP and the command line, as people and administrators do. Nothing of
the tool is imported.
"""
