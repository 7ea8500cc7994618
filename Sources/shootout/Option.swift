/// One option of a command, declared at the property that holds its value: what is declared is parsed, described and
/// completed, and nothing else can be asked for.
@propertyWrapper
final class Option<Value>: Parameter<Value> {
  var wrappedValue: Value { value }

  /// An option with a value of its own where it is not given. Given twice, the last one counts.
  convenience init(
    wrappedValue: Value, _ name: String, _ placeholder: String, _ parser: Parser<Value>, _ explanation: String
  ) {
    let explanation = "\(explanation) (\(parser.shown(wrappedValue)))"
    let about = ParameterDescription(
      name: name, placeholder: placeholder, explanation: explanation, completes: parser.completes)
    self.init(about, wrappedValue) { texts throws(UsageError) in try parser.parse(texts[texts.count - 1], name) }
  }

  /// An option that is nil where it is not given. Given twice, the last one counts.
  ///
  /// - Parameter once: what would be right where it must not be given twice.
  convenience init<Wrapped>(
    _ name: String, _ placeholder: String, _ parser: Parser<Wrapped>, _ explanation: String, once: String? = nil
  ) where Value == Wrapped? {
    let about = ParameterDescription(
      name: name, placeholder: placeholder, explanation: explanation, completes: parser.completes)
    self.init(about, nil) { texts throws(UsageError) in
      if let once, texts.count > 1 { throw UsageError("\(name) is given \(texts.count) times; right would be \(once)") }
      return try parser.parse(texts[texts.count - 1], name)
    }
  }

  /// An option that may be repeated.
  convenience init(_ name: String, _ placeholder: String, _ explanation: String) where Value == [String] {
    let about = ParameterDescription(
      name: name, placeholder: placeholder, explanation: "\(explanation); may be repeated", isRepeated: true)
    self.init(about, []) { $0 }
  }

  /// An option that is there or not.
  convenience init(_ name: String, _ explanation: String) where Value == Bool {
    self.init(ParameterDescription(name: name, explanation: explanation), false) { _ in true }
  }
}

/// The words of a command that belong to no option, declared at the property that holds them.
@propertyWrapper
final class Operands<Value>: Parameter<Value> {
  var wrappedValue: Value { value }

  /// Any number of them.
  ///
  /// - Parameter areVerbatim: whether they are for another program, its options included.
  convenience init(_ name: String, _ completes: Completion, areVerbatim: Bool = false) where Value == [String] {
    let about = ParameterDescription(placeholder: "[\(name)…]", completes: completes, areVerbatim: areVerbatim)
    self.init(about, []) { $0 }
  }

  /// One at least.
  ///
  /// - Parameter mistake: what is said where there is none.
  convenience init(_ name: String, _ completes: Completion, mistake: String) where Value == [String] {
    self.init(ParameterDescription(placeholder: "\(name)…", completes: completes), []) { words throws(UsageError) in
      if words.isEmpty { throw UsageError(mistake) }
      return words
    }
  }

  /// Exactly one.
  ///
  /// - Parameter mistake: what is said of another number of them.
  convenience init(
    _ name: String, _ completes: Completion, mistake: @escaping (_ count: Int) -> String
  ) where Value == String {
    self.init(ParameterDescription(placeholder: name, completes: completes), "") { words throws(UsageError) in
      if words.count != 1 { throw UsageError(mistake(words.count)) }
      return words[0]
    }
  }

  /// One or none.
  ///
  /// - Parameter mistake: what is said of more.
  convenience init(_ name: String, _ completes: Completion, mistake: String) where Value == String? {
    self.init(ParameterDescription(placeholder: "[\(name)]", completes: completes), nil) { words throws(UsageError) in
      if words.count > 1 { throw UsageError(mistake) }
      return words.first
    }
  }
}
