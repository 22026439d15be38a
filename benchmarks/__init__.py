"""How fast it all is: ``python -m benchmarks`` lists what can be measured.

Engines that are compared run in worker processes (``worker``, ``adapters``, ``workloads``: these files run on every
Python from 3.9 on, and on PyPy). The command starts the workers and asks each in turn, round after round, so that
what disturbs the machine disturbs all alike (``processes``, ``rounds``). What is reported is computed from the
times of all rounds (``figures``), which also go to a file (``results``), so that tables and charts can be made again.
"""
