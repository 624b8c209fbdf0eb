# Console: library, duties, citation check
