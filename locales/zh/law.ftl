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
