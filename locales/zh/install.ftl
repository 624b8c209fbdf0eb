# 安装与配置
help-config = 检查、查看配置
examples-config =
    示例：
      anlan config check
      anlan config show --origin
help-config-check = 检查配置能否读懂：逐条指出行号、配置项和改法
examples-config-check = 示例：anlan config check --config ./anlan.toml && sudo systemctl restart anlan
help-config-show = 查看生效的配置
examples-config-show = 示例：anlan config show --origin
help-config-file = 配置文件（未指定其他数据目录时默认 /etc/anlan/anlan.toml，存在才读）
help-config-origin = 每个值的来历：命令行、环境变量、文件第几行、默认值
config-refused = 配置有误，没有启动：{ $faults }
config-unreadable = 配置文件 { $file } 读不了（{ $why }）。请检查路径和读取权限。
config-large = 文件超过 { $limit } 字节，不像安澜的配置文件。
config-not-toml = 不是 TOML 写法（{ $reason }）。应写作：配置项 = "值"
config-not-text = 值要加引号：{ "" }配置项 = "值"
config-unknown = 没有这个配置项。可用的有：{ $all }。
config-unknown-near = 没有这个配置项。是不是想写：{ $meant }
config-empty = 缺少值。要用默认值，删去这一行即可。
config-address = “{ $got }”不是“地址:端口”。应写作 "0.0.0.0:514"、"[::]:514"，不开启则写 "off"。
config-choice = “{ $got }”不在可选值之内：{ $choices }。
config-clash = { $address } 已被 { $other } 占用。请换一个端口，或写 "off"。
config-good = { $file } 读得懂。
config-no-file = 没有 { $file }：按命令行、环境变量和默认值。
serve-cards = 本机网卡    { $cards }
serve-port-may = {"            "}多数设备默认发往 514 端口：写 syslog = "0.0.0.0:514"（或只写一块网卡的地址）即可开启。
serve-port-may-not =
    {"            "}多数设备默认发往 514 端口，但当前进程无权开启：请用安装包里的服务，
    {"            "}或执行 sudo setcap cap_net_bind_service=+ep /path/of/anlan。
serve-certificate =
    {"            "}浏览器会提示证书不受信任：证书是本机自己签发的，没有经过认证机构。与上面的指纹核对一致后继续访问即可。
setup-connect = 还没有设备发来日志。
setup-connect-act = 接入一个日志源
setup-letter = 还没有签过责任书。
setup-letter-act = 新建第一份并打印
