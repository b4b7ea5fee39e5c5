# Completion of mops-bundle and modelops-bundle for bash.
#
# Install it once; a shell that starts then starts no Python:
#   mkdir -p ~/.local/share/bash-completion/completions
#   cd ~/.local/share/bash-completion/completions
#   mops-bundle completion bash > mops-bundle
#   ln -sf mops-bundle modelops-bundle
# That needs the package bash-completion. Without it, add to ~/.bashrc:
#   . ~/.local/share/bash-completion/completions/mops-bundle

_mops_bundle() {
    local program=$1 kind= reply last=
    [[ $program == '~/'* ]] && program=$HOME/${program#'~/'}
    type -P -- "$program" >/dev/null || program=mops-bundle
    COMPREPLY=()
    while IFS= read -r reply || [[ -n $reply ]]; do
        if [[ -z $kind ]]; then
            kind=$reply
        else
            COMPREPLY+=("$reply")
            last=$reply
        fi
    done < <("$program" __complete bash "${COMP_LINE:0:COMP_POINT}" "${COMP_LINE:COMP_POINT}" \
        "$COMP_WORDBREAKS" 2>/dev/null)
    if [[ $kind == paths ]]; then
        compopt -o filenames 2>/dev/null
        # One file is followed by a blank, one folder by its contents.
        [[ ${#COMPREPLY[@]} -eq 1 && $last != */ ]] && compopt +o nospace 2>/dev/null
    fi
    return 0
}

complete -o nospace -o nosort -F _mops_bundle mops-bundle modelops-bundle 2>/dev/null ||
    complete -o nospace -F _mops_bundle mops-bundle modelops-bundle
