# Console: library

nav-library = Library
upload-too-large = More than { $max } KiB; it was not read. Submit the text of the law alone, or in several parts.
upload-nothing = Choose a file or paste a text.
upload-both = Submit either a file or a pasted text, not both.
