"""What a figure depends on: the machine, the day, the versions."""
import datetime
import os
import platform
import re


def cpu_model():
    with open("/proc/cpuinfo") as f:
        text = f.read()
    found = re.search(r"^(?:model name|Model|cpu model)\s*:\s*(.+)$", text, re.M)
    return found[1] if found else platform.machine()


def memory_gib():
    with open("/proc/meminfo") as f:
        return round(int(re.search(r"^MemTotal:\s+(\d+)", f.read(), re.M)[1]) / 1024 / 1024)


def facts():
    load = os.getloadavg()[0]
    return {
        "cpu": cpu_model(),
        "cores": os.cpu_count(),
        "memory_gib": memory_gib(),
        "kernel": f"{platform.system()} {platform.release().split('-')[0]}",
        "date": datetime.date.today().isoformat(),
        "load_before": round(load, 2),
    }


def sentence(machine):
    return (f"{machine['cpu']}, {machine['cores']} cores, {machine['memory_gib']} GiB, {machine['kernel']}; "
            f"{machine['date']}")
