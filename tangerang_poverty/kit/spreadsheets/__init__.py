"""Spreadsheets in and out: `read` turns any office file into rows, `write` turns rows into a workbook."""
