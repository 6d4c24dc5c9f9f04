"""Lines of the log, in which no NIK or KK stands: an error often quotes the cell it fell over."""

from __future__ import annotations

import logging

from tangerang_poverty.kit.identifiers import without_numbers


class MaskedFormatter(logging.Formatter):
    """As `logging.Formatter`; whatever may be an identity number is masked, in tracebacks too."""

    def format(self, record: logging.LogRecord) -> str:
        return without_numbers(super().format(record))
