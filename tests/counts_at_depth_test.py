#!/usr/bin/python3
"""The reference figures over backends that keep several I/Os in flight."""

from fio_runs import newer_engine
from reference_rows import check_rows, job_of, lru_counts, reference
from testing import run


def test_lru_rows_over_libaio():
    lru_counts("libaio", lookup="prefix", iodepth=16)


def test_lru_rows_over_io_uring():
    lru_counts("io_uring", lookup="block", iodepth=16,
               iodepth_batch_submit=8, iodepth_batch_complete_max=16)


def test_rows_in_the_newer_fio():
    engine = newer_engine()
    rows = reference("conversation_cache.csv", capacity_slots="1000",
                     lookup="prefix")[:2]
    check_rows(rows, [job_of(row, backend="io_uring", iodepth=8)
                      for row in rows], engine)


if __name__ == "__main__":
    run(globals())
