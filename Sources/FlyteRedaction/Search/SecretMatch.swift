/// Where a secret stands in a text, in whatever form.
package struct SecretMatch: Sendable {
    package var range: Range<Int>
    /// An index into the secrets that were looked for.
    package var secret: Int
}
