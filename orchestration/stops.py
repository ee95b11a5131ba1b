"""Why something stops, as a sentence in two languages: the base of every error that a person can cause or mend.

Subclasses live with the code that raises them. What is not a `Stop` is a fault of the program: it goes to the log with
its traceback and to the screen without.
"""


class Stop(Exception):
    """An error with a sentence for people: `message_zh` for the city, `message_en` for the engineer."""

    def __init__(self, message_zh: str, message_en: str) -> None:
        super().__init__(message_en)
        self.message_zh = message_zh
        self.message_en = message_en


class Misuse(Stop):
    """What was asked for cannot be meant: nothing was done. The messages say what can be."""
