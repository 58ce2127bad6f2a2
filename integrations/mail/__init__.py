"""Mail over SMTP, or into files where no server is named (demo and tests)."""
