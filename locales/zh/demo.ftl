# 演示
help-demo = 演示：造一个假想的县教育局和三所学校，打开控制台
examples-demo =
    示例：
      anlan demo
      anlan demo --data ./demo --console 127.0.0.1:8443
      anlan demo --data ./demo --make-only --scale 0
    全部是演示数据，用演示密钥签名，每页都有水印；不写 --data 与 --keep 时，
    退出后删除。
help-demo-data = 放在这个目录并保留；已有演示的目录直接打开
help-demo-keep = 退出后不删除临时目录
help-demo-make-only = 只造数据，不打开控制台
help-demo-seed = 种子：同一种子得到同样的日志和办件（默认 1）
help-demo-scale = 日志量的倍数（默认 1，约三十万条）；0 为三十天的小样
help-demo-days = 天数，到演示的今天为止，7 至 200（默认 200 天；小样 30 天）
demo-making = 正在造演示数据：{ $day }
demo-made = 演示数据已造好：{ $dir }，{ $lines } 条日志，用时 { $seconds } 秒
demo-not-a-demo = { $dir } 不是演示的数据目录，没有打开。请换一个目录。
demo-title = 演示数据（DEMO）。演示时间从 { $now } 起走。可以用下列用户登录：
demo-password =   密码都是：{ $password }
demo-code =   { $account } 的动态验证码：{ $code }（密钥 { $secret }）
demo-codes-enter = 演示的时间与手机不同，手机上的验证码不适用：按回车得到新的验证码。
demo-codes-recovery = 演示的时间与手机不同，手机上的验证码不适用：也可用目录里 demo.json 中的恢复码。
demo-goes = 数据在 { $dir }，退出后删除。
demo-stays = 数据在 { $dir }，退出后保留。
demo-mark = 演示数据 DEMO
verify-demo = 演示数据：这是用演示密钥签名的假想数据，不作任何证明
