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

# Texts of the law, versions, concordance: packs/*/statutes/
fault-statute-too-big = The file is too big; at most { $most } bytes
fault-statute-too-big-remedy = Split it by version, or take out what is no text of the law
fault-statute-no-file = There is no file { $name }
fault-statute-no-file-remedy = Put the file beside statute.toml, or correct its name
fault-statute-syntax = Cannot be read: { $detail }
fault-statute-syntax-remedy = Correct it here; the keys are in spec/lawpack.md
fault-statute-day = "{ $found }" is no date
fault-statute-day-remedy = Write a date like 2026-01-01
fault-statute-version = "{ $found }" is no version of this statute, or stands twice
fault-statute-version-remedy = Write an id like { $statute }@2016, each once
fault-statute-other-version = The file names another version
fault-statute-other-version-remedy = It has to be { $expected }
fault-statute-many-articles = Too many articles; at most { $most }
fault-statute-many-articles-remedy = See whether another law got in
fault-statute-order = The numbers of articles have a gap
fault-statute-order-remedy = Article { $expected } is expected here; they count from 1, each once
fault-statute-same = The article that is named has no words
fault-statute-same-remedy = Let same name an article of the base version that has words
fault-statute-summary = The summary is not complete
fault-statute-summary-remedy = Write summary, and one of shape (items of each paragraph) and like (an article of the same shape)
fault-statute-empty = The article has no words
fault-statute-empty-remedy = Write its paragraphs; without an official text use provenance = "summary"
fault-statute-items = The numbers of items have a gap
fault-statute-items-remedy = Items of a paragraph count from 1, each once; those that the source lost stand in lost
fault-statute-validity = The term of validity runs backwards or overlaps the one before
fault-statute-validity-remedy = At most one version holds on a day; give the earlier one its until
fault-concordance-steps = The steps do not follow the versions
fault-concordance-steps-remedy = Write one step for each two neighbouring versions, in the order of statute.toml
fault-concordance-place = { $version } has no { $place }
fault-concordance-place-remedy = Correct article, paragraph or item; write 21(3) or 22 para 1
fault-concordance-ends = The ends do not fit the change
fault-concordance-ends-remedy = new has only to; dropped and unknown only from; all others both
fault-concordance-uncovered = { $place } of { $version } is not in the concordance
fault-concordance-uncovered-remedy = Add a line: both ends where something answers to it, else new, dropped or unknown

# Citations
cite-unfinished = The citation is not complete. Write for example 第二十一条第三项, csl 21(3), csl@2016 53 para 3
cite-unreadable = Cannot be read from "{ $found }" on. Write for example 第二十一条第三项, csl 21(3), csl@2016 53 para 3
cite-no-version = There is no version { $version }
cite-no-article = { $version } has no Article { $article }; its last is { $last }
cite-no-paragraph = { $version } Article { $article } has no paragraph { $paragraph }; it has { $count }
cite-no-item = { $version } Article { $article } has no item { $item }; it has { $items }
cite-no-items = { $version } Article { $article } has no item { $item }; nothing here has items

# What changed between versions
law-change-same = same words
law-change-references = only references renumbered
law-change-amended = amended
law-change-moved = reworded and moved
law-change-merged = merged
law-change-new = new
law-change-dropped = dropped
law-change-unknown = lost in the source; cannot be told
