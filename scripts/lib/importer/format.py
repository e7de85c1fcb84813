"""What the formats have in common."""


class Format:
    """
    A format that others publish. rows() makes rows of this project's trace
    from one file; finish() gets those of all files, and may change or sort
    them. Times in rows are milliseconds.
    """

    name = ""
    text = ""
    # Whether several files may be imported as one trace.
    several = False
    # The replay's options timestamp_unit and session_rows: what the times of
    # rows are in, and whether a row has all ids of its request. None: not
    # known.
    unit = "ms"
    session_rows = "whole"

    def __init__(self, options):
        self.options = options
        self.counts = {}

    @staticmethod
    def add_arguments(parser):
        """Adds the options that this format alone has."""

    def rows(self, source):
        raise NotImplementedError

    def finish(self, rows):
        return rows

    def replay(self, sessions):
        """Further options for a replay of rows with so many @sessions."""
        del sessions
        return {}

    def count(self, what):
        """Counts one more of @what, for remarks() to tell about."""
        self.counts[what] = self.counts.get(what, 0) + 1

    def counted(self, what):
        return self.counts.get(what, 0)

    def remarks(self):
        """What the user must know about the result."""
        return []


def add_block_tokens(parser):
    parser.add_argument("--block-tokens", type=int, default=512, metavar="N",
                        help="tokens of a block (512)")


def row(input_length, output_length, block_size, hash_ids, session=None,
        delay=None, timestamp=None):
    """A row, without the members that are None."""
    members = {"session_id": session, "delay": delay, "timestamp": timestamp,
               "input_length": input_length, "output_length": output_length,
               "block_size": block_size, "hash_ids": hash_ids}
    return {name: value for name, value in members.items()
            if value is not None}
