"""Trainings of earlier years: from a spreadsheet to rows that know their family."""
