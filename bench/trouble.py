"""What keeps a measurement from being made: one line for the person who asked for it."""


class Trouble(Exception):
    """The text says what it was; `status` is the exit status, as sysexits.h has them."""

    def __init__(self, text: str, status: int = 69):
        super().__init__(text)
        self.status = status
