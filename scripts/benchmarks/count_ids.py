#!/usr/bin/python3
"""
What a plan is compared with: reads a trace with CPython's json, and numbers
its hash ids with a dict. Prints lookups, blocks and seconds of CPU time.
"""

import json
import sys
import time


def main():
    begin = time.process_time()
    blocks, lookups = {}, 0
    with open(sys.argv[1], encoding="utf-8") as file:
        for line in file:
            ids = json.loads(line)["hash_ids"]
            lookups += len(ids)
            for each in ids:
                blocks.setdefault(each, len(blocks))
    print(lookups, len(blocks), time.process_time() - begin)


main()
