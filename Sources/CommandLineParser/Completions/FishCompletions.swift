/// Completions for fish 3 and later.
struct FishCompletions {
    let tool: String
    let places: [CompletionPlace]

    var script: String {
        """
        # Completes the words of \(tool). Written by '\(tool) completions fish'.
        function __\(tool)_files
            __fish_complete_path $argv[2] | string replace -r '^' -- $argv[1]
        end

        function __\(tool)_folders
            __fish_complete_directories $argv[2] '' | string replace -r '^' -- $argv[1]
        end

        function __\(tool)_complete
            set -l at ''
            set -l pending ''
            set -l position 0
            set -l plain 0
            for word in (commandline -opc)[2..-1]
                if test -n "$pending"
                    set pending ''
                    continue
                end
                if test $plain = 1
                    set position (math $position + 1)
                    continue
                end
                if test "$word" = --
                    set plain 1
                    continue
                end
                switch "$at $word"
        \(enterLines)
        \(pendingLines)
                    case '* -?*'
                    case '*'
                        set position (math $position + 1)
                end
            end
            set -l current (commandline -ct)
            set -l prefix ''
            if test -z "$pending" -a $plain = 0
                set -l parts (string match -r -- '^(--[^=]+=)(.*)$' $current)
                if set -q parts[2]
                    set prefix $parts[2]
                    set pending (string replace '=' '' -- $prefix)
                    set current $parts[3]
                end
            end
            if test -n "$pending"
                switch "$at $pending"
        \(valueLines)
                end
            else if string match -q -- '-*' $current; and test $plain = 0
                switch $at
        \(optionLines)
                end
            else
                switch "$at $position"
        \(argumentLines)
                end
            end
        end
        complete -c \(tool) -e
        complete -c \(tool) -f -k -a '(__\(tool)_complete)'

        """
    }

    private var enterLines: String {
        places.filter { !$0.path.isEmpty }.map { place in
            let parent = place.path.dropLast().joined(separator: "/")
            return """
                            case '\(parent) \(place.path[place.path.count - 1])'
                                set at '\(place.key)'
                                set position 0
                """
        }.joined(separator: "\n")
    }

    private var pendingLines: String {
        let patterns = places.flatMap { place in
            place.options.filter { $0.value != nil }.map { "'\(place.key) \($0.name)'" }
        }
        guard !patterns.isEmpty else { return "" }
        return """
                        case \(patterns.joined(separator: " "))
                            set pending $word
            """
    }

    private var valueLines: String {
        places.flatMap { place in
            place.options.compactMap { option in
                option.value.flatMap(action).map {
                    "            case '\(place.key) \(option.name)'\n                \($0)"
                }
            }
        }.joined(separator: "\n")
    }

    private var optionLines: String {
        places.map { place in
            "            case '\(place.key)'\n                "
                + print(place.options.map { CompletionPlace.Word($0.name, $0.help) })
        }.joined(separator: "\n")
    }

    private var argumentLines: String {
        places.flatMap { place -> [String] in
            if !place.commands.isEmpty {
                return ["            case '\(place.key) 0'\n                \(print(place.commands))"]
            }
            return place.arguments.enumerated().compactMap { index, value in
                let number = index == place.arguments.count - 1 && place.isLastRepeated ? "*" : "\(index)"
                return action(value).map {
                    "            case '\(place.key) \(number)'\n                \($0)"
                }
            }
        }.joined(separator: "\n")
    }

    private func action(_ value: CompletionPlace.Value) -> String? {
        switch value {
        case .words(let words): print(words)
        case .file: "__\(tool)_files \"$prefix\" \"$current\""
        case .folder: "__\(tool)_folders \"$prefix\" \"$current\""
        case .any: nil
        }
    }

    /// A line for each: the word, a tab, what it is.
    private func print(_ words: [CompletionPlace.Word]) -> String {
        let quoted = words.map { word in
            // In single quotes a backslash and a quote are the only ones that mean something.
            let text = word.help.isEmpty ? word.text : "\(word.text)\t\(word.help)"
            return "'\(text.replacing("\\", with: "\\\\").replacing("'", with: "\\'"))'"
        }
        return "printf '%s%s\\n' \(quoted.map { "\"$prefix\" \($0)" }.joined(separator: " "))"
    }
}
