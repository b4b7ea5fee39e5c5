# Completion of mops-bundle and modelops-bundle for fish.
#
# Install it once; a shell that starts then starts no Python:
#   mkdir -p ~/.config/fish/completions
#   mops-bundle completion fish > ~/.config/fish/completions/mops-bundle.fish
#   cd ~/.config/fish/completions; ln -sf mops-bundle.fish modelops-bundle.fish

function __mops_bundle_complete
    set -l before (commandline -cp | string collect)
    set -l line (commandline -p | string collect)
    set -l after (string sub -s (math (string length -- "$before") + 1) -- "$line" | string collect)
    set -l words (commandline -opc)
    set -l program mops-bundle
    for word in $words
        if string match -qr '(^|/)(mops|modelops)-bundle$' -- $word
            set program (string replace -r '^~/' "$HOME/" -- $word)
            break
        end
    end
    type -q -- $program; or set program mops-bundle
    $program __complete fish "$before" "$after" 2>/dev/null
end

complete -c mops-bundle -e
complete -c modelops-bundle -e
complete -k -c mops-bundle -f -a '(__mops_bundle_complete)'
complete -k -c modelops-bundle -f -a '(__mops_bundle_complete)'
