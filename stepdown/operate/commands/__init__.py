"""The console commands, one file each: ``arguments(parser)`` and ``run(args)``."""
