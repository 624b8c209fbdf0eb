//! What may come in as a file: a type is what the bytes say, and the name must agree.
//!
//! Invariant: nothing that a browser would run is in the list.

/// Bytes of the beginning that tell a type.
const HEAD: usize = 4_096;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FileType {
    Pdf,
    Png,
    Jpeg,
    Gif,
    Webp,
    Docx,
    Xlsx,
    Pptx,
    Ofd,
    Zip,
    Text,
    Csv,
}

/// What was seen of a file so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sniffed {
    head: Vec<u8>,
    has_controls: bool,
}

impl Sniffed {
    pub(crate) fn take(&mut self, bytes: &[u8]) {
        let room = HEAD.saturating_sub(self.head.len()).min(bytes.len());
        self.head.extend_from_slice(bytes.get(..room).unwrap_or_default());
        self.has_controls |= bytes.iter().any(|b| *b < 0x20 && !matches!(b, b'\t' | b'\n' | b'\r' | 0x0c));
    }

    fn begins(&self, magic: &[u8]) -> bool {
        self.head.starts_with(magic)
    }

    fn holds(&self, name: &[u8]) -> bool {
        self.head.windows(name.len()).any(|window| window == name)
    }

    /// Markup that a browser could take for a page.
    fn is_page(&self) -> bool {
        let lower = self.head.to_ascii_lowercase();
        [&b"<html"[..], b"<!doctype", b"<script", b"<svg"].iter().any(|tag| lower.windows(tag.len()).any(|window| window == *tag))
    }
}

impl FileType {
    /// None where the type is not in the list, or the name says another.
    pub(crate) fn of(name: &str, seen: &Sniffed) -> Option<Self> {
        let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
        let is_zip = seen.begins(b"PK\x03\x04");
        let office = |folder: &[u8]| is_zip && (seen.holds(b"[Content_Types].xml") || seen.holds(folder));
        let is_text = !seen.has_controls && !seen.is_page();
        let (fits, found) = match ending.as_str() {
            "pdf" => (seen.begins(b"%PDF-"), Self::Pdf),
            "png" => (seen.begins(b"\x89PNG\r\n\x1a\n"), Self::Png),
            "jpg" | "jpeg" => (seen.begins(b"\xff\xd8\xff"), Self::Jpeg),
            "gif" => (seen.begins(b"GIF87a") || seen.begins(b"GIF89a"), Self::Gif),
            "webp" => (seen.begins(b"RIFF") && seen.head.get(8..12) == Some(b"WEBP"), Self::Webp),
            "docx" => (office(b"word/"), Self::Docx),
            "xlsx" => (office(b"xl/"), Self::Xlsx),
            "pptx" => (office(b"ppt/"), Self::Pptx),
            "ofd" => (is_zip && (seen.holds(b"OFD.xml") || seen.holds(b"Doc_0/")), Self::Ofd),
            "zip" => (is_zip, Self::Zip),
            "txt" => (is_text, Self::Text),
            "csv" => (is_text, Self::Csv),
            _ => return None,
        };
        fits.then_some(found)
    }

    pub(crate) fn media(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Gif => "image/gif",
            Self::Webp => "image/webp",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Pptx => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
            Self::Ofd => "application/ofd",
            Self::Zip => "application/zip",
            Self::Text => "text/plain",
            Self::Csv => "text/csv",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str, bytes: &[u8]) -> Option<FileType> {
        let mut seen = Sniffed::default();
        bytes.chunks(3).for_each(|chunk| seen.take(chunk));
        FileType::of(name, &seen)
    }

    #[test]
    fn content_and_name_must_agree() {
        let table: [(&str, &[u8], Option<FileType>); 16] = [
            ("a.pdf", b"%PDF-1.7\n\0\x01", Some(FileType::Pdf)),
            ("a.PNG", b"\x89PNG\r\n\x1a\n\0\0", Some(FileType::Png)),
            ("a.png", b"%PDF-1.7", None),
            ("a.jpeg", b"\xff\xd8\xff\xe0\0", Some(FileType::Jpeg)),
            ("a.webp", b"RIFF\0\0\0\0WEBPVP8 ", Some(FileType::Webp)),
            ("a.docx", b"PK\x03\x04\x14\0[Content_Types].xml", Some(FileType::Docx)),
            ("a.docx", b"PK\x03\x04\x14\0nothing", None),
            ("a.zip", b"PK\x03\x04\x14\0nothing", Some(FileType::Zip)),
            ("a.ofd", b"PK\x03\x04\x14\0OFD.xml", Some(FileType::Ofd)),
            ("a.txt", "整改完成\r\n".as_bytes(), Some(FileType::Text)),
            ("a.txt", b"a\0b", None),
            ("a.csv", b"a,b\n", Some(FileType::Csv)),
            ("a.txt", b"<!DOCTYPE html><script>", None),
            ("a.html", b"<p>", None),
            ("a.exe", b"MZ\x90", None),
            ("pdf", b"%PDF-", None),
        ];
        for (name, bytes, expected) in table {
            assert_eq!(of(name, bytes), expected, "{name}");
        }
    }
}
