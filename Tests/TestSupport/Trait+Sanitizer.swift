import Foundation
public import Testing

extension Trait where Self == ConditionTrait {
    /// Leaves a test out where a sanitizer watches: its runtime takes memory of its own, and its shadow is a file, which
    /// falls under a limit on the size of files. `make check-threads` and `make check-addresses` say so.
    public static var measuresTheProcess: Self {
        .disabled(if: getenv("SANITIZED") != nil, "its runtime would be measured")
    }
}
