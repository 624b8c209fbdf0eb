# Law packs, texts and articles: damage, faults, checks

# Where everything comes from: packs/cn/systems.toml
fault-system-file-long = The file is too long: the limit is { $most } bytes
fault-system-file-long-remedy = Split it, or take out what does not belong into it
fault-system-toml = This is not TOML: { $message }
fault-system-toml-remedy = Correct what stands here
fault-system-unknown = This key is not known
fault-system-unknown-remedy = Known here: { $known }
fault-system-missing = This key is missing
fault-system-missing-remedy = Add it, or take the whole row out
fault-system-type = The value is of the wrong type
fault-system-type-remedy = What is wanted here: { $wanted }
fault-system-duplicate = “{ $name }” stands twice, or is not well written
fault-system-duplicate-remedy = Use each name once
fault-system-empty = There is nothing in it
fault-system-empty-remedy = Write it, in both languages
fault-system-long = Too long: the limit is { $most } characters
fault-system-long-remedy = Shorten it; a quotation is a few words
fault-system-many = Too many: the limit is { $most }
fault-system-many-remedy = Take some out, or make several rows
fault-system-id = “{ $found }” is no id
fault-system-id-remedy = Write it like SYS-069
fault-system-group = There is no group “{ $found }”
fault-system-group-remedy = Use a group of this file, or add it first
fault-system-article = “{ $found }” is no article
fault-system-article-remedy = Write 33, 21(3) or 22 para 1
fault-system-need = “{ $found }” is no known need
fault-system-need-remedy = Known: machinery, measure, register, document
fault-system-unquoted = There is no quotation
fault-system-unquoted-remedy = Add one at least: page, line, and a few words
fault-system-page = The page “{ $found }” is not listed
fault-system-page-remedy = Use a page of this file, or add it first
