import Foundation

/// The regularized incomplete beta function I_x(a, b) for positive a and b and x between 0 and 1.
///
/// Source: Abramowitz and Stegun, "Handbook of Mathematical Functions" (1964), 26.5.8 (continued
/// fraction) and 26.5.2 (symmetry), evaluated with the modified Lentz method (Thompson and Barnett,
/// J. Comput. Phys. 64, 1986).
package func regularizedIncompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
  precondition(a > 0 && b > 0 && x >= 0 && x <= 1, "I_x(a, b) is defined for positive a, b and x in 0...1")
  if x == 0 || x == 1 { return x }
  let front = exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * log(x) + b * log1p(-x))
  // The fraction converges quickly below the mean of the distribution; above it the mirror image does.
  return x < (a + 1) / (a + b + 2)
    ? front * betaContinuedFraction(x, a, b) / a
    : 1 - front * betaContinuedFraction(1 - x, b, a) / b
}

private func betaContinuedFraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
  var c = 1.0
  var d = 1 / notZero(1 - (a + b) * x / (a + 1))
  var fraction = d
  for step in 1...1_000 {
    let m = Double(step)
    let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
    d = 1 / notZero(1 + even * d)
    c = notZero(1 + even / c)
    fraction *= d * c
    let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 / notZero(1 + odd * d)
    c = notZero(1 + odd / c)
    fraction *= d * c
    if abs(d * c - 1) < 1e-15 { break }
  }
  return fraction
}

private func notZero(_ value: Double) -> Double { abs(value) < 1e-300 ? 1e-300 : value }

/// ln Γ(z) for positive z. Source: Lanczos, SIAM J. Numer. Anal. B 1 (1964), with Godfrey's
/// coefficients for g = 7 and n = 9; the relative error is below 1e-13.
package func logGamma(_ z: Double) -> Double {
  let coefficients = [
    676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
    12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
  ]
  if z < 0.5 { return log(.pi / sin(.pi * z)) - logGamma(1 - z) }
  let x = z - 1
  let base = x + 7.5
  var sum = 0.99999999999980993
  for (index, coefficient) in coefficients.enumerated() { sum += coefficient / (x + Double(index + 1)) }
  return 0.5 * log(2 * .pi) + (x + 0.5) * log(base) - base + log(sum)
}
