"""File formats: a file in, tables of text cells with their place out.

`files.read_tables` is the way in. Does not belong here: contracts, headers, periods, the kinds of rows, or
any meaning of a cell.
"""
