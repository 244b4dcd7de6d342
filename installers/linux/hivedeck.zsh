#compdef hivedeck
# The script for bash, which loads zsh's bashcompinit by itself.
source /usr/share/bash-completion/completions/hivedeck
