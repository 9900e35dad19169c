"""Versions of boundaries as an officer meets them: upload, report, comparison, switch."""
