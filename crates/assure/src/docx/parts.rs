//! The parts of the package beside the document: styles, fonts, page numbers. Lengths in twips (1/20 pt), sizes in half points.

use std::fmt::Write;

/// A4.
pub(super) const PAGE: (u32, u32) = (11_906, 16_838);
/// 天头 37 mm, 翻口 26 mm, 地脚 35 mm, 订口 28 mm: 版心 156 × 225 mm.
pub(super) const MARGINS: Margins = Margins { top: 2_098, right: 1_474, bottom: 1_984, left: 1_588 };
/// The page number stands 7 mm below the 版心.
pub(super) const FOOTER: u32 = 1_304;
/// A line: 225 mm hold 22 of them.
pub(super) const LINE: u32 = 579;
/// 三号, and by how much characters are set closer so that 156 mm hold 28 of them.
pub(super) const BODY_SIZE: u32 = 32;
const CLOSER: i32 = -5;

pub(super) struct Margins {
    pub(super) top: u32,
    pub(super) right: u32,
    pub(super) bottom: u32,
    pub(super) left: u32,
}

macro_rules! xml {
    ($body:literal) => {
        concat!("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n", $body)
    };
}

pub(super) const NAMES: &str = "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\" xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"";

pub(super) const CONTENT_TYPES: &str = xml!(
    r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/><Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/><Override PartName="/word/settings.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.settings+xml"/><Override PartName="/word/fontTable.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.fontTable+xml"/><Override PartName="/word/footer1.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml"/><Override PartName="/word/footer2.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml"/></Types>"#
);

pub(super) const RELATIONS: &str = xml!(
    r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>"#
);

pub(super) const DOCUMENT_RELATIONS: &str = xml!(
    r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/settings" Target="settings.xml"/><Relationship Id="rId3" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/fontTable" Target="fontTable.xml"/><Relationship Id="rId4" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/footer" Target="footer1.xml"/><Relationship Id="rId5" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/footer" Target="footer2.xml"/></Relationships>"#
);

pub(super) const SETTINGS: &str = xml!(
    r#"<w:settings xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:evenAndOddHeaders/><w:characterSpacingControl w:val="compressPunctuation"/><w:compat><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat></w:settings>"#
);

/// Where a machine lacks one of the fonts, what to take instead.
pub(super) const FONTS: &str = xml!(
    r#"<w:fonts xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:font w:name="方正小标宋简体"><w:altName w:val="华文中宋"/><w:charset w:val="86"/><w:family w:val="roman"/></w:font><w:font w:name="仿宋"><w:altName w:val="仿宋_GB2312"/><w:charset w:val="86"/><w:family w:val="modern"/></w:font><w:font w:name="楷体"><w:altName w:val="楷体_GB2312"/><w:charset w:val="86"/><w:family w:val="modern"/></w:font><w:font w:name="黑体"><w:altName w:val="SimHei"/><w:charset w:val="86"/><w:family w:val="modern"/></w:font><w:font w:name="宋体"><w:altName w:val="SimSun"/><w:charset w:val="86"/><w:family w:val="auto"/></w:font></w:fonts>"#
);

/// — 1 —: odd pages on the right, even ones on the left, one character from the edge.
pub(super) fn footer(side: &str) -> String {
    let run = |inner: &str| format!("<w:r>{inner}</w:r>");
    let field = |kind: &str| run(&format!("<w:fldChar w:fldCharType=\"{kind}\"/>"));
    let number = [
        run("<w:t xml:space=\"preserve\">— </w:t>"),
        field("begin"),
        run("<w:instrText xml:space=\"preserve\"> PAGE </w:instrText>"),
        field("separate"),
        run("<w:t>1</w:t>"),
        field("end"),
        run("<w:t xml:space=\"preserve\"> —</w:t>"),
    ];
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<w:ftr {NAMES}><w:p><w:pPr><w:pStyle w:val=\"PageNumber\"/><w:ind w:{side}=\"280\"/><w:jc w:val=\"{side}\"/></w:pPr>{}</w:p></w:ftr>",
        number.concat()
    )
}

/// A style of paragraphs.
struct Style {
    id: &'static str,
    name: &'static str,
    font: &'static str,
    /// Half points.
    size: u32,
    /// Inside `w:pPr`, in the order of the schema.
    layout: &'static str,
    /// Inside `w:rPr`, before the size.
    look: &'static str,
}

const SONG: &str = "方正小标宋简体";
const FANG: &str = "仿宋";
const FIRST_LINE: &str =
    "<w:spacing w:line=\"579\" w:lineRule=\"exact\"/><w:ind w:firstLineChars=\"200\" w:firstLine=\"640\"/><w:jc w:val=\"both\"/>";

const STYLES: [Style; 15] = [
    Style {
        id: "Mark",
        name: "密级和紧急程度",
        font: "黑体",
        size: 32,
        layout: "<w:spacing w:line=\"579\" w:lineRule=\"exact\"/>",
        look: "",
    },
    Style {
        id: "Organ",
        name: "发文机关标志",
        font: SONG,
        size: 72,
        // The mark's upper edge lies 35 mm below that of the 版心.
        layout: "<w:spacing w:before=\"1405\" w:line=\"960\" w:lineRule=\"atLeast\"/><w:jc w:val=\"center\"/>",
        look: "<w:color w:val=\"FF0000\"/><w:w w:val=\"80\"/>",
    },
    Style {
        id: "Number",
        name: "发文字号",
        font: FANG,
        size: 32,
        layout: "<w:pBdr><w:bottom w:val=\"single\" w:sz=\"12\" w:space=\"11\" w:color=\"FF0000\"/></w:pBdr><w:tabs><w:tab w:val=\"right\" w:pos=\"8520\"/></w:tabs><w:spacing w:before=\"1158\" w:line=\"579\" w:lineRule=\"exact\"/>",
        look: "",
    },
    Style {
        id: "Title",
        name: "公文标题",
        font: SONG,
        size: 44,
        layout: "<w:keepLines/><w:spacing w:before=\"1158\" w:after=\"579\" w:line=\"700\" w:lineRule=\"exact\"/><w:jc w:val=\"center\"/>",
        look: "",
    },
    Style { id: "To", name: "主送机关", font: FANG, size: 32, layout: "<w:spacing w:line=\"579\" w:lineRule=\"exact\"/>", look: "" },
    Style { id: "Text", name: "公文正文", font: FANG, size: 32, layout: FIRST_LINE, look: "" },
    Style {
        id: "Heading1",
        name: "heading 1",
        font: "黑体",
        size: 32,
        layout: "<w:keepNext/><w:spacing w:line=\"579\" w:lineRule=\"exact\"/><w:ind w:firstLineChars=\"200\" w:firstLine=\"640\"/><w:outlineLvl w:val=\"0\"/>",
        look: "",
    },
    Style {
        id: "Heading2",
        name: "heading 2",
        font: "楷体",
        size: 32,
        layout: "<w:keepNext/><w:spacing w:line=\"579\" w:lineRule=\"exact\"/><w:ind w:firstLineChars=\"200\" w:firstLine=\"640\"/><w:outlineLvl w:val=\"1\"/>",
        look: "",
    },
    Style {
        id: "Attachment",
        name: "附件说明",
        font: FANG,
        size: 32,
        layout: "<w:spacing w:line=\"579\" w:lineRule=\"exact\"/><w:ind w:left=\"1920\" w:hanging=\"1280\"/>",
        look: "",
    },
    Style {
        id: "Seal",
        name: "署名和印章",
        font: FANG,
        size: 32,
        layout: "<w:keepNext/><w:spacing w:line=\"579\" w:lineRule=\"exact\"/><w:jc w:val=\"right\"/>",
        look: "",
    },
    Style { id: "Remark", name: "附注", font: FANG, size: 32, layout: FIRST_LINE, look: "" },
    Style {
        id: "Record",
        name: "版记",
        font: FANG,
        size: 28,
        layout: "<w:tabs><w:tab w:val=\"right\" w:pos=\"8280\"/></w:tabs><w:spacing w:before=\"60\" w:after=\"60\"/><w:ind w:left=\"280\" w:right=\"280\"/>",
        look: "",
    },
    Style {
        id: "Cell",
        name: "表格",
        font: FANG,
        size: 21,
        layout: "<w:snapToGrid w:val=\"0\"/><w:spacing w:line=\"300\" w:lineRule=\"atLeast\"/>",
        look: "",
    },
    Style {
        id: "CellHead",
        name: "表头",
        font: "黑体",
        size: 21,
        layout: "<w:keepNext/><w:snapToGrid w:val=\"0\"/><w:spacing w:line=\"300\" w:lineRule=\"atLeast\"/><w:jc w:val=\"center\"/>",
        look: "",
    },
    Style { id: "PageNumber", name: "页码", font: "宋体", size: 28, layout: "", look: "" },
];

pub(super) fn styles() -> String {
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<w:styles {NAMES}><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii=\"Times New Roman\" w:hAnsi=\"Times New Roman\" w:eastAsia=\"{FANG}\" w:cs=\"Times New Roman\"/><w:sz w:val=\"{BODY_SIZE}\"/><w:szCs w:val=\"{BODY_SIZE}\"/><w:lang w:val=\"en-US\" w:eastAsia=\"zh-CN\"/></w:rPr></w:rPrDefault><w:pPrDefault><w:pPr><w:widowControl w:val=\"0\"/></w:pPr></w:pPrDefault></w:docDefaults><w:style w:type=\"paragraph\" w:default=\"1\" w:styleId=\"Normal\"><w:name w:val=\"Normal\"/></w:style>"
    );
    for Style { id, name, font, size, layout, look } in &STYLES {
        let closer = if *size == BODY_SIZE { format!("<w:spacing w:val=\"{CLOSER}\"/>") } else { String::new() };
        let _ = write!(
            out,
            "<w:style w:type=\"paragraph\" w:styleId=\"{id}\"><w:name w:val=\"{name}\"/><w:basedOn w:val=\"Normal\"/><w:qFormat/><w:pPr>{layout}</w:pPr><w:rPr><w:rFonts w:eastAsia=\"{font}\"/>{}{closer}{}<w:sz w:val=\"{size}\"/><w:szCs w:val=\"{size}\"/></w:rPr></w:style>",
            // The schema wants colour before spacing before width.
            look.split_inclusive("/>").filter(|part| part.contains("w:color")).collect::<String>(),
            look.split_inclusive("/>").filter(|part| !part.contains("w:color")).collect::<String>(),
        );
    }
    out + "</w:styles>"
}

#[cfg(test)]
mod tests {
    use super::*;

    // FORMS-8
    #[test]
    fn the_page_is_that_of_the_standard() {
        let millimetres = |twips: u32| f64::from(twips) / 56.692_9;
        let text = (PAGE.0 - MARGINS.left - MARGINS.right, PAGE.1 - MARGINS.top - MARGINS.bottom);
        for (twips, wanted) in [
            (PAGE.0, 210.0),
            (PAGE.1, 297.0),
            (MARGINS.top, 37.0),
            (MARGINS.bottom, 35.0),
            (MARGINS.left, 28.0),
            (MARGINS.right, 26.0),
            (text.0, 156.0),
            (text.1, 225.0),
            (MARGINS.bottom - FOOTER, 12.0),
        ] {
            assert!((millimetres(twips) - wanted).abs() < 0.1, "{twips} twips are {:.2} mm, not {wanted}", millimetres(twips));
        }
        assert_eq!(text.1 / LINE, 22, "lines");
        let character = i64::from(BODY_SIZE) * 10 + i64::from(CLOSER);
        assert_eq!(i64::from(text.0) / character, 28, "characters");
        assert_eq!(BODY_SIZE, 32, "三号 is 16 pt");
    }
}
