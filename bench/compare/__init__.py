"""What scripts/bench does: servers side by side under the load of redpoll-load.

    cli          the command line; puts everything together
    builds       the programs: this tree's, and those of another commit
    subjects     what is compared, and its processes
    load         redpoll-load as functions
    results      tables of figures: medians, ratios, as text and as JSON
    throughput, latency, memory, scaling, growth      the sections
    docs, charts, machine                     docs/performance.md
"""
