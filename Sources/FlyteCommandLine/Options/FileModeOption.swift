import CommandLineParser
import Tables

extension Declaration {
    /// Who may read a file that is made of an archive.
    mutating func fileModeOption(of file: String) -> Parameter<FileMode?> {
        option(
            "file-mode", "MODE",
            "The permissions of \(file), such as 644. Default: those of the file that it replaces, else those of the archive."
        ) { text throws(UsageError) in
            guard let mode = FileMode(text) else {
                throw UsageError(
                    "'\(text)' is no file mode: three octal digits, such as 640, of which the owner's are 6.")
            }
            return mode
        }
    }
}

extension AtomicFile {
    /// A file that is made of an archive.
    ///
    /// - Parameter mode: What was asked for; nil for the archive's, or for those of the file that is there.
    static func beside(_ archive: String, _ path: String, _ mode: FileMode?) throws(OutputError) -> AtomicFile
    {
        try AtomicFile(path, mode: mode ?? FileMode(ofFile: path) ?? .ofArchive(archive))
    }
}

extension FileMode {
    /// What a file gets that is made of an archive; an archive that is yet to be made is for its owner alone.
    static func ofArchive(_ path: String) -> FileMode { FileMode(ofFile: path) ?? .ownerOnly }
}
