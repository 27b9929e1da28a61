"""What pages read: a fixed, small number of queries each, whatever the history.

Nothing here writes, renders or reads the clock. Who asks is an ``Actor``, when is
``now``; what comes back is plain data in the words of the ward.
"""
