import Glibc

/// The standard normal distribution.
public enum Normal {
    /// The probability of a value of at most `x`.
    public static func probability(atMost x: Double) -> Double { 0.5 * erfc(-x / 2.0.squareRoot()) }

    /// The value that is not passed with probability `p`; infinite at 0 and 1, NaN outside.
    ///
    /// Acklam's rational approximation, then one step of Halley's method: full double precision.
    public static func quantile(_ p: Double) -> Double {
        guard p > 0, p < 1 else { return p == 0 ? -.infinity : p == 1 ? .infinity : .nan }
        let a = [
            -3.969683028665376e+01, 2.209460984245205e+02, -2.759285104469687e+02,
            1.383577518672690e+02, -3.066479806614716e+01, 2.506628277459239e+00,
        ]
        let b = [
            -5.447609879822406e+01, 1.615858368580409e+02, -1.556989798598866e+02,
            6.680131188771972e+01, -1.328068155288572e+01, 1,
        ]
        let c = [
            -7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838e+00,
            -2.549732539343734e+00, 4.374664141464968e+00, 2.938163982698783e+00,
        ]
        let d = [
            7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e+00,
            3.754408661907416e+00, 1,
        ]
        func polynomial(_ coefficients: [Double], _ x: Double) -> Double {
            coefficients.reduce(0) { $0 * x + $1 }
        }
        let start: Double
        if p < 0.02425 || p > 1 - 0.02425 {
            let q = (-2 * log(min(p, 1 - p))).squareRoot()
            let tail = polynomial(c, q) / polynomial(d, q)
            start = p < 0.5 ? tail : -tail
        } else {
            let q = p - 0.5
            start = q * polynomial(a, q * q) / polynomial(b, q * q)
        }
        let error = probability(atMost: start) - p
        let step = error * (2 * Double.pi).squareRoot() * exp(start * start / 2)
        return start - step / (1 + start * step / 2)
    }
}
