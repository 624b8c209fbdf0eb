# 接口

api-token = 请带有效的接口令牌：Authorization: Bearer 令牌（用 `anlan token add` 或在控制台新建）
api-scope = 这个令牌不够：需要权限范围 { $scope }
api-owner = 这个令牌不属于可以办事的账号：请用有账号归属的令牌
api-not-found = 这里没有东西，或不在您的权限之内
api-method = 这个地址不能这样请求：见 /api/v1/openapi.json
api-media = 请发送 JSON：Content-Type: application/json
api-json = 内容不是 JSON：第 { $line } 行第 { $column } 列
api-member-unknown = 没有名为“{ $name }”的项；这里可用：{ $known }
api-member-missing = 缺少“{ $name }”
api-member-type = “{ $name }”应为：{ $wanted }
api-query = “{ $name }”看不懂：{ $wanted }
api-too-large = 这里一次最多 { $most } 字节
api-busy = 同时的请求太多：请一秒后再试
api-internal = 服务器未能答复，原因见其自身日志
api-no-book = 法规包尚未生效：请稍后再试
api-person = 此事须由本人在控制台办理，并再次验证密码
api-full = 已满：最多 { $most }
api-cut = 文件没有传完：请重新发送
api-stale = { $number } 刚刚变过：请重新读取后再办

refusal-once-key = Idempotency-Key 为 1 至 { $most } 个可见 ASCII 字符
refusal-once-differs = 这个 Idempotency-Key 先前带的是别的内容：新记录请换新的键
refusal-once-full = 这类键每天最多 { $most } 个：请明天继续，或不带键
