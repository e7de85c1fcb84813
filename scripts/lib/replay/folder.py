"""The folder of a run: the job file that was run, and all that came of it."""

import json
import os
import time

import plancommand
from cli import Error

# Over an hour that makes 14,400 entries of each job's log.
_LOG_MSEC = 250


def _default(job):
    stem = os.path.splitext(os.path.basename(job))[0]
    return os.path.join("runs", stem + time.strftime("-%Y-%m-%d-%H%M%S"))


class Folder:
    def __init__(self, path, job):
        self.path = path or _default(job)
        if os.path.isdir(self.path) and os.listdir(self.path):
            raise Error(f"{self.path}: there is something in it: name "
                        "another folder by --into, or empty it")
        os.makedirs(self.file("logs"), exist_ok=True)

    def file(self, *names):
        return os.path.join(self.path, *names)

    def write(self, name, text):
        with open(self.file(name), "w", encoding="utf-8") as file:
            file.write(text)
        return self.file(name)

    def write_about(self, about):
        self.write("about.json", json.dumps(about, indent=1) + "\n")

    def write_job(self, job, options):
        """The job file as it is run: with the plan and logs in here."""
        added, plans, wall = {}, {}, 0
        for number, section in enumerate(job.sections()):
            wall += section.begins_wall
            if not section.is_replay:
                continue
            # What makes a replay group: docs/options.md.
            group = (wall, *(section.options.get(name) for name in
                             ("trace", "filename", "size")))
            plan = plans.setdefault(
                group, f"plan-{len(plans) + 1}.json" if plans else
                "plan.json")
            added[number] = self._of_section(section, plan)
        return self.write("job.fio", job.rewritten(options, added))

    def _of_section(self, section, plan):
        """What a replay needs to leave its plan and logs in the folder."""
        log = self.file("logs", section.name)
        if section.observe != "none":
            options = {"write_lat_log": log, "log_offset": "1"}
        else:
            options = {"write_bw_log": log, "log_avg_msec": str(_LOG_MSEC)}
        options["plan_json"] = self.file(plan)
        return {name: value for name, value in options.items()
                if name not in section.options}

    def ask_plans(self, plans):
        """Beside each plan what mooncake-plan says of it."""
        for plan in plans:
            stem = os.path.splitext(os.path.basename(plan.path))[0]
            for name, ask in (("requests", plancommand.requests),
                              ("curve", plancommand.curve)):
                text = ask(plan)
                if text:
                    self.write(f"{stem}.{name}.csv", text)
