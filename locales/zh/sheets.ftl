# Sheets in and out, notices
