import Markup
import Testing

struct HTMLTests {
    @Test func textNeverBecomesMarkup() {
        let hostile = "</td><script>alert('x')</script>&\"\u{1B}[31m\u{202E}abc\u{0}\u{FFFE}"
        #expect(
            HTML("td", ["title": hostile], .text(hostile)).text
                == "<td title=\"&lt;/td&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;&quot;[U+202E]abc␀\u{FFFD}\">"
                + "&lt;/td&gt;&lt;script&gt;alert('x')&lt;/script&gt;&amp;\"[U+202E]abc␀\u{FFFD}</td>")
    }

    @Test func elementsNestAndVoidOnesDoNotClose() {
        #expect(HTML("p", [:], "a", HTML("br", [:]), HTML("b", [:], "c")).text == "<p>a<br><b>c</b></p>\n")
    }

    @Test func aPageAsksNothingOfANetwork() {
        let page = HTMLDocument(title: "<T>", style: "p { color: red }\n", body: [HTML("p", [:], "x")]).text
        #expect(page.hasPrefix("<!DOCTYPE html>\n<html lang=\"en\">"))
        #expect(page.contains("default-src 'none'"))
        #expect(page.contains("<title>&lt;T&gt;</title>"))
        #expect(!page.contains("src=") && !page.contains("http://") && !page.contains("https://"))
    }

    @Test func chartsSayWhatTheyShow() {
        let chart = SVG.interval(0.5, low: 0.25, high: 0.75, limit: 1, label: "50 % <of> 8").text
        #expect(chart.contains("aria-label=\"50 % &lt;of&gt; 8\""))
        #expect(chart.contains("cx=\"45\""))
        #expect(SVG.bar(2, label: "").text.contains("width=\"90\""))
    }
}
