#compdef mops-bundle modelops-bundle
# Completion of mops-bundle and modelops-bundle for zsh.
#
# Install it once, into a folder of $fpath; no shell starts Python at its start:
#   mkdir -p ~/.zfunc
#   mops-bundle completion zsh > ~/.zfunc/_mops-bundle
# and in ~/.zshrc, before anything else calls compinit:
#   fpath=(~/.zfunc $fpath)
#   autoload -Uz compinit && compinit

_mops_bundle() {
    local program=${(Q)words[1]} kind reply head
    local -a replies whole open files folders end
    program=${program/#\~\//$HOME/}
    whence -p -- $program >/dev/null || program=mops-bundle
    replies=("${(@f)$(
        $program __complete zsh \
            "${(j: :)words[1,CURRENT-1]} $IPREFIX$QIPREFIX$PREFIX" \
            "$SUFFIX ${(j: :)words[CURRENT+1,-1]}" 2>/dev/null
    )}")
    kind=$replies[1]
    replies=("${(@)replies[2,-1]:#}")
    (( $#replies )) || return 1
    # What stands before the value in the same word stays as it is.
    if [[ $PREFIX == --*=* ]]; then
        compset -P 1 '*='
    elif [[ $PREFIX == -C?* ]]; then
        compset -P 2
    fi
    if [[ $kind == paths ]]; then
        head=${(M)${replies[1]%/}##*/}
        for reply in $replies; do
            case $reply in
                */) folders+=(${${reply%/}##*/}) ;;
                *) files+=(${reply##*/}) ;;
            esac
        done
        (( $#folders )) && compadd -f -p "$head" -q -S / -a folders
        (( $#files )) && compadd -f -p "$head" -a files
        return 0
    fi
    for reply in $replies; do
        case $reply in
            1*) whole+=(${reply#1}) ;;
            0*) open+=(${reply#0}) ;;
        esac
    done
    [[ $RBUFFER == ' '* ]] && end=(-S '')
    (( $#whole )) && _describe -V mops-bundle whole "${(@)end}"
    (( $#open )) && _describe -V mops-bundle open -S ''
    return 0
}

if [[ $funcstack[1] == _mops_bundle || $funcstack[1] == _mops-bundle ]]; then
    _mops_bundle "$@"
else
    compdef _mops_bundle mops-bundle modelops-bundle
fi
