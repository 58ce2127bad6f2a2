"""Pages: parse the form, check the permission, call one use case, render a frozen value."""
