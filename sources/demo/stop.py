"""Why the demo cannot be written, as a sentence in two languages. Nothing else belongs here."""


class DemoError(ValueError):
    """`message_zh` for the city, `message_en` for the engineer; nothing has been written."""

    def __init__(self, message_zh: str, message_en: str) -> None:
        super().__init__(message_en)
        self.message_zh = message_zh
        self.message_en = message_en
