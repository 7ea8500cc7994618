import LoadEngine

/// How the text of an option becomes a value, and how a value is typed.
struct Parser<Value> {
  var completes = Completion.nothing
  var shown: (Value) -> String = { "\($0)" }
  /// - Parameter option: whose value it is, for the message about a mistake.
  var parse: (_ text: String, _ option: String) throws(UsageError) -> Value
}

extension Parser<String> {
  static var text: Parser { .text(.nothing) }
  static var file: Parser { .text(.files) }
  static var folder: Parser { .text(.folders) }

  static func text(_ completes: Completion) -> Parser { Parser(completes: completes) { text, _ in text } }
}

extension Parser<InputFile> {
  static var input: Parser { Parser(completes: .files) { text, option in InputFile(path: text, option: option) } }
}

extension Parser<Int> {
  /// A whole number that is not negative.
  static var number: Parser { .number(such: 50) }

  static func number(such example: Int) -> Parser {
    Parser { text, option throws(UsageError) in
      guard let number = Int(text), number >= 0 else {
        throw UsageError("\(option) '\(text)' is not a whole number; right would be \(option) \(example)")
      }
      return number
    }
  }
}

extension Parser<Double> {
  static var positive: Parser {
    Parser { text, option throws(UsageError) in
      guard let number = Double(text), number > 0, number.isFinite else {
        throw UsageError("\(option) '\(text)' is not a number above zero; right would be \(option) 1000")
      }
      return number
    }
  }

  /// `0.01` or `1%`, from 0 to 1.
  static var share: Parser {
    Parser { text, option throws(UsageError) in
      let isPercent = text.hasSuffix("%")
      guard let number = Double(isPercent ? String(text.dropLast()) : text), number >= 0,
        number <= (isPercent ? 100 : 1)
      else { throw UsageError("\(option) '\(text)' is not a share; right would be 1% or 0.01") }
      return isPercent ? number / 100 : number
    }
  }

  /// A duration with its unit, in milliseconds.
  static var milliseconds: Parser {
    Parser { text, option throws(UsageError) in
      guard text.last?.isLetter == true else {
        throw UsageError("\(option) '\(text)' has no unit; right would be 20ms or 1s")
      }
      return try Parser<Duration>.duration.parse(text, option).inSeconds * 1000
    }
  }
}

extension Parser<Duration> {
  /// As people type them: `10s`, `1.5s`, `500ms`, `2m`, or seconds without a unit.
  static var duration: Parser {
    Parser {
      "\($0.components.seconds)s"
    } parse: { text, option throws(UsageError) in
      let units: [(suffix: String, seconds: Double)] = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600), ("", 1)]
      for (suffix, seconds) in units where text.hasSuffix(suffix) {
        let digits = text.dropLast(suffix.count)
        // No sign, no exponent, no `inf`: what Double reads besides is a slip more often than it is meant.
        guard digits.allSatisfy({ ("0"..."9").contains($0) || $0 == "." }), let number = Double(digits),
          number * seconds <= 86_400
        else { continue }
        // In whole nanoseconds, so that 300ms is what it says.
        return .nanoseconds(Int64((number * seconds * 1e9).rounded()))
      }
      throw UsageError("\(option) '\(text)' is not a duration; right would be 10s, 500ms or 2m, at most 24h")
    }
  }
}

/// Bad usage: one line that says what was wrong and what would be right. Exit code 3.
struct UsageError: Error, CustomStringConvertible {
  var description: String

  init(_ description: String) {
    self.description = description
  }
}

/// A mistake in what the user gave, whichever part noticed it.
///
/// - Parameter option: which option it was given with, for the message.
func usage<Value, Failure>(
  _ option: String? = nil, _ body: () throws(Failure) -> Value
) throws(UsageError) -> Value {
  do { return try body() } catch { throw UsageError("\(option.map { $0 + ": " } ?? "")\(error)") }
}
