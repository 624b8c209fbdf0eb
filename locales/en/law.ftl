# Law packs, texts and articles: damage, faults, checks
