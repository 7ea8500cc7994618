/// What of a command line a property of a command holds, and what is said of it.
class Parameter<Value>: AnyParameter {
  private(set) var value: Value
  private let read: ([String]) throws(UsageError) -> Value

  /// - Parameters:
  ///   - value: where nothing is given.
  ///   - read: makes a value of what is given.
  init(_ about: ParameterDescription, _ value: Value, read: @escaping ([String]) throws(UsageError) -> Value) {
    self.value = value
    self.read = read
    super.init(about)
  }

  override func take(_ texts: [String]) throws(UsageError) { value = try read(texts) }
}

/// A parameter whatever its value is.
class AnyParameter {
  let about: ParameterDescription

  fileprivate init(_ about: ParameterDescription) { self.about = about }

  /// - Parameter texts: what is given, in that order; an empty text for an option that takes no value.
  func take(_ texts: [String]) throws(UsageError) {}
}

/// What help, messages and completion say of an option or of the operands.
struct ParameterDescription {
  /// Of an option, with its dashes; empty for operands.
  var name = ""
  /// What a value is called, such as `N` or `[RUN_DIR]`; nil for an option that is there or not.
  var placeholder: String?
  var explanation = ""
  var completes = Completion.nothing
  var isRepeated = false
  /// Whether operands are for another program, its options included.
  var areVerbatim = false

  var isOption: Bool { !name.isEmpty }

  /// `--rate N`
  var usage: String { [name, placeholder ?? ""].filter { !$0.isEmpty }.joined(separator: " ") }
}

/// What a shell may offer in a place.
enum Completion {
  case nothing, files, folders
  case words([String])
  /// The targets of the checkout.
  case targets
  /// The same, `all` and `postgres`.
  case stackNames
}
