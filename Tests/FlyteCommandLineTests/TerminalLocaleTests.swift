import Testing

@testable import FlyteCommandLine

struct TerminalLocaleTests {
    @Test(
        arguments: [
            ([:], true), (["LANG": ""], true), (["LANG": "en_US.UTF-8"], true), (["LANG": "C.utf8"], true),
            (["LANG": "C"], false), (["LANG": "POSIX"], false), (["LANG": "de_DE.ISO-8859-15@euro"], false),
            (["LANG": "de_DE.UTF-8@euro"], true), (["LANG": "de_DE"], true),
            (["LC_ALL": "C", "LANG": "en_US.UTF-8"], false), (["LC_CTYPE": "C.UTF-8", "LANG": "C"], true),
            (["LC_ALL": "", "LC_CTYPE": "ja_JP.eucJP"], false),
        ] as [([String: String], Bool)])
    func theFirstThatSaysSomethingDecides(environment: [String: String], isUTF8: Bool) {
        #expect(TerminalLocale.isUTF8 { environment[$0] } == isUTF8)
    }
}
