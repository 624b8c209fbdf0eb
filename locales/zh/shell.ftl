# shell
product = 安澜
