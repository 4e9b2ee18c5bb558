"""Files to download: PDF, spreadsheets, emails and calendar entries, made of values and never of markup."""
