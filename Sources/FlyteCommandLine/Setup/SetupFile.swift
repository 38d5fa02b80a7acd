/// A file that 'flightlog setup' prints or writes.
struct SetupFile: Hashable {
    /// Its name in the folder of `--out`.
    var name: String
    /// Where it belongs; nil where that is the user's to say.
    var place: String?
    var text: String
    var isExecutable = false
}
