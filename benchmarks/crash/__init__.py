"""A crash campaign: changes to a real index that are killed or hindered, and a look at what is left.

  python -m benchmarks.crash --kills 500 --faults 200 --seed 1

A world is a folder with an index, a folder of files that is synced, feedback and a backup. Each round takes
one operation and does it in a process of its own, which is killed, or meets a fault. Then another process
opens what is left and tells all of it, and that is compared with what was reported before.
"""
