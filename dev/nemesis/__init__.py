"""What mistreats real servers and processes, for tests of any service.

| Fault | Module |
|---|---|
| end, stop and go on (SIGKILL, SIGTERM, SIGSTOP) | `processes` |
| end right after a durable step | `atiende_kit.crash`, a file beside the process |
| cut, one-way, reset, loss between processes and servers | `network` |
| slow, stalled, a reply lost after the work was done | `proxy` |
| power cut, full disk | `disk` |
| a clock that is wrong | `clocks` |

Who judges what is left is `dev.checker`.
"""
