import FlyteAdmin

/// What the environment says of the terminal's characters.
enum TerminalLocale {
    /// Whether they are UTF-8, as they are taken to be where nothing is said.
    ///
    /// `LC_ALL`, else `LC_CTYPE`, else `LANG` decide, as POSIX has it; `C` and `POSIX` are ASCII when somebody says so.
    static func isUTF8(environment: FlyteSettings.Environment = FlyteSettings.processEnvironment) -> Bool {
        let said = ["LC_ALL", "LC_CTYPE", "LANG"].compactMap { environment($0) }.first { !$0.isEmpty }
        guard let said else { return true }
        if said == "C" || said == "POSIX" { return false }
        // Of a locale without a character set nothing is known, and nearly all are UTF-8.
        guard let dot = said.utf8.firstIndex(of: UInt8(ascii: ".")) else { return true }
        let set = said[said.index(after: dot)...].prefix { $0 != "@" }.lowercased()
        return set == "utf-8" || set == "utf8"
    }
}
