# 法规包、文本与条文：出处、缺陷、检查

# 出处对照：packs/cn/systems.toml
fault-system-file-long = 文件过长，上限 { $most } 字节
fault-system-file-long-remedy = 分成几个文件，或删去不属于本表的内容
fault-system-toml = 不是合格的 TOML：{ $message }
fault-system-toml-remedy = 改正此处的写法
fault-system-unknown = 不认识的键
fault-system-unknown-remedy = 此处可用：{ $known }
fault-system-missing = 缺少此键
fault-system-missing-remedy = 补上，或删去整条
fault-system-type = 类型不对
fault-system-type-remedy = 此处应为 { $wanted }
fault-system-duplicate = “{ $name }”重复，或写法不对
fault-system-duplicate-remedy = 每个编号只用一次
fault-system-empty = 内容为空
fault-system-empty-remedy = 写明内容，中英文都要
fault-system-long = 过长，上限 { $most } 个字
fault-system-long-remedy = 缩短；引文只取几个字
fault-system-many = 过多，上限 { $most } 个
fault-system-many-remedy = 删减或拆成几条
fault-system-id = “{ $found }”不是编号
fault-system-id-remedy = 写成 SYS-069 这样的编号
fault-system-group = 没有“{ $found }”组
fault-system-group-remedy = 用文件里列出的组，或先加上这一组
fault-system-article = “{ $found }”不是条号
fault-system-article-remedy = 写成 33、21(3) 或 22 para 1
fault-system-need = 不认识的需要“{ $found }”
fault-system-need-remedy = 可用：machinery、measure、register、document
fault-system-unquoted = 没有引文
fault-system-unquoted-remedy = 至少写一条：页、行和原文几个字
fault-system-page = 没有列出“{ $found }”页
fault-system-page-remedy = 用文件里列出的页，或先加上这一页

# 法律文本、版本、条文对照：packs/*/statutes/
fault-statute-too-big = 文件过大，上限 { $most } 字节
fault-statute-too-big-remedy = 拆成几个版本文件，或删去不属于法律文本的内容
fault-statute-no-file = 没有文件 { $name }
fault-statute-no-file-remedy = 把该文件放在 statute.toml 旁边，或改正文件名
fault-statute-syntax = 读不懂：{ $detail }
fault-statute-syntax-remedy = 改正此处的写法；可用的键见 spec/lawpack.md
fault-statute-day = “{ $found }”不是日期
fault-statute-day-remedy = 写成 2026-01-01 这样的日期
fault-statute-version = “{ $found }”不是本法的版本，或重复
fault-statute-version-remedy = 写成 { $statute }@2016 这样的编号，每个只用一次
fault-statute-other-version = 文件写的是另一个版本
fault-statute-other-version-remedy = 此处应为 { $expected }
fault-statute-many-articles = 条文过多，上限 { $most } 条
fault-statute-many-articles-remedy = 检查是否放进了别的法律
fault-statute-order = 条号不连续
fault-statute-order-remedy = 此处应为第 { $expected } 条；条号从 1 起，不缺不重
fault-statute-same = 所指的条没有文字
fault-statute-same-remedy = same 写基础版本（base）中载有文字的条号
fault-statute-summary = 提要不完整
fault-statute-summary-remedy = 写明 summary，并在 shape（各款项数）与 like（同构的条号）中写且只写一个
fault-statute-empty = 条文没有文字
fault-statute-empty-remedy = 写明各款文字；没有官方文本的，用 provenance = "summary"
fault-statute-items = 项号不连续
fault-statute-items-remedy = 每款的项从 1 起，不缺不重；来源缺失的项列在 lost 中
fault-statute-validity = 施行期间倒置，或与前一版本重叠
fault-statute-validity-remedy = 同一天最多一个版本有效；前一版本写明 until
fault-concordance-steps = 对照的步骤与版本次序不符
fault-concordance-steps-remedy = 每两个相邻版本写一个 step，次序同 statute.toml
fault-concordance-place = { $version } 中没有 { $place }
fault-concordance-place-remedy = 改正条、款、项，写成 21(3) 或 22 para 1
fault-concordance-ends = 两端与变化不符
fault-concordance-ends-remedy = new 只写 to；dropped、unknown 只写 from；其余两端都写
fault-concordance-uncovered = { $version } 的 { $place } 不在对照中
fault-concordance-uncovered-remedy = 补一行：有对应的写两端，没有的写 new、dropped 或 unknown

# 引用
cite-unfinished = 引用不完整。可写：第二十一条第三项、csl 21(3)、csl@2016 53 para 3
cite-unreadable = 从“{ $found }”起读不懂。可写：第二十一条第三项、csl 21(3)、csl@2016 53 para 3
cite-no-version = 没有版本 { $version }
cite-no-article = { $version } 没有第 { $article } 条，最后一条是第 { $last } 条
cite-no-paragraph = { $version } 第 { $article } 条没有第 { $paragraph } 款，共 { $count } 款
cite-no-item = { $version } 第 { $article } 条没有第 { $item } 项，有：{ $items }
cite-no-items = { $version } 第 { $article } 条没有第 { $item } 项；此处不分项

# 版本之间的变化
law-change-same = 文字相同
law-change-references = 仅所引条号不同
law-change-amended = 有修改
law-change-moved = 改写后移至别处
law-change-merged = 并入
law-change-new = 新增
law-change-dropped = 删去
law-change-unknown = 来源缺失，去向不明
