/// Completions for zsh 5 and later: a file of its `fpath`, or sourced behind `compinit`.
struct ZshCompletions {
    let tool: String
    let places: [CompletionPlace]

    var script: String {
        """
        #compdef \(tool)
        # Completes the words of \(tool). Written by '\(tool) completions zsh'.
        _\(tool)() {
            local at= pending= word
            integer i position=0 plain=0
            for ((i = 2; i < CURRENT; i++)); do
                word=${words[i]}
                if [[ -n $pending ]]; then pending=; continue; fi
                if ((plain)); then position+=1; continue; fi
                case $word in
                    (--) plain=1; continue ;;
                    (--*=*) continue ;;
                esac
                case "$at $word" in
        \(enterLines)
        \(pendingLine)
                    (*' -'?*) ;;
                    (*) position+=1 ;;
                esac
            done
            local -a found
            if [[ -z $pending && $plain -eq 0 && $PREFIX == --*=* ]]; then
                pending=${PREFIX%%=*}
                compset -P 1 '*='
            fi
            if [[ -n $pending ]]; then
                case "$at $pending" in
        \(valueLines)
                    (*) _message 'value' ;;
                esac
            elif [[ $PREFIX == -* && $plain -eq 0 ]]; then
                case $at in
        \(places.map { "            ('\($0.key)') found=(\(words($0.options.map { CompletionPlace.Word($0.name, $0.help) }))) ;;" }.joined(separator: "\n"))
                esac
                _describe -o 'option' found
            else
                case "$at $position" in
        \(argumentLines)
                    (*) _message 'argument' ;;
                esac
            fi
        }
        if [[ $funcstack[1] == _\(tool) ]]; then
            _\(tool) "$@"
        else
            compdef _\(tool) \(tool)
        fi

        """
    }

    private var enterLines: String {
        places.filter { !$0.path.isEmpty }.map { place in
            let parent = place.path.dropLast().joined(separator: "/")
            return
                "            ('\(parent) \(place.path[place.path.count - 1])') at='\(place.key)' position=0 ;;"
        }.joined(separator: "\n")
    }

    private var pendingLine: String {
        let patterns = places.flatMap { place in
            place.options.filter { $0.value != nil }.map { "'\(place.key) \($0.name)'" }
        }
        guard !patterns.isEmpty else { return "            (' ') ;;" }
        return "            (\(patterns.joined(separator: "|"))) pending=$word ;;"
    }

    private var valueLines: String {
        places.flatMap { place in
            place.options.compactMap { option in
                option.value.flatMap { action($0, "value") }.map {
                    "            ('\(place.key) \(option.name)') \($0) ;;"
                }
            }
        }.joined(separator: "\n")
    }

    private var argumentLines: String {
        places.flatMap { place -> [String] in
            if !place.commands.isEmpty {
                return [
                    "            ('\(place.key) 0') found=(\(words(place.commands))); _describe 'command' found ;;"
                ]
            }
            return place.arguments.enumerated().compactMap { index, value in
                let number = index == place.arguments.count - 1 && place.isLastRepeated ? "'*" : "\(index)'"
                return action(value, "argument").map { "            ('\(place.key) \(number)) \($0) ;;" }
            }
        }.joined(separator: "\n")
    }

    private func action(_ value: CompletionPlace.Value, _ what: String) -> String? {
        switch value {
        case .words(let list): "found=(\(words(list))); _describe '\(what)' found"
        case .file: "_files"
        case .folder: "_files -/"
        case .any: nil
        }
    }

    /// Each with what it is behind a colon.
    private func words(_ list: [CompletionPlace.Word]) -> String {
        list.map { word in
            let text = word.text.replacing(":", with: "\\:")
            return "'\((word.help.isEmpty ? text : "\(text):\(word.help)").replacing("'", with: "'\\''"))'"
        }.joined(separator: " ")
    }
}
