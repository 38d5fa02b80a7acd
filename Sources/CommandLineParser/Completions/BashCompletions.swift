/// Completions for bash 4 and later, with or without the bash-completion package.
struct BashCompletions {
    let tool: String
    let places: [CompletionPlace]

    // Names of files are left to readline, which knows how to quote them. A value after '=' is a word of its own unless
    // somebody has taken '=' out of COMP_WORDBREAKS.
    var script: String {
        """
        # Completes the words of \(tool). Written by '\(tool) completions bash'.
        _\(tool)() {
            local at= pending= word words= kind= prefix=
            local -i i position=0 plain=0
            for ((i = 1; i < COMP_CWORD; i++)); do
                word=${COMP_WORDS[i]}
                if [[ -n $pending ]]; then
                    [[ $word == '=' ]] || pending=
                    continue
                fi
                if ((plain)); then position+=1; continue; fi
                case $word in
                    --) plain=1; continue ;;
                    --*=*) continue ;;
                    =) i+=1; continue ;;
                esac
                case "$at $word" in
        \(enterLines)
        \(pendingLine)
                    *' -'?*) ;;
                    *) position+=1 ;;
                esac
            done
            local current=${COMP_WORDS[COMP_CWORD]}
            COMPREPLY=()
            # What stands behind '=' in a value is the value's.
            if [[ -z $pending && ($current == '=' || ${COMP_WORDS[COMP_CWORD - 1]} == '=') ]]; then return; fi
            if [[ -n $pending && $current == '=' ]]; then current=; fi
            if [[ -z $pending && $current == --*=* ]]; then
                pending=${current%%=*} prefix=${current%%=*}= current=${current#*=}
            fi
            if [[ -n $pending ]]; then
                case "$at $pending" in
        \(valueLines)
                esac
            elif [[ $current == -* ]] && ((!plain)); then
                case $at in
        \(places.map { "            '\($0.key)') words='\($0.options.map(\.name).joined(separator: " "))' ;;" }.joined(separator: "\n"))
                esac
            else
                case "$at $position" in
        \(argumentLines)
                esac
            fi
            case $kind in
                file) compopt -o default 2>/dev/null ;;
                folder) compopt -o dirnames 2>/dev/null ;;
                *)
                    while read -r word; do COMPREPLY+=("$prefix$word"); done \\
                        < <(compgen -W "$words" -- "$current") ;;
            esac
        }
        complete -F _\(tool) \(tool)

        """
    }

    private var enterLines: String {
        places.filter { !$0.path.isEmpty }.map { place in
            let parent = place.path.dropLast().joined(separator: "/")
            return
                "            '\(parent) \(place.path[place.path.count - 1])') at='\(place.key)' position=0 ;;"
        }.joined(separator: "\n")
    }

    /// Options that take the next word.
    private var pendingLine: String {
        let patterns = places.flatMap { place in
            place.options.filter { $0.value != nil }.map { "'\(place.key) \($0.name)'" }
        }
        guard !patterns.isEmpty else { return "            ' ') ;;" }
        return "            \(patterns.joined(separator: "|\\\n            "))) pending=$word ;;"
    }

    private var valueLines: String {
        places.flatMap { place in
            place.options.compactMap { option in
                option.value.flatMap(setting).map { "            '\(place.key) \(option.name)') \($0) ;;" }
            }
        }.joined(separator: "\n")
    }

    private var argumentLines: String {
        places.flatMap { place -> [String] in
            if !place.commands.isEmpty {
                return [
                    "            '\(place.key) 0') words='\(place.commands.map(\.text).joined(separator: " "))' ;;"
                ]
            }
            return place.arguments.enumerated().compactMap { index, value in
                let number = index == place.arguments.count - 1 && place.isLastRepeated ? "'*" : "\(index)'"
                return setting(value).map { "            '\(place.key) \(number)) \($0) ;;" }
            }
        }.joined(separator: "\n")
    }

    private func setting(_ value: CompletionPlace.Value) -> String? {
        switch value {
        case .words(let words): "words='\(words.map(\.text).joined(separator: " "))'"
        case .file: "kind=file"
        case .folder: "kind=folder"
        case .any: nil
        }
    }
}
