# Kinds: faults, help
