# 控制台：法规库

nav-library = 法规库
upload-too-large = 内容超过 { $max } KiB，没有读取。请只提交法规正文，或者分成几份。
upload-nothing = 请选择一个文件，或者粘贴正文。
upload-both = 文件和粘贴的正文只能提交其一。
