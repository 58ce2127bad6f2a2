"""Settings, keyring, clock and logging: what every layer may read and nothing here may import."""
